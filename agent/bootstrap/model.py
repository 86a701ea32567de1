"""The model-backed parts of the pipeline over an engine, with the model-free ones behind."""

from dataclasses import dataclass

from agent.pipeline.fallback import FallbackTriager, FallbackWriter
from agent.pipeline.model.calls import Calls
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.judge import ModelJudge
from agent.pipeline.model.summary import Summariser
from agent.pipeline.model.tool_loop import ToolLoop, ToolLoopSettings
from agent.pipeline.model.triager import ModelTriager, TriagerSettings
from agent.pipeline.model.writer import ModelWriter, WriterSettings
from agent.pipeline.ports import Checkpoints, Clock, Looker, Mender, Triager, Writer
from agent.settings.model import ModelSettings
from engine.base import Engine
from tools.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelParts:
    """What an orchestrator takes; without a model, a triager and a writer alone."""

    triager: Triager
    writer: Writer
    looker: Looker | None = None
    mender: Mender | None = None
    judge: ModelJudge | None = None


def build_model_parts(
    engine: Engine,
    *,
    free: ModelParts,
    registry: Registry,
    clock: Clock,
    settings: ModelSettings | None = None,
    checkpoints: Checkpoints | None = None,
) -> ModelParts:
    """The parts over an engine or a chain of them, with the `free` ones behind; asks no model."""
    settings = settings or ModelSettings()
    calls = Calls(engine, clock=clock, checkpoints=checkpoints)
    texts, budget = DeskTexts(), settings.context_tokens
    triager = ModelTriager(
        calls,
        free=free.triager,
        texts=texts,
        clock=clock,
        settings=TriagerSettings(context_tokens=budget),
    )
    writer = ModelWriter(
        calls,
        engine=engine.name,
        texts=texts,
        summariser=Summariser(calls, texts),
        settings=WriterSettings(context_tokens=budget, temperature=settings.temperature),
    )
    loop = ToolLoop(
        calls,
        registry=registry,
        texts=texts,
        settings=ToolLoopSettings(steps=settings.tool_steps, context_tokens=budget),
    )
    return ModelParts(
        triager=FallbackTriager(triager, free.triager),
        writer=FallbackWriter(writer, free.writer),
        looker=loop if settings.tool_steps else None,
        mender=writer if settings.mend else None,
        judge=ModelJudge(calls, texts),
    )
