"""Leases, hundreds of tickets in one event loop, heartbeats, and a drain that loses nothing."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from agent import observe, waiting
from agent.observe import names
from agent.store.errors import StoreUnavailable
from agent.store.records import Bury, Lease, Settled, Settlement
from agent.worker.admit import Admitter
from agent.worker.retry import Backoff
from agent.worker.settle import Settler

T = TypeVar("T")


class LeaseStore(Protocol):
    async def lease(
        self, owner: str, *, limit: int, now: datetime, until: datetime
    ) -> list[Lease]: ...

    async def heartbeat(self, owner: str, leases: Sequence[Lease], until: datetime) -> set[int]: ...

    async def release(self, leases: Sequence[Lease]) -> None: ...

    async def retry_later(self, failed: Sequence[tuple[Lease, datetime, str]]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    slots: int  #: tickets in flight
    lease: timedelta
    ticket_deadline: timedelta  #: of one attempt
    backoff: Backoff
    poll_seconds: float
    drain: timedelta
    lease_batch: int = 100


Handle = Callable[[Lease, datetime], Coroutine[Any, Any, Settlement]]
"""Turns a lease into its settlement before the deadline; an exception is a failed attempt."""


class Worker:
    """Keeps its slots full until told to stop, then lets go of everything in order."""

    #: Failures of one ticket beyond its attempts that tell of a ticket which kills its process.
    CRASHES = 3

    def __init__(
        self,
        settings: WorkerSettings,
        *,
        owner: str,
        store: LeaseStore,
        admitter: Admitter,
        settler: Settler,
        handle: Handle,
        clock: Callable[[], datetime],
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._owner = owner
        self._store = store
        self._admitter = admitter
        self._settler = settler
        self._handle = handle
        self._clock = clock
        self._draw = draw
        self._bell = asyncio.Event()
        self._admit_bell = asyncio.Event()
        self._flying: dict[asyncio.Task[None], Lease] = {}
        self.last_error: str | None = None

    @property
    def in_flight(self) -> int:
        return len(self._flying)

    def ring(self) -> None:
        """New rows were written: look at once."""
        self._admit_bell.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then drain: wait for what flies, give back the rest.

        A defect in one of its loops ends all of them: the process then ends, and is started anew.
        """
        async with asyncio.TaskGroup() as group:
            background = (
                group.create_task(self._beat(), name="heartbeat"),
                group.create_task(self._settler.run(), name="settle"),
            )
            try:
                async with asyncio.TaskGroup() as loops:
                    loops.create_task(self._admit_until(stop), name="admit")
                    loops.create_task(self._lease_until(stop), name="lease")
                await self._drain()
            finally:
                for task in (*background, *self._flying):
                    task.cancel()

    async def _admit_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._admit_bell.clear()
            admitted = await self._try(self._admitter.step, 0)
            if admitted:
                self._bell.set()
            else:
                await waiting.first(self._admit_bell, stop, seconds=self._settings.poll_seconds)

    async def _lease_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._bell.clear()
            leases = await self._try(self._lease, [])
            for lease in leases:
                self._fly(lease)
                # One ticket's first steps, then Kafka's heartbeats and whoever else waits: a
                # hundred tickets begun in one turn of the loop hold it for seconds.
                await asyncio.sleep(0)
            if not leases or self.in_flight >= self._settings.slots:
                await waiting.first(self._bell, stop, seconds=self._settings.poll_seconds)

    async def _lease(self) -> list[Lease]:
        free = self._settings.slots - self.in_flight
        if free <= 0:
            return []
        now = self._clock()
        taking = self._store.lease(
            self._owner,
            limit=min(free, self._settings.lease_batch),
            now=now,
            until=now + self._settings.lease,
        )
        return await observe.metered(names.STAGE_LEASE, taking)

    def _fly(self, lease: Lease) -> None:
        task = asyncio.create_task(self._carry(lease), name=f"ticket-{lease.ticket}")
        self._flying[task] = lease
        task.add_done_callback(self._landed)
        observe.METRICS.slots(self.in_flight)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.pop(task, None)
        observe.METRICS.slots(self.in_flight)
        self._bell.set()

    async def _carry(self, lease: Lease) -> None:
        """One ticket from lease to settlement; whatever goes wrong ends in a retry or `dead`."""
        try:
            settlement = await self._attempt(lease)
        except asyncio.CancelledError:
            raise
        except Exception as exc:  # a ticket's failure is never the worker's
            observe.log.warning(
                "ticket.failed",
                ticket=lease.ticket,
                attempt=lease.attempt,
                error=type(exc).__name__,
            )
            await self._failed(lease, type(exc).__name__)
            return
        result = await self._settler.settle(settlement)
        observe.METRICS.settled(_outcome(settlement, result))
        if result is Settled.FAILED:
            await self._failed(lease, "settle-refused")
        if result is Settled.DONE:
            observe.METRICS.latency((self._clock() - lease.rows[0].received_at).total_seconds())

    async def _attempt(self, lease: Lease) -> Settlement:
        if lease.failures >= self._settings.backoff.attempts + self.CRASHES:
            reason = Bury(
                reason="crashed",
                detail=f"{lease.failures} leases never came back; see the logs, then replay it",
            )
            return Settlement(lease=lease, draft=None, bury=reason)
        deadline = self._clock() + self._settings.ticket_deadline
        async with asyncio.timeout(self._settings.ticket_deadline.total_seconds()):
            return await observe.sampled(names.STAGE_TICKET, self._handle(lease, deadline))

    async def _failed(self, lease: Lease, error: str) -> None:
        tries = lease.failures + 1  # not `attempt`: leases that were given back are no failures
        delay = self._settings.backoff.delay(tries, self._draw())
        if delay is None:
            detail = f"failed {tries} times, last with {error}; `citedesk dead replay`"
            bury = Bury(reason="attempts-exhausted", detail=detail)
            burial = Settlement(lease=lease, draft=None, bury=bury)
            observe.METRICS.settled(_outcome(burial, await self._settler.settle(burial)))
            return
        observe.METRICS.retried(error)
        try:
            await self._store.retry_later([(lease, self._clock() + delay, error)])
        except StoreUnavailable as exc:
            self.last_error = str(exc)  # the lease runs out and the ticket is tried again

    async def _beat(self) -> None:
        """Keep the leases; a ticket whose lease was taken over stops here."""
        while True:
            await asyncio.sleep(self._settings.lease.total_seconds() / 3)
            flying = dict(self._flying)
            if not flying:
                continue
            until = self._clock() + self._settings.lease
            try:
                kept = await self._store.heartbeat(self._owner, list(flying.values()), until)
            except StoreUnavailable as exc:
                self.last_error = str(exc)
                continue
            for task, lease in flying.items():
                if not task.done() and not all(row.id in kept for row in lease.rows):
                    task.cancel()

    async def _drain(self) -> None:
        if self._flying:
            await asyncio.wait(self._flying, timeout=self._settings.drain.total_seconds())
        left = dict(self._flying)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if left:
            try:
                await self._store.release(list(left.values()))
            except StoreUnavailable as exc:
                self.last_error = str(exc)  # the leases run out instead
        await self._admitter.give_up()

    async def _try(self, step: Callable[[], Awaitable[T]], otherwise: T) -> T:
        """Do a step of a loop; a database that is away pauses the loop and is told in health."""
        try:
            done = await step()
        except StoreUnavailable as exc:
            self.last_error = str(exc)
            observe.log.warning("worker.store-unavailable", error=type(exc).__name__)
            await asyncio.sleep(1.0)
            return otherwise
        self.last_error = None
        return done


def _outcome(settlement: Settlement, result: Settled) -> str:
    if result is not Settled.DONE:
        return result.value
    return settlement.draft.route.value if settlement.draft else "dead"
