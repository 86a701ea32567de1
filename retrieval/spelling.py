"""Typing errors: the words of a vocabulary that lie one slip away."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

_SHORT = 5  #: letters from which one slip is forgiven
_COMMON = 3  #: texts that hold a word which may have been meant; rarer ones are names as often


class Speller:
    """Corrects stems against a vocabulary of stems, each with how often it stands there."""

    def __init__(self, counts: Mapping[str, int], *, common: int = _COMMON) -> None:
        self._counts = {word: n for word, n in counts.items() if word.isalpha()}
        self._near: defaultdict[str, list[str]] = defaultdict(list)
        for word, n in self._counts.items():
            if len(word) >= _SHORT - 1 and n >= common:
                for key in {word, *_shortened(word)}:
                    self._near[key].append(word)

    def correct(self, word: str) -> str | None:
        """The commonest word that is one slip away; None where there is none.

        A word with a digit is a number or a name of something: it is never corrected.
        """
        if len(word) < _SHORT or not word.isalpha() or word in self._counts:
            return None
        near = [w for w in self._candidates(word) if slip(word, w) == 1]
        return min(near, key=lambda w: (-self._counts[w], w), default=None)

    def _candidates(self, word: str) -> Iterable[str]:
        """Words that become equal when either side leaves out at most one letter."""
        keys = {word, *_shortened(word)}
        near = {w for key in keys for w in self._near.get(key, ())}
        return (w for w in near if w[0] == word[0])


def _shortened(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def slip(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
