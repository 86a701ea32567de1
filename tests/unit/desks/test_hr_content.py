"""What the HR desk ships holds together: facts, translations, examples and demo tickets."""

import csv
import json
import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.domain.events import TicketMessage

ROOT = Path(__file__).parents[3]
DESK = ROOT / "desks" / "hr"
TABLES = ROOT / "tools" / "demo"
TODAY = date(2026, 11, 25)
NAMES = sorted(path.name for path in (DESK / "policies" / "en").glob("*.md"))
TABLE = tomllib.loads((DESK / "desk.toml").read_text(encoding="utf-8"))
CATEGORIES = [category["id"] for category in TABLE["categories"]]


def policy(language: str, name: str) -> tuple[dict[str, Any], str]:
    """Front matter and body."""
    text = (DESK / "policies" / language / name).read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    return yaml.safe_load(head), body


def sentences(body: str) -> list[str]:
    """The lines of a policy that are no headings: one sentence stands on each."""
    return [line for line in body.splitlines() if line and not line.startswith("#")]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


EMPLOYEES = {row["employee_id"]: row for row in rows(TABLES / "employees.csv")}
TICKETS: list[dict[str, Any]] = [
    json.loads(line) for line in (DESK / "demo.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_every_policy_is_there_in_both_languages() -> None:
    dutch = sorted(path.name for path in (DESK / "policies" / "nl").glob("*.md"))

    assert dutch == NAMES
    assert len(NAMES) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_translation_has_the_same_scope_and_days(name: str) -> None:
    (english, _), (dutch, _) = policy("en", name), policy("nl", name)

    assert (english.pop("language"), dutch.pop("language")) == ("en", "nl")
    assert english.pop("title") != dutch.pop("title")
    assert english == dutch


@pytest.mark.parametrize("name", NAMES)
def test_a_translation_has_the_same_numbers(name: str) -> None:
    english, dutch = (Counter(re.findall(r"\d+", policy(code, name)[1])) for code in ("en", "nl"))

    assert english == dutch


@pytest.mark.parametrize("name", NAMES)
def test_a_translation_has_the_same_numbers_in_each_section(name: str) -> None:
    english, dutch = (
        [Counter(re.findall(r"\d+", part)) for part in re.split(r"(?m)^#+ .*$", body)]
        for _, body in (policy("en", name), policy("nl", name))
    )

    assert english == dutch


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("name", NAMES)
def test_a_sentence_can_be_quoted_alone(language: str, name: str) -> None:
    points_back = re.compile(
        r"(It|This|That|These|Those|They|He|She|Dit|Dat|Deze|Die|Hij|Zij|Ze|Daarvoor|Hiervoor)\b"
    )
    for line in sentences(policy(language, name)[1]):
        assert not points_back.match(line), line
        assert ";" not in line, line
        assert line.endswith("."), line
        assert not re.search(r"[.!?] [A-Z]", line), line


def test_scopes_are_shown_by_country_by_audience_and_by_day() -> None:
    heads = [policy("en", name)[0] for name in NAMES]

    assert any(head.get("countries") == ["DE"] for head in heads)
    assert any(head.get("audience") == ["manager"] for head in heads)
    assert any(head.get("valid_to", TODAY) < TODAY for head in heads)


def test_every_category_that_is_answered_has_a_policy() -> None:
    served = {name for file in NAMES for name in policy("en", file)[0]["categories"]}

    assert set(CATEGORIES) - served == {"other"}


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_has_enough_examples_in_both_languages(category: str) -> None:
    languages = Counter(
        row["language"] for row in rows(DESK / "examples.csv") if row["category"] == category
    )

    assert languages.total() >= 12
    assert languages["en"] >= 5
    assert languages["nl"] >= 5


def test_examples_are_many_and_distinct() -> None:
    texts = [row["text"].casefold() for row in rows(DESK / "examples.csv")]

    assert len(texts) >= 200
    assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_no_demo_ticket_is_an_example_that_the_classifier_learns_from() -> None:
    learnt = {row["text"].casefold() for row in rows(DESK / "examples.csv")}

    assert [t["ticket_id"] for t in TICKETS if t["body"].casefold() in learnt] == []


def test_the_glossary_has_enough_groups_without_repeats_inside_one() -> None:
    groups = tomllib.loads((DESK / "glossary.toml").read_text(encoding="utf-8"))["groups"]

    assert len(groups) >= 50
    for group in groups:
        assert len({word.casefold() for word in group}) == len(group) >= 2, group


@pytest.mark.parametrize(
    "ticket", TICKETS, ids=[f"{t['ticket_id']}.{t.get('message_no', 0)}" for t in TICKETS]
)
def test_a_demo_ticket_keeps_the_contract_and_comes_from_an_employee(
    ticket: dict[str, Any],
) -> None:
    message = TicketMessage.model_validate(ticket)

    employee = EMPLOYEES[message.requester.id]
    assert message.desk == "hr"
    assert message.sent_at is None
    assert message.requester.name == employee["name"]
    assert message.requester.country == employee["country"]
    assert message.requester.audience in {"employee", "manager"}
    assert set(ticket) - {"demo"} <= set(TicketMessage.model_fields)
    assert ticket["demo"]["note"]


def test_who_writes_as_a_manager_is_one() -> None:
    managers = {row["manager_id"] for row in EMPLOYEES.values()}
    writing = {t["requester"]["id"] for t in TICKETS if t["requester"]["audience"] == "manager"}

    assert writing
    assert writing <= managers


def test_demo_ticket_ids_repeat_only_within_a_conversation() -> None:
    keys = Counter((t["ticket_id"], t.get("message_no")) for t in TICKETS)

    assert len(TICKETS) >= 20
    assert max(keys.values()) == 1


def test_every_employee_has_a_manager_who_is_employed() -> None:
    assert list(EMPLOYEES) == [f"E-{number}" for number in range(2001, 2031)]
    assert {row["manager_id"] for row in EMPLOYEES.values()} - {""} <= set(EMPLOYEES)
    assert [row["employee_id"] for row in EMPLOYEES.values() if not row["manager_id"]] == ["E-2001"]


def test_annual_leave_follows_from_hours_and_start_as_the_policy_says() -> None:
    annual = {
        row["employee_id"]: float(row["entitled_days"])
        for row in rows(TABLES / "leave_balances.csv")
        if row["kind"] == "annual" and row["year"] == str(TODAY.year)
    }

    assert set(annual) == set(EMPLOYEES)
    for employee_id, days in annual.items():
        employee = EMPLOYEES[employee_id]
        started = date.fromisoformat(employee["start_date"])
        first = started.month + (started.day > 1) if started.year == TODAY.year else 1
        full_time = 2.25 * (13 - first)
        assert days == pytest.approx(full_time * int(employee["contract_hours"]) / 40)


def test_nobody_has_spent_more_leave_than_they_have() -> None:
    for row in rows(TABLES / "leave_balances.csv"):
        spent = float(row["taken_days"]) + float(row["planned_days"])
        assert 0 <= spent <= float(row["entitled_days"]), row


def test_leave_carried_over_keeps_to_the_policy() -> None:
    carried = [r for r in rows(TABLES / "leave_balances.csv") if r["kind"] == "carried_over"]

    assert {row["expires_on"] for row in carried} == {"2026-07-01", "2026-12-31"}
    assert all(float(row["entitled_days"]) <= 5 for row in carried)
