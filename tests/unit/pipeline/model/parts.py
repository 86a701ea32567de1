"""The model-backed parts over an engine that a test plays."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from agent import observe
from agent.citations.checker import ClaimChecker
from agent.domain.ids import ConversationId, EventId
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.model.calls import Calls
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.judge import JudgedClaims
from agent.pipeline.model.summary import Summariser
from agent.pipeline.model.tool_loop import ToolLoop, ToolLoopSettings
from agent.pipeline.model.writer import ModelWriter, WriterSettings
from agent.pipeline.orchestrator import Orchestrator
from agent.pipeline.ports import Checkpoints, Run, Triager, Work, Writer
from agent.pipeline.research import DeskResearcher
from engine.base import Prompt, Sampling
from engine.errors import EngineDown
from engine.scripted import ScriptedEngine
from tests.unit.pipeline.small import NOW, a_desk, a_registry, a_triage
from tools.registry import Registry

Say = Callable[[Prompt, Sampling], str]


def now() -> datetime:
    return NOW


class Played:
    """Answers these texts or values in turn, the last for ever; remembers what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self._answers = [a if isinstance(a, str) else json.dumps(a) for a in answers]
        self.prompts: list[str] = []
        self.sampled: list[Sampling] = []

    def __call__(self, prompt: Prompt, sampling: Sampling) -> str:
        self.prompts.append(prompt.text)
        self.sampled.append(sampling)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def down(prompt: Prompt, sampling: Sampling) -> str:
    """An engine that cannot be reached."""
    raise EngineDown("scripted", "cannot be reached")


class Kept:
    """Checkpoints in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str, str], Any] = {}

    async def get(self, event: EventId, step: str, input_hash: str) -> Any | None:
        return self.values.get((event, step, input_hash))

    async def put(self, event: EventId, step: str, input_hash: str, value: Any) -> None:
        self.values[event, step, input_hash] = json.loads(json.dumps(value))


def calls(say: Say, checkpoints: Checkpoints | None = None) -> Calls:
    return Calls(ScriptedEngine(say, clock=now), clock=now, checkpoints=checkpoints)


def a_writer(
    say: Say, *, checkpoints: Checkpoints | None = None, context_tokens: int = 6_000
) -> ModelWriter:
    asking, texts = calls(say, checkpoints), DeskTexts()
    return ModelWriter(
        asking,
        engine="scripted",
        texts=texts,
        summariser=Summariser(asking, texts),
        settings=WriterSettings(context_tokens=context_tokens),
    )


def a_loop(say: Say, registry: Registry | None = None, *, steps: int = 3) -> ToolLoop:
    return ToolLoop(
        calls(say),
        registry=registry or a_registry(),
        texts=DeskTexts(),
        settings=ToolLoopSettings(steps=steps),
    )


class Decided:
    """A triager that has decided already."""

    def __init__(self, triage: Triage | None = None) -> None:
        self._triage = triage or a_triage()

    async def triage(self, ticket: Ticket, desk: Any, *, run: Run | None = None) -> Triage:
        return self._triage


def a_pipeline(
    writer: Writer,
    *,
    triager: Triager | None = None,
    looker: ToolLoop | None = None,
    mender: ModelWriter | None = None,
    registry: Registry | None = None,
    judge: JudgedClaims | None = None,
) -> Orchestrator:
    return Orchestrator(
        triager=triager or Decided(),
        researcher=DeskResearcher(registry or a_registry()),
        writer=writer,
        checker=ClaimChecker(),
        clock=now,
        stage=observe.stage,
        looker=looker,
        mender=mender,
        judge=judge,
    )


def work(ticket: Ticket, **given: Any) -> Work:
    values: dict[str, Any] = {
        "conversation": ConversationId("t1"),
        "revision": 1,
        "ticket": ticket,
        "desk": a_desk(),
        "attempt": 1,
        "deadline": NOW + timedelta(seconds=30),
    }
    return Work(**(values | given))


def a_run() -> Run:
    return Run(deadline=NOW + timedelta(seconds=30))


def a_reply(*sentences: tuple[str, list[str]], **given: Any) -> dict[str, Any]:
    """Sentences with their evidence, all for question 1."""
    said = [{"question": 1, "evidence": keys, "text": text} for text, keys in sentences]
    return {"opening": "", "sentences": said, "open": []} | given
