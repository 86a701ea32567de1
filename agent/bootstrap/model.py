"""The model-backed parts of the pipeline over an engine, with the model-free ones behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from agent.citations.checker import ClaimChecker
from agent.domain.desk import Desk
from agent.domain.ids import DeskName
from agent.pipeline.fallback import FallbackTriager, FallbackWriter, TriagerByDesk, WriterByDesk
from agent.pipeline.model.calibration import (
    BadCalibration,
    calibration_file,
    load_calibration,
)
from agent.pipeline.model.calls import Calls
from agent.pipeline.model.combine import Calibration
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.judge import JudgedClaims
from agent.pipeline.model.schema import shapes
from agent.pipeline.model.summary import Summariser
from agent.pipeline.model.tool_loop import ToolLoop, ToolLoopSettings
from agent.pipeline.model.triager import ModelTriager, TriagerSettings
from agent.pipeline.model.writer import ModelWriter, WriterSettings
from agent.pipeline.ports import Checkpoints, ClaimJudge, Clock, Looker, Mender, Triager, Writer
from agent.settings import Settings, SettingsError
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
    judge: ClaimJudge | None = None


@runtime_checkable
class Serves(Protocol):
    """An engine that knows which desks it is for."""

    def serves(self, desk: str) -> bool: ...


def _every_desk(_: str) -> bool:
    return True


def build_model_parts(
    engine: Engine,
    *,
    free: ModelParts,
    registry: Registry,
    clock: Clock,
    settings: ModelSettings | None = None,
    checkpoints: Checkpoints | None = None,
    calibration: Mapping[DeskName, Calibration] | None = None,
) -> ModelParts:
    """The parts over an engine or a chain of them, with the `free` ones behind; asks no model."""
    settings = settings or ModelSettings()
    has_model = engine.serves if isinstance(engine, Serves) else _every_desk
    calls = Calls(engine, clock=clock, checkpoints=checkpoints)
    texts, budget = DeskTexts(), settings.context_tokens
    triager = ModelTriager(
        calls,
        free=free.triager,
        texts=texts,
        clock=clock,
        settings=TriagerSettings(context_tokens=budget, calibration=calibration),
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
        triager=TriagerByDesk(
            FallbackTriager(triager, free.triager), free.triager, has_model=has_model
        ),
        writer=WriterByDesk(FallbackWriter(writer, free.writer), free.writer, has_model=has_model),
        looker=loop if settings.tool_steps else None,
        mender=writer if settings.mend else None,
        judge=JudgedClaims(ClaimChecker(), calls, texts) if settings.judge else None,
    )


def read_calibration(data: Path, desks: Iterable[DeskName]) -> dict[DeskName, Calibration]:
    """What was measured of a model on each desk; raises `SettingsError` for a broken file."""
    try:
        found = {desk: load_calibration(calibration_file(data, desk)) for desk in desks}
    except BadCalibration as exc:
        raise SettingsError([str(exc)]) from exc
    return {desk: one for desk, one in found.items() if one is not None}


async def build_engine(
    settings: Settings,
    desks: Mapping[DeskName, Desk],
    registry: Registry,
    names: Sequence[str] | None,
) -> Engine | None:
    """The chain that the settings ask for, or `names` in its place; None where that is no model.

    Raises `SettingsError` for what a person has to mend. The caller closes it.
    """
    if not names and not settings.engine.chain and not settings.engine.desks:
        return None
    from agent.bootstrap.engines import build_engines

    warm = dict.fromkeys(shape for desk in desks.values() for shape in _shapes(desk, registry))
    return await build_engines(settings, list(desks), chosen=names, warm=tuple(warm))


def _shapes(desk: Desk, registry: Registry) -> tuple[type[BaseModel], ...]:
    """The answers that this desk's tickets will ask for."""
    tools = [registry.get(name) for name in desk.tools if name in registry.names]
    return shapes(desk, [(tool.name, tool.arguments) for tool in tools])
