"""The word leg for large corpora: the same BM25 from inverted lists that can be added to.

Of the libraries measured (`python -m bench.retrieval`), tantivy is the fastest but keeps a
document's length in one byte, so that its ranking is another one; bm25s computes every score
beforehand, so that one new document means a new index. Here a list holds counts, and a score is
computed when a word is first asked for after a change.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from retrieval.bm25 import K1, B, Scores, idf, share
from retrieval.query import Concept, Query, Wording

_Numbers = NDArray[np.intp]
_NONE: _Numbers = np.empty(0, dtype=np.intp)
_DENSE = 8  #: a gathered place costs as much as this many that are gone through in order
_FEW = 400  #: places in all lists of a query, below which Python is faster than numpy
_LEAST = 1e-12  #: the least score; a word in every document still has more
_KEPT = 4_096  #: words whose scores are kept until the next change


class Postings:
    """BM25 by inverted lists: only documents that hold a word of the query are looked at."""

    def __init__(self, documents: Sequence[Sequence[str]] = (), *, b: float = B) -> None:
        self._b = b
        self._terms: dict[str, int] = {}
        rows = [[self._terms.setdefault(t, len(self._terms)) for t in d] for d in documents]
        self._lengths = np.array([len(row) for row in rows], dtype=np.float64)
        self._live = np.ones(len(rows), dtype=np.bool_)
        self._starts, self._documents, self._counts = _inverted(rows, len(self._terms))
        self._holding = Counter(dict(enumerate(cast(list[int], np.diff(self._starts).tolist()))))
        self._later: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._changed()

    @property
    def size(self) -> int:
        return len(self._lengths)

    def add(self, documents: Sequence[Sequence[str]]) -> None:
        for number, document in enumerate(documents, start=self.size):
            for token, count in Counter(document).items():
                term = self._terms.setdefault(token, len(self._terms))
                self._later[term].append((number, count))
                self._holding[term] += 1
        lengths = np.array([len(d) for d in documents], dtype=np.float64)
        self._lengths = np.concatenate([self._lengths, lengths])
        self._live = np.concatenate([self._live, np.ones(len(documents), dtype=np.bool_)])
        self._changed()

    def remove(self, documents: Mapping[int, Sequence[str]]) -> None:
        for number, document in documents.items():
            if self._live[number]:
                self._live[number] = False
                self._holding.subtract({self._terms[token] for token in document})
        self._changed()

    def count(self, stem: str) -> int:
        term = self._terms.get(stem)
        return 0 if term is None else self._holding[term]

    def best(self, query: Query, k: int) -> list[tuple[int, float]]:
        if k < 1 or not self.size:
            return []
        few = self._few(query)
        return self._best_of_few(few, k) if few is not None else self._best_of_many(query, k)

    def _few(self, query: Query) -> list[tuple[list[tuple[int, float]], float]] | None:
        """The lists of a query of plain words, where they are so short that arrays cost more."""
        lists: list[tuple[list[tuple[int, float]], float]] = []
        left = _FEW
        for concept in query:
            if len(concept) != 1 or len(concept[0].stems) != 1:
                return None
            pairs = self._short(concept[0].stems[0])
            if pairs is None or len(pairs) > left:
                return None
            left -= len(pairs)
            lists.append((pairs, concept[0].weight))
        return lists

    def _best_of_few(
        self, lists: Sequence[tuple[list[tuple[int, float]], float]], k: int
    ) -> list[tuple[int, float]]:
        total: dict[int, float] = {}
        for pairs, weight in lists:
            for number, score in pairs:
                total[number] = total.get(number, 0.0) + score * weight
        if len(total) > k:
            least = sorted(total.values())[-k]
            best = [(-s, number) for number, s in total.items() if s >= least]
        else:
            best = [(-s, number) for number, s in total.items()]
        best.sort()
        return [(number, -negative) for negative, number in best[:k]]

    def _best_of_many(self, query: Query, k: int) -> list[tuple[int, float]]:
        total = self._spare.pop() if self._spare else np.zeros(self.size)
        touched = [self._add(concept, total) for concept in query]
        least = _reached(total, touched, k)
        if sum(map(len, touched)) * _DENSE < self.size:
            numbers = np.concatenate([_NONE, *touched])
            found = numbers[(total[numbers] >= least).nonzero()[0]]
        else:
            found = (total >= least).nonzero()[0]
        scored = dict(zip(found.tolist(), total[found].tolist(), strict=True))
        for numbers in touched:
            total[numbers] = 0.0
        self._spare.append(total)
        return heapq.nsmallest(k, scored.items(), key=_best_first)

    def _add(self, concept: Concept, total: Scores) -> _Numbers:
        """Add a concept's scores; returns the documents that have one."""
        if len(concept) == 1 and len(concept[0].stems) == 1:
            numbers, scores = self._of_word(concept[0].stems[0])
            weight = concept[0].weight
            total[numbers] += scores if weight == 1.0 else scores * weight
            return numbers
        best = np.zeros(self.size)
        for wording in concept:
            self._raise(wording, best)
        numbers = best.nonzero()[0]
        total[numbers] += best[numbers]
        return numbers

    def _raise(self, wording: Wording, best: Scores) -> None:
        """Lift each document's score to that of this wording, where it is higher."""
        weight = wording.weight * share(wording)
        if len(wording.stems) == 1:
            numbers, scores = self._of_word(wording.stems[0])
            best[numbers] = np.maximum(best[numbers], scores * weight)
            return
        together = np.zeros(self.size)
        for stem in wording.stems:
            numbers, scores = self._of_word(stem)
            together[numbers] += scores
        np.maximum(best, together * weight, out=best)

    def _changed(self) -> None:
        self._alive = int(self._live.sum())
        average = float(self._lengths[self._live].mean()) if self._alive else 0.0
        self._norms = K1 * (1 - self._b + self._b * self._lengths / (average or 1.0))
        self._of_word = lru_cache(maxsize=_KEPT)(self._word_scores)
        self._short = lru_cache(maxsize=_KEPT)(self._short_list)
        self._spare: list[Scores] = []  # all 0; clearing a few places is cheaper than a new one

    def _short_list(self, word: str) -> list[tuple[int, float]] | None:
        """A word's documents with their scores; None where there are too many for a list."""
        term = self._terms.get(word)
        if term is not None and self._holding[term] > _FEW:
            return None
        numbers, scores = self._of_word(word)
        return list(zip(numbers.tolist(), scores.tolist(), strict=True))

    def _word_scores(self, word: str) -> tuple[_Numbers, Scores]:
        """The documents that hold a word, and their scores."""
        term = self._terms.get(word)
        if term is None:
            return _NONE, np.empty(0)
        numbers, counts = self._list(term)
        weight = idf(self._alive, self._holding[term]) * (K1 + 1)
        return numbers, weight * counts / (counts + self._norms[numbers])

    def _list(self, term: int) -> tuple[_Numbers, Scores]:
        numbers, counts = self._documents[:0], self._counts[:0]
        if term + 1 < len(self._starts):
            part = slice(self._starts[term], self._starts[term + 1])
            numbers, counts = self._documents[part], self._counts[part]
        if later := self._later.get(term):
            numbers = np.concatenate([numbers, np.array([n for n, _ in later], dtype=np.int32)])
            counts = np.concatenate([counts, np.array([c for _, c in later], dtype=np.float32)])
        if self._alive < self.size:
            live = self._live[numbers]
            numbers, counts = numbers[live], counts[live]
        return numbers.astype(np.intp), counts.astype(np.float64)


def _best_first(scored: tuple[int, float]) -> tuple[float, int]:
    return -scored[1], scored[0]


def _reached(total: Scores, touched: Sequence[_Numbers], k: int) -> float:
    """A score above 0 that the k best reach: some documents' k-th best is at most that of all."""
    enough = [numbers for numbers in touched if len(numbers) >= k]
    if not enough:
        return _LEAST
    among = total[min(enough, key=len)]
    return max(float(np.partition(among, len(among) - k)[len(among) - k]), _LEAST)


def _inverted(
    rows: Sequence[Sequence[int]], terms: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Where each term's list begins, the documents of the lists, and the counts beside them."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    owners = np.repeat(np.arange(len(rows), dtype=np.int64), lengths)
    flat = np.fromiter((t for row in rows for t in row), dtype=np.int64, count=int(lengths.sum()))
    keys, counts = np.unique(flat * max(len(rows), 1) + owners, return_counts=True)
    term_of, documents = np.divmod(keys, max(len(rows), 1))
    starts = np.searchsorted(term_of, np.arange(terms + 1))
    return starts, documents.astype(np.int32), counts.astype(np.float32)
