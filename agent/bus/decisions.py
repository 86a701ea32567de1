"""Decisions about approvals, from Kafka: offsets are committed once each was taken or refused."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from agent import observe
from agent.bus.client import FAILURES
from agent.bus.errors import BrokerUnreachable
from agent.bus.ingest import IngestSettings, undecoded, without_headers

Take = Callable[[bytes], Awaitable[object]]
"""Takes one decision, or refuses it and returns; raises only when it should come again."""


class Decisions:
    """Owns a consumer of `approvals.decided.v1`. `start` joins the group, `stop` leaves it."""

    def __init__(self, settings: IngestSettings, *, topic: str, take: Take) -> None:
        self._settings = settings
        self._take_one = take
        self.last_error: str | None = None
        self._broker = KafkaBroker(
            settings.bootstrap, logger=None, graceful_timeout=15, allow_auto_create_topics=False
        )
        subscriber = self._broker.subscriber(
            topic,
            group_id=settings.group,
            group_instance_id=settings.member,
            session_timeout_ms=settings.session_timeout_ms,
            batch=True,
            max_records=settings.batch,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            max_partition_fetch_bytes=settings.max_message_bytes + 65_536,
            parser=without_headers,
            decoder=undecoded,
        )
        subscriber(cast(Any, self._take))

    async def start(self) -> None:
        """Join the group; raises `BrokerUnreachable`."""
        try:
            await self._broker.start()
        except FAILURES as exc:
            await self._broker.stop()
            raise BrokerUnreachable(self._settings.bootstrap, type(exc).__name__) from exc

    async def stop(self) -> None:
        await self._broker.stop()

    async def _take(self, msg: KafkaMessage) -> None:
        for record in cast(Sequence[Any], msg.raw_message):
            try:
                await self._take_one(bytes(record.value or b""))
            except Exception as exc:
                self.last_error = str(exc)
                observe.log.warning("decisions.not-taken", error=type(exc).__name__)
                await asyncio.sleep(self._settings.pause_seconds)
                raise  # the batch comes again; what was taken of it is known and left
        self.last_error = None
