"""BM25 over ready-made tokens: rank-bm25 with its idf mended."""

import heapq
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi  # pyright: ignore[reportMissingTypeStubs]  # wrapped here only


class _Mended(BM25Okapi):
    """rank-bm25 gives a word that half of the documents hold an idf of 0, rarer ones less.

    With two documents every score is 0. Lucene's idf is positive for every word:
    log(1 + (N - n + 0.5) / (n + 0.5)).
    """

    def _calc_idf(self, nd: Mapping[str, int]) -> None:
        total = self.corpus_size
        self.idf = {word: math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in nd.items()}


class Bm25:
    """Scores documents given as tokens; k1 = 1.5, b = 0.75."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        # rank-bm25 divides by the number of documents and by their average length.
        self._ranker = _Mended(documents) if any(documents) else None
        self._size = len(documents)
        self._of_word = lru_cache(maxsize=10_000)(self._word_scores)

    def scores(self, query: Sequence[str]) -> list[float]:
        """One score a document, 0 where no word of the query stands in it."""
        if self._ranker is None:
            return [0.0] * self._size
        total = np.zeros(self._size)
        for word in query:  # a query's score is the sum of its words'
            total += self._of_word(word)
        return total.tolist()

    def _word_scores(self, word: str) -> NDArray[np.float64]:
        """rank-bm25 goes through all documents for a word; the same words are asked for often."""
        ranker = cast(Any, self._ranker)  # its numpy types are incomplete
        return np.asarray(ranker.get_scores([word]), dtype=float)

    def best(self, query: Sequence[str], k: int) -> list[tuple[int, float]]:
        """The k best documents above 0 with their scores; ties by position."""
        scored = ((i, s) for i, s in enumerate(self.scores(query)) if s > 0)
        return heapq.nsmallest(max(k, 0), scored, key=lambda pair: (-pair[1], pair[0]))
