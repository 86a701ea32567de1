"""Triage by a model, on top of the rules: what the rules decide, no model can undo.

One call gives category, tone, urgency, action items and the search queries of each question. The
classifier's ranking is pooled with the model's; order numbers count only where the text has them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from agent.domain.desk import Desk
from agent.domain.ids import DeskName
from agent.domain.ticket import Ticket
from agent.domain.triage import UNSURE, Ask, Entities, Priority, Triage
from agent.pipeline.model.calls import Calls, Step
from agent.pipeline.model.combine import ASSUMED, Calibration, Said, combined
from agent.pipeline.model.desk_text import DeskTexts, language_name, query_language
from agent.pipeline.model.fence import compact, fenced, one_line
from agent.pipeline.model.prompts import Prompted, prompt_file, prompted
from agent.pipeline.model.schema import TriageAnswer, triage_answer
from agent.pipeline.model.thread import asked_text, estimated_tokens, threaded
from agent.pipeline.model.thread import tokens_of_passage as known_tokens
from agent.pipeline.ports import Clock, Run, Triager
from agent.pipeline.questions import Asked, asked

#: Without a run of the pipeline, an answer is waited for this long.
ALONE: Final = timedelta(seconds=60)
_QUERIES: Final = 3  #: a question's
_MISSED: Final = 3  #: questions that the rules did not find
_ORDERS: Final = 6
_ORDER: Final = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT)
_MAX_TOKENS: Final = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class TriagerSettings:
    context_tokens: int = 6_000  #: a prompt's budget; the reference model loses the thread beyond
    calibration: Mapping[DeskName, Calibration] | None = None  #: measured; a desk's, else assumed


class ModelTriager:
    """`ports.Triager` with a model; raises what the engine raises, so a fallback stands above."""

    def __init__(
        self,
        calls: Calls,
        *,
        free: Triager,
        texts: DeskTexts,
        clock: Clock,
        settings: TriagerSettings | None = None,
    ) -> None:
        self._calls = calls
        self._free = free
        self._texts = texts
        self._clock = clock
        self._settings = settings or TriagerSettings()

    async def triage(self, ticket: Ticket, desk: Desk, *, run: Run | None = None) -> Triage:
        """The rules' triage where nobody should answer; else with the model's reading in it."""
        run = run or Run(deadline=self._clock() + ALONE)
        free = await self._free.triage(ticket, desk, run=run)
        if free.no_reply is not None:
            return free
        answer, questions = await self.said(ticket, desk, run)
        return read(answer, free, ticket, desk, questions, self._calibration(desk))

    async def said(self, ticket: Ticket, desk: Desk, run: Run) -> tuple[TriageAnswer, int]:
        """The model's own answer, and how many questions it was shown."""
        questions = asked(ticket)
        step = Step(
            name="triage",
            prompt=self.prompt(ticket, desk, questions),
            answer=triage_answer(desk),
            max_tokens=_MAX_TOKENS,
            share=0.4,
            temperature=0.0,
        )
        return await self._calls.ask(step, ticket, run, lambda _: ()), len(questions)

    def prompt(self, ticket: Ticket, desk: Desk, questions: Sequence[Asked]) -> Prompted:
        """The desk's part first, then what is the ticket's own."""
        stable = self._texts.stable("triage", desk)
        language = query_language(desk, ticket.language)
        here = self._here(desk, language)
        listed = "\n".join(f"{n}. {one_line(q.text)}" for n, q in enumerate(questions, start=1))
        fixed = known_tokens(stable) + known_tokens(here) + estimated_tokens(listed)
        thread = threaded(ticket, self._settings.context_tokens - fixed)
        values = {
            "policies_here": here,
            "ticket": thread.text,
            "questions": fenced(listed or "None."),
            "query_language": language_name(language),
        }
        return prompted(prompt_file("triage"), stable, values)

    def _here(self, desk: Desk, language: str) -> str:
        if language == desk.default_language:
            return ""
        headings = self._texts.headings(desk, language)
        return f"## The same in {language_name(language)}\n\n{headings}\n\n"

    def _calibration(self, desk: Desk) -> Calibration:
        return (self._settings.calibration or {}).get(desk.name, ASSUMED)


def read(
    answer: TriageAnswer,
    free: Triage,
    ticket: Ticket,
    desk: Desk,
    questions: int,
    calibration: Calibration,
) -> Triage:
    """What the rules found with what the model adds. Pure."""
    said = Said(category=answer.category, or_else=answer.or_else, sure=answer.sure)
    ranked = combined(free.ranked, said, [c.id for c in desk.categories], calibration)
    sure = ranked[0][1] >= desk.thresholds.unsure_below
    return replace(
        free,
        category=ranked[0][0] if sure else UNSURE,
        confidence=ranked[0][1],
        priority=raised(free.priority, answer.priority),
        sentiment=answer.sentiment,
        entities=_with_orders(free.entities, answer.order_ids, asked_text(ticket)),
        ranked=ranked,
        asks=asks(answer, questions),
        actions=tuple(line for one in answer.actions if (line := one_line(one))),
        lookup=answer.lookup,
    )


def raised(free: Priority, said: Priority) -> Priority:
    """A model may raise what the rules found by one step, and lower nothing."""
    highest = min(_ORDER.index(said), _ORDER.index(free) + 1)
    return _ORDER[max(highest, _ORDER.index(free))]


def asks(answer: TriageAnswer, questions: int) -> tuple[Ask, ...]:
    """The queries of the questions that there are, then what the rules missed."""
    known = [
        Ask(number=one.question - 1, queries=_queries(one.queries))
        for one in answer.questions
        if one.question <= questions
    ]
    texts = [text for one in answer.missed if (text := one_line(one.question))]
    queries = [_queries(one.queries) for one in answer.missed if one_line(one.question)]
    missed = [
        Ask(number=questions + n, text=text, queries=found)
        for n, (text, found) in enumerate(zip(texts, queries, strict=True))
    ]
    return (*known, *missed[:_MISSED])


def _queries(said: Sequence[str]) -> tuple[str, ...]:
    lines = (one_line(query) for query in said)
    return tuple(dict.fromkeys(line for line in lines if line))[:_QUERIES]


def _with_orders(free: Entities, said: Sequence[str], text: str) -> Entities:
    """Order numbers that the model read, where the text has their very letters and digits."""
    there = compact(text)
    read = (compact(order) for order in said)
    real = [order for order in read if any(c.isdigit() for c in order) and order in there]
    return replace(free, order_ids=tuple(dict.fromkeys((*free.order_ids, *real)))[:_ORDERS])
