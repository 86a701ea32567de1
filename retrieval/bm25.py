"""The word leg: BM25 over ready-made tokens, as rank-bm25 computes it, with its idf mended."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi  # pyright: ignore[reportMissingTypeStubs]  # wrapped here only

from retrieval.query import Concept, Query, Wording

Scores = NDArray[np.float64]

#: Term saturation and length normalisation, rank-bm25's own defaults.
K1, B = 1.5, 0.75


class WordLeg(Protocol):
    """What both implementations promise: equal scores for equal tokens, ties by position."""

    @property
    def size(self) -> int:
        """How many numbers were given to documents, those of removed ones among them."""
        ...

    def best(self, query: Query, k: int) -> list[tuple[int, float]]:
        """The numbers of the k best documents above 0, with their scores; ties by number."""
        ...

    def count(self, stem: str) -> int:
        """How many documents hold a stem."""
        ...

    def add(self, documents: Sequence[Sequence[str]]) -> None:
        """Documents with the next numbers."""
        ...

    def remove(self, documents: Mapping[int, Sequence[str]]) -> None:
        """Documents by number, with the tokens they were added with; numbers stay taken."""
        ...


def idf(documents: int, holding: int) -> float:
    """Lucene's: positive for every word, log(1 + (N - n + 0.5) / (n + 0.5))."""
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


class _Mended(BM25Okapi):
    """rank-bm25 gives a word that half of the documents hold an idf of 0, rarer ones less.

    With two documents every score is 0.
    """

    def _calc_idf(self, nd: Mapping[str, int]) -> None:
        self.idf = {word: idf(self.corpus_size, n) for word, n in nd.items()}
        self.holding = dict(nd)


class Bm25:
    """Scores documents given as tokens; made anew at every change, which small corpora afford."""

    def __init__(self, documents: Sequence[Sequence[str]], *, b: float = B) -> None:
        self._b = b
        self._documents = [list(document) for document in documents]
        self._gone: set[int] = set()
        self._rank()

    @property
    def size(self) -> int:
        return len(self._documents)

    def add(self, documents: Sequence[Sequence[str]]) -> None:
        self._documents += [list(document) for document in documents]
        self._rank()

    def remove(self, documents: Mapping[int, Sequence[str]]) -> None:
        self._gone.update(documents)
        for number in documents:
            self._documents[number] = []
        self._rank()

    def count(self, stem: str) -> int:
        return 0 if self._ranker is None else self._ranker.holding.get(stem, 0)

    def scores(self, query: Query) -> Scores:
        """One score a document, 0 where no word of the query stands in it."""
        total = np.zeros(self.size)
        for concept in query:
            total += self._of_concept(concept)
        return total

    def best(self, query: Query, k: int) -> list[tuple[int, float]]:
        scores = self.scores(query)
        order = np.lexsort((np.arange(self.size), -scores))[: max(k, 0)]
        return [(int(i), float(scores[i])) for i in order if scores[i] > 0]

    def _rank(self) -> None:
        live = [d for n, d in enumerate(self._documents) if n not in self._gone]
        self._places = np.array(
            [n for n in range(len(self._documents)) if n not in self._gone], dtype=np.int64
        )
        # rank-bm25 divides by the number of documents and by their average length.
        self._ranker = _Mended(live, k1=K1, b=self._b) if any(live) else None
        # The same words are asked for often; the arrays are never written to again.
        self._of_word = lru_cache(maxsize=10_000)(self._word_scores)
        self._of_concept = lru_cache(maxsize=10_000)(self._concept_scores)

    def _concept_scores(self, concept: Concept) -> Scores:
        scores = np.zeros(self.size)
        for wording in concept:
            if any(map(self.count, wording.stems)):  # most of what a word may be called is nowhere
                np.maximum(scores, self._wording(wording), out=scores)
        return scores

    def _wording(self, wording: Wording) -> Scores:
        scores = sum((self._of_word(stem) for stem in wording.stems), np.zeros(self.size))
        return scores * (wording.weight * share(wording))

    def _word_scores(self, word: str) -> Scores:
        """rank-bm25 goes through all documents for a word."""
        scores = np.zeros(self.size)
        if self._ranker is not None:
            ranker = cast(Any, self._ranker)  # its numpy types are incomplete
            scores[self._places] = ranker.get_scores([word])
        return scores


def share(wording: Wording) -> float:
    """A phrase weighs more than one word, and less than as many words that were asked for."""
    return 1 / math.sqrt(len(wording.stems)) if wording.stems else 0.0
