"""Decisions about approvals, from Kafka: offsets are committed once each was taken or refused."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from faststream.kafka import KafkaMessage

from agent import observe
from agent.bus.batches import Batches
from agent.bus.ingest import IngestSettings

Take = Callable[[bytes], Awaitable[object]]
"""Takes one decision, or refuses it and returns; raises only when it should come again."""


class Decisions:
    """Owns a consumer of `approvals.decided.v1`. `start` joins the group, `stop` leaves it."""

    def __init__(self, settings: IngestSettings, *, topic: str, take: Take) -> None:
        self._settings = settings
        self._take_one = take
        self.last_error: str | None = None
        self._batches = Batches(settings, topic=topic, take=self._take)

    async def start(self) -> None:
        """Join the group; raises `BrokerUnreachable`."""
        await self._batches.start()

    async def stop(self) -> None:
        await self._batches.stop()

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
