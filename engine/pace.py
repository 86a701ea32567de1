"""Keeps calls within a server's documented limit, so that it need not refuse them."""

from collections.abc import Callable
from datetime import datetime, timedelta

_BURST_SECONDS = 2
"""What a server's limit allows in this time may come at once."""


class Pace:
    """Gives each call its place in time: the generic cell rate algorithm (ITU-T I.371).

    `per_minute` calls in the long run, those of two seconds at once.
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._step = timedelta(minutes=1) / per_minute
        self._slack = self._step * max(per_minute * _BURST_SECONDS // 60 - 1, 0)
        self._due: datetime | None = None  #: when the next call would come at an even pace

    def wait(self) -> float:
        """Seconds until the next call may start; takes no place."""
        return (self._next() - self._clock()).total_seconds()

    def take(self) -> float:
        """Take the next place; gives the seconds to wait for it."""
        start = self._next()
        self._due = max(self._due or start, start) + self._step
        return (start - self._clock()).total_seconds()

    def _next(self) -> datetime:
        now = self._clock()
        return now if self._due is None else max(now, self._due - self._slack)
