"""The best sums over scored lists: what a plain sum over all of them would rank first."""

import numpy as np
import pytest

from retrieval.maxscore import Scored, best, scored

RNG = np.random.default_rng(5)
SIZE = 60_000


def a_list(count: int, most: float) -> Scored:
    numbers = np.sort(RNG.choice(SIZE, size=count, replace=False)).astype(np.intp)
    return scored(numbers, RNG.integers(1, 9, size=count) / 8 * most)


def summed(lists: list[Scored], k: int) -> list[tuple[int, float]]:
    total = np.zeros(SIZE)
    for one in lists:
        total[one.numbers] += one.scores
    order = np.lexsort((np.arange(SIZE), -total))[:k]
    return [(int(n), float(total[n])) for n in order if total[n] > 0]


@pytest.mark.parametrize(
    "counts",
    [
        [3],
        [1, 4, 200],
        [5, 80, 30_000],
        [40_000, 50_000, 3],
        [30_000, 40_000, 50_000],
        [2_000, 25_000, 25_000, 55_000],
        [0, 0, 12],
        [500, 30_000, 0],
    ],
)
@pytest.mark.parametrize("k", [1, 10, 500])
def test_the_best_are_those_of_the_plain_sum(counts: list[int], k: int) -> None:
    lists = [a_list(count, 1_000 / (count + 100)) for count in counts]

    found, expected = best(lists, k, SIZE), summed(lists, k)

    assert [n for n, _ in found] == [n for n, _ in expected]
    assert [s for _, s in found] == pytest.approx([s for _, s in expected])


def test_no_list_and_empty_lists_find_nothing() -> None:
    assert best([], 5, SIZE) == []
    assert best([a_list(0, 1.0)], 5, SIZE) == []


def test_equal_sums_keep_the_order_of_their_numbers() -> None:
    one = scored(np.array([7, 9, 11], dtype=np.intp), np.array([1.0, 1.0, 1.0]))

    assert best([one], 2, 20) == [(7, 1.0), (9, 1.0)]
