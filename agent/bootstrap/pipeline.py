"""The light half: desks, tools and the pipeline, with neither broker nor database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent import observe
from agent.bootstrap.model import ModelParts, build_model_parts
from agent.bootstrap.tools import DEMO_DAY as DEMO_DAY
from agent.bootstrap.tools import build_registry, with_desks
from agent.citations.checker import ClaimChecker
from agent.desk import load_desk, load_desks
from agent.domain.desk import Desk
from agent.domain.ids import DeskName
from agent.pipeline.asking import Asks
from agent.pipeline.model.combine import Calibration
from agent.pipeline.orchestrator import Orchestrator, Researcher
from agent.pipeline.phrasings import keep_phrasings
from agent.pipeline.ports import Checkpoints, Writer
from agent.pipeline.research import DeskResearcher
from agent.pipeline.triage import ModelFreeTriager
from agent.pipeline.write import ModelFreeWriter
from agent.settings import Settings
from agent.settings.model import ModelSettings
from agent.triage import ModelFree, build_triager
from agent.worker.reader import Reader
from agent.worker.readings import KnownTriage, Readings
from engine.base import Engine
from tools.registry import Registry

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """All desks with what is built once for each."""

    desks: Mapping[DeskName, Desk]
    triage: Mapping[DeskName, ModelFree]
    registry: Registry


def build_desks(settings: Settings, *, only: Path | None = None) -> Desks:
    """Load and check the desks, train or load their classifiers; raises `DeskError`."""
    registry = build_registry(settings)
    if only is not None:
        desk = load_desk(only, known_tools=registry.names)
        desks = {desk.name: desk}
    else:
        desks = load_desks(settings.desks, known_tools=registry.names)
    registry = with_desks(registry, desks.values(), settings)
    cache = settings.data / "cache"
    keep_phrasings(cache)
    triage = {name: build_triager(desk, cache) for name, desk in desks.items()}
    return Desks(desks=desks, triage=triage, registry=registry)


def build_pipeline(
    desks: Desks,
    *,
    clock: Clock = now,
    writer: Writer | None = None,
    researcher: Researcher | None = None,
    readings: Readings | None = None,
    engine: Engine | None = None,
    model: ModelSettings | None = None,
    checkpoints: Checkpoints | None = None,
    calibration: Mapping[DeskName, Calibration] | None = None,
) -> Orchestrator:
    """The orchestrator: model-free, with another writer, or with an engine and the model-free
    triager and writer behind it.
    """
    free = ModelFreeTriager(desks.triage)
    triager = KnownTriage(readings, free) if readings else free
    parts = ModelParts(triager=triager, writer=writer or ModelFreeWriter())
    if engine is not None:
        parts = build_model_parts(
            engine,
            free=parts,
            registry=desks.registry,
            clock=clock,
            settings=model,
            checkpoints=checkpoints,
            calibration=calibration,
        )
    return Orchestrator(
        triager=parts.triager,
        researcher=researcher or DeskResearcher(desks.registry),
        writer=parts.writer,
        checker=ClaimChecker(),
        clock=clock,
        stage=observe.stage,
        looker=parts.looker,
        mender=parts.mender,
        judge=parts.judge,
        asks=Asks(desks.registry),
    )


def build_reader(settings: Settings) -> Reader:
    return Reader(
        own_addresses=settings.intake.own_addresses,
        sources=settings.intake.sources,
        default_assurance=settings.intake.default_assurance,
    )
