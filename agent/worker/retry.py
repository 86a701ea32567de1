"""When a failed ticket is tried again. Pure."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Doubles from `first` to `cap`, each delay drawn from its upper half (equal jitter)."""

    first: timedelta
    cap: timedelta
    attempts: int

    def delay(self, attempt: int, draw: float) -> timedelta | None:
        """How long to wait after failed attempt `attempt` (from 1); None when it was the last.

        `draw` is a random number from 0 to 1. Source: M. Brooker, "Exponential backoff and
        jitter", 2015, the form called equal jitter.
        """
        if attempt >= self.attempts:
            return None
        whole = min(self.cap, self.first * 2 ** min(attempt - 1, 30))
        return whole / 2 + whole / 2 * draw
