"""The held-out tickets are fair: each has its answer where it says so."""

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from agent.domain.events import TicketMessage
from tools.base import Scope
from tools.demo_backend import demo_registry
from tools.errors import ToolFailed
from tools.registry import Registry

ROOT = Path(__file__).parents[3]
DESKS = ROOT / "desks"
HELD_OUT = ROOT / "tests" / "data" / "heldout.jsonl"
TODAY = date(2026, 11, 25)
KEYS = {"event", "answerable", "expects", "route", "from", "kind", "why", "language", "note"}
UNITS = {"days", "dagen"}
AUDIENCES = {"support": {"customer"}, "hr": {"employee", "manager"}}
LEAVE_ANSWERS = ("remaining_days", "expires_on")  #: not what was taken or planned
KINDS = {"policy": 60, "tool": 30, "two": 10, "none": 20}
LANGUAGES = {
    ("support", "en"): 26,
    ("support", "fr"): 16,
    ("support", "de"): 16,
    ("support", "es"): 14,
    ("support", "it"): 4,
    ("support", "pl"): 4,
    ("hr", "en"): 22,
    ("hr", "nl"): 18,
}
Row = dict[str, Any]

LINES = HELD_OUT.read_text(encoding="utf-8").splitlines()
ROWS: list[Row] = [json.loads(line) for line in LINES]
ANSWERABLE = [row for row in ROWS if row["answerable"]]
UNANSWERABLE = [row for row in ROWS if not row["answerable"]]
WHY = {"near miss", "expired", "claimed", "another's", "injection"}
ANSWERED_IN = {
    desk: set(tomllib.loads((DESKS / desk / "desk.toml").read_text(encoding="utf-8"))["languages"])
    for desk in ("support", "hr")
}


def _id(row: Row) -> str:
    return cast(str, row["event"]["ticket_id"])


def _sources(row: Row) -> list[str]:
    found = row["from"]
    return cast(list[str], found if isinstance(found, list) else [found])


def _is_answered(row: Row) -> bool:
    """Whether the desk writes in the ticket's language, so that a reply can hold the facts."""
    return row["language"] in ANSWERED_IN[row["event"]["desk"]]


def _policy(row: Row, source: str) -> tuple[Row, str]:
    text = (DESKS / row["event"]["desk"] / source).read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    return cast(Row, yaml.safe_load(front)), body.casefold()


def _orders(row: Row) -> list[str]:
    return re.findall(r"\b61\d{3}\b", f"{row['event'].get('subject', '')} {row['event']['body']}")


def _with(rows: list[Row], prefix: str) -> list[Row]:
    return [row for row in rows if any(source.startswith(prefix) for source in _sources(row))]


async def _data(registry: Registry, row: Row, source: str) -> Row:
    """What the ticket's own requester is told by the tool."""
    event = row["event"]
    who = event["requester"]
    scope = Scope(requester=who["id"], verified=who["assurance"] == "verified", desk=event["desk"])
    name = source.removeprefix("tool:")
    arguments = {} if name == "leave_balance" else {"order_id": _orders(row)[0]}
    data = dict((await registry.call(name, arguments, scope)).data)
    if name == "leave_balance":
        return {key: value for key, value in data.items() if key.endswith(LEAVE_ANSWERS)}
    return data


def _words(text: str) -> set[str]:
    """Numbers, dates and words, so that 6 is not found in 21.6."""
    return set(re.findall(r"\d[\d.,-]*\d|\w+", text.casefold()))


async def _held(registry: Registry, row: Row, source: str) -> list[bool]:
    """Of each group of expected facts, whether the source holds one of its forms."""
    groups = cast(list[list[str]], row["expects"])
    if source.startswith("policies/"):
        _, text = _policy(row, source)
        return [any(option.casefold() in text for option in group) for group in groups]
    values = (await _data(registry, row, source)).values()
    words = UNITS.union(*(_words(str(value)) for value in values if value is not None))
    return [any(_words(option) <= words for option in group) for group in groups]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return demo_registry(tmp_path_factory.mktemp("demo") / "demo.sqlite", today=lambda: TODAY)


def test_the_set_holds_as_many_tickets_of_each_language_and_kind_as_agreed() -> None:
    assert Counter((row["event"]["desk"], row["language"]) for row in ROWS) == LANGUAGES
    assert Counter(row["kind"] for row in ROWS) == KINDS


def test_no_two_tickets_share_an_id_or_a_text() -> None:
    assert len({_id(row) for row in ROWS}) == len(ROWS)
    assert len({row["event"]["body"] for row in ROWS}) == len(ROWS)


def test_each_ticket_is_an_event_that_intake_accepts() -> None:
    for row in ROWS:
        message = TicketMessage.model_validate(row["event"])

        assert set(row) == KEYS, _id(row)
        assert row["note"], _id(row)
        assert set(row["event"]) <= set(TicketMessage.model_fields) - {"sent_at"}, _id(row)
        assert str(message.requester.locale).startswith(row["language"]), _id(row)
        assert message.requester.audience in AUDIENCES[message.desk], _id(row)


