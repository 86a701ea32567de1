"""A model's category beside the classifier's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.model.combine import (
    ASSUMED,
    Calibration,
    Case,
    Said,
    combined,
    fitted,
    log_loss,
)
from agent.pipeline.model.schema import Sure

NAMES = ("returns", "delivery", "other")


def says(category: str, or_else: str = "other", sure: Sure = Sure.CERTAIN) -> Said:
    return Said(category=category, or_else=or_else, sure=sure)


def ranked(**chances: float) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(chances.items(), key=lambda one: -one[1]))


@given(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from(Sure),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_all_categories_are_ranked_and_add_up_to_one(
    category: str, or_else: str, sure: Sure, free: list[float]
) -> None:
    said = Said(category=category, or_else=or_else, sure=sure)

    found = combined(tuple(zip(NAMES, free, strict=True)), said, NAMES, ASSUMED)

    assert {name for name, _ in found} == set(NAMES)
    assert sum(chance for _, chance in found) == pytest.approx(1)
    assert [c for _, c in found] == sorted((c for _, c in found), reverse=True)


def test_where_both_agree_the_category_is_surer_than_either() -> None:
    free = ranked(returns=0.6, delivery=0.3, other=0.1)
    calibration = Calibration(right=dict.fromkeys(Sure, 0.6), model=1.0, free=1.0)

    assert combined(free, says("returns"), NAMES, calibration)[0][1] > 0.6


def test_a_guess_does_not_beat_a_sure_classifier() -> None:
    free = ranked(returns=0.97, delivery=0.02, other=0.01)

    assert combined(free, says("delivery", sure=Sure.GUESS), NAMES, ASSUMED)[0][0] == "returns"


def test_a_certain_model_beats_a_classifier_that_is_not() -> None:
    free = ranked(returns=0.4, delivery=0.35, other=0.25)

    assert combined(free, says("delivery"), NAMES, ASSUMED)[0][0] == "delivery"


def test_without_a_classifier_the_model_decides() -> None:
    assert combined((), says("delivery"), NAMES, ASSUMED)[0][0] == "delivery"


def test_a_desk_with_one_category_has_one_answer() -> None:
    assert combined((), says("other"), ["other"], ASSUMED) == (("other", 1.0),)


def cases(model_right: float, free_right: float) -> list[Case]:
    """A hundred labelled tickets, each side right on its own share of them."""
    made: list[Case] = []
    for n in range(100):
        truth, wrong = NAMES[n % 3], NAMES[(n + 1) % 3]
        model = truth if (n * 37) % 100 < model_right * 100 else wrong
        free = truth if (n * 61) % 100 < free_right * 100 else wrong
        chances = dict.fromkeys(NAMES, 0.1) | {free: 0.8}
        made.append(Case(free=ranked(**chances), said=says(model), truth=truth))
    return made


def test_a_model_that_is_always_right_is_all_that_counts() -> None:
    fit = fitted(cases(1.0, 0.4), NAMES)

    assert fit.model > fit.free


def test_a_model_that_is_never_right_counts_for_nothing() -> None:
    fit = fitted(cases(0.0, 0.9), NAMES)

    assert fit.right[Sure.CERTAIN] < 0.1
    known = cases(0.0, 0.9)
    found = [combined(c.free, c.said, NAMES, fit)[0][0] == c.truth for c in known]
    assert sum(found) >= 90


def test_two_sides_that_err_apart_are_better_together() -> None:
    known = cases(0.8, 0.8)
    fit = fitted(known, NAMES)
    alone = [Calibration(right=fit.right, model=m, free=f) for m, f in ((1.0, 0.0), (0.0, 1.0))]

    assert fit.model > 0
    assert fit.free > 0
    assert all(log_loss(known, NAMES, fit) < log_loss(known, NAMES, one) for one in alone)


def test_a_level_without_cases_keeps_its_assumed_share() -> None:
    assert fitted(cases(1.0, 0.5), NAMES).right[Sure.GUESS] == ASSUMED.right[Sure.GUESS]
