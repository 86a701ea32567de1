"""The word leg for large corpora: the same ranking as rank-bm25's, through every change."""

import numpy as np
import pytest

from retrieval.bm25 import Bm25
from retrieval.postings import Postings
from retrieval.query import Query, Wording, plain

RNG = np.random.default_rng(11)
WORDS = [f"w{n}" for n in range(60)]


def some_documents(count: int) -> list[list[str]]:
    """Of all lengths, with common and rare words, some of them empty."""
    chance = 1 / np.arange(1, len(WORDS) + 1)
    lengths = RNG.integers(0, 30, count)
    return [list(RNG.choice(WORDS, size=n, p=chance / chance.sum())) for n in lengths]


def some_queries() -> list[Query]:
    words = [list(RNG.choice(WORDS, size=4, replace=False)) for _ in range(20)]
    rich = (
        (Wording(("w1",)), Wording(("w7", "w9"), 0.7)),
        (Wording(("w30",), 0.4), Wording(("unknown",))),
        (Wording(("w50",), 0.8),),
    )
    return [*(plain(one) for one in words), rich, (), plain(["unknown"])]


def same(one: Bm25 | Postings, other: Bm25 | Postings) -> None:
    for query in some_queries():
        for k in (1, 10, 1_000):
            found, expected = one.best(query, k), other.best(query, k)
            assert [n for n, _ in found] == [n for n, _ in expected]
            assert [s for _, s in found] == pytest.approx([s for _, s in expected], rel=1e-9)


@pytest.mark.parametrize("count", [1, 2, 50, 3_000])
def test_both_word_legs_rank_alike_with_the_same_scores(count: int) -> None:
    documents = some_documents(count)

    same(Postings(documents), Bm25(documents))


@pytest.mark.parametrize("leg", [Bm25, Postings])
def test_documents_that_came_and_went_leave_no_trace(leg: type[Bm25 | Postings]) -> None:
    documents, extra = some_documents(80), some_documents(40)
    changed = leg(documents)
    changed.add(extra)
    gone = {n: document for n, document in enumerate(documents) if n % 3 == 0}
    changed.remove(gone)

    left = [d if n not in gone else [] for n, d in enumerate(documents)] + extra
    kept = [n for n in range(len(left)) if n not in gone]
    fresh = Bm25([left[n] for n in kept])

    for query in some_queries():
        expected = [(kept[n], score) for n, score in fresh.best(query, 20)]
        found = changed.best(query, 20)
        assert [n for n, _ in found] == [n for n, _ in expected]
        assert [s for _, s in found] == pytest.approx([s for _, s in expected], rel=1e-9)


@pytest.mark.parametrize("leg", [Bm25, Postings])
def test_counts_follow_what_is_there(leg: type[Bm25 | Postings]) -> None:
    one = leg([["a", "b", "a"], ["b"]])
    one.add([["a"]])
    one.remove({0: ["a", "b", "a"]})

    assert (one.count("a"), one.count("b"), one.count("c"), one.size) == (1, 1, 0, 3)


@pytest.mark.parametrize("leg", [Bm25, Postings])
def test_nothing_to_search_finds_nothing(leg: type[Bm25 | Postings]) -> None:
    assert leg([]).best(plain(["a"]), 5) == []
    assert leg([[], []]).best(plain(["a"]), 5) == []
    assert leg([["a"]]).best(plain(["a"]), 0) == []


def test_a_concept_counts_its_best_wording_not_their_sum() -> None:
    leg = Postings([["a", "b"], ["a"], ["c"]])
    both = (Wording(("a",)), Wording(("b",)))

    alone = dict(leg.best(plain(["b"]), 3))[0]

    assert dict(leg.best((both,), 3))[0] == pytest.approx(max(alone, 0.0))