def test_what_nothing_answers_expects_no_fact_and_goes_to_a_person() -> None:
    for row in UNANSWERABLE:
        plan = (row["kind"], row["route"], row["expects"], row["from"])
        assert plan == ("none", "review", [], ""), _id(row)
        assert row["why"] in WHY, _id(row)


def test_what_is_answerable_says_where_its_answer_stands() -> None:
    for row in ANSWERABLE:
        sources = _sources(row)
        kinds = {"tool" if source.startswith("tool:") else "policy" for source in sources}

        assert len(sources) == (2 if row["kind"] == "two" else 1), _id(row)
        assert row["kind"] == "two" or kinds == {row["kind"]}, _id(row)
        assert row["why"] == "", _id(row)


def test_what_is_answerable_is_ready_with_its_facts_where_the_desk_writes_the_language() -> None:
    for row in ANSWERABLE:
        if _is_answered(row):
            assert row["route"] in {"ready", "any"}, _id(row)
            assert len(row["expects"]) >= len(_sources(row)), _id(row)
            assert all(group and all(group) for group in row["expects"]), _id(row)
        else:
            assert (row["route"], row["expects"]) == ("review", []), _id(row)


def test_a_policy_that_answers_a_ticket_applies_to_its_requester_today() -> None:
    for row in _with(ANSWERABLE, "policies/"):
        who = row["event"]["requester"]
        audience = who.get("audience", "customer")
        for source in (source for source in _sources(row) if source.startswith("policies/")):
            front, _ = _policy(row, source)

            assert front["language"] == (row["language"] if _is_answered(row) else "en"), _id(row)
            assert who["country"] in front.get("countries", [who["country"]]), _id(row)
            assert audience in front.get("audience", [audience]), _id(row)
            assert front.get("valid_from", TODAY) <= TODAY, _id(row)
            assert front.get("valid_to", TODAY) >= TODAY, _id(row)


@pytest.mark.parametrize("row", [r for r in ANSWERABLE if r["kind"] == "policy"], ids=_id)
async def test_each_expected_fact_of_a_policy_ticket_stands_in_that_policy(
    row: Row, registry: Registry
) -> None:
    assert all(await _held(registry, row, row["from"]))


@pytest.mark.parametrize("row", _with(ANSWERABLE, "tool:"), ids=_id)
async def test_a_tool_tells_the_tickets_own_requester(row: Row, registry: Registry) -> None:
    source = _sources(row)[0]

    assert source == "tool:leave_balance" or len(set(_orders(row))) == 1
    assert await _data(registry, row, source)


@pytest.mark.parametrize("row", [r for r in ANSWERABLE if r["kind"] == "tool"], ids=_id)
async def test_each_expected_fact_of_a_tool_ticket_is_a_value_of_the_look_up(
    row: Row, registry: Registry
) -> None:
    assert all(await _held(registry, row, row["from"]))


@pytest.mark.parametrize("row", [r for r in ANSWERABLE if r["kind"] == "two"], ids=_id)
async def test_each_of_two_questions_has_its_fact_in_its_own_source(
    row: Row, registry: Registry
) -> None:
    first, second = [await _held(registry, row, source) for source in _sources(row)]

    assert first[0]
    assert second[-1]
    assert all(a or b for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("row", [r for r in UNANSWERABLE if r["why"] == "claimed"], ids=_id)
async def test_no_look_up_answers_who_is_not_verified(row: Row, registry: Registry) -> None:
    with pytest.raises(ToolFailed, match="sign in"):
        await _data(registry, row, "tool:order" if _orders(row) else "tool:leave_balance")


@pytest.mark.parametrize(
    "row", [r for r in UNANSWERABLE if r["why"] == "another's" and _orders(r)], ids=_id
)
async def test_no_look_up_tells_of_an_order_that_is_not_the_requesters(
    row: Row, registry: Registry
) -> None:
    with pytest.raises(ToolFailed, match="has no order"):
        await _data(registry, row, "tool:order")


def _learnt_from() -> Iterator[str]:
    """Every text that the desks' files, the demo or the tuning sets hold."""
    for file in DESKS.glob("*/examples.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            yield from (line["text"] for line in csv.DictReader(lines))
    others = [file for file in HELD_OUT.parent.glob("*.jsonl") if file != HELD_OUT]
    for file in [*DESKS.glob("*/demo.jsonl"), *others]:
        for line in file.read_text(encoding="utf-8").splitlines():
            yield str(json.loads(line).get("body", ""))


def test_no_held_out_ticket_is_a_text_that_the_desks_learn_from_or_show() -> None:
    def plain(text: str) -> str:
        return " ".join(re.findall(r"\w+", text.casefold()))

    learnt = {plain(text) for text in _learnt_from()} - {""}

    assert learnt
    assert not learnt & {plain(row["event"]["body"]) for row in ROWS}
