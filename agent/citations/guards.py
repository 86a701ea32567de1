"""What must agree between a claim and the sentence it rests on, one rule a guard."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from agent.citations.reading import Bounded, Cue, Reading, feature


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A disagreement, with the words of both sides. A side that says nothing is None."""

    guard: str
    claim: str | None
    source: str | None
    claim_span: tuple[int, int] | None  #: in the claim's text
    source_span: tuple[int, int] | None  #: in the source sentence
    conflict: bool  #: the source says otherwise; False: it only does not say it

    def reason(self, place: str) -> str:
        """One line that names both sides and the place."""
        if self.claim is None:
            return f"{self.guard}: {place} says '{self.source}', the sentence does not"
        found = f" (found '{self.source}')" if self.source is not None else ""
        return f"{self.guard}: '{self.claim}' is not in {place}{found}"


Guard = Callable[[Reading, Reading, range], Iterator[Finding]]


def check(claim: Reading, source: Reading) -> tuple[Finding, ...]:
    """All disagreements, conflicts first. A difference of language leaves only the slots."""
    window = _window(claim, source)
    guards = GUARDS if claim.language == source.language else (values,)
    found = [finding for guard in guards for finding in guard(claim, source, window)]
    return tuple(sorted(found, key=lambda finding: not finding.conflict))


def values(claim: Reading, source: Reading, window: range) -> Iterator[Finding]:
    """Every number, amount, date, duration and id of the claim stands in the source."""
    left = [slot for slot in source.slots if not _has(claim.slots, slot)]
    for said in claim.slots:
        if _has(source.slots, said):
            continue
        rivals = [slot for slot in left if slot.slot.kind == said.slot.kind]
        same_unit = [slot for slot in rivals if slot.slot.unit == said.slot.unit]
        rival = next(iter(same_unit or rivals), None)
        if rival in left:
            left.remove(rival)
        yield _finding(
            said.slot.kind,
            claim,
            source,
            (said.slot.start, said.slot.end),
            rival and (rival.slot.start, rival.slot.end),
            conflict=rival is not None,
        )


def bounds(claim: Reading, source: Reading, window: range) -> Iterator[Finding]:
    """`up to 30 days` is neither `30 days` nor `at least 30 days`."""
    for said in claim.slots:
        twins = [slot for slot in source.slots if slot.slot.agrees(said.slot)]
        if not twins or any(_bound(slot) == _bound(said) for slot in twins):
            continue
        yield _finding(
            "bound", claim, source, _with_bound(said), _with_bound(twins[0]), conflict=True
        )


def negation(claim: Reading, source: Reading, window: range) -> Iterator[Finding]:
    """As many negations in the claim as in the part of the source that it repeats."""
    yield from _uneven("negation", claim, source, window, by_value=False)


def modality(claim: Reading, source: Reading, window: range) -> Iterator[Finding]:
    """`may` is not `must`, and neither is a plain statement."""
    yield from _uneven("modality", claim, source, window)


def quantifier(claim: Reading, source: Reading, window: range) -> Iterator[Finding]:
    """`some` is not `all`, and an `only` is not dropped."""
    yield from _uneven("quantifier", claim, source, window)


def order(claim: Reading, source: Reading, window: range) -> Iterator[Finding]:
    """`before` is not `after`."""
    yield from _uneven("order", claim, source, window)


def condition(claim: Reading, source: Reading, window: range) -> Iterator[Finding]:
    """A condition or exception of the source that the claim leaves out."""
    said = {cue.value for cue in claim.cues if cue.guard == "condition"}
    for cue in source.cues:
        if cue.guard == "condition" and cue.value not in said:
            yield _finding("condition", claim, source, None, (cue.start, cue.end), conflict=False)
            return


GUARDS: tuple[Guard, ...] = (values, bounds, negation, modality, quantifier, order, condition)


def wording(claim: Reading, source: Reading) -> Iterator[Finding]:
    """The first words that differ, for a claim that no guard objects to but nothing proves."""
    matcher = SequenceMatcher(None, claim.keys, source.keys, autojunk=False)
    for change, a, b, c, d in matcher.get_opcodes():
        if change == "replace":
            said = claim.tokens[a].start, claim.tokens[b - 1].end
            found = source.tokens[c].start, source.tokens[d - 1].end
            yield _finding("wording", claim, source, said, found, conflict=False)
            return


def _window(claim: Reading, source: Reading) -> range:
    """The part of the source that the claim repeats, by token, with a little room around."""
    shared = claim.features & source.features
    at = [i for i, token in enumerate(source.tokens) if feature(token) in shared]
    return range(max(0, at[0] - 2), at[-1] + 3) if at else range(0)


def _uneven(
    guard: str, claim: Reading, source: Reading, window: range, *, by_value: bool = True
) -> Iterator[Finding]:
    """The first cue on either side that has no counterpart on the other."""
    ours = [cue for cue in claim.cues if cue.guard == guard]
    theirs = [cue for cue in source.cues if cue.guard == guard and cue.first in window]
    only_ours = next(iter(_without(ours, theirs, by_value=by_value)), None)
    only_theirs = next(iter(_without(theirs, ours, by_value=by_value)), None)
    if only_ours and only_theirs:
        said, found = (only_ours.start, only_ours.end), (only_theirs.start, only_theirs.end)
    elif only_ours:
        said, found = _around(only_ours, claim, source)
    elif only_theirs:
        found, said = _around(only_theirs, source, claim)
    else:
        return
    yield _finding(guard, claim, source, said, found, conflict=True)


def _around(
    cue: Cue, reading: Reading, other: Reading
) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """A cue with the neighbours that both sides share, and the words there: `can be`."""
    at = {feature(token): token for token in reversed(other.tokens)}
    before = next((t for t in reversed(reading.tokens[: cue.first]) if feature(t) in at), None)
    after = next((t for t in reading.tokens[cue.last + 1 :] if feature(t) in at), None)
    ends = [at[feature(token)] for token in (before, after) if token is not None]
    words = (
        before.start if before else cue.start,
        after.end if after else cue.end,
    )
    if not ends or ends[0].start > ends[-1].start:
        return (cue.start, cue.end), None
    return words, (ends[0].start, ends[-1].end)


def _without(cues: Sequence[Cue], others: Sequence[Cue], *, by_value: bool) -> list[Cue]:
    if by_value:
        known = {cue.value for cue in others}
        return [cue for cue in cues if cue.value not in known]
    return list(cues[len(others) :])


def _has(slots: Sequence[Bounded], wanted: Bounded) -> bool:
    return any(slot.slot.agrees(wanted.slot) for slot in slots)


def _bound(slot: Bounded) -> str:
    """`within` and `exactly` add nothing that a plain number does not say."""
    value = slot.bound.value if slot.bound else ""
    return "" if value in ("within", "exact") else value


def _with_bound(slot: Bounded) -> tuple[int, int]:
    if slot.bound is None:
        return slot.slot.start, slot.slot.end
    return min(slot.bound.start, slot.slot.start), max(slot.bound.end, slot.slot.end)


def _finding(
    guard: str,
    claim: Reading,
    source: Reading,
    said: tuple[int, int] | None,
    found: tuple[int, int] | None,
    *,
    conflict: bool,
) -> Finding:
    return Finding(
        guard=guard,
        claim=claim.quote(*said) if said else None,
        source=source.quote(*found) if found else None,
        claim_span=said,
        source_span=found,
        conflict=conflict,
    )
