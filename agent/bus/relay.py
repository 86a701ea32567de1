"""Outbox to Kafka: pipelined sends through an idempotent producer, each key in order.

A crash between a send and its mark sends again: same id, same bytes. Consumers tell by `ce_id`.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from agent import observe, waiting
from agent.bus.client import Producer
from agent.bus.errors import BrokerUnreachable, SendFailed
from agent.observe import names
from agent.store.errors import StoreUnavailable
from agent.store.records import OutboxRow


class OutboxStore(Protocol):
    async def acquire(
        self, names: Sequence[str], owner: str, until: datetime, now: datetime
    ) -> set[str]: ...

    async def give_up(self, names: Sequence[str], owner: str) -> None: ...

    async def unpublished(self, shards: Sequence[int], limit: int) -> list[OutboxRow]: ...

    async def mark_published(self, ids: Sequence[int], now: datetime) -> None: ...


class Relay:
    """Publishes what the outbox holds. Of several relays, each key range has one at a time."""

    LOCK_SECONDS = 15
    BATCH = 500

    def __init__(
        self,
        bootstrap: str,
        *,
        store: OutboxStore,
        owner: str,
        shards: int,
        clock: Callable[[], datetime],
        max_message_bytes: int,
        bell: asyncio.Event,
    ) -> None:
        self._producer = Producer(bootstrap, max_message_bytes=max_message_bytes)
        self._store = store
        self._owner = owner
        self._names = {f"relay-{shard}": shard for shard in range(shards)}
        self._clock = clock
        self._bell = bell
        self._held: set[str] = set()
        self._held_until: datetime | None = None
        self._refused: str | None = None  #: why the last step could not send something
        self.last_error: str | None = None

    async def start(self) -> None:
        """Connect; raises `BrokerUnreachable`."""
        await self._producer.start()

    async def stop(self) -> None:
        await self._producer.stop()
        with suppress(StoreUnavailable):  # the locks run out by themselves
            await self._store.give_up(sorted(self._held), self._owner)

    async def run(self, stop: asyncio.Event, *, poll_seconds: float) -> None:
        """Publish until `stop` is set and the outbox is empty or cannot be reached."""
        while True:
            self._bell.clear()
            published = await self._try_step()
            if published:
                continue
            if stop.is_set():
                return
            if self.last_error:
                await waiting.first(stop, seconds=1.0)
            else:
                await waiting.first(self._bell, stop, seconds=poll_seconds)

    async def _try_step(self) -> int:
        """A step; when Kafka took nothing at all, the next one goes through a new producer."""
        self._refused = None
        try:
            published = await self.step()
            self.last_error = self._refused
            if self._refused:
                observe.log.warning("relay.send-failed", error=self._refused)
            if self._refused and not published:
                await self._producer.stop()
                await self._producer.start()
        except (BrokerUnreachable, StoreUnavailable) as exc:
            self.last_error = str(exc)
            observe.log.warning("relay.waiting", error=type(exc).__name__)
            return 0
        return published

    async def step(self) -> int:
        """Publish one batch; how many of its rows Kafka has acknowledged."""
        return await observe.metered(names.STAGE_RELAY, self._step())

    async def _step(self) -> int:
        shards = await self._renew()
        if not shards:
            return 0
        rows = await self._store.unpublished(shards, self.BATCH)
        if not rows:
            return 0
        traces = (observe.traceparent_of(row.message.headers) for row in rows)
        with observe.batch_span(names.RELAY, traces, {names.BATCH: len(rows)}):
            done = await self._publish(rows)
            await self._store.mark_published(done, self._clock())
        observe.METRICS.published(len(done))
        return len(done)

    async def _renew(self) -> list[int]:
        now = self._clock()
        fresh = timedelta(seconds=self.LOCK_SECONDS * 2 / 3)
        if self._held_until is None or self._held_until - now < fresh:
            until = now + timedelta(seconds=self.LOCK_SECONDS)
            self._held = await self._store.acquire(list(self._names), self._owner, until, now)
            self._held_until = until
        return sorted(self._names[name] for name in self._held)

    async def _publish(self, rows: Sequence[OutboxRow]) -> list[int]:
        """Send all, then wait for all: waiting for each send in turn costs 7 ms a message.

        Of a key only the first row goes out at a time, so that nothing overtakes a send that
        failed; a row that Kafka refuses holds up its own key alone.
        """
        sends = [asyncio.ensure_future(self._send(row)) for row in _firsts(rows)]
        pending = set(sends)
        while pending:
            # A stalled broker keeps us waiting longer than the locks last: they are kept meanwhile.
            _, pending = await asyncio.wait(pending, timeout=self.LOCK_SECONDS / 3)
            if pending:
                await self._renew()
        acks = [send.result() for send in sends]
        return [row for row in acks if row is not None]

    async def _send(self, row: OutboxRow) -> int | None:
        """The row's id once Kafka has it; None when it did not take it."""
        message = row.message
        try:
            ack = await self._producer.send(
                message.topic, message.value, key=message.key, headers=message.headers
            )
            await ack
        except SendFailed as exc:
            self._refused = str(exc)
            return None
        return row.id


def _firsts(rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    firsts: dict[tuple[str, str], OutboxRow] = {}
    for row in rows:
        firsts.setdefault((row.message.topic, row.message.key), row)
    return list(firsts.values())
