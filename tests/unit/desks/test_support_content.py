"""The support desk's files agree with each other and with the demo's tables."""

import csv
import json
import re
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from agent.domain.desk import FRAMES
from agent.domain.events import TicketMessage

ROOT = Path(__file__).parents[3]
DESK = ROOT / "desks" / "support"
TABLES = ROOT / "tools" / "demo"
TODAY = date(2026, 11, 25)
SETTINGS: dict[str, Any] = tomllib.loads((DESK / "desk.toml").read_text(encoding="utf-8"))
CATEGORIES = [category["id"] for category in SETTINGS["categories"]]
POLICY_FILES = sorted((DESK / "policies").rglob("*.md"))
KEYS = {"id", "title", "language", "countries", "audience", "categories", "valid_from", "valid_to"}


def _front_and_body(file: Path) -> tuple[dict[str, Any], str]:
    text = file.read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    return cast(dict[str, Any], yaml.safe_load(front)), body


def _numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+", text))


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _examples() -> list[dict[str, str]]:
    with (DESK / "examples.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _demo() -> list[dict[str, Any]]:
    lines = (DESK / "demo.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _tickets() -> list[dict[str, Any]]:
    return [line for line in _demo() if "raw" not in line.get("demo", {})]


def _note(ticket: dict[str, Any]) -> str:
    return cast(str, ticket.get("demo", {}).get("note", ""))


def _named_orders(ticket: dict[str, Any]) -> set[str]:
    text = f"{ticket.get('subject', '')} {ticket.get('body', '')}"
    return set(re.findall(r"\b61\d{3}\b", text))


POLICIES = {file: _front_and_body(file) for file in POLICY_FILES}


@pytest.mark.parametrize("file", POLICY_FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_policy_says_what_it_is_and_whom_it_serves(file: Path) -> None:
    front, body = POLICIES[file]

    assert set(front) <= KEYS
    assert front["id"] == file.stem
    assert front["language"] == file.parent.name
    assert set(front.get("categories", CATEGORIES)) <= set(CATEGORIES)
    assert body.lstrip().startswith(f"# {front['title']}\n")
    assert re.search(r"^## ", body, re.MULTILINE)


def test_translations_of_a_policy_state_the_same_numbers_and_scope() -> None:
    english = {
        front["id"]: (front, body) for front, body in POLICIES.values() if front["language"] == "en"
    }

    for file, (front, body) in POLICIES.items():
        original, text = english[front["id"]]
        assert _numbers(body) == _numbers(text), file
        assert body.count("\n## ") == text.count("\n## "), file
        same = ("countries", "audience", "categories", "valid_from", "valid_to")
        assert [front.get(key) for key in same] == [original.get(key) for key in same], file


def test_every_answered_language_can_answer_from_nine_policies_at_least() -> None:
    held = Counter(
        front["language"]
        for front, _ in POLICIES.values()
        if "countries" not in front and "audience" not in front and _holds(front)
    )

    assert {language: held[language] >= 9 for language in SETTINGS["languages"]} == dict.fromkeys(
        SETTINGS["languages"], True
    )


def _holds(front: dict[str, Any]) -> bool:
    return front.get("valid_from", TODAY) <= TODAY <= front.get("valid_to", TODAY)


def test_there_is_an_expired_a_country_scoped_and_an_internal_policy() -> None:
    fronts = [front for front, _ in POLICIES.values()]

    assert any(front.get("valid_to", TODAY) < TODAY for front in fronts)
    assert len({front["id"] for front in fronts if "countries" in front}) >= 2
    assert any(front.get("audience") == ["employee"] for front in fronts)


@pytest.mark.parametrize("language", SETTINGS["understands"])
def test_a_voice_has_every_frame_and_no_number(language: str) -> None:
    voice = SETTINGS["voice"][language]

    assert set(voice) == set(FRAMES)
    assert "{name}" in voice["greeting_name"]
    assert not any(re.search(r"\d", frame) for frame in voice.values())


def test_rules_speak_every_language_the_desk_understands() -> None:
    for rule in SETTINGS["rules"]:
        assert set(rule["words"]) == set(SETTINGS["understands"]), rule["id"]
        for phrase in (p for phrases in rule["words"].values() for p in phrases):
            assert phrase == phrase.lower().strip(), phrase
            assert "*" not in phrase[:-1], phrase


def test_every_category_has_twenty_examples_and_every_language_its_share() -> None:
    examples = _examples()
    by_category = Counter(row["category"] for row in examples)
    by_language = Counter(row["language"] for row in examples)

    assert set(by_category) == set(CATEGORIES)
    assert min(by_category.values()) >= 20
    assert set(by_language) == set(SETTINGS["understands"])
    assert len(examples) >= 350
    assert len({row["text"].casefold().strip() for row in examples}) == len(examples)


def test_a_glossary_group_has_distinct_words_and_there_are_sixty() -> None:
    groups = tomllib.loads((DESK / "glossary.toml").read_text(encoding="utf-8"))["groups"]

    assert len(groups) >= 60
    for group in groups:
        assert len(group) >= 2
        assert len({word.casefold() for word in group}) == len(group), group


def test_the_tables_refer_to_each_other() -> None:
    customers = {row["customer_id"]: row for row in _rows("customers.csv")}
    orders = {row["order_id"]: row for row in _rows("orders.csv")}

    assert all(row["customer_id"] in customers for row in orders.values())
    assert all(
        row["country"] == customers[row["customer_id"]]["country"] for row in orders.values()
    )
    for table in ("order_items.csv", "shipments.csv", "refunds.csv"):
        assert all(row["order_id"] in orders for row in _rows(table)), table


_ORDER_STATUS = {
    "label_created": {"packed"},
    "in_transit": {"shipped"},
    "out_for_delivery": {"shipped"},
    "at_pickup_point": {"shipped"},
    "lost": {"shipped"},
    "delivered": {"delivered", "returned"},
}


def test_an_orders_dates_come_in_order_and_its_shipment_fits_its_status() -> None:
    orders = {row["order_id"]: row for row in _rows("orders.csv")}
    shipments = {row["order_id"]: row for row in _rows("shipments.csv")}

    for number, order in orders.items():
        shipment = shipments.get(number)
        if shipment is None:
            assert order["status"] in {"placed", "packed", "cancelled"}, number
            continue
        assert order["status"] in _ORDER_STATUS[shipment["status"]], number
        days = ["placed_on", "shipped_on", "delivered_on"]
        known = [day for name in days if (day := (order | shipment)[name])]
        assert known == sorted(known), number
        assert (shipment["status"] == "delivered") == bool(shipment["delivered_on"]), number
        assert (shipment["status"] == "label_created") == (not shipment["shipped_on"]), number


def test_demo_tickets_keep_the_contract() -> None:
    for line in _tickets():
        ticket = TicketMessage.model_validate(line)
        assert ticket.desk == "support"


def test_a_verified_requester_of_the_demo_asks_for_orders_of_their_own() -> None:
    owners = {row["order_id"]: row["customer_id"] for row in _rows("orders.csv")}
    customers = {row["customer_id"]: row for row in _rows("customers.csv")}

    for ticket in _tickets():
        requester = ticket["requester"]
        if requester["assurance"] != "verified" or "attack" in _note(ticket):
            continue
        assert requester["id"] in customers, ticket["ticket_id"]
        assert requester["country"] == customers[requester["id"]]["country"], ticket["ticket_id"]
        for order in _named_orders(ticket):
            assert owners.get(order) == requester["id"], (ticket["ticket_id"], order)


def test_the_demo_shows_what_it_is_for() -> None:
    lines = _demo()
    notes = Counter(word for line in lines for word in re.findall(r"[a-z-]+", _note(line)))
    languages = {t["requester"].get("locale", "")[:2] for t in _tickets()}

    assert len(lines) >= 48
    assert len(languages) >= 6
    assert notes["tool-fact"] >= 16
    assert notes["two-questions"] >= 7
    assert notes["attack"] >= 2
    assert notes["needs-human"] >= 3
    assert sum("raw" in line.get("demo", {}) for line in lines) == 3
    assert any(t.get("message_no") == 2 for t in _tickets())
    assert {"text/html", "message/rfc822"} <= {t.get("content_type", "") for t in _tickets()}
    assert any(t["requester"]["assurance"] == "claimed" for t in _tickets())
