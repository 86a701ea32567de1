"""What must agree between a claim and the sentence it rests on, one rule a guard."""

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from agent.citations import binding, limits
from agent.citations.denial import negation, opposite, order, sign, verbatim
from agent.citations.findings import Finding, finding
from agent.citations.membership import crossed, group, item, party, scope
from agent.citations.pairing import Pairing, pair
from agent.citations.reading import Reading
from agent.citations.sides import is_exception
from agent.citations.strength import condition, exception, is_excepted, modality, quantifier

__all__ = ["Finding", "check", "examine", "wording"]


_ONCE = frozenset({"negation", "modality", "quantifier", "bound", "order", "exception"})


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
        found += limits.bounds(pairing)
        found += binding.members(pairing)
        for guard in GUARDS:
            found += guard(pairing, passage)
        if any(is_exception(cue) for cue in pairing.source.cues):
            found = [one for one in found if not is_excepted(pairing, one)]
    distinct = {
        (one.guard, one.claim_span if one.guard not in _ONCE else None): one
        for one in reversed(found)
    }
    first_come = list(distinct.values())[::-1]
    return tuple(sorted(first_come, key=lambda one: not one.conflict))


GUARDS: tuple[Guard, ...] = (
    verbatim,
    negation,
    opposite,
    order,
    sign,
    modality,
    quantifier,
    condition,
    exception,
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
