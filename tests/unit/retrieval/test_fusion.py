"""Rankings become one, and what is picked does not repeat itself."""

from retrieval.fusion import diverse, reciprocal_rank


def pick(texts: list[str], *, k: int = 10, budget: int | None = None) -> list[str]:
    return diverse(texts, words=lambda t: frozenset(t.split()), cost=len, k=k, budget=budget)


def test_what_two_rankings_agree_on_comes_first() -> None:
    assert list(reciprocal_rank([["a", "b", "c"], ["b", "d"]])) == ["b", "a", "d", "c"]


def test_one_ranking_stays_as_it_is() -> None:
    assert list(reciprocal_rank([["c", "a", "b"]])) == ["c", "a", "b"]


def test_a_near_duplicate_of_a_better_one_is_dropped() -> None:
    assert pick(["a b c d e", "e d c b a", "a b x y z"]) == ["a b c d e", "a b x y z"]


def test_a_short_text_is_not_swallowed_by_a_long_one_that_holds_its_words() -> None:
    assert pick(["a b c d e f g h", "a b"]) == ["a b c d e f g h", "a b"]


def test_what_does_not_fit_the_budget_is_passed_over_for_what_does() -> None:
    assert pick(["aaaa", "bbbbbb", "cc"], budget=6) == ["aaaa", "cc"]


def test_the_best_is_taken_whatever_it_costs() -> None:
    assert pick(["aaaa"], budget=1) == ["aaaa"]
    assert pick([], budget=1) == []
    assert pick(["aaaa"], k=0) == []
