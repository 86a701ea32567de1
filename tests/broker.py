"""What a test does with a real broker, apart from our own code: make a topic, send, read.

The only test file that imports aiokafka, which ships no types.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A record as a consumer sees it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


async def make_topic(
    bootstrap: str, name: str, *, partitions: int = 1, settings: dict[str, str] | None = None
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        wanted = [NewTopic(name, partitions, 1, topic_configs=settings or {})]
        answer: Any = await admin.create_topics(wanted)
        assert [error[1] for error in answer.topic_errors] == [0], answer
        while name not in await admin.list_topics():
            pass  # the broker hears of it a moment after the controller made it
    finally:
        await admin.close()


async def remove_topics(bootstrap: str, names: Sequence[str]) -> None:
    """Only on a broker of this run: the records are gone."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        while there := set(names) & set(await admin.list_topics()):
            await admin.delete_topics(list(there))
    finally:
        await admin.close()


async def begin_at_end(bootstrap: str, topic: str, group: str) -> None:
    """A consumer group that will see nothing of what the topic holds now."""
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap) as reader:
        parts = list(reader.assignment())
        ends = await reader.end_offsets(parts)
    member = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    async with member:
        member.assign(parts)
        await member.commit(ends)


async def send(
    bootstrap: str,
    topic: str,
    *values: bytes,
    key: bytes | None = None,
    headers: Sequence[tuple[str, bytes]] = (),
) -> None:
    """Send records in order and return when the broker has them all."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, max_request_size=_LIMIT
    )
    async with producer:
        for value in values:
            await producer.send_and_wait(topic, value, key=key, headers=list(headers))


async def read_all(bootstrap: str, topic: str) -> list[Read]:
    """All records that the topic holds now, partition by partition, in order."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=_LIMIT,
    )
    async with consumer:
        parts = sorted(consumer.assignment())
        ends = await consumer.end_offsets(parts)
        found: list[Read] = []
        for part in parts:
            while await consumer.position(part) < ends[part]:
                record = await consumer.getone(part)
                found.append(
                    Read(
                        partition=part.partition,
                        offset=record.offset,
                        key=record.key,
                        value=record.value or b"",
                        headers=tuple(record.headers),
                    )
                )
        return found


async def first_value(bootstrap: str, topic: str) -> bytes:
    return (await read_all(bootstrap, topic))[0].value
