"""What must agree between a claim and the sentence it rests on, one rule a guard."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from agent.citations import binding
from agent.citations.findings import Finding, Span, around, finding
from agent.citations.lexicon import lexicon
from agent.citations.lexicon.concepts import concepts
from agent.citations.pairing import Pairing, Part, pair, unmatched
from agent.citations.reading import Cue, Reading
from agent.citations.terms import LIGHT, PREDICATE

__all__ = ["Finding", "check", "examine", "wording"]

_ONCE = frozenset({"negation", "modality", "quantifier", "bound", "order"})
_GENERAL = frozenset({"employee", "customer", "guest", "passenger", "seller", "employer", "worker"})
_PAYING = "pay"
_SHORTEST_CONDITION = 1.0  #: weight of words that a condition has at least
_ITEM = 0.65  #: the same, from which on a thing of another sentence is put into this one
_SCOPED = 0.8  #: share of a claim's words from which on a word left out restricts
_KEPT = 0.34  #: share of a condition's words that a claim must keep

Guard = Callable[[Pairing, Sequence[Pairing]], Iterator[Finding]]


def check(claim: Reading, source: Reading) -> tuple[Finding, ...]:
    """All disagreements of a claim with one sentence, conflicts first."""
    pairing = pair(claim, source)
    return examine(pairing, [pairing])


def examine(pairing: Pairing, passage: Sequence[Pairing]) -> tuple[Finding, ...]:
    """All disagreements with the nearest sentence, which is one of the passage.

    A difference of language leaves only the values.
    """
    found = list(binding.values(passage))
    if pairing.claim.language == pairing.source.language:
        found += binding.bounds(pairing)
        found += binding.members(pairing)
        for guard in GUARDS:
            found += guard(pairing, passage)
    distinct = {
        (one.guard, one.claim_span if one.guard not in _ONCE else None): one
        for one in reversed(found)
    }
    return tuple(sorted(list(distinct.values())[::-1], key=lambda one: not one.conflict))


# --- what turns a statement round -----------------------------------------------------------------


def negation(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """A claim denies what its source clause denies, in whatever words."""
    for part in merged(pairing):
        if part.covered < 0.65 or not part.home or not _surely_turned(pairing, part):
            continue
        ours = _denials(pairing.claim, part.claim)
        theirs = _denials(pairing.source, part.home)
        if not ours and not theirs:
            continue
        said, found = _sides(pairing, ours, theirs)
        yield finding("negation", pairing.claim, pairing.source, said, found, conflict=True)
        return


def verbatim(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """In the source's own words, every word that a guard watches is the same too."""
    if pairing.words < 0.9:
        return
    whole = Part(claim=_all(pairing.claim), home=_homes(pairing), covered=pairing.words)
    claim, source = pairing.claim, pairing.source
    same = pairing.back >= 0.85
    if _uneven(pairing, same):
        ours, theirs = _denials(claim, whole.claim), _denials(source, whole.home)
        more = len(ours) > len(theirs)
        said, found = _sides(pairing, ours if more else [], [] if more else theirs)
        yield finding("negation", claim, source, said, found, conflict=True)
    if not same:
        return
    if _limits(claim) != _limits(source):
        said = claim.tokens[0].start, claim.tokens[-1].end
        yield finding("bound", claim, source, said, None, conflict=True)
    for guard in ("modality", "quantifier"):
        mine = _values(claim, whole.claim, guard)
        theirs = _values(source, whole.home, guard)
        if guard == "modality":
            clash = mine != theirs and ("must" in mine or (mine == {"may"} and "must" in theirs))
        else:
            clash = bool((mine ^ theirs) & {"some", "only", "unlimited"})
        if clash:
            yield from _cue_finding(guard, pairing, whole, conflict=True)


def _homes(pairing: Pairing) -> frozenset[int]:
    return frozenset[int]().union(*(part.home for part in pairing.parts))


def _surely_turned(pairing: Pairing, part: Part) -> bool:
    """Turned, and no other clause that says nearly as much would agree."""
    if not turned(pairing, part):
        return False
    others = () if part.covered >= 0.8 else part.others
    return all(turned(pairing, replace(part, home=other)) for other in others)


def _limits(reading: Reading) -> Counter[str]:
    """Words of bound and order, also where no number stands beside them."""
    beside = {slot.bound.first for slot in reading.slots if slot.bound}
    found: Counter[str] = Counter()
    at = 0
    while at < len(reading.keys):
        phrase = next(
            (
                one
                for one in lexicon(reading.language).phrases.get(reading.keys[at], ())
                if one.guard == "bound" and reading.keys[at : at + len(one.words)] == one.words
            ),
            None,
        )
        if phrase is not None and phrase.value in _LIMITING and at not in beside:
            found[phrase.value] += 1
        at += len(phrase.words) if phrase else 1
    return found


