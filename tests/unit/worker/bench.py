"""Drives a worker on a real store: the clock, the work and the dice are the test's."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.store import Store
from agent.store.records import (
    Admission,
    Backlog,
    Ending,
    InboxRow,
    Lease,
    Queue,
    Settlement,
)
from agent.worker import AdmitSettings, Admitter, Settler, Worker, WorkerSettings
from agent.worker.loop import LeaseStore
from agent.worker.retry import Backoff
from tests.contract.store.values import NOW, Desk, an_identity, answered, to_queue

Handled = Callable[[Lease], Awaitable[None]]


@dataclass(slots=True)
class Clock:
    """Stands still until the test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class QueueAll:
    """Decides that every row is work of the conversation its value names."""

    def decide(self, row: InboxRow, now: datetime) -> Admission:
        conversation = row.record.value.decode()
        decision: Queue = to_queue(conversation)
        return Admission(row=row.id, identity=an_identity(f"e-{row.id}"), decision=decision)


@dataclass(slots=True)
class Bench:
    """One store, one clock, and what the handler did with each lease."""

    store: Store
    desk: Desk = field(init=False)
    clock: Clock = field(default_factory=Clock)
    leases: list[Lease] = field(default_factory=list[Lease])
    in_hand: int = 0
    most_in_hand: int = 0

    def __post_init__(self) -> None:
        self.desk = Desk(self.store)

    def worker(
        self,
        handled: Handled,
        *,
        owner: str = "w1",
        slots: int = 10,
        attempts: int = 3,
        lease_seconds: float = 30,
        deadline_seconds: float = 30,
        drain_seconds: float = 5,
        draw: float = 0.5,
        window_seconds: float = 0,
        leases: LeaseStore | None = None,
    ) -> Worker:
        """A worker whose handler awaits `handled`, then answers; an exception is a failure."""

        async def handle(lease: Lease, deadline: datetime) -> Settlement:
            self.leases.append(lease)
            self.in_hand += 1
            self.most_in_hand = max(self.most_in_hand, self.in_hand)
            try:
                await handled(lease)
            finally:
                self.in_hand -= 1
            return answered(lease)

        settler = Settler(
            self.store, window_seconds=window_seconds, clock=self.clock, ring=lambda: None
        )
        return Worker(
            WorkerSettings(
                slots=slots,
                lease=timedelta(seconds=lease_seconds),
                ticket_deadline=timedelta(seconds=deadline_seconds),
                backoff=Backoff(
                    first=timedelta(seconds=10), cap=timedelta(seconds=60), attempts=attempts
                ),
                poll_seconds=0.01,
                drain=timedelta(seconds=drain_seconds),
            ),
            owner=owner,
            store=leases or self.store,
            admitter=Admitter(
                AdmitSettings(batch=100),
                owner=owner,
                store=self.store,
                decider=QueueAll(),
                clock=self.clock,
            ),
            settler=settler,
            handle=handle,
            clock=self.clock,
            draw=lambda: draw,
        )

    async def receive(self, *conversations: str) -> None:
        """Raw rows, as ingest writes them; the worker admits them itself."""
        await self.desk.receive(*(name.encode() for name in conversations))

    async def queue(self, *conversations: str) -> None:
        """Rows that are admitted already."""
        await self.desk.queue(*conversations)

    async def endings(self) -> dict[str | None, Ending]:
        return {one.conversation: one for one in await self.store.endings(1_000)}

    async def until(self, reached: Callable[[], Awaitable[bool]], within: float = 10) -> None:
        """Returns as soon as the condition holds; fails the test when it does not in time."""
        async with asyncio.timeout(within):
            while not await reached():  # noqa: ASYNC110 - a database rings no bell
                await asyncio.sleep(0.005)

    async def until_ended(self, count: int) -> None:
        async def reached() -> bool:
            return len(await self.store.endings(1_000)) >= count

        await self.until(reached)

    async def until_tried(self, count: int) -> None:
        """The handler saw so many leases, and none of them is in its hands any more."""

        async def reached() -> bool:
            backlog: Backlog = await self.store.backlog()
            return len(self.leases) >= count and not backlog.leased

        await self.until(reached)


@asynccontextmanager
async def running(worker: Worker) -> AsyncGenerator[asyncio.Event]:
    """The worker at work; set the event, or leave the block, to drain it."""
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(20):
            await task


async def fail(lease: Lease) -> None:
    raise RuntimeError("the ticket's own trouble")


async def do_nothing(lease: Lease) -> None:
    """The work is done at once."""
