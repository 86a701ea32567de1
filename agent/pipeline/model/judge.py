"""A model as the claim checker's judge: one call a statement, a verdict, the words that decide.

It keeps `agent.citations.judges.Judge` for one attempt at a ticket: each answer is checkpointed and
accounted for like any other of its calls.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent import observe
from agent.citations.checker import ClaimChecker
from agent.citations.judges import Opinion, Said, Statement, judged
from agent.citations.source import Source
from agent.domain.desk import Desk
from agent.domain.draft import Claim
from agent.domain.ticket import Ticket
from agent.pipeline.model.calls import Calls, Step
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.errors import ModelError
from agent.pipeline.model.fence import fenced, one_line
from agent.pipeline.model.prompts import prompt_file, prompted
from agent.pipeline.model.schema import JudgeAnswer, Support
from agent.pipeline.ports import Brief, Run
from engine.errors import EngineError

_MAX_TOKENS: Final = 300
_OPINIONS: Final[Mapping[Support, Opinion]] = {
    Support.SUPPORTED: Opinion.SUPPORTED,
    Support.CONTRADICTED: Opinion.CONTRADICTED,
    Support.NOT_SAID: Opinion.NOT_STATED,
}
_QUOTED, _BARE = 0.9, 0.6  #: how sure an answer is with a quote that stands, and without one


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelJudge:
    """Judges the statements of one ticket's reply."""

    calls: Calls
    texts: DeskTexts
    ticket: Ticket
    desk: Desk
    run: Run
    name: str = "model"

    async def judge(self, statements: Sequence[Statement]) -> Sequence[Said]:
        """In order, asked side by side; raises what the engine raises."""
        return await asyncio.gather(*(self._one(statement) for statement in statements))

    async def _one(self, statement: Statement) -> Said:
        values = {"claim": fenced(statement.text), "evidence": fenced(statement.evidence)}
        step = Step(
            name="judge",
            prompt=prompted(prompt_file("judge"), self.texts.stable("judge", self.desk), values),
            answer=JudgeAnswer,
            max_tokens=_MAX_TOKENS,
            share=0.5,
            temperature=0.0,
        )
        answer = await self.calls.ask(step, self.ticket, self.run, lambda _: ())
        return said(answer, statement.evidence)


def said(answer: JudgeAnswer, evidence: str) -> Said:
    """The answer as far as its quote bears it out: one that is not there proves nothing. Pure."""
    quote = one_line(answer.quote)
    there = bool(quote) and quote in one_line(evidence)
    if answer.verdict is not Support.NOT_SAID and not there:
        return Said(opinion=Opinion.NOT_STATED, score=_BARE)
    return Said(opinion=_OPINIONS[answer.verdict], score=_QUOTED if there else _BARE)


class JudgedClaims:
    """`ports.ClaimJudge` with a model, over the checker's own reading of the body."""

    def __init__(self, checker: ClaimChecker, calls: Calls, texts: DeskTexts) -> None:
        self._checker = checker
        self._calls = calls
        self._texts = texts

    async def weigh(
        self, body: str, *, sources: Sequence[Source], frames: Sequence[str], brief: Brief
    ) -> tuple[Claim, ...] | None:
        """A model that fails here leaves the checker's verdicts as they are."""
        language = brief.ticket.language
        checked = self._checker.examine(body, language=language, sources=sources, frames=frames)
        judge = ModelJudge(
            calls=self._calls,
            texts=self._texts,
            ticket=brief.ticket,
            desk=brief.desk,
            run=brief.run or Run(deadline=brief.deadline),
        )
        try:
            found = await judged(checked, judge)
        except (EngineError, ModelError) as exc:
            observe.log.info("judge.failed", ticket=brief.ticket.id, error=type(exc).__name__)
            return None
        return tuple(one.claim for one in found)
