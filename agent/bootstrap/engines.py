"""Builds the chain of engines that the settings ask for."""

import asyncio
import os
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel

from agent import observe, telemetry
from agent.bootstrap.engine_plan import EnginePlan, Planned, plan_engines
from agent.observe.models import model_call
from agent.settings import EngineSettings, Settings
from engine.base import Engine
from engine.breaker import BreakerPolicy
from engine.budget import Budget, Ledger, Limits, MemoryLedger, Prices
from engine.failover import Chain
from engine.ledger_file import FileLedger
from engine.link import Link, Observer, Patience

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


async def build_engines(
    settings: Settings,
    desks: Collection[str],
    *,
    chosen: Sequence[str] | None = None,
    warm: Sequence[type[BaseModel]] = (),
    ledger: Ledger | None = None,
    observer: Observer = model_call,
    clock: Clock = now,
) -> Chain | None:
    """The chain for these desks, closed by the caller; None when no engine is asked for.

    `chosen` stands in place of the settings' order: `("none",)` is no model at all. `warm` are the
    answers whose schemas the embedded engine compiles before it takes calls. `ledger` keeps what
    was spent; without one a file in the data folder does. Raises `SettingsError` for all that a
    person has to mend, a desk's region among it, before anything is started.
    """
    plan = plan_engines(
        settings.engine,
        desks=desks,
        known_desks={*desks, *_folders(settings)},
        environ=os.environ,
        chain=chosen,
    )
    if not plan.engines:
        return None
    links = await _links(settings, plan, warm, clock)
    ledger = ledger or _ledger(settings, plan)
    return _chain(settings.engine, plan, links, ledger, observer, clock)


async def _links(
    settings: Settings, plan: EnginePlan, warm: Sequence[type[BaseModel]], clock: Clock
) -> list[Link]:
    """All engines; when one cannot be started, those before it are closed again."""
    links: list[Link] = []
    try:
        for planned in plan.engines:
            links.append(await build_link(settings, planned, warm=warm, clock=clock))
    except BaseException:
        await asyncio.gather(*(link.engine.close() for link in links))
        raise
    return links


async def build_link(
    settings: Settings,
    planned: Planned,
    *,
    warm: Sequence[type[BaseModel]] = (),
    clock: Clock = now,
) -> Link:
    """One engine in its place; the embedded one is started, an endpoint is not asked."""
    engine, turns = await _engine(settings, planned, warm, clock)
    return Link(
        engine=engine,
        region=planned.region,
        prices=planned.prices or Prices(),
        seconds=planned.seconds,
        tries=settings.engine.tries,
        turns=turns,
        per_minute=planned.per_minute,
    )


async def _engine(
    settings: Settings, planned: Planned, warm: Sequence[type[BaseModel]], clock: Clock
) -> tuple[Engine, int]:
    """The engine, and how many requests one call of it may make."""
    if planned.endpoint is not None:
        from engine.endpoint.engine import TURNS, EndpointEngine

        return EndpointEngine(planned.endpoint, clock=clock), TURNS
    from engine.vllm import start_vllm, vllm_metrics

    started = await start_vllm(settings.engine.vllm.options(), warm=warm, clock=clock)
    telemetry.show_also(vllm_metrics)
    for note in started.notes:
        observe.log.warning("engine.note", engine=started.name, note=note)
    return started, 1


def _chain(
    settings: EngineSettings,
    plan: EnginePlan,
    links: Sequence[Link],
    ledger: Ledger,
    observer: Observer,
    clock: Clock,
) -> Chain:
    return Chain(
        links,
        plans=plan.order,
        budget=Budget(ledger, desks=plan.limits, clock=clock),
        breaker=BreakerPolicy(
            least=settings.breaker_calls,
            window=max(4 * settings.breaker_calls, settings.breaker_calls),
            share=settings.breaker_share,
            pause=timedelta(seconds=settings.breaker_seconds),
        ),
        patience=Patience(pause=settings.pause_seconds, hold=settings.hold_seconds),
        observer=observer,
        clock=clock,
    )


def _ledger(settings: Settings, plan: EnginePlan) -> Ledger:
    """Where nothing is limited, nothing need be remembered."""
    if all(limits == Limits() for limits in plan.limits.values()):
        return MemoryLedger()
    return FileLedger(settings.data / "budgets.db")


def _folders(settings: Settings) -> set[str]:
    """Desks that may be set up though this process does not serve them."""
    try:
        return {path.name for path in settings.desks.iterdir() if path.is_dir()}
    except OSError:
        return set()
