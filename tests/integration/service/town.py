"""A whole service in this process, on real Kafka, and what a helpdesk does with it."""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from agent.bootstrap import Desks, Service
from agent.bus import topics
from agent.domain.events import DraftCreated
from agent.settings import DatabaseSettings, KafkaSettings, Settings, WorkerSettings
from agent.store import Store, open_store
from agent.store.records import DeadLetter, Ending
from engine.base import Engine
from tests.broker import Read, begin_at_end, read_all, send

SPEC = topics.TopicSpec(
    partitions=2, replication=1, retention=timedelta(days=7), max_message_bytes=8_388_608
)
ALL = frozenset({"ingest", "work", "relay"})


def settings_for(kafka: str, url: str, data: Path, **worker: Any) -> Settings:
    token = secrets.token_hex(4)
    return Settings(
        data=data,
        kafka=KafkaSettings(
            bootstrap=kafka, group=f"g-{token}", instance=token, session_timeout_ms=6_000
        ),
        database=DatabaseSettings(url=url),
        worker=WorkerSettings(poll_ms=50, lease_seconds=5, **worker),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The service's surroundings as a test uses them."""

    kafka: str
    store: Store
    service: Service

    async def tell(
        self,
        data: dict[str, Any] | bytes,
        *,
        kind: str = "ticket.message",
        event: str | None = None,
        times: int = 1,
        **headers: str,
    ) -> None:
        """One event in CloudEvents binary mode, its conversation being the key."""
        attributes = {
            "ce_specversion": "1.0",
            "ce_type": kind,
            "ce_source": "test",
            "ce_id": event or secrets.token_hex(8),
            "content-type": "application/json",
        } | headers
        value = data if isinstance(data, bytes) else json.dumps(data).encode()
        packed = [(name, text.encode()) for name, text in attributes.items()]
        await self.record(*[value] * times, key=key_of(data), headers=packed)

    async def record(
        self, *values: bytes, key: bytes = b"k", headers: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        await send(self.kafka, topics.TICKETS, *values, key=key, headers=headers)

    async def endings(self, conversation: str) -> list[Ending]:
        """How the events of a conversation ended, in the order they came."""
        found = [e for e in await self.store.endings(100_000) if e.conversation == conversation]
        return sorted(found, key=lambda ending: ending.inbox_id)

    async def ended(self, conversation: str, count: int = 1) -> list[Ending]:
        """Waits until so many of its events have ended and everything was published."""
        async with asyncio.timeout(60):
            while len(found := await self.endings(conversation)) < count:  # noqa: ASYNC110 - no bell
                await asyncio.sleep(0.05)
            while await self.store.outbox_count():  # noqa: ASYNC110 - a database rings no bell
                await asyncio.sleep(0.05)
        return found

    async def buried(self, value: bytes) -> DeadLetter:
        """Waits for the dead letter of a record with this value."""
        async with asyncio.timeout(60):
            while True:
                for letter in await self.store.dead(1_000):
                    if letter.record.value == value:
                        return letter
                await asyncio.sleep(0.05)

    async def published(self, conversation: str) -> list[Read]:
        """What `drafts.v1` holds of a conversation, in order."""
        records = await read_all(self.kafka, DraftCreated.TOPIC)
        return [record for record in records if record.key == conversation.encode()]


@asynccontextmanager
async def serving(
    settings: Settings, desks: Desks, *, engine: Engine | None = None
) -> AsyncGenerator[Town]:
    """The service at work until the block ends; then it drains."""
    kafka = settings.kafka
    await topics.create(kafka.bootstrap, SPEC)
    await begin_at_end(kafka.bootstrap, topics.TICKETS, kafka.group)
    store = await open_store(settings.database.url)
    stop = asyncio.Event()
    cluster = await topics.cluster_id(kafka.bootstrap)
    service = Service(settings, ALL, store=store, desks=desks, cluster=cluster, engine=engine)
    running = asyncio.create_task(service.run(stop))
    try:
        yield Town(kafka=kafka.bootstrap, store=store, service=service)
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await running
        await store.close()


def key_of(data: dict[str, Any] | bytes) -> bytes:
    if isinstance(data, bytes):
        return b"k"
    name = data.get("conversation_id") or data.get("in_reply_to") or data.get("ticket_id") or "k"
    return str(name).encode()


def a_name() -> str:
    """A ticket id that no other test knows."""
    return f"T-{secrets.token_hex(4)}"


def a_message(
    ticket: str, body: str = "How long does a refund take?", **more: Any
) -> dict[str, Any]:
    return {
        "ticket_id": ticket,
        "desk": "support",
        "requester": {"id": "C-5001", "assurance": "verified", "country": "IE"},
        "body": body,
    } | more


def header(record: Read, name: str) -> str:
    return dict(record.headers).get(name, b"").decode()
