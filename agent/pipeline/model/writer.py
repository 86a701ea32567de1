"""A reply by a model: sentences that each name their evidence, and nothing beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent import observe
from agent.domain.draft import Claim, WrittenBy
from agent.pipeline.model.calls import Calls, Step
from agent.pipeline.model.desk_text import DeskTexts, language_name
from agent.pipeline.model.errors import ModelError
from agent.pipeline.model.evidence import Shown, shown
from agent.pipeline.model.fence import fenced, one_line
from agent.pipeline.model.prompts import Prompted, prompt_file, prompted
from agent.pipeline.model.reply import faults, written
from agent.pipeline.model.schema import ReplyAnswer
from agent.pipeline.model.summary import Summariser
from agent.pipeline.model.thread import Thread, estimated_tokens, threaded
from agent.pipeline.model.thread import tokens_of_passage as known_tokens
from agent.pipeline.ports import Brief, Run, Written
from engine.errors import EngineError

_NOTHING: Final = ReplyAnswer(opening="", sentences=[], open=[])
_MAX_TOKENS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    context_tokens: int = 6_000  #: a prompt's budget; the reference model loses the thread beyond
    temperature: float = 0.3


class ModelWriter:
    """`ports.Writer` and `ports.Mender` with a model; a fallback stands above it."""

    def __init__(
        self,
        calls: Calls,
        *,
        engine: str,
        texts: DeskTexts,
        summariser: Summariser,
        settings: WriterSettings | None = None,
    ) -> None:
        self._calls = calls
        self._engine = engine  #: named in drafts that needed no call
        self._texts = texts
        self._summariser = summariser
        self._settings = settings or WriterSettings()

    async def write(self, brief: Brief) -> Written:
        """The reply; no model is asked where there is no question or no evidence."""
        run = brief.run or Run(deadline=brief.deadline)
        given = self._given(brief)
        if not given.grounds or not brief.research.questions:
            return written(_NOTHING, given, brief, WrittenBy(writer=self._engine))
        thread = await self._thread(brief, given, run)
        if thread.cut:
            run.reasons.append(thread.cut)
        return await self._ask("write", self._prompt(brief, given, thread), given, brief, run)

    async def mend(self, brief: Brief, written: Written, failed: Sequence[Claim]) -> Written | None:
        """The model's second try, told what the check refused; None where that brings nothing."""
        run, given = brief.run or Run(deadline=brief.deadline), self._given(brief)
        if written.written_by.model is None or not given.grounds:
            return None
        thread = threaded(brief.ticket, self._budget(brief, given))
        prompt = _refused(self._prompt(brief, given, thread), failed)
        try:
            return await self._ask("mend", prompt, given, brief, run)
        except (EngineError, ModelError) as exc:
            observe.log.info("mend.failed", ticket=brief.ticket.id, error=type(exc).__name__)
            return None

    async def _ask(
        self, name: str, prompt: Prompted, given: Shown, brief: Brief, run: Run
    ) -> Written:
        step = Step(
            name=name,
            prompt=prompt,
            answer=ReplyAnswer,
            max_tokens=_MAX_TOKENS,
            share=0.8,
            temperature=self._settings.temperature,
        )
        reply = await self._calls.ask(
            step, brief.ticket, run, lambda answer: faults(answer, given, brief)
        )
        last = run.calls[-1]
        by = WrittenBy(
            writer=last.engine or self._engine,
            model=last.model,
            revision=last.revision,
            prompt_version=last.prompt,
        )
        return written(reply, given, brief, by)

    def _given(self, brief: Brief) -> Shown:
        """The budget is the thread's and the evidence's; the evidence goes first."""
        grounds = brief.research.grounds
        return shown(grounds, brief.ticket.language, self._settings.context_tokens)

    def _prompt(self, brief: Brief, given: Shown, thread: Thread) -> Prompted:
        values = {
            "evidence": given.text,
            "ticket": thread.text,
            "questions": fenced(_listed(brief)),
            "language": language_name(brief.ticket.language),
            "ids": given.ids,
        }
        prompt = prompted(prompt_file("write"), self._texts.stable("write", brief.desk), values)
        return _asked_otherwise(prompt, brief.note) if brief.note else prompt

    async def _thread(self, brief: Brief, given: Shown, run: Run) -> Thread:
        thread = threaded(brief.ticket, self._budget(brief, given))
        if not thread.left_out:
            return thread
        points = await self._summariser.points(thread.left_out, brief.ticket, brief.desk, run)
        return replace(thread, summary=points)

    def _budget(self, brief: Brief, given: Shown) -> int:
        """Tokens for the thread: what instructions, evidence and questions leave."""
        stable = self._texts.stable("write", brief.desk)
        fixed = known_tokens(stable) + estimated_tokens(given.text)
        return self._settings.context_tokens - fixed - estimated_tokens(_listed(brief))


def _listed(brief: Brief) -> str:
    return "\n".join(
        f"{n}. {one_line(text)}" for n, text in enumerate(brief.research.questions, start=1)
    )


def _asked_otherwise(prompt: Prompted, note: str) -> Prompted:
    """The same prompt with a colleague's note behind it, which is no evidence."""
    text = (
        f"{prompt.text}\nA colleague of the desk read an earlier reply and asks of this one:\n"
        f"{fenced(note)}\nFollow it as far as the evidence and the rules above allow.\n"
    )
    return replace(prompt, text=text)


def _refused(prompt: Prompted, failed: Sequence[Claim]) -> Prompted:
    """The same prompt with what the check refused behind it: the model's own words, and why."""
    told = "\n".join(
        f"- {one_line(claim.text)} ({one_line(claim.reason or 'no evidence says this')})"
        for claim in failed
    )
    text = (
        f"{prompt.text}\nYour last answer held sentences that their evidence does not prove:\n"
        f"{fenced(told)}\nAnswer again: keep to the words of the evidence, or leave the question "
        "open.\n"
    )
    return replace(prompt, text=text)