_LIMITING = frozenset({"max", "min", "over", "under", "before", "after"})


def _uneven(pairing: Pairing, same: bool) -> bool:
    """In the same words, as many denials on one side as on the other."""
    ours, theirs = _all(pairing.claim), _homes(pairing)
    counts = [
        sum(cue.guard == "negation" or _excepts(cue) for cue in _cues(one, tokens))
        for one, tokens in ((pairing.claim, ours), (pairing.source, theirs))
    ]
    words = _against(_turns(pairing.claim, ours)) ^ _against(_turns(pairing.source, theirs))
    more = counts[0] > counts[1] and pairing.parts[0].clauses == 1
    return not words and (counts[0] != counts[1] if same else more)


def merged(pairing: Pairing) -> list[Part]:
    """The parts of a claim, with those that rest on one clause of the source as one."""
    found: list[Part] = []
    for part in pairing.parts:
        same = next((p for p in found if p.home & part.home), None)
        if same is None:
            found.append(part)
            continue
        found[found.index(same)] = Part(
            claim=same.claim | part.claim,
            home=same.home | part.home,
            covered=min(same.covered, part.covered),
            clauses=max(same.clauses, part.clauses),
            others=tuple(home for home in same.others if home in part.others),
        )
    return found


def turned(pairing: Pairing, part: Part) -> bool:
    """Whether one side denies what the other states: an odd number of denials between them."""
    claim, source = pairing.claim, pairing.source
    odd = _denied(claim, part.claim) != _denied(source, part.home)
    ours, theirs = _turns(claim, part.claim), _turns(source, part.home)
    odd ^= bool(_against(ours) - _against(theirs))
    odd ^= bool(_against(theirs) - _against(ours))
    return odd ^ (len(_opposites(ours, theirs)) % 2 == 1)


def _denied(reading: Reading, tokens: frozenset[int]) -> bool:
    cues = _cues(reading, tokens)
    words = [reading.keys[cue.first] for cue in cues if cue.guard == "negation"]
    without = any(word in _WITHOUT for word in words)
    plain = any(word not in _WITHOUT for word in words)
    return plain ^ without ^ any(_excepts(cue) for cue in cues)


_WITHOUT = frozenset(["without", "sans", "ohne", "sin", "zonder", "senza", "bez"])


def _denials(reading: Reading, tokens: frozenset[int]) -> list[int]:
    cues = [c.first for c in _cues(reading, tokens) if c.guard == "negation" or _excepts(c)]
    words = [i for i in sorted(tokens) if _turning(reading, i)]
    return cues + words


def _turning(reading: Reading, i: int) -> bool:
    return any(concepts()[name].group == "against" for name in reading.terms[i].turns)


def _turns(reading: Reading, tokens: frozenset[int]) -> frozenset[str]:
    return frozenset[str]().union(*(reading.terms[i].turns for i in tokens))


def _against(turns: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in turns if concepts()[name].group == "against")


def _opposites(ours: frozenset[str], theirs: frozenset[str]) -> list[str]:
    """Words of the claim whose opposite the source has instead; order is a guard of its own."""
    return [
        name
        for name in sorted(ours - theirs)
        if (other := concepts()[name].opposite)
        and other in theirs
        and other not in ours
        and name not in ("earlier", "later")
    ]


