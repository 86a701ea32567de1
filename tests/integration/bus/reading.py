"""An `Ingest` for a test, and stores that get in its way."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from agent.bus.ingest import InboxStore, Ingest, IngestSettings
from agent.store import open_store
from agent.store.errors import StoreUnavailable
from agent.store.records import Backlog, RawRecord


def now() -> datetime:
    return datetime.now(UTC)


def an_ingest(
    bootstrap: str,
    topic: str,
    store: InboxStore,
    *,
    member: str = "m1",
    limit: int = 8_388_608,
    high_water: int = 1_000,
) -> Ingest:
    """Its group is named after the topic, so that a second one carries on where this one ended."""
    settings = IngestSettings(
        bootstrap=bootstrap,
        group=f"g-{topic}",
        member=member,
        session_timeout_ms=6_000,
        batch=200,
        max_message_bytes=limit,
        high_water=high_water,
        pause_seconds=0.05,
    )
    return Ingest(settings, cluster="test", topic=topic, store=store, clock=now, ring=lambda: None)


@asynccontextmanager
async def reading(ingest: Ingest) -> AsyncGenerator[Ingest]:
    await ingest.start()
    try:
        yield ingest
    finally:
        await ingest.stop()


@dataclass(slots=True)
class Watched:
    """The store, with what it was handed; `away` times it is out of reach."""

    store: InboxStore
    away: int = 0
    waiting: int = 0  #: what the backlog says
    seen: list[RawRecord] = field(default_factory=list[RawRecord])

    async def ingest(self, records: Sequence[RawRecord], received_at: datetime) -> int:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("test", "unplugged")
        self.seen += records
        return await self.store.ingest(records, received_at)

    async def backlog(self) -> Backlog:
        return Backlog(new=self.waiting, queued=0, leased=0, waiting=0, unpublished=0)


async def until(reached: Callable[[], Awaitable[bool] | bool], within: float = 30) -> None:
    """Returns as soon as the condition holds; fails the test when it does not in time."""
    async with asyncio.timeout(within):
        while True:
            found = reached()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


class KilledAfterWriting:
    """Writes the batch, then ends its process by kill -9, before any offset is committed."""

    def __init__(self, store: InboxStore) -> None:
        self._store = store

    async def ingest(self, records: Sequence[RawRecord], received_at: datetime) -> int:
        await self._store.ingest(records, received_at)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("unreachable")

    async def backlog(self) -> Backlog:
        return await self._store.backlog()


async def ingest_and_die(bootstrap: str, topic: str, url: str) -> None:
    """In a process of its own: `python -m tests.integration.bus.reading BOOTSTRAP TOPIC URL`."""
    store = KilledAfterWriting(await open_store(url))
    async with reading(an_ingest(bootstrap, topic, store)):
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(ingest_and_die(*sys.argv[1:]))
