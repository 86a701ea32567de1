"""Models' answers kept in the service's database, so that a crash does not pay for them twice."""

from typing import Any

from agent import observe
from agent.domain.ids import EventId
from agent.store import Store
from agent.store.errors import StoreUnavailable


class StoreCheckpoints:
    """`ports.Checkpoints` in the service's database.

    While the database is away there are none: an answer that is at hand is worth more than the
    promise not to pay for it twice.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, event: EventId, step: str, input_hash: str) -> Any | None:
        try:
            return await self._store.checkpoint_get(event, step, input_hash)
        except StoreUnavailable as exc:
            observe.log.warning("checkpoint.unavailable", error=type(exc).__name__)
            return None

    async def put(self, event: EventId, step: str, input_hash: str, value: Any) -> None:
        try:
            await self._store.checkpoint_put(event, step, input_hash, value)
        except StoreUnavailable as exc:
            observe.log.warning("checkpoint.unavailable", error=type(exc).__name__)
