"""Judges of meaning beside the guards: asked of each statement, answered in one word.

A judge may add doubt, or confirm a paraphrase that the checker could not prove. What a guard
decided and what stands in the source's own words is not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from agent.citations.checker import Checked, Judgement
from agent.domain.draft import Evidence, Match, Verdict

__all__ = ["Judge", "Opinion", "Said", "Statement", "combined", "judged"]

_AROUND = 1_500  #: characters of the passage that a judge reads at most on each side
_SURE = 0.5  #: least score of an opinion that counts


class Opinion(StrEnum):
    """What a source says of a statement."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_STATED = "not-stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One factual sentence and the text it is to rest on, in whatever languages."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A judge's answer."""

    opinion: Opinion
    score: float  #: how sure, 0 to 1


class Judge(Protocol):
    """Reads statements beside their evidence."""

    @property
    def name(self) -> str: ...

    async def judge(self, statements: Sequence[Statement]) -> Sequence[Said]:
        """An answer for each statement, in order."""
        ...


async def judged(checked: Sequence[Checked], judge: Judge) -> tuple[Checked, ...]:
    """The same claims, with a judge's opinion where it is asked for one."""
    asked = [n for n, one in enumerate(checked) if statement_of(one) is not None]
    statements = [s for one in checked if (s := statement_of(one)) is not None]
    said = await judge.judge(statements) if statements else ()
    found = list(checked)
    for n, answer in zip(asked, said, strict=True):
        found[n] = combined(checked[n], answer, judge.name)
    return tuple(found)


def statement_of(one: Checked) -> Statement | None:
    """What a judge is asked; None where a guard or the source's own words have decided."""
    found = one.judgement
    if found is None or found.guarded or found.sentence is None:
        return None
    if found.verdict in (Verdict.EXACT, Verdict.NORMALISED):
        return None
    sentence = found.sentence
    if sentence.fact is not None:
        return Statement(text=one.claim.text, evidence=sentence.fact.text)
    ref, text = sentence.source.ref, sentence.source.text
    first, last = max(ref.start, sentence.start - _AROUND), min(ref.end, sentence.end + _AROUND)
    return Statement(text=one.claim.text, evidence=text[first:last])


def combined(one: Checked, said: Said, judge: str) -> Checked:
    """The verdict with a judge's opinion. Pure; an unsure opinion changes nothing."""
    found = one.judgement
    if found is None or found.guarded or said.score < _SURE:
        return one
    if said.opinion is Opinion.SUPPORTED:
        return one if found.verdict.proved else _confirmed(one, found, said)
    if not found.verdict.proved:
        return one
    verdict = Verdict.CONTRADICTED if said.opinion is Opinion.CONTRADICTED else Verdict.UNSUPPORTED
    reason = f"judge: {judge} says '{said.opinion.value}'"
    claim = replace(
        one.claim,
        verdict=verdict,
        score=round(said.score, 3),
        reason=reason,
        evidence=one.claim.evidence if verdict is Verdict.CONTRADICTED else (),
    )
    return Checked(claim=claim, judgement=replace(found, verdict=verdict, reason=reason))


def _confirmed(one: Checked, found: Judgement, said: Said) -> Checked:
    sentence = found.sentence
    assert sentence is not None
    evidence = Evidence(
        source=sentence.source.ref.id,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.source.text[sentence.start : sentence.end],
        match=Match.MODEL_JUDGED,
    )
    claim = replace(
        one.claim,
        verdict=Verdict.PARAPHRASE,
        score=round(said.score, 3),
        reason=None,
        evidence=(evidence,),
    )
    return Checked(claim=claim, judgement=replace(found, verdict=Verdict.PARAPHRASE, reason=None))
