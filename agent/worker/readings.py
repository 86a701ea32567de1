"""What admission read, kept for the worker of the same process, so that a ticket is read once.

Reading and model-free triage are pure: a reading that is not there is simply made again. A lease
of several messages, or with a history, is another ticket than the one that was admitted.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from agent.domain.desk import Desk
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.ports import Run, Triager
from agent.store.records import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message that was queued, as a ticket of its own."""

    data_sha256: str  #: of the event it was read from
    ticket: Ticket
    triage: Triage


class Readings:
    """Of one process. Kept by the admission's thread, taken by the event loop."""

    LIMIT = 5_000
    STALE_S = 900.0  #: another process took it, or it was superseded

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[float, Reading]] = {}
        self._at_hand: dict[int, Reading] = {}

    def keep(self, row: int, reading: Reading) -> None:
        """Until it is taken. When full the oldest stay, unless stale: they are leased first."""
        with self._lock:
            if len(self._kept) >= self.LIMIT and not self._drop_stale():
                return
            self._kept[row] = (self._clock(), reading)

    def take(self, lease: Lease) -> Ticket | None:
        """The ticket of a lease that holds one message and no history; `put_down` it afterwards."""
        if len(lease.rows) != 1 or lease.history or not lease.rows[0].record.value:
            return None
        with self._lock:
            _, reading = self._kept.pop(lease.rows[0].id, (0.0, None))
        if reading is None or reading.data_sha256 != lease.rows[0].identity.data_sha256:
            return None
        self._at_hand[id(reading.ticket)] = reading
        return reading.ticket

    def triage_of(self, ticket: Ticket) -> Triage | None:
        """What admission made of a ticket that was taken; None for any other."""
        reading = self._at_hand.get(id(ticket))
        return reading.triage if reading is not None and reading.ticket is ticket else None

    def put_down(self, ticket: Ticket) -> None:
        self._at_hand.pop(id(ticket), None)

    def _drop_stale(self) -> bool:
        oldest = next(iter(self._kept))
        stale = self._clock() - self._kept[oldest][0] > self.STALE_S
        if stale:
            del self._kept[oldest]
        return stale


class KnownTriage:
    """The model-free triage, made again only where admission has not made it already.

    It stands below a model-backed triager, never above it.
    """

    def __init__(self, readings: Readings, otherwise: Triager) -> None:
        self._readings = readings
        self._otherwise = otherwise

    async def triage(self, ticket: Ticket, desk: Desk, *, run: Run | None = None) -> Triage:
        known = self._readings.triage_of(ticket)
        return known or await self._otherwise.triage(ticket, desk, run=run)
