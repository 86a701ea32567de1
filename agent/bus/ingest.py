"""Kafka to inbox: raw records in one insert, offsets committed only after it.

The subscriber does nothing else. A handler that does slow work, or one that parses, either loses
messages or lets one bad record block its partition; both were measured.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from faststream.kafka import KafkaMessage

from agent import observe, waiting
from agent.bus.batches import Batches
from agent.domain.envelope import Coordinates
from agent.observe import names
from agent.store.errors import StoreUnavailable
from agent.store.records import Backlog, RawRecord

_LATEST_MS = 253_402_300_799_000  #: the last second of the year 9999; a producer may say more


class InboxStore(Protocol):
    async def ingest(self, records: Sequence[RawRecord], received_at: datetime) -> int: ...

    async def backlog(self) -> Backlog: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestSettings:
    bootstrap: str
    group: str
    member: str  #: static member id, unique per process
    session_timeout_ms: int
    batch: int
    max_message_bytes: int
    high_water: int  #: rows that are not ended above which reading pauses
    pause_seconds: float = 1.0  #: before a batch is given back when the database is down


class Ingest:
    """Owns the consumer. `start` joins the group, `stop` leaves it with offsets committed."""

    def __init__(
        self,
        settings: IngestSettings,
        *,
        cluster: str,
        topic: str,
        store: InboxStore,
        clock: Callable[[], datetime],
        ring: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._cluster = cluster
        self._store = store
        self._clock = clock
        self._ring = ring
        self.paused = False
        self.last_error: str | None = None
        self._batches = Batches(settings, topic=topic, take=self._take)

    async def start(self) -> None:
        """Join the group; raises `BrokerUnreachable`."""
        await self._batches.start()

    async def stop(self) -> None:
        await self._batches.stop()

    async def watch_pressure(self, stop: asyncio.Event, every: float = 1.0) -> None:
        """Pause reading above the high-water mark, go on below three quarters of it."""
        away: str | None = None
        while not stop.is_set():
            try:
                self._regulate(await self._store.backlog())
                if self.last_error == away:  # what was said here; a batch speaks for itself
                    self.last_error = None
            except StoreUnavailable as exc:
                self.last_error = away = str(exc)
            await waiting.first(stop, seconds=every)

    async def _take(self, msg: KafkaMessage) -> None:
        raws = cast(Sequence[Any], msg.raw_message)
        records = observe.metered_call(names.STAGE_INGEST, self._raws, raws)
        traces = (observe.traceparent_of(record.headers) for record in records)
        with observe.batch_span(names.INGEST, traces, {names.BATCH: len(records)}):
            try:
                writing = self._store.ingest(records, self._clock())
                fresh = await observe.metered(names.STAGE_INGEST, writing)
            except Exception as exc:
                self.last_error = str(exc)
                observe.log.warning("ingest.not-written", error=type(exc).__name__)
                await asyncio.sleep(self._settings.pause_seconds)
                raise  # NACK_ON_ERROR seeks back: the batch comes again
        self.last_error = None
        observe.METRICS.ingested(fresh)
        self._ring()

    def _raws(self, raws: Sequence[Any]) -> list[RawRecord]:
        return [_raw(raw, self._cluster, self._settings.max_message_bytes) for raw in raws]

    def _regulate(self, backlog: Backlog) -> None:
        unended = backlog.new + backlog.queued + backlog.leased
        consumer: Any = self._batches.consumer
        if consumer is None:
            return
        if unended > self._settings.high_water:
            consumer.pause(*consumer.assignment())  # each time: a rebalance forgets it
            self.paused = True
        elif self.paused and unended < self._settings.high_water * 3 // 4:
            consumer.resume(*consumer.assignment())
            self.paused = False


def _raw(record: Any, cluster: str, limit: int) -> RawRecord:
    value: bytes = record.value or b""
    return RawRecord(
        at=Coordinates(
            cluster=cluster,
            topic=str(record.topic),
            partition=int(record.partition),
            offset=int(record.offset),
        ),
        key=record.key,
        value=value if len(value) <= limit else b"",
        headers=tuple((str(name), bytes(raw or b"")) for name, raw in record.headers),
        timestamp=datetime.fromtimestamp(min(max(record.timestamp, 0), _LATEST_MS) / 1000, UTC),
        size=len(value),
        sha256=hashlib.sha256(value).hexdigest(),
    )
