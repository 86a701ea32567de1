"""Grouping settlements: one transaction for all that end within a short window."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from agent import observe
from agent.observe import names
from agent.store.errors import StoreUnavailable
from agent.store.records import Settled, Settlement


class SettleStore(Protocol):
    async def settle(
        self, settlements: Sequence[Settlement], *, now: datetime
    ) -> list[Settled]: ...


class Settler:
    """Takes settlements one by one, writes them in groups, tells each caller what became of it."""

    LIMIT: int = 200  #: settlements in one transaction

    def __init__(
        self,
        store: SettleStore,
        *,
        window_seconds: float,
        clock: Callable[[], datetime],
        ring: Callable[[], None],
    ) -> None:
        self._store = store
        self._window = window_seconds
        self._clock = clock
        self._ring = ring
        self._waiting: asyncio.Queue[tuple[Settlement, asyncio.Future[Settled]]] = asyncio.Queue()

    async def settle(self, settlement: Settlement) -> Settled:
        """Returns once the settlement is durable, or is known to be stale or lost."""
        done: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((settlement, done))
        return await done

    async def run(self) -> None:
        """Write groups until cancelled."""
        while True:
            group = await self._gather()
            results = await self._write([settlement for settlement, _ in group])
            self._ring()
            for (_, done), result in zip(group, results, strict=True):
                if not done.done():
                    done.set_result(result)

    async def _gather(self) -> list[tuple[Settlement, "asyncio.Future[Settled]"]]:
        group = [await self._waiting.get()]
        if self._waiting.qsize() < self.LIMIT - 1:
            await asyncio.sleep(self._window)
        while len(group) < self.LIMIT and not self._waiting.empty():
            group.append(self._waiting.get_nowait())
        return group

    async def _write(self, group: list[Settlement]) -> list[Settled]:
        """Until the store answers: a lease that ran out meanwhile comes back as lost."""
        pause = 0.1
        while True:
            try:
                traces = (settlement.lease.rows[-1].traceparent for settlement in group)
                with observe.batch_span(names.SETTLE, traces, {names.BATCH: len(group)}):
                    writing = self._store.settle(group, now=self._clock())
                    return await observe.metered(names.STAGE_SETTLE, writing)
            except StoreUnavailable as exc:
                observe.log.warning("settle.store-unavailable", error=type(exc).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
