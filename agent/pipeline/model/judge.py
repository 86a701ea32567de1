"""A model as a judge of one claim and its evidence: one call, a verdict, the words that decide."""

from dataclasses import dataclass
from typing import Final

from agent.domain.desk import Desk
from agent.domain.ticket import Ticket
from agent.pipeline.model.calls import Calls, Step
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.fence import fenced, one_line
from agent.pipeline.model.prompts import prompt_file, prompted
from agent.pipeline.model.schema import JudgeAnswer, Support
from agent.pipeline.ports import Run

_MAX_TOKENS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a model says of a claim; `quote` stands in the evidence, letter for letter."""

    verdict: Support
    quote: str = ""


class ModelJudge:
    """Judges claims one by one. It may only ever add doubt: the guards run whatever it says."""

    def __init__(self, calls: Calls, texts: DeskTexts) -> None:
        self._calls = calls
        self._texts = texts

    async def judge(
        self, claim: str, evidence: str, *, ticket: Ticket, desk: Desk, run: Run
    ) -> Judged:
        """The verdict; raises what the engine raises. A quote that is not there proves nothing."""
        stable = self._texts.stable("judge", desk)
        values = {"claim": fenced(claim), "evidence": fenced(evidence)}
        step = Step(
            name="judge",
            prompt=prompted(prompt_file("judge"), stable, values),
            answer=JudgeAnswer,
            max_tokens=_MAX_TOKENS,
            share=0.5,
            temperature=0.0,
        )
        answer = await self._calls.ask(step, ticket, run, lambda _: ())
        return judged(answer, evidence)


def judged(answer: JudgeAnswer, evidence: str) -> Judged:
    """The answer as far as its quote bears it out. Pure."""
    quote = one_line(answer.quote)
    there = bool(quote) and quote in one_line(evidence)
    if answer.verdict is not Support.NOT_SAID and not there:
        return Judged(verdict=Support.NOT_SAID)
    return Judged(verdict=answer.verdict, quote=quote if there else "")
