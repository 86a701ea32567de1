"""Figures of classification, against values worked out by hand."""

import pytest

from agent.evals.measures import (
    auroc,
    calibration_error,
    coverage_at_precision,
    found,
    macro_f1,
    reliability,
    share,
)

pytestmark = pytest.mark.unit


def test_a_share_of_nothing_is_no_figure() -> None:
    assert share([]) is None
    assert share([True, False, False, True]) == 0.5


def test_precision_and_recall_are_over_all_items() -> None:
    gold = [frozenset({"1", "2"}), frozenset({"3"}), frozenset[str]()]
    said = [frozenset({"1"}), frozenset({"3"}), frozenset({"9", "8"})]

    figures = found(gold, said)

    assert (figures.precision, figures.recall) == (0.5, pytest.approx(2 / 3))
    assert figures.f1 == pytest.approx(4 / 7)


def test_nothing_to_find_and_nothing_found_is_no_figure() -> None:
    figures = found([frozenset()], [frozenset()])

    assert figures.rounded() == {"precision": None, "recall": None, "f1": None}


def test_macro_f1_weighs_each_label_alike() -> None:
    gold = ["a", "a", "a", "b"]

    assert macro_f1(gold, ["a", "a", "a", "a"]) == pytest.approx((6 / 7 + 0) / 2)
    assert macro_f1(gold, gold) == 1.0


def test_answers_as_right_as_they_say_have_no_calibration_error() -> None:
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert calibration_error([0.95] * 2, [True, False]) == pytest.approx(0.45)


def test_full_confidence_falls_into_the_last_bin() -> None:
    (only,) = reliability([1.0, 0.95], [True, True])

    assert (only.count, only.right) == (2, 1.0)


def test_coverage_takes_the_surest_as_long_as_enough_are_right() -> None:
    right = [True, True, False, True]

    assert coverage_at_precision([0.9, 0.8, 0.7, 0.6], right, 0.75) == 1.0
    assert coverage_at_precision([0.9, 0.8, 0.7, 0.6], right, 0.9) == 0.5
    assert coverage_at_precision([0.1], [False], 0.9) == 0.0


def test_cases_of_one_confidence_are_taken_together() -> None:
    assert coverage_at_precision([0.9, 0.5, 0.5], [True, True, False], 0.9) == pytest.approx(1 / 3)


def test_auroc_counts_ties_half() -> None:
    assert auroc([3, 4], [1, 2]) == 1.0
    assert auroc([1, 2], [3, 4]) == 0.0
    assert auroc([1, 1], [1]) == 0.5
    assert auroc([], [1]) is None
