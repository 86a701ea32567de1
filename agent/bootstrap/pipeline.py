"""The light half: desks, tools and the pipeline, with neither broker nor database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from agent import observe
from agent.citations.checker import ClaimChecker
from agent.desk import load_desk, load_desks
from agent.domain.desk import Desk
from agent.domain.ids import DeskName
from agent.pipeline.orchestrator import Orchestrator
from agent.pipeline.ports import Writer
from agent.pipeline.research import DeskResearcher
from agent.pipeline.triage import ModelFreeTriager
from agent.pipeline.write import ModelFreeWriter
from agent.settings import Settings
from agent.triage import ModelFree, build_triager
from agent.worker.reader import Reader
from agent.worker.readings import KnownTriage, Readings
from tools.demo_backend import demo_registry
from tools.registry import Registry

Clock = Callable[[], datetime]
#: The demo's backend is a snapshot of this day; its answers do not change with the calendar.
DEMO_DAY: Final = date(2026, 11, 25)


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
    registry = demo_registry(settings.data / "demo-backend.db", lambda: DEMO_DAY)
    if only is not None:
        desk = load_desk(only, known_tools=registry.names)
        desks = {desk.name: desk}
    else:
        desks = load_desks(settings.desks, known_tools=registry.names)
    cache = settings.data / "cache"
    triage = {name: build_triager(desk, cache) for name, desk in desks.items()}
    return Desks(desks=desks, triage=triage, registry=registry)


def build_pipeline(
    desks: Desks,
    *,
    clock: Clock = now,
    writer: Writer | None = None,
    readings: Readings | None = None,
) -> Orchestrator:
    """The orchestrator with the model-free triager and writer, or another writer."""
    triager = ModelFreeTriager(desks.triage)
    return Orchestrator(
        triager=KnownTriage(readings, triager) if readings else triager,
        researcher=DeskResearcher(desks.registry),
        writer=writer or ModelFreeWriter(),
        checker=ClaimChecker(),
        clock=clock,
        stage=observe.stage,
    )


def build_reader(settings: Settings) -> Reader:
    return Reader(
        own_addresses=settings.intake.own_addresses,
        sources=settings.intake.sources,
        default_assurance=settings.intake.default_assurance,
    )
