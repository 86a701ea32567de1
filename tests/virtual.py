"""An event loop whose time passes only when nothing is left to do: minutes take milliseconds.

Everything that waits on the loop waits in this time: `asyncio.sleep`, `asyncio.timeout`. Nothing
in it may wait for a socket, a thread or a process.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class Stuck(AssertionError):
    """Every task waits for something that will never come."""


class _Selector(selectors.DefaultSelector):
    """In place of waiting, it lets the time pass."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise Stuck
        if not ready:
            self.passed += max(timeout or 0.0, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.passed

    def now(self) -> datetime:
        return START + timedelta(seconds=self.time())


def in_virtual_time(run: Callable[[Callable[[], datetime]], Coroutine[Any, Any, T]]) -> T:
    """Run what `run` makes of the loop's clock, to its end."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(run(loop.now))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
