"""A breaker: keeps calls away from an engine that fails, and finds out when it works again."""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    CLOSED = "closed"  #: calls go through
    OPEN = "open"  #: no call goes through
    HALF_OPEN = "half-open"  #: one call goes through, to try
    LOCKED = "locked"  #: no call goes through until the service starts anew


class Outcome(StrEnum):
    """What a call says about the engine."""

    WORKED = "worked"
    FAILED = "failed"
    UNKNOWN = "unknown"  #: given up by the caller, or the engine was only busy


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """Opens when `share` of the last `window` calls failed, once `least` calls are known."""

    window: int = 20
    least: int = 5
    share: float = 0.5
    pause: timedelta = timedelta(seconds=15)  #: how long it opens first; doubles each time
    longest: timedelta = timedelta(minutes=5)
    longest_hold: timedelta = timedelta(hours=1)  #: of a pause that the engine itself asks for


class Breaker:
    """The breaker of one engine; `clock` gives UTC, `chance` a number from 0 to 1 for jitter.

    A call takes an entry before it starts and gives it back with its outcome. An entry that was
    taken before the state changed says nothing about the state after.
    """

    def __init__(
        self,
        policy: BreakerPolicy,
        *,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._chance = chance
        self._outcomes: deque[bool] = deque(maxlen=policy.window)
        self._era = 0
        self._open_until: datetime | None = None
        self._pauses = 0  #: in a row
        self._trying = False
        self._held_until: datetime | None = None
        self.locked: str | None = None  #: why no call will work

    @property
    def state(self) -> State:
        if self.locked is not None:
            return State.LOCKED
        if self._open_until is None:
            return State.CLOSED
        return State.OPEN if self._clock() < self._open_until else State.HALF_OPEN

    @property
    def held_until(self) -> datetime | None:
        """When an engine that asked for a pause may be called again; None when it may be now."""
        held = self._held_until
        return held if held is not None and self._clock() < held else None

    @property
    def admits(self) -> bool:
        """Whether `enter` would give an entry now."""
        if self.held_until is not None:
            return False
        state = self.state
        return state is State.CLOSED or (state is State.HALF_OPEN and not self._trying)

    def enter(self) -> int | None:
        """An entry for one call; None when the call must not be made."""
        if not self.admits:
            return None
        self._trying = self.state is State.HALF_OPEN
        return self._era

    def leave(self, entry: int, outcome: Outcome) -> None:
        """Give an entry back with what came of the call."""
        if entry != self._era or self.locked is not None:
            return
        if self._trying:
            self._tried(outcome)
        elif outcome is not Outcome.UNKNOWN:
            self._outcomes.append(outcome is Outcome.WORKED)
            if self._too_many():
                self._open()

    def hold(self, pause: timedelta) -> None:
        """The engine asked for no calls for this long; it is not counted as a failure."""
        until = self._clock() + min(pause, self._policy.longest_hold)
        self._held_until = max(until, self._held_until or until)

    def lock(self, why: str) -> None:
        """No call will work until a person mends what `why` names."""
        self.locked = why

    def why_not(self) -> str:
        """Why the breaker admits no call; for an error's text."""
        if self.locked is not None:
            return self.locked
        until = self.held_until
        if until is not None:
            seconds = (until - self._clock()).total_seconds()
            return f"asked for a pause, {seconds:.0f} s of it left"
        return "failed too often lately and is being left alone"

    def _tried(self, outcome: Outcome) -> None:
        self._trying = False
        if outcome is Outcome.WORKED:
            self._era += 1
            self._open_until, self._pauses = None, 0
            self._outcomes.clear()
        elif outcome is Outcome.FAILED:
            self._open()

    def _too_many(self) -> bool:
        known = len(self._outcomes)
        failed = known - sum(self._outcomes)
        return known >= self._policy.least and failed >= self._policy.share * known

    def _open(self) -> None:
        """Open for the pause, doubled each time in a row, with up to a quarter of it added."""
        pause = min(self._policy.pause * 2**self._pauses, self._policy.longest)
        self._open_until = self._clock() + pause * (1 + self._chance() / 4)
        self._pauses = min(self._pauses + 1, 16)
        self._era += 1
        self._trying = False
