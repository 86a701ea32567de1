"""Guards of how strongly it is said: may and must, some and all, conditions."""

from collections.abc import Iterator, Sequence

from agent.citations.denial import WITHOUT, denies, is_denied
from agent.citations.findings import Finding, around, finding
from agent.citations.lexicon import lexicon
from agent.citations.limits import beyond
from agent.citations.pairing import Pairing, Part
from agent.citations.reading import Cue, Reading
from agent.citations.sides import (
    claimed_quantities,
    cue_finding,
    cue_values,
    every_token,
    home_meanings,
    is_exception,
    quantities,
)
from agent.citations.terms import PREDICATE

_SHORTEST_CONDITION = 1.0  #: weight of words that a condition has at least


_NAMED = 0.5  #: share of an exception's words from which on a claim speaks of it
#: Languages in which `must not` leaves free to do it, and does not forbid as `may not` does.
_NEED_NOT = frozenset({"de", "pl"})
_KEPT = 0.34  #: share of a condition's words that a claim must keep


def modality(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """`may` is not `must`; a plain statement is neither an order nor more than a permission."""
    for part in pairing.parts:
        if part.covered < 0.5:
            continue
        ours = cue_values(pairing.claim, part.claim, "modality")
        theirs = cue_values(pairing.source, part.home, "modality")
        if "need" in home_meanings(pairing, part):
            theirs = theirs | {"must"}
        both = is_denied(pairing.claim, part.claim) and is_denied(pairing.source, part.home)
        denied = both and pairing.claim.language not in _NEED_NOT
        clash = (ours == {"must"} and "may" in theirs) or (ours == {"may"} and "must" in theirs)
        if clash and not denied:
            yield from cue_finding("modality", pairing, part, conflict=True)
            return


def quantifier(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """`some` is not `all`, an `only` is neither dropped nor added, no end is not a term."""
    whole = Part(
        claim=frozenset(range(len(pairing.claim.tokens))),
        home=frozenset(range(len(pairing.source.tokens))),
        covered=1.0,
    )
    endless = cue_values(pairing.claim, whole.claim, "quantifier")
    if "unlimited" in endless - cue_values(pairing.source, whole.home, "quantifier"):
        limited = bool(pairing.source.slots) and pairing.near
        yield from cue_finding("quantifier", pairing, whole, conflict=limited)
        return
    for part in pairing.parts:
        if part.covered < 0.5:
            continue
        ours = claimed_quantities(pairing.claim, part.claim)
        theirs = quantities(pairing.source, part.home)
        restricts = {c.guard for c in pairing.source.cues} & {"condition"}
        conditional = {c.guard for c in pairing.claim.cues} & {"condition", "negation"}
        if ("all" in ours and "some" in theirs and "all" not in theirs) or (
            "some" in ours and "all" in theirs and "some" not in theirs
        ):
            clash = True
        elif "only" in theirs and "only" not in ours:
            clash = (
                part.covered >= 0.6
                and not conditional
                and "must" not in cue_values(pairing.claim, part.claim, "modality")
            )
        else:
            clash = (
                "only" in ours and "only" not in theirs and not restricts and part.covered >= 0.75
            )
        if clash:
            yield from cue_finding("quantifier", pairing, part, conflict=True)
            return


def condition(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """A condition or exception of the source that the claim leaves out, or denies with `also`."""
    claim, source = pairing.claim, pairing.source
    if not pairing.near or beyond(pairing):
        return
    ours = [cue for cue in claim.cues if cue.guard == "condition"]
    for cue in source.cues:
        if cue.guard != "condition" or (cue.value == "but" and not _restricts(pairing, cue)):
            continue
        inside = _governed(source, cue)
        weight = sum(_weight(source, i) for i in inside)
        kept = sum(_weight(source, i) for i in inside if i in pairing.links)
        restricted = ours or is_denied(claim, frozenset(range(len(claim.tokens))))
        said = weight and kept / weight >= _KEPT
        if weight < _SHORTEST_CONDITION or (said and (restricted or not is_exception(cue))):
            continue
        always = cue_values(claim, frozenset(range(len(claim.tokens))), "quantifier") & {"all"}
        spans = source.tokens[cue.first].start, source.tokens[max(inside)].end
        conflict = cue.value == "but" or bool(is_exception(cue) and (always or said))
        yield finding("condition", claim, source, None, spans, conflict=conflict)
        return


def exception(pairing: Pairing, passage: Sequence[Pairing]) -> Iterator[Finding]:
    """What is excepted from a rule does not follow it, and nothing else follows its contrary."""
    claim, source = pairing.claim, pairing.source
    for cue, inside, rule in _exceptions(pairing):
        if _without(claim, _named(pairing, inside)[0]):
            continue  # `without notice` says the rule as `except on notice` does
        same = denies(claim, every_token(claim)) == denies(source, rule)
        if same or not _of_it_alone(pairing, inside, rule):
            spans = source.tokens[cue.first].start, source.tokens[max(inside)].end
            at = around(_named(pairing, inside)[0], claim, before=0, after=0)
            yield finding("exception", claim, source, at, spans, conflict=True)
            return


def is_excepted(pairing: Pairing, found: Finding) -> bool:
    """Whether a finding is what an exception asks for: the contrary of the rule, of it alone."""
    if found.guard not in _TURNED:
        return False
    source = pairing.source
    said = denies(pairing.claim, every_token(pairing.claim))
    return any(
        said != denies(source, rule)
        and (
            _of_it_alone(pairing, inside, rule)
            or _without(pairing.claim, _named(pairing, inside)[0])
        )
        and (found.guard == "negation" or _starts_at(found, source.tokens[cue.first].start))
        for cue, inside, rule in _exceptions(pairing)
    )


def _starts_at(found: Finding, start: int) -> bool:
    return found.source_span is not None and found.source_span[0] == start


def _of_it_alone(pairing: Pairing, inside: list[int], rule: frozenset[int]) -> bool:
    """Whether a claim speaks of what is excepted, and not of what the rule is for as well.

    `Orders and vouchers`, `not even vouchers` and `no refunds, vouchers included` speak of more.
    """
    claim, links = pairing.claim, pairing.links
    named = _named(pairing, inside)
    joined = _JOINING | lexicon(claim.language).coordinators
    beside = {claim.keys[i] for i in (named[0] - 1, named[0] - 2, named[-1] + 1) if _has(claim, i)}
    listed = joined & {*pairing.source.keys[min(inside) : max(inside) + 2]}
    if _EVEN & set(claim.keys) or (beside & joined and not listed):
        return False
    subject = _subject(pairing.source, inside, rule)
    apart = claim.clauses[named[0]]
    for i, at in enumerate(links):
        earlier = claim.clauses[i] < apart and claim.terms[i].weight >= PREDICATE
        if (at in rule and earlier) or (at == subject and claim.clauses[i] != apart):
            return False
    denials = [c.first for c in claim.cues if c.guard == "negation"]
    return all(claim.clauses[at] >= apart for at in denials)


def _without(claim: Reading, named: int) -> bool:
    return any(
        claim.keys[i] in WITHOUT and claim.clauses[i] == claim.clauses[named]
        for i in range(max(0, named - 3), named)
    )


def _named(pairing: Pairing, inside: Sequence[int]) -> list[int]:
    """The claim's words for what is excepted."""
    terms = pairing.claim.terms
    every = [i for i, at in enumerate(pairing.links) if at in inside]
    return [i for i in every if terms[i].weight >= PREDICATE] or every


def _has(reading: Reading, i: int) -> bool:
    return 0 <= i < len(reading.tokens)


def _subject(source: Reading, inside: Sequence[int], rule: frozenset[int]) -> int | None:
    """What the rule is for: its first thing, if that is none of what is excepted."""
    own = {source.terms[i].stem for i in inside}
    things = (i for i in sorted(rule) if source.terms[i].weight >= 1.0 and not source.terms[i].deed)
    first = next(things, None)
    return None if first is None or source.terms[first].stem in own else first


_TURNED = frozenset({"negation", "condition"})
_EVEN = frozenset(["even", "sogar", "selbst", "même", "incluso", "zelfs", "perfino", "nawet"])
_JOINING = frozenset(
    ["or", "nor", "oder", "noch", "ou", "ni", "o", "ni", "of", "né", "lub", "albo", "ani", "oraz"]
)


def _exceptions(pairing: Pairing) -> Iterator[tuple[Cue, list[int], frozenset[int]]]:
    """Exceptions that the claim speaks of, what they govern, and the rest of the sentence."""
    claim, source, links = pairing.claim, pairing.source, frozenset(pairing.links)
    if any(cue.guard == "condition" for cue in claim.cues):
        return
    for cue in source.cues:
        if not is_exception(cue):
            continue
        inside = _excepted(source, cue)
        rule = every_token(source) - {*inside, *range(cue.first, cue.last + 1)}
        shared = {source.terms[i].stem for i in rule}
        own = [i for i in inside if source.terms[i].stem not in shared] or inside
        weight = sum(_weight(source, i) for i in own)
        kept = sum(_weight(source, i) for i in own if i in links)
        if weight and kept / weight >= _NAMED and _speaks_of(source, rule, links):
            yield cue, inside, rule


def _speaks_of(source: Reading, rule: frozenset[int], links: frozenset[int]) -> bool:
    """Whether the claim has a word of what the rule says, beside the exception."""
    return any(i in links and source.terms[i].weight >= PREDICATE for i in rule)


def _restricts(pairing: Pairing, cue: Cue) -> bool:
    """Whether a `but` takes back some of what stands before it: `but only in their box`."""
    source = pairing.source
    rest = frozenset(i for i in range(cue.last + 1, len(source.tokens)))
    return "only" in cue_values(source, rest, "quantifier") and not rest & set(pairing.links)


def _governed(source: Reading, cue: Cue) -> list[int]:
    """What a condition speaks of: the rest of its clause."""
    clause = source.clauses[cue.first]
    inside = [i for i, number in enumerate(source.clauses) if number == clause and i > cue.last]
    after = clause + 1  # `unless, in writing, …`: the next clause
    return inside or [i for i, number in enumerate(source.clauses) if number == after]


def _excepted(source: Reading, cue: Cue) -> list[int]:
    """What an exception is made for; a short clause joined to it is more of the same."""
    inside = _governed(source, cue)
    if not inside:
        return inside
    following = [i for i, n in enumerate(source.clauses) if n == source.clauses[inside[-1]] + 1]
    joined = following and source.keys[following[0]] in lexicon(source.language).coordinators
    if joined and len(following) <= _JOINED and not any(source.terms[i].deed for i in following):
        return [*inside, *following]
    return inside


_JOINED = 4  #: words of a clause that only adds to a list, at most


def _weight(reading: Reading, i: int) -> float:
    return 1.0 if reading.tokens[i].kind == "slot" else reading.terms[i].weight
