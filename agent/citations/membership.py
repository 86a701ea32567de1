"""Guards of who, where and what: one audience, country or thing is not another."""

from collections.abc import Iterator, Sequence

from agent.citations.denial import is_negated, turned
from agent.citations.findings import Finding, around, finding
from agent.citations.pairing import Pairing, Part, unmatched
from agent.citations.reading import Reading
from agent.citations.sides import every_token, home_meanings
from agent.citations.terms import LIGHT, PREDICATE, Term

_GENERAL = frozenset({"employee", "customer", "guest", "passenger", "seller", "employer", "worker"})


_PAYING = "pay"


_ITEM = 0.65  #: share of words from which on a thing of another sentence is put into this one
_OTHER_THING = 0.45  #: the same, where one thing stands in another's place


_SCOPED = 0.8  #: share of a claim's words from which on a word left out restricts


def group(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """One audience, country, channel or kind of amount is not another."""
    claim, source = pairing.claim, pairing.source
    whole = frozenset(range(len(source.tokens)))
    known = _members(source, whole)
    for part in pairing.parts:
        if part.covered < 0.45 and pairing.words < _SCOPED:
            continue
        near = _members(source, part.home) or known
        for i in sorted(part.claim):
            for kind, name in claim.terms[i].groups:
                rivals = [at for (k, n), at in near.items() if k == kind and n != name]
                if (kind, name) in known or _stands(pairing, i) or name in _GENERAL:
                    continue
                other = kind != "unit" and _elsewhere(kind, name, passage)
                if _only_others(pairing, part) or not (rivals or other):
                    continue
                at = rivals[0] if rivals else None
                found = around(at, source, before=0, after=0) if at is not None else None
                said = around(i, claim, before=0, after=0)
                yield finding(kind, claim, source, said, found, conflict=True)
                return


def scope(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """What the source says of some, the claim does not say of all: `sale items` are not `items`."""
    claim, source = pairing.claim, pairing.source
    first = next((at for i, at in enumerate(pairing.links) if at >= 0 and _content(claim, i)), None)
    conditional = any(cue.guard == "condition" for cue in claim.cues)
    if first is None or conditional or pairing.words < _SCOPED:
        return
    linked = set(pairing.links)
    mine = pairing.links.index(first)
    beside = [i for i in (mine - 1, mine + 1) if 0 <= i < len(claim.tokens)]
    if any(pairing.links[i] >= 0 and claim.terms[i].weight >= 1.0 for i in beside):
        return  # the claim restricts it in its own way
    for at in (first - 1, first + 1):
        inside = 0 <= at < len(source.tokens) and source.clauses[at] == source.clauses[first]
        if not inside or at in linked or source.terms[at].weight < 1.0:
            continue
        if (at < first) == (source.language in _BEFORE_NOUN):
            spans = around(min(at, first), source, before=0)
            yield finding("scope", claim, source, None, spans, conflict=False)
            return
    for kind, at in (
        (kind, at)
        for (kind, name), at in _members(source, pairing.parts[0].home).items()
        if kind in ("audience", "country") and name not in _GENERAL | _ROLES
    ):
        if at not in linked and not any(k == kind for k, _ in _members(claim, every_token(claim))):
            yield finding(
                kind, claim, source, None, around(at, source, before=0, after=0), conflict=False
            )
            return


_BEFORE_NOUN = frozenset({"en", "de", "nl"})


_ROLES = frozenset(
    [
        "manager",
        "hr",
        "payroll_office",
        "doctor",
        "landlord",
        "executive",
        "driver",
        "resident",
        "premium_customer",
    ]
)


def crossed(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """Two clauses whose words were swapped between them: who does what is no longer said."""
    claim, source = pairing.claim, pairing.source
    if pairing.words < 0.9 or len(pairing.parts) < 2:
        return
    if all(part.clauses > 1 for part in pairing.parts):
        said = claim.tokens[0].start, claim.tokens[-1].end
        found = source.tokens[0].start, source.tokens[-1].end
        yield finding("item", claim, source, said, found, conflict=True)


def _content(reading: Reading, i: int) -> bool:
    return reading.terms[i].weight >= PREDICATE or reading.tokens[i].kind == "slot"


def party(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """Who pays: the other side does not."""
    claim, source = pairing.claim, pairing.source
    for part in pairing.parts:
        if part.covered < 0.5 or _PAYING not in home_meanings(pairing, part):
            continue
        ours, theirs = _payers(claim, part.claim), _payers(source, part.home)
        if len(ours) == 1 and len(theirs) == 1 and set(ours) != set(theirs):
            if turned(pairing, part):
                continue
            (i,), (at,) = ours.values(), theirs.values()
            said, found = around(i, claim, before=0, after=0), around(at, source, before=0, after=0)
            yield finding("audience", claim, source, said, found, conflict=True)
            return


_OURS = frozenset({"seller", "employer", "landlord"})


_YOURS = frozenset({"customer", "employee", "tenant", "guest", "passenger", "driver"})


def _payers(reading: Reading, tokens: frozenset[int]) -> dict[str, int]:
    """Who pays by the grammar of a plain clause: the party before the verb, or after `by`."""
    parties = [(i, side) for i in sorted(tokens) if (side := _side(reading, i))]
    verb = next((i for i in sorted(tokens) if _PAYING in reading.terms[i].meanings), None)
    if verb is None or not parties:
        return {}
    after = [one for one in parties if one[0] > verb and reading.keys[one[0] - 1] in _BY]
    after += [one for one in parties if one[0] > verb and reading.keys[one[0] - 2] in _BY]
    before = [one for one in parties if one[0] < verb]
    i, side = after[0] if after else before[-1] if before else parties[0]
    return {side: i}


_BY = frozenset(["by", "von", "vom", "par", "por", "da", "dal", "dalla", "door", "przez"])


_WE = frozenset(["we", "us", "wir", "uns", "nous", "nosotros", "wij", "we", "ons", "noi"])


def _side(reading: Reading, i: int) -> str | None:
    names = {name for _, name in reading.terms[i].groups}
    if names & _OURS or reading.keys[i] in _WE:
        return "we"
    return "you" if names & _YOURS else None


def item(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """A thing of another sentence put into this one."""
    claim, source = pairing.claim, pairing.source
    missing = unmatched(pairing)
    if not 1 <= len(missing) <= 2:
        return
    for i in missing if pairing.words >= _ITEM else ():
        meant = claim.terms[i]
        here = any(other.strengths[i] >= 0.9 for other in passage if other is not pairing)
        if meant.weight >= 1.0 and here:
            at = _counterpart(pairing, i)
            said = around(i, claim, before=0, after=0)
            found = around(at, source, before=0, after=0) if at is not None else None
            yield finding("item", claim, source, said, found, conflict=True)
            return
    yield from _other_thing(pairing, missing)


def _other_thing(pairing: Pairing, missing: Sequence[int]) -> Iterator[Finding]:
    """One word for another in the same place, where both are known to mean different things."""
    at = _counterpart(pairing, missing[0]) if len(missing) == 1 else None
    if at is None or pairing.words < _OTHER_THING:
        return
    i, ours, theirs = missing[0], pairing.claim.terms[missing[0]], pairing.source.terms[at]
    if ours.deed or theirs.deed:
        return  # `requested` for `required`: too loose a difference
    if _framed(pairing, i, at) and ours.known and theirs.known and not _alike(ours, theirs):
        said = around(i, pairing.claim, before=0, after=0)
        found = around(at, pairing.source, before=0, after=0)
        yield finding("wording", pairing.claim, pairing.source, said, found, conflict=False)


def _framed(pairing: Pairing, i: int, at: int) -> bool:
    """Whether two words stand between the same neighbours, or both first; articles aside."""
    ours, theirs, links = pairing.claim.content, pairing.source.content, pairing.links
    if i not in ours or at not in theirs:
        return False
    k, m = ours.index(i), theirs.index(at)
    first = k == m == 0
    after = links[ours[k + 1]] if k + 1 < len(ours) else -1
    same = first or (k > 0 and m > 0 and links[ours[k - 1]] == theirs[m - 1])
    return same and (after == -1 or (m + 1 < len(theirs) and after == theirs[m + 1]))


def _alike(one: Term, other: Term) -> bool:
    return bool(one.meanings & other.meanings or one.called & other.called)


def _counterpart(pairing: Pairing, i: int) -> int | None:
    """The content word of the source that stands where the claim has another."""
    linked = set(pairing.links)
    free = [
        at
        for at, meant in enumerate(pairing.source.terms)
        if at not in linked and meant.weight > LIGHT
    ]
    before = next((pairing.links[k] for k in range(i - 1, -1, -1) if pairing.links[k] >= 0), -1)
    return min(free, key=lambda at: (at < before, abs(at - before)), default=None)


def _members(reading: Reading, tokens: frozenset[int]) -> dict[tuple[str, str], int]:
    return {pair: i for i in sorted(tokens, reverse=True) for pair in reading.terms[i].groups}


def _stands(pairing: Pairing, i: int) -> bool:
    return pairing.strengths[i] >= 0.9


def _elsewhere(kind: str, name: str, passage: Sequence[Pairing]) -> bool:
    """Another sentence of the passage is about it."""
    return any(
        (kind, name) in meant.groups for other in passage[1:] for meant in other.source.terms
    )


def _only_others(pairing: Pairing, part: Part) -> bool:
    """`Only in Germany` does say `not in Switzerland`."""
    only = any(cue.value == "only" for cue in pairing.source.cues)
    return only and is_negated(pairing.claim)
