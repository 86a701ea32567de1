"""Runs of letters within words: what words share across endings, typing errors and languages."""

from collections.abc import Iterator
from functools import lru_cache

from retrieval.text import fold, is_stop, words

LENGTHS = (3, 4, 5)


def grams(text: str, language: str) -> list[str]:
    """Every run of `LENGTHS` letters within the content words, word ends marked, repeats kept."""
    return [run for word in words(text) if not is_stop(word, language) for run in runs(word)]


@lru_cache(maxsize=100_000)
def runs(word: str) -> tuple[str, ...]:
    """The runs of one normalised word, without accents."""
    return tuple(_runs(f" {fold(word)} "))


def _runs(padded: str) -> Iterator[str]:
    for length in LENGTHS:
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]
