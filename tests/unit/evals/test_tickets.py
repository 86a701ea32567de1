"""Labelled tickets read, and a desk's triage measured on them."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.evals.errors import BadCases
from agent.evals.tickets import measure_tickets, read_cases, rows_of
from agent.triage import build_triager
from tests.unit.triage.small import a_desk

pytestmark = pytest.mark.unit

CASE: dict[str, Any] = {
    "lang": "en",
    "subject": "A fine",
    "body": "Why do I have to pay a fine for order 61234? Please call me back about that fine.",
    "category": "fines",
    "needs_human": True,
    "priority": "normal",
    "sentiment": "neutral",
    "entities": {"order_ids": ["61234"], "skus": [], "amounts": []},
}


def a_file(folder: Path, *cases: dict[str, Any] | str) -> Path:
    file = folder / "cases.jsonl"
    lines = (case if isinstance(case, str) else json.dumps(case) for case in cases)
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def measured(folder: Path, *cases: dict[str, Any]) -> dict[str, Any]:
    desk = a_desk()
    return measure_tickets(read_cases(a_file(folder, *cases), desk), desk, build_triager(desk))


def test_every_figure_is_given_over_all_and_by_language(tmp_path: Path) -> None:
    report = measured(tmp_path, CASE)

    for part in (report, report["by_lang"]["en"]):
        assert part["category"]["accuracy"] == 1.0
        assert part["needs_human"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
        assert part["language"]["accuracy"] == 1.0
        assert part["entities"]["order_ids"]["f1"] == 1.0
        assert part["coverage_at_precision_90"] == 1.0
        assert 0 <= part["calibration_error"] <= 1


def test_an_accepted_alternative_counts_as_right(tmp_path: Path) -> None:
    wrong = CASE | {"category": "events"}

    assert measured(tmp_path, wrong)["category"]["accuracy"] == 0.0
    accepted = wrong | {"gold_category_alt": ["fines"]}
    assert measured(tmp_path, accepted)["category"]["accuracy"] == 1.0


def test_an_order_in_the_quoted_mail_counts_as_named(tmp_path: Path) -> None:
    body = "Any news?\n\nOn Fri, 6 Nov 2026 at 08:14, Ann <a@example.com> wrote:\n> order 61234"
    report = measured(tmp_path, CASE | {"subject": "", "body": body})

    assert report["entities"]["order_ids"]["recall"] == 1.0


def test_a_label_that_is_left_out_is_not_measured(tmp_path: Path) -> None:
    report = measured(tmp_path, {k: CASE[k] for k in ("lang", "body", "category")})

    assert report["priority"]["accuracy"] is None
    assert report["needs_human"]["recall"] is None
    assert ("priority.accuracy", "-", "-") in rows_of(report)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: is not JSON"),
        ('{"lang": "en", "body": "x"}', "line 2: field 'category'"),
        ('{"lang": "english", "body": "x", "category": "fines"}', "line 2: field 'lang'"),
        ('{"lang": "en", "body": "x", "category": "tax"}', "line 2: category 'tax'.*known: "),
        ('{"lang": "en", "body": " ", "category": "fines"}', "line 2: the ticket is empty"),
        ('["en"]', "line 2: field 'the line'"),
    ],
)
def test_a_line_that_is_no_case_is_refused_with_its_place(
    tmp_path: Path, line: str, told: str
) -> None:
    with pytest.raises(BadCases, match=told):
        read_cases(a_file(tmp_path, CASE, line), a_desk())


def test_an_error_never_quotes_a_ticket(tmp_path: Path) -> None:
    line = json.dumps(CASE | {"body": ["my secret"]})

    with pytest.raises(BadCases) as refused:
        read_cases(a_file(tmp_path, line), a_desk())

    assert "secret" not in str(refused.value)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCases, match="holds no ticket"):
        read_cases(a_file(tmp_path), a_desk())
