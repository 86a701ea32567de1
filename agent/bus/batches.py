"""A topic read in batches by a static member, offsets committed only once a batch was taken."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol, cast

from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from agent.bus.client import FAILURES, FETCH_SLACK
from agent.bus.errors import BrokerUnreachable

TakeBatch = Callable[[KafkaMessage], Awaitable[None]]
"""Takes `raw_message`, a tuple of records; what it raises gives the whole batch back."""


class BatchSettings(Protocol):
    """What reading a topic needs to know."""

    @property
    def bootstrap(self) -> str: ...

    @property
    def group(self) -> str: ...

    @property
    def member(self) -> str: ...

    @property
    def session_timeout_ms(self) -> int: ...

    @property
    def batch(self) -> int: ...

    @property
    def max_message_bytes(self) -> int: ...


class Batches:
    """Owns a consumer. `start` joins the group, `stop` leaves it with offsets committed."""

    def __init__(self, settings: BatchSettings, *, topic: str, take: TakeBatch) -> None:
        self._bootstrap = settings.bootstrap
        self._broker = KafkaBroker(
            settings.bootstrap,
            logger=None,
            graceful_timeout=15,
            allow_auto_create_topics=False,  # it would make them with one partition
        )
        self._subscriber = self._broker.subscriber(
            topic,
            group_id=settings.group,
            group_instance_id=settings.member,
            session_timeout_ms=settings.session_timeout_ms,
            batch=True,
            max_records=settings.batch,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            max_partition_fetch_bytes=settings.max_message_bytes + FETCH_SLACK,
            parser=_without_headers,
            decoder=_undecoded,
        )
        self._subscriber(cast(Any, take))

    @property
    def consumer(self) -> Any:
        """The client's consumer, to pause and resume; None before the start."""
        return self._subscriber.consumer

    async def start(self) -> None:
        """Join the group; raises `BrokerUnreachable`."""
        try:
            await self._broker.start()
        except FAILURES as exc:
            await self._broker.stop()
            raise BrokerUnreachable(self._bootstrap, type(exc).__name__) from exc

    async def stop(self) -> None:
        await self._broker.stop()


async def _without_headers(records: Any, parse: Any) -> Any:
    """FastStream reads headers as UTF-8 before it calls us, and one that is not, or that is null,
    would block its partition for ever: it is shown records without any.
    """
    message = await parse(tuple(replace(record, headers=()) for record in records))
    message.raw_message = records
    return message


async def _undecoded(message: Any) -> Any:
    """The body stays as it came: it may be anything."""
    return message.body