def opposite(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """`open` is not `closed`, and `optional` is not `compulsory`."""
    for part in merged(pairing):
        ours, theirs = _turns(pairing.claim, part.claim), _turns(pairing.source, part.home)
        names = _opposites(ours, theirs)
        if part.covered < 0.5 or not names or not turned(pairing, part):
            continue
        other = concepts()[names[0]].opposite or ""
        said = _where(pairing.claim, part.claim, names[0])
        found = _where(pairing.source, part.home, other)
        yield finding("wording", pairing.claim, pairing.source, said, found, conflict=True)
        return


def order(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """`before` is not `after`."""
    for part in pairing.parts:
        ours = _turns(pairing.claim, part.claim) & {"earlier", "later"}
        theirs = _turns(pairing.source, part.home) & {"earlier", "later"}
        if part.covered < 0.5 or len(ours) != 1 or len(theirs) != 1 or ours == theirs:
            continue
        said = _where(pairing.claim, part.claim, min(ours))
        found = _where(pairing.source, part.home, min(theirs))
        yield finding("order", pairing.claim, pairing.source, said, found, conflict=True)
        return


def sign(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """A sign such as `≥` or a cross stands on both sides or on none."""
    claim, source = pairing.claim, pairing.source
    ours, theirs = (
        {t.key: i for i, t in enumerate(one.tokens) if t.kind == "sign"} for one in (claim, source)
    )
    odd = sorted(ours.keys() ^ theirs.keys())
    if not pairing.near or not odd:
        return
    said = [ours[key] for key in odd if key in ours]
    found = [theirs[key] for key in odd if key in theirs]
    yield finding("sign", claim, source, *_sides(pairing, said, found), conflict=True)


# --- may and must, some and all -------------------------------------------------------------------


def modality(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """`may` is not `must`; a plain statement is neither an order nor more than a permission."""
    for part in pairing.parts:
        if part.covered < 0.6:
            continue
        ours = _values(pairing.claim, part.claim, "modality")
        theirs = _values(pairing.source, part.home, "modality")
        if "need" in _meanings(pairing, part):
            theirs = theirs | {"must"}
        denied = _denied(pairing.claim, part.claim) and _denied(pairing.source, part.home)
        clash = (ours == {"must"} and "may" in theirs) or (ours == {"may"} and "must" in theirs)
        if clash and not denied:
            yield from _cue_finding("modality", pairing, part, conflict=True)
            return


def quantifier(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """`some` is not `all`, and an `only` is neither dropped nor added."""
    for part in pairing.parts:
        if part.covered < 0.5:
            continue
        ours = _values(pairing.claim, part.claim, "quantifier")
        theirs = _values(pairing.source, part.home, "quantifier")
        restricts = {c.guard for c in pairing.source.cues} & {"condition"}
        conditional = {c.guard for c in pairing.claim.cues} & {"condition", "negation"}
        if ("all" in ours and "some" in theirs and "all" not in theirs) or (
            "some" in ours and "all" in theirs and "some" not in theirs
        ):
            clash = True
        elif "unlimited" in ours and "unlimited" not in theirs:
            clash = bool(pairing.source.slots)
        elif "only" in theirs and "only" not in ours:
            clash = (
                part.covered >= 0.6
                and not conditional
                and "must" not in _values(pairing.claim, part.claim, "modality")
            )
        else:
            clash = (
                "only" in ours and "only" not in theirs and not restricts and part.covered >= 0.75
            )
        if clash:
            yield from _cue_finding("quantifier", pairing, part, conflict=True)
            return


# --- conditions and exceptions --------------------------------------------------------------------


def condition(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """A condition or exception of the source that the claim leaves out, or denies with `also`."""
    claim, source = pairing.claim, pairing.source
    if not pairing.near:
        return
    ours = [cue for cue in claim.cues if cue.guard == "condition"]
    for cue in source.cues:
        if cue.guard != "condition" or (cue.value == "but" and not _restricts(pairing, cue)):
            continue
        inside = _governed(source, cue)
        weight = sum(_weight(source, i) for i in inside)
        kept = sum(_weight(source, i) for i in inside if i in pairing.links)
        restricted = ours or _denied(claim, frozenset(range(len(claim.tokens))))
        said = weight and kept / weight >= _KEPT
        if weight < _SHORTEST_CONDITION or (said and (restricted or not _excepts(cue))):
            continue
        always = _values(claim, frozenset(range(len(claim.tokens))), "quantifier") & {"all"}
        spans = source.tokens[cue.first].start, source.tokens[max(inside)].end
        conflict = cue.value == "but" or bool(_excepts(cue) and (always or said))
        yield finding("condition", claim, source, None, spans, conflict=conflict)
        return


def _restricts(pairing: Pairing, cue: Cue) -> bool:
    """Whether a `but` takes back some of what stands before it: `but only in their box`."""
    source = pairing.source
    rest = frozenset(i for i in range(cue.last + 1, len(source.tokens)))
    return "only" in _values(source, rest, "quantifier") and not rest & set(pairing.links)


def _governed(source: Reading, cue: Cue) -> list[int]:
    """What a condition speaks of: the rest of its clause."""
    clause = source.clauses[cue.first]
    inside = [i for i, number in enumerate(source.clauses) if number == clause and i > cue.last]
    after = clause + 1  # `unless, in writing, …`: the next clause
    return inside or [i for i, number in enumerate(source.clauses) if number == after]


def _negated(reading: Reading) -> bool:
    """Whether a sentence denies something, in plain words or by what its words mean."""
    return _denied(reading, frozenset(range(len(reading.tokens)))) or bool(
        _against(_turns(reading, frozenset(range(len(reading.tokens)))))
    )


# --- who, where and what --------------------------------------------------------------------------


def group(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """One audience, country, channel or kind of amount is not another."""
    claim, source = pairing.claim, pairing.source
    whole = frozenset(range(len(source.tokens)))
    known = _members(source, whole)
    for part in pairing.parts:
        if part.covered < 0.45:
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
        if at not in linked and not any(k == kind for k, _ in _members(claim, _all(claim))):
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


def _all(reading: Reading) -> frozenset[int]:
    return frozenset(range(len(reading.tokens)))


def party(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """Who pays: the other side does not."""
    claim, source = pairing.claim, pairing.source
    for part in pairing.parts:
        if part.covered < 0.5 or _PAYING not in _meanings(pairing, part):
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
    if pairing.words < _ITEM or not 1 <= len(missing) <= 2:
        return
    for i in missing:
        meant = claim.terms[i]
        here = any(other.strengths[i] >= 0.9 for other in passage if other is not pairing)
        if meant.weight >= 1.0 and here:
            at = _counterpart(pairing, i)
            said = around(i, claim, before=0, after=0)
            found = around(at, source, before=0, after=0) if at is not None else None
            yield finding("item", claim, source, said, found, conflict=True)
            return


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
    return only and _negated(pairing.claim)


# --- wording --------------------------------------------------------------------------------------


GUARDS: tuple[Guard, ...] = (
    verbatim,
    negation,
    opposite,
    order,
    sign,
    modality,
    quantifier,
    condition,
    group,
    scope,
    crossed,
    party,
    item,
)


def wording(claim: Reading, source: Reading) -> Iterator[Finding]:
    """The first words that differ, for a claim that no guard objects to but nothing proves."""
    matcher = SequenceMatcher(None, claim.keys, source.keys, autojunk=False)
    for change, a, b, c, d in matcher.get_opcodes():
        if change == "replace":
            said = claim.tokens[a].start, claim.tokens[b - 1].end
            found = source.tokens[c].start, source.tokens[d - 1].end
            yield finding("wording", claim, source, said, found, conflict=False)
            return


def _cue_finding(guard: str, pairing: Pairing, part: Part, *, conflict: bool) -> Iterator[Finding]:
    ours = [c for c in _cues(pairing.claim, part.claim) if c.guard == guard]
    theirs = [c for c in _cues(pairing.source, part.home) if c.guard == guard]
    values = {c.value for c in theirs} if ours and theirs else set[str]()
    one = next((c for c in ours if c.value not in values), ours[0] if ours else None)
    other = next((c for c in theirs if not one or c.value != one.value), None)
    said, found = _sides(pairing, [one.first] if one else [], [other.first] if other else [])
    yield finding(guard, pairing.claim, pairing.source, said, found, conflict=conflict)


def _sides(
    pairing: Pairing, ours: Sequence[int], theirs: Sequence[int]
) -> tuple[Span | None, Span | None]:
    """The words at the cues of both sides; where one has none, those beside it: `can be`."""
    claim, source = pairing.claim, pairing.source
    if ours and theirs:
        return around(ours[0], claim, before=0), around(theirs[0], source, before=0)
    if ours:
        linked = [at for at in pairing.links[max(0, ours[0] - 1) : ours[0] + 3] if at >= 0]
        found = around(linked[0], source, before=0) if linked else None
        return around(ours[0], claim), found
    at = theirs[0]
    beside = {k: i for i, k in enumerate(pairing.links) if k >= 0}
    near = next((beside[k] for k in (at + 1, at - 1, at + 2, at - 2) if k in beside), None)
    said = around(near, claim, before=1, after=0) if near is not None else None
    return said, around(at, source, before=0)


def _cues(reading: Reading, tokens: frozenset[int]) -> list[Cue]:
    return [cue for cue in reading.cues if cue.first in tokens]


def _values(reading: Reading, tokens: frozenset[int], guard: str) -> set[str]:
    return {cue.value for cue in _cues(reading, tokens) if cue.guard == guard}


def _excepts(cue: Cue) -> bool:
    return cue.guard == "condition" and cue.value == "except"


def _meanings(pairing: Pairing, part: Part) -> frozenset[str]:
    return frozenset[str]().union(*(pairing.source.terms[i].meanings for i in part.home))


def _where(reading: Reading, tokens: frozenset[int], name: str) -> Span | None:
    at = next((i for i in sorted(tokens) if name in reading.terms[i].turns), None)
    return around(at, reading, before=0, after=0) if at is not None else None


def _weight(reading: Reading, i: int) -> float:
    return 1.0 if reading.tokens[i].kind == "slot" else reading.terms[i].weight
