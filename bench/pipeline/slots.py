"""Act `slots`: a model that takes seconds a ticket, hundreds in flight, and kill -9."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from agent.bootstrap.processes import parts_of
from agent.bus.client import read_all
from bench.pipeline.accounting import Busy, Losses, Sample, busy, losses, parse_samples
from bench.pipeline.ledger import Ledger, ledger
from bench.pipeline.machine import (
    Child,
    Group,
    Services,
    citedesk,
    kept,
    port,
    ready,
    until,
)
from bench.pipeline.tickets import make_tickets, send, send_evenly
from bench.pipeline.waiting import finished

_DATABASE = "slots"
FILLED = 6  #: times the slots: how many tickets wait before the first look
_ENDED = "SELECT count(*) FROM inbox WHERE ended_at BETWEEN to_timestamp($1) AND to_timestamp($2)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """When a process is killed."""

    share: float  #: of the way
    phase: float  #: of the work's time, from then on


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A model's time for a ticket, tickets in flight, how long to look, how often to kill."""

    work_seconds: float
    slots: int  #: of all processes together
    processes: int = 1
    seconds: float
    kills: int = 3

    @property
    def moments(self) -> list[Kill]:
        """Kills at even shares of the way, each at another moment of the work."""
        return [
            Kill(share=n / (self.kills + 1), phase=(n - 0.5) / self.kills)
            for n in range(1, self.kills + 1)
        ]

    @property
    def ceiling(self) -> float:
        """Tickets a second when every slot is at the model all the time."""
        return self.slots / self.work_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """How full the slots were while tickets waited, and what the kills cost."""

    load: Load
    rate: float  #: tickets ended a second in the window
    busy: Busy
    left: int  #: tickets that still waited when the window closed: the inbox never ran empty
    cpu_ms: float  #: of the service, a ticket
    sent: int
    losses: Losses


async def slots(services: Services, load: Load) -> Slots:
    """Keep the inbox full, look for `seconds`, kill -9 and start again, count what came out."""
    services.postgres.create_database(_DATABASE)
    log = services.folder / "slots.log"
    app = _App(services, load, log)
    await citedesk("migrate", env=app.environment(0), log=log)
    # In the window as many come as could go at best, so that admission costs what it always does.
    at_once = FILLED * load.slots
    sent = make_tickets(at_once + round(load.ceiling * load.seconds), "slots", datetime.now(UTC))
    await send(services.kafka.bootstrap, sent[:at_once])
    feed = partial(send_evenly, services.kafka.bootstrap, sent[at_once:], load.seconds)

    service = await app.start()
    async with kept(*service.children), ledger(services, _DATABASE) as book:
        await app.until_ready(service)
        full = partial(_settled_in, book, load)
        await until(full, "full slots", 300, while_running=service.children)
        window = await _window(service, book, app, load, feed)
        await service.kill()
        for kill in load.moments[1:]:
            await _killed_again(await app.start(), book, load, kill)
        services.say(f"  killed {load.kills} times; waiting for what is left")
        last = await app.start()
        async with kept(*last.children):
            await finished(services.say, book, len(sent), last.children)
            await last.stop()
    return Slots(
        load=load,
        rate=window.ended / window.seconds,
        busy=window.busy,
        left=window.left,
        cpu_ms=window.cpu_ms,
        sent=len(sent),
        losses=losses({one.id for one in sent}, await _published(services, "slots-")),
    )


class _App:
    """The service with its scripted model, in as many processes as the load asks for."""

    def __init__(self, services: Services, load: Load, log: Path) -> None:
        self._services = services
        self._load = load
        self._log = log
        self._ports = [port() for _ in range(load.processes)]

    def environment(self, place: int) -> dict[str, str]:
        return self._services.environment(
            _DATABASE,
            http__port=str(self._ports[place]),
            kafka__instance=str(place),
            worker__slots=str(self._slots(place)),
            worker__lease_seconds="10",
        )

    async def start(self) -> Group:
        return Group([await self._child(place) for place in range(self._load.processes)])

    async def until_ready(self, service: Group) -> None:
        for child, number in zip(service.children, self._ports, strict=True):
            await ready(child, number, seconds=300)

    def samples(self) -> list[list[Sample]]:
        """What each process noted."""
        files = [self._file(place) for place in range(self._load.processes)]
        return [parse_samples(file.read_text()) for file in files]

    async def _child(self, place: int) -> Child:
        parts = parts_of(place, ("ingest", "work", "relay"))
        return await Child.start(
            "bench.pipeline.scripted_app",
            *("--samples", str(self._file(place))),
            *("--work-seconds", str(self._load.work_seconds)),
            *("--parts", ",".join(parts)),
            log=self._log,
            env=self.environment(place),
        )

    def _slots(self, place: int) -> int:
        """Its share of the slots; the first ones take what does not divide."""
        share, rest = divmod(self._load.slots, self._load.processes)
        return share + (place < rest)

    def _file(self, place: int) -> Path:
        return self._services.folder / f"slots-{place}.samples"


async def _killed_again(service: Group, book: Ledger, load: Load, kill: Kill) -> None:
    """Let a new process end as many tickets as it has slots, then kill it in the midst."""
    goal = await book.ended() + load.slots

    async def got_on() -> bool:
        return await book.ended() >= goal or not await book.waiting()

    async with kept(*service.children):
        running = service.children
        await until(got_on, "a restarted service to get on", 300, while_running=running)
        await asyncio.sleep(kill.phase * load.work_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    seconds: float
    ended: int
    busy: Busy
    left: int
    cpu_ms: float


async def _settled_in(book: Ledger, load: Load) -> bool:
    """Whether the model is in its third round, and what came at once is admitted."""
    return not await book.unread() and await book.ended() >= 2 * load.slots


async def _window(
    service: Group, book: Ledger, app: _App, load: Load, feed: Callable[[], Awaitable[None]]
) -> _Window:
    since, cpu = time.time(), service.cpu_seconds()
    await feed()
    till, cpu = time.time(), service.cpu_seconds() - cpu
    left = await book.queued()
    samples = await asyncio.to_thread(app.samples)
    ended = await book.value(_ENDED, since, till)
    return _Window(
        seconds=till - since,
        ended=ended,
        busy=busy(samples, since, till, load.slots),
        left=left,
        cpu_ms=1000 * cpu / max(ended, 1),
    )


async def _published(services: Services, prefix: str) -> list[str]:
    """Tickets whose draft Kafka holds, each as often as a draft of its own answers it."""
    drafts: dict[str, list[str]] = {}  # a re-send of the same draft is no second answer
    for record in await read_all(services.kafka.bootstrap, "drafts.v1"):
        if record.header("ce_type") == "draft.created":
            data = json.loads(record.value)
            drafts[data["draft_id"]] = data["answers"]
    return [one for answers in drafts.values() for one in answers if one.startswith(prefix)]
