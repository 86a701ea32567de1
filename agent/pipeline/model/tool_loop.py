"""Lookups that a model asks for: one step at a time, a few at most, authorised in code.

The model chooses by schema, "call X with …" or "answer": the same for every engine. Whose records
are read is the ticket's requester's, whatever a call says; a tool with a side effect never runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from agent import observe
from agent.citations.source import Source
from agent.domain.desk import Desk
from agent.domain.draft import SourceKind, canonical
from agent.domain.ids import SourceId
from agent.domain.ticket import Ticket
from agent.pipeline.calling import LookedUp, look_up, tool_source
from agent.pipeline.lookups import Lookup
from agent.pipeline.model.calls import Calls, Step
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.errors import ModelError
from agent.pipeline.model.evidence import source_text
from agent.pipeline.model.fence import compact, fenced, one_line
from agent.pipeline.model.prompts import Prompted, prompt_file, prompted
from agent.pipeline.model.schema import Enough, StepAnswer, step_answer
from agent.pipeline.model.thread import estimated_tokens, threaded
from agent.pipeline.model.thread import tokens_of_passage as known_tokens
from agent.pipeline.ports import Brief, Ground, Run, ToolTrouble
from engine.errors import EngineError
from tools.base import Tool
from tools.registry import Registry

_MAX_TOKENS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLoopSettings:
    steps: int = 3  #: calls of the model for one ticket
    context_tokens: int = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    tool: str
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.tool} {canonical(dict(self.arguments))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    call: _Call
    found: LookedUp | None  #: None: it was not made


class ToolLoop:
    """`ports.Looker` with a model: adds what its calls found to the brief."""

    def __init__(
        self,
        calls: Calls,
        *,
        registry: Registry,
        texts: DeskTexts,
        settings: ToolLoopSettings | None = None,
    ) -> None:
        self._calls = calls
        self._registry = registry
        self._texts = texts
        self._settings = settings or ToolLoopSettings()

    async def look(self, brief: Brief) -> Brief:
        """The brief with the results as evidence; as it was where nothing is to be looked up.

        A model that fails here costs the ticket its extra lookups, not its reply.
        """
        tools = _tools(brief.desk, self._registry)
        if not tools or not brief.triage.lookup or not brief.research.questions:
            return brief
        run = brief.run or Run(deadline=brief.deadline)
        done: list[_Done] = []
        try:
            await self._loop(brief, tools, run, done)
        except (EngineError, ModelError) as exc:
            observe.log.info("tools.failed", ticket=brief.ticket.id, error=type(exc).__name__)
        return with_results(brief, done)

    async def _loop(self, brief: Brief, tools: Sequence[Tool], run: Run, done: list[_Done]) -> None:
        """Until the model has enough, repeats itself, or has used up its steps."""
        answer = step_answer([(tool.name, tool.arguments) for tool in tools])
        for _ in range(self._settings.steps):
            call = await self._next(brief, tools, answer, run, done)
            if call is None or any(one.call == call for one in done):
                return
            done.append(_Done(call=call, found=await self._look_up(call, brief)))
        run.reasons.append(f"tools: the model asked for more than {self._settings.steps} lookups")

    async def _look_up(self, call: _Call, brief: Brief) -> LookedUp | None:
        """None for a call with a number that the ticket does not name: nobody asked for it."""
        if not _named(call, brief.ticket):
            return None
        question = _question(call, brief)
        lookup = Lookup(tool=call.tool, arguments=call.arguments, question=question)
        return await look_up(lookup, brief.ticket, self._registry)

    async def _next(
        self,
        brief: Brief,
        tools: Sequence[Tool],
        answer: type[StepAnswer],
        run: Run,
        done: Sequence[_Done],
    ) -> _Call | None:
        step = Step(
            name=f"tools/{len(done) + 1}",
            prompt=self._prompt(brief, tools, done),
            answer=answer,
            max_tokens=_MAX_TOKENS,
            share=0.3,
            temperature=0.0,
        )
        chosen = (await self._calls.ask(step, brief.ticket, run, lambda _: ())).next
        if isinstance(chosen, Enough):
            return None
        return _Call(
            tool=chosen.do.removeprefix("call "),
            arguments=chosen.arguments.model_dump(mode="json", exclude_none=True),
        )

    def _prompt(self, brief: Brief, tools: Sequence[Tool], done: Sequence[_Done]) -> Prompted:
        stable = self._texts.stable("tools", brief.desk, tools)
        listed = "\n".join(f"{n}. {one_line(q)}" for n, q in enumerate(brief.research.questions, 1))
        known = _known(brief, done)
        fixed = known_tokens(stable) + estimated_tokens(listed) + estimated_tokens(known)
        thread = threaded(brief.ticket, self._settings.context_tokens - fixed)
        values = {"ticket": thread.text, "questions": fenced(listed), "known": fenced(known)}
        return prompted(prompt_file("tools"), stable, values)


def _tools(desk: Desk, registry: Registry) -> list[Tool]:
    """The desk's tools that this process has, in the desk's order."""
    return [registry.get(name) for name in desk.tools if name in registry.names]


def _known(brief: Brief, done: Sequence[_Done]) -> str:
    """What was looked up, by the rules and by the model, and what came of it."""
    grounds = brief.research.grounds
    records = [g.source for g in grounds if g.source.ref.kind is SourceKind.TOOL]
    lines = [f"{one_line(source.ref.label)}:\n{source_text(source)}" for source in records]
    lines += [
        f"{trouble.tool}: no result ({trouble.code}: {one_line(trouble.detail)})"
        for trouble in brief.research.troubles
    ]
    return "\n".join([*lines, *(_told(one) for one in done)]) or "Nothing was looked up."


def _told(done: _Done) -> str:
    found = done.found
    if found is None:
        return f"{done.call}: not made; the message does not name that number"
    if found.result is None:
        return f"{done.call}: no result ({found.code}: {one_line(found.detail)})"
    facts = "\n".join(f"- {fact.text}" for fact in found.facts)
    return f"{done.call}:\n{facts or canonical(dict(found.result.data))}"


def _question(call: _Call, brief: Brief) -> int:
    """The question that the call is for: the first that names an argument, else the first."""
    values = [str(value) for value in call.arguments.values()]
    questions = enumerate(brief.research.questions)
    return next((n for n, text in questions if any(value in text for value in values)), 0)


def _named(call: _Call, ticket: Ticket) -> bool:
    """Whether each number among the arguments stands in the ticket, letter for letter."""
    told = (part for m in (*ticket.history, *ticket.messages) for part in (m.body, m.quoted))
    text = compact("\n".join((ticket.text, *told)))
    given = (value for value in call.arguments.values() if isinstance(value, str))
    return all(compact(v) in text for v in given if any(c.isdigit() for c in v))


def with_results(brief: Brief, done: Sequence[_Done]) -> Brief:
    """The brief with each new result as a ground behind the others, and each failure told. Pure."""
    research = brief.research
    grounds, troubles = list(research.grounds), list(research.troubles)
    known = {ground.source.text for ground in grounds}
    for found in (one.found for one in done if one.found is not None):
        if found.result is None:
            troubles.append(_trouble(found))
            continue
        source = tool_source(SourceId(f"T{_records(grounds) + 1}"), found.result, found)
        if source.text not in known:
            known.add(source.text)
            grounds.append(_ground(source, found, len(grounds) + 1))
    if len(grounds) == len(research.grounds) and len(troubles) == len(research.troubles):
        return brief
    return replace(
        brief, research=replace(research, grounds=tuple(grounds), troubles=tuple(troubles))
    )


def _records(grounds: Sequence[Ground]) -> int:
    return sum(ground.source.ref.kind is SourceKind.TOOL for ground in grounds)


def _ground(source: Source, found: LookedUp, number: int) -> Ground:
    return Ground(
        key=f"E{number}",
        source=source,
        topic=found.facts[0].topic if found.facts else "",
        question=found.lookup.question,
        score=1.0,
    )


def _trouble(found: LookedUp) -> ToolTrouble:
    return ToolTrouble(
        tool=found.lookup.tool,
        code=found.code,
        detail=found.detail,
        question=found.lookup.question,
        arguments=found.lookup.arguments,
    )
