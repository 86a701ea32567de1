"""The word leg for large corpora: the same BM25 from inverted lists that can be added to.

Of the libraries measured (`python -m bench.retrieval`), tantivy is the fastest but keeps a
document's length in one byte, so that its ranking is another one; bm25s computes every score
beforehand, so that one new document means a new index. Here a list holds counts, and a score is
computed when a word is first asked for after a change.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from retrieval.bm25 import K1, B, idf, share
from retrieval.maxscore import Numbers, Scored, Scores, best, scored
from retrieval.query import Concept, Query, Wording

_NONE: Numbers = np.empty(0, dtype=np.intp)
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
        return best([self._listed(concept) for concept in query], k, self.size)

    def _listed(self, concept: Concept) -> Scored:
        if len(concept) == 1 and len(concept[0].stems) == 1 and concept[0].weight == 1.0:
            return self._of_word(concept[0].stems[0])
        return self._of_concept(concept)

    def _of_stem(self, stem: str) -> Scored:
        return scored(*self._word_scores(stem))

    def _of_wordings(self, concept: Concept) -> Scored:
        """Each document with the score of the wording that gives it the most."""
        found = [self._of_wording(wording) for wording in concept]
        numbers = np.concatenate([_NONE, *(numbers for numbers, _ in found)])
        scores = np.concatenate([np.empty(0), *(scores for _, scores in found)])
        return scored(*_merged(numbers, scores, np.maximum))

    def _of_wording(self, wording: Wording) -> tuple[Numbers, Scores]:
        found = [self._of_word(stem) for stem in wording.stems]
        weight = wording.weight * share(wording)
        if len(found) == 1:
            return found[0].numbers, found[0].scores * weight
        numbers = np.concatenate([_NONE, *(one.numbers for one in found)])
        scores = np.concatenate([np.empty(0), *(one.scores for one in found)])
        numbers, scores = _merged(numbers, scores, np.add)
        return numbers, scores * weight

    def _changed(self) -> None:
        self._alive = int(self._live.sum())
        average = float(self._lengths[self._live].mean()) if self._alive else 0.0
        self._norms = K1 * (1 - self._b + self._b * self._lengths / (average or 1.0))
        self._of_word = lru_cache(maxsize=_KEPT)(self._of_stem)
        self._of_concept = lru_cache(maxsize=_KEPT)(self._of_wordings)

    def _word_scores(self, word: str) -> tuple[Numbers, Scores]:
        """The documents that hold a word, and their scores."""
        term = self._terms.get(word)
        if term is None:
            return _NONE, np.empty(0)
        numbers, counts = self._list(term)
        weight = idf(self._alive, self._holding[term]) * (K1 + 1)
        return numbers, weight * counts / (counts + self._norms[numbers])

    def _list(self, term: int) -> tuple[Numbers, Scores]:
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


def _merged(numbers: Numbers, scores: Scores, how: np.ufunc) -> tuple[Numbers, Scores]:
    """Each number once, ascending, with its scores put together."""
    if not len(numbers):
        return numbers, scores
    order = np.argsort(numbers, kind="stable")
    numbers, scores = numbers[order], scores[order]
    first = np.flatnonzero(np.diff(numbers, prepend=-1))
    return numbers[first], how.reduceat(scores, first)


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
