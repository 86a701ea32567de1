"""A service that ends by kill -9 at a named point of its work.

    python -m tests.faults.killed_at POINT TIME BOOTSTRAP URL DATA

`TIME` counts: 2 is the second time that the point is reached.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from agent.bootstrap.pipeline import build_desks
from agent.bootstrap.service import Service
from agent.bus import topics
from agent.settings import DatabaseSettings, KafkaSettings, Settings, WorkerSettings
from agent.store import Store
from agent.store.database import Database
from agent.store.records import Admission, Outcome, RawRecord, Settled, Settlement, State

T = TypeVar("T")
POINTS = (
    "ingest-uncommitted",  # rows inserted, transaction open
    "ingest-committed",  # rows durable, offsets not
    "admit-uncommitted",
    "admit-committed",
    "settle-uncommitted",  # draft, outbox and rows written, transaction open
    "settle-committed",  # durable, not sent
    "relay-sent",  # acknowledged by Kafka, not marked
    "relay-uncommitted",  # marked, transaction open
    "relay-committed",
)


class Trap:
    """Kills this process when its point is reached for the given time."""

    def __init__(self, point: str, times: int) -> None:
        self._point = point
        self._left = times

    def at(self, point: str) -> None:
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class TrappedDatabase(Database):
    """Reaches a point at the end of each transaction, before it is committed."""

    def __init__(self, url: str, trap: Trap) -> None:
        super().__init__(url)
        self._trap = trap
        self.step: str | None = None

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        step, self.step = self.step, None

        async def trapped(connection: AsyncConnection) -> T:
            done = await work(connection)
            self._trap.at(f"{step}-uncommitted")
            return done

        return await super().write(trapped)


class TrappedStore(Store):
    """The store with a point before and after the commit of each step."""

    def __init__(
        self, database: TrappedDatabase, trap: Trap, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(database, clock)
        self._trapped = database
        self._trap = trap

    async def ingest(self, records: Sequence[RawRecord], received_at: datetime) -> int:
        self._trapped.step = "ingest"
        done = await super().ingest(records, received_at)
        self._trap.at("ingest-committed")
        return done

    async def admit(
        self, admissions: Sequence[Admission], *, now: datetime, source: str = "citedesk"
    ) -> list[Outcome | State]:
        self._trapped.step = "admit"
        done = await super().admit(admissions, now=now, source=source)
        self._trap.at("admit-committed")
        return done

    async def settle(
        self, settlements: Sequence[Settlement], *, now: datetime, source: str = "citedesk"
    ) -> list[Settled]:
        self._trapped.step = "settle"
        done = await super().settle(settlements, now=now, source=source)
        self._trap.at("settle-committed")
        return done

    async def mark_published(self, ids: Collection[int], now: datetime) -> None:
        self._trap.at("relay-sent")
        self._trapped.step = "relay"
        await super().mark_published(ids, now)
        self._trap.at("relay-committed")


def settings_for(bootstrap: str, url: str, data: Path) -> Settings:
    """The same group and member each time: a process that carries on where one was killed."""
    return Settings(
        data=data,
        kafka=KafkaSettings(
            bootstrap=bootstrap, group="g-faults", instance="faults", session_timeout_ms=6_000
        ),
        database=DatabaseSettings(url=url),
        worker=WorkerSettings(poll_ms=50, lease_seconds=2),
    )


async def serve(settings: Settings, store: Store, stop: asyncio.Event) -> None:
    service = Service(
        settings,
        frozenset({"ingest", "work", "relay"}),
        store=store,
        desks=build_desks(settings),
        cluster=await topics.cluster_id(settings.kafka.bootstrap),
    )
    await service.run(stop)


async def main(point: str, times: str, bootstrap: str, url: str, data: str) -> None:
    from agent.bootstrap.pipeline import now

    trap = Trap(point, int(times))
    store: Any = TrappedStore(TrappedDatabase(url, trap), trap, now)
    await serve(settings_for(bootstrap, url, Path(data)), store, asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
