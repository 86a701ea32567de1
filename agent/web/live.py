"""Tells open pages that the queue changed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from agent.store.errors import StoreUnavailable

LOOK_S = 0.5  #: how often the store is asked while somebody watches
BEAT_S = 15.0  #: a line at least this often, so that proxies keep the connection

Newest = Callable[[], Awaitable[object]]
"""A value that changes when the queue does."""


class Live:
    """One look at the store for all pages that watch; none while nobody does."""

    def __init__(
        self,
        newest: Newest,
        *,
        changed: Callable[[], None] = lambda: None,
        look_s: float = LOOK_S,
        beat_s: float = BEAT_S,
    ) -> None:
        self._newest = newest
        self._changed = changed
        self._look_s = look_s
        self._beat_s = beat_s
        self._watchers: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def watch(self) -> AsyncIterator[str]:
        """Server-sent events: `queue` when something changed, a comment to keep the line open."""
        bell = asyncio.Event()
        self._watchers.add(bell)
        self._look()
        try:
            yield "retry: 2000\nevent: queue\ndata: hello\n\n"
            while not self._closed:
                try:
                    async with asyncio.timeout(self._beat_s):
                        await bell.wait()
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                bell.clear()
                if not self._closed:
                    yield "event: queue\ndata: changed\n\n"
        finally:
            self._watchers.discard(bell)

    def ring(self) -> None:
        """Something changed here; every page looks again."""
        self._changed()
        for bell in self._watchers:
            bell.set()

    def close(self) -> None:
        """End every open line, so that the server can stop."""
        self._closed = True
        self.ring()
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        known: object = None
        while self._watchers and not self._closed:
            try:
                found = await self._newest()
            except StoreUnavailable:
                found = known
            if known is not None and found != known:
                self.ring()
            known = found
            await asyncio.sleep(self._look_s)
