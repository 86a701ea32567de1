"""The demo from first line to last. Everything it runs is the service's own code."""

import asyncio
import signal
import socket
import sys
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from agent.bootstrap import DEMO_DAY, Clock, Desks, Service, build_desks
from agent.bootstrap.approvals import build_approvals
from agent.bootstrap.web import build_review_app, serve_review
from agent.bus import topics
from agent.bus.client import Producer, holds_records
from agent.demo.act import lie_detector
from agent.demo.show import Screen
from agent.demo.tickets import DemoTicket, load_tickets
from agent.demo.watch import Watch
from agent.settings import DatabaseSettings, KafkaSettings, Settings, load_settings
from agent.settings.web import WebSettings
from agent.store import Store, open_store
from agent.store.database import masked_url
from agent.web.server import PortTaken, listen

#: What an earlier demo left in its folder.
_MADE = ("demo.db", "demo.db-wal", "demo.db-shm", "drafts.jsonl")


class NotEmpty(Exception):
    """The demo sets its own calendar and answers all it finds: never on somebody's tickets."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(f"{what} is not empty; the demo needs fresh ones: `{instead}` starts them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the demo plays."""

    settings: Settings
    out: Path  #: drafts, database, caches
    run: str  #: suffix of ticket ids; empty when everything is fresh
    broker: str  #: what the screen calls the broker
    database: str


async def run_demo(*, kafka: bool, postgres: bool, out: Path | None) -> int:
    """0 when every ticket ended and every planted lie was caught, else 1."""
    screen = Screen()
    async with AsyncExitStack() as stack:
        stage = await _set(stack, kafka=kafka, postgres=postgres, out=out, screen=screen)
        screen.opening(stage.broker, stage.database)
        desks = build_desks(stage.settings)
        tickets = load_tickets(stage.settings.desks, _clock_from_now()(), stage.run)
        screen.desks([desks.desks[name] for name in sorted(desks.desks)], len(tickets))
        return await _play(stage, desks, tickets, screen)


async def _review(stage: Stage, desks: Desks, store: Store, screen: Screen) -> None:
    """The review queue with the demo's cases in it, until Ctrl-C."""
    settings = stage.settings.model_copy(update={"web": WebSettings()})
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clock = _clock_from_now()
    approvals = build_approvals(settings.approvals, store, clock=clock)
    with closing(_free(settings.web)) as bound:
        app = await build_review_app(
            settings, store, lambda: desks.desks, approvals=approvals, clock=clock
        )
        screen.review(*bound.getsockname()[:2])
        await serve_review(app, bound, stop)


def _free(web: WebSettings) -> socket.socket:
    """The usual port, or any when somebody has it."""
    try:
        return listen(web.host, web.port)
    except PortTaken:
        return listen(web.host, 0)


async def _play(stage: Stage, desks: Desks, tickets: Sequence[DemoTicket], screen: Screen) -> int:
    """The tickets, the lies, the summary and, on a terminal, the queue: on one running service."""
    store = await open_store(stage.settings.database.url)
    try:
        async with _serving(stage, desks, store):
            kept = await store.endings(limit=1)
            watch = Watch(
                store,
                tickets,
                out=stage.out / "drafts.jsonl",
                after=kept[0].inbox_id if kept else 0,
            )
            sending = asyncio.create_task(_send(stage.settings.kafka.bootstrap, tickets))
            async for line in watch.lines(stage.settings.kafka.bootstrap):
                screen.ticket(line)
            await sending
            caught = lie_detector(stage.settings.desks, screen)
            code = screen.closing(watch, caught, stage.out)
            if sys.stdout.isatty():
                await _review(stage, desks, store, screen)
            return code
    finally:
        await store.close()


@asynccontextmanager
async def _serving(stage: Stage, desks: Desks, store: Store) -> AsyncGenerator[None]:
    """The whole service in this process, drained at the end."""
    stop = asyncio.Event()
    service = Service(
        stage.settings,
        frozenset({"ingest", "work", "relay"}),
        store=store,
        desks=desks,
        cluster=await topics.cluster_id(stage.settings.kafka.bootstrap),
        clock=_clock_from_now(),
    )
    await service.warm_up()
    running = asyncio.create_task(service.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def _set(
    stack: AsyncExitStack, *, kafka: bool, postgres: bool, out: Path | None, screen: Screen
) -> Stage:
    """Broker, database and settings: fresh embedded ones, or the real ones asked for."""
    from migrations import upgrade

    base = load_settings()
    folder = out or base.data / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    for name in _MADE:  # never the folder: a person may have named one of their own
        (folder / name).unlink(missing_ok=True)
    run = f"-{uuid.uuid4().hex[:6]}" if kafka or postgres else ""
    if kafka:
        bootstrap = base.kafka.bootstrap
        screen.step(f"topics on {bootstrap}")
        await _topics(base.kafka)
        if await holds_records(bootstrap, topics.TICKETS):
            raise NotEmpty(f"{topics.TICKETS} at {bootstrap!r}", "make demo KAFKA=1")
    else:
        from agent.demo.broker import in_process_broker

        bootstrap = stack.enter_context(in_process_broker())
    url = base.database.url if postgres else f"sqlite:///{folder / 'demo.db'}"
    await asyncio.to_thread(upgrade, url)
    if postgres and await _used(url):
        raise NotEmpty(f"the database {masked_url(url)}", "make demo POSTGRES=1")
    settings = base.model_copy(
        update={
            "kafka": base.kafka.model_copy(
                update={"bootstrap": bootstrap, "group": f"citedesk-demo{run}"}
            ),
            "database": DatabaseSettings(url=url, pool=base.database.pool),
            "data": base.data,
        }
    )
    return Stage(
        settings=settings,
        out=folder,
        run=run,
        broker=f"Kafka at {bootstrap}" if kafka else "an in-process stand-in for Kafka",
        database="Postgres" if postgres else "SQLite",
    )


async def _used(url: str) -> bool:
    store = await open_store(url)
    try:
        return bool(await store.outcomes())
    finally:
        await store.close()


async def _topics(kafka: KafkaSettings) -> None:
    await topics.create(
        kafka.bootstrap,
        topics.TopicSpec(
            partitions=kafka.partitions,
            replication=kafka.replication,
            retention=timedelta(hours=kafka.retention_hours),
            max_message_bytes=kafka.max_message_bytes,
        ),
    )


async def _send(bootstrap: str, tickets: Sequence[DemoTicket]) -> None:
    """As a helpdesk would: a few a moment, so that the screen can be followed."""
    async with Producer(bootstrap, max_message_bytes=8_388_608) as producer:
        for ticket in tickets:
            await (
                await producer.send(
                    topics.TICKETS, ticket.value, key=ticket.key, headers=ticket.headers
                )
            )


def _clock_from_now() -> Clock:
    """A clock that starts at nine in the morning of the demo's day."""
    offset = datetime.combine(DEMO_DAY, time(9), UTC) - datetime.now(UTC)
    return lambda: datetime.now(UTC) + offset
