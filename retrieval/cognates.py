"""Words that look alike in two languages: what stands for a word that no table translates."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from retrieval.grams import runs

_ALIKE = 0.45  #: Dice coefficient of the runs of letters from which two words count as one
_MOST = 4
_SHORTEST = 4


class Cognates:
    """The stems of a corpus, to be found by stems of another language."""

    def __init__(self, stems: Iterable[str]) -> None:
        self._stems = [stem for stem in stems if len(stem) >= _SHORTEST and stem.isalpha()]
        self._sizes = [len(set(runs(stem))) for stem in self._stems]
        self._holding: defaultdict[str, list[int]] = defaultdict(list)
        for n, stem in enumerate(self._stems):
            for run in set(runs(stem)):
                self._holding[run].append(n)

    def alike(self, stem: str) -> list[tuple[str, float]]:
        """The likest stems with their likeness, at most 1; none for a short word or a number."""
        if len(stem) < _SHORTEST or not stem.isalpha():
            return []
        own = set(runs(stem))
        common = Counter(n for run in own for n in self._holding.get(run, ()))
        found = [
            (2 * shared / (len(own) + self._sizes[n]), self._stems[n])
            for n, shared in common.items()
        ]
        best = sorted((f for f in found if f[0] >= _ALIKE), key=lambda f: (-f[0], f[1]))[:_MOST]
        return [(word, likeness) for likeness, word in best]
