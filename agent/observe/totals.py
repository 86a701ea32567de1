"""Numbers that change many times a ticket, told to the meter only when somebody looks.

Each measurement that goes through the SDK costs tens of microseconds; adding to a number costs one.
"""

import threading
from collections.abc import Iterable

from opentelemetry.metrics import CallbackOptions, Observation


class Totals:
    """A number for each value of one attribute; None is the number of a measurement without one.

    An instance is what an observable instrument takes as its callback.
    """

    def __init__(self, attribute: str = "") -> None:
        self._attribute = attribute
        self._lock = threading.Lock()
        self._numbers: dict[str | None, float] = {}

    def add(self, number: float, value: str | None = None) -> None:
        with self._lock:
            self._numbers[value] = self._numbers.get(value, 0) + number

    def set(self, number: float, value: str | None = None) -> None:
        with self._lock:
            self._numbers[value] = number

    def __call__(self, _: CallbackOptions) -> Iterable[Observation]:
        with self._lock:
            numbers = dict(self._numbers)
        for value, number in numbers.items():
            yield Observation(number, {} if value is None else {self._attribute: value})
