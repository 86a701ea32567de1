"""aiokafka behind types: the only file of the service that imports it."""

# aiokafka ships no stubs.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, KafkaError

from agent.bus.errors import BrokerUnreachable, BusError, SendFailed

#: What a client raises when a broker cannot be reached or will not have it.
FAILURES: tuple[type[Exception], ...] = (KafkaError, OSError)
FETCH_SLACK = 65_536  #: bytes beyond the largest record that a fetch may hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as a consumer sees it."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> str:
        """A header's text; empty when there is none."""
        return dict(self.headers).get(name, b"").decode("utf-8", "replace")


class Producer:
    """Idempotent, pipelined: `send` queues a record and gives back its acknowledgement."""

    def __init__(self, bootstrap: str, *, max_message_bytes: int) -> None:
        self._bootstrap = bootstrap
        self._max_message_bytes = max_message_bytes
        self._producer: Any = None

    async def start(self) -> None:
        """Connect; raises `BrokerUnreachable`."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            max_request_size=self._max_message_bytes,
        )
        try:
            await producer.start()
        except (KafkaError, OSError) as exc:
            await producer.stop()
            raise BrokerUnreachable(self._bootstrap, type(exc).__name__) from exc
        self._producer = producer

    async def stop(self) -> None:
        """Send what is queued and disconnect."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None

    async def send(
        self, topic: str, value: bytes, *, key: str, headers: Sequence[tuple[str, bytes]] = ()
    ) -> "asyncio.Task[None]":
        """Queue a record, behind those queued before it; the task ends when the broker has it.

        Both raise `SendFailed`.
        """
        if self._producer is None:
            raise SendFailed(topic, "not connected")
        try:
            ack = await self._producer.send(
                topic, value=value, key=key.encode(), headers=list(headers)
            )
        except (KafkaError, OSError) as exc:
            raise SendFailed(topic, type(exc).__name__) from exc
        return asyncio.create_task(_acknowledged(topic, ack))

    async def __aenter__(self) -> "Producer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def tail(
    bootstrap: str, topic: str, *, from_start: bool, max_message_bytes: int
) -> AsyncGenerator[Record]:
    """Every record of a topic as it comes, in no group, so that nobody's place is moved.

    Raises `BrokerUnreachable` when it cannot begin.
    """
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest" if from_start else "latest",
        max_partition_fetch_bytes=max_message_bytes + FETCH_SLACK,
    )
    try:
        try:
            await consumer.start()
        except (KafkaError, OSError) as exc:
            raise BrokerUnreachable(bootstrap, type(exc).__name__) from exc
        async for record in consumer:
            yield _record(record)
    finally:
        await consumer.stop()


async def work_through(
    bootstrap: str,
    topic: str,
    *,
    group: str,
    work: Callable[[Record], Awaitable[None]],
    max_message_bytes: int,
    stop: asyncio.Event,
) -> None:
    """Hand every record of a topic to `work`, one after the other, until `stop`.

    A record counts as done once `work` returned; after an error, or a crash, it comes again.
    Raises `BrokerUnreachable` when it cannot begin, and what `work` raises.
    """
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=max_message_bytes + FETCH_SLACK,
    )
    try:
        try:
            await consumer.start()
        except (KafkaError, OSError) as exc:
            raise BrokerUnreachable(bootstrap, type(exc).__name__) from exc
        while not stop.is_set():
            batches = await consumer.getmany(timeout_ms=250, max_records=100)
            for partition, records in batches.items():
                for record in records:
                    await work(_record(record))
                    await consumer.commit({partition: record.offset + 1})
    finally:
        await consumer.stop()


async def read_all(bootstrap: str, topic: str) -> list[Record]:
    """All records that a topic holds now, partition by partition, in order."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=16_777_216,
    )
    await consumer.start()
    try:
        partitions = sorted(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        found: list[Record] = []
        for partition in partitions:
            while await consumer.position(partition) < ends[partition]:
                batch = await consumer.getmany(partition, timeout_ms=1_000)
                found += [_record(record) for record in batch.get(partition, [])]
        return found
    finally:
        await consumer.stop()


async def holds_records(bootstrap: str, topic: str) -> bool:
    """Whether a topic holds anything at all."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        partitions = sorted(consumer.assignment())
        begins = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        return any(begins[partition] < ends[partition] for partition in partitions)
    finally:
        await consumer.stop()


class Admin:
    """Topics and cluster, as far as the service asks about them."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def cluster_id(self) -> str | None:
        described = await self._client.describe_cluster()
        return described.get("cluster_id")

    async def topics(self) -> set[str]:
        return {str(name) for name in await self._client.list_topics()}

    async def create(
        self, names: Sequence[str], partitions: int, replication: int, configs: dict[str, str]
    ) -> dict[str, tuple[int, str]]:
        """What Kafka answers for each topic: an error code (0 is none) and its words."""
        wanted = [NewTopic(name, partitions, replication, topic_configs=configs) for name in names]
        answer = await self._client.create_topics(wanted, timeout_ms=10_000)
        return {str(name): (int(code), str(*words)) for name, code, *words in answer.topic_errors}

    async def configs(self, topic: str) -> dict[str, str]:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        answers = await self._client.describe_configs([resource])
        return {str(entry[0]): str(entry[1]) for entry in answers[0].resources[0][4]}

    async def partitions(self, topic: str) -> int:
        described = await self._client.describe_topics([topic])
        return len(described[0]["partitions"])


async def _acknowledged(topic: str, ack: "asyncio.Future[Any]") -> None:
    try:
        await ack
    except (KafkaError, OSError) as exc:
        raise SendFailed(topic, type(exc).__name__) from exc


@asynccontextmanager
async def admin(bootstrap: str) -> AsyncGenerator[Admin]:
    """An admin client; raises `BrokerUnreachable` when nobody answers."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    try:
        await client.start()
    except (KafkaError, OSError) as exc:
        await client.close()
        raise BrokerUnreachable(bootstrap, type(exc).__name__) from exc
    try:
        yield Admin(client)
    except (KafkaError, OSError) as exc:
        if isinstance(exc, OSError) or exc.retriable or isinstance(exc, KafkaConnectionError):
            raise BrokerUnreachable(bootstrap, type(exc).__name__) from exc
        raise BusError(f"Kafka at {bootstrap!r}: {type(exc).__name__}: {exc}") from exc
    finally:
        await client.close()


def _record(record: Any) -> Record:
    return Record(
        partition=record.partition,
        offset=record.offset,
        key=record.key or b"",
        value=record.value or b"",
        headers=tuple((str(name), bytes(raw or b"")) for name, raw in record.headers),
    )
