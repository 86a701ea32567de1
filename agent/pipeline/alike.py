"""Stems that are alike: one holds the other, as compounds do, or both differ in their ending."""

from collections.abc import Iterable, Iterator

_COMMON_START = 5  #: letters of the shorter one
_ENDINGS = 2  #: letters by which the lengths of two endings may differ


def alike(one: str, other: str) -> bool:
    """Whether one stem holds the other, as compounds do, or both differ in their ending only."""
    short, long = sorted((one, other), key=len)
    if len(short) < _COMMON_START or not short.isalpha():
        return False
    if long.startswith(short) or long.endswith(short):
        return True
    return len(long) - len(short) <= _ENDINGS and long.startswith(short[: len(short) - 1])


class Lookalikes:
    """A vocabulary that says which of its stems are alike another one, without trying each."""

    def __init__(self, stems: Iterable[str] = ()) -> None:
        self.stems: set[str] = set()
        self._starting: dict[str, list[str]] = {}
        self._ending: dict[str, list[str]] = {}
        self.add(stems)

    def add(self, stems: Iterable[str]) -> None:
        for stem in set(stems) - self.stems:
            self.stems.add(stem)
            for length in range(_COMMON_START - 1, len(stem) + 1):
                self._starting.setdefault(stem[:length], []).append(stem)
                self._ending.setdefault(stem[-length:], []).append(stem)

    def of(self, stem: str) -> list[str]:
        """The stems of the vocabulary for which `alike(stem, …)` holds; in no order."""
        if len(stem) < _COMMON_START:
            return []
        return [other for other in set(self._near(stem)) if alike(stem, other)]

    def _near(self, stem: str) -> Iterator[str]:
        """All that it holds, that hold it, or that begin as it does; and some more."""
        begins = stem[: max(_COMMON_START - 1, len(stem) - 1 - _ENDINGS)]
        yield from self._starting.get(begins, ())
        yield from self._ending.get(stem, ())
        for length in range(_COMMON_START, len(stem) + 1):
            yield from (part for part in (stem[:length], stem[-length:]) if part in self.stems)
