"""The examples that ship are our own, and as many as a pooled classifier needs."""

import csv
import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

DESKS = Path(__file__).parents[3] / "desks"
SHARED = Path(os.environ.get("CITEDESK_SHARED_DATA") or Path(__file__).parents[4] / "shared/data")
TICKETS = SHARED / "support-tickets" / "tickets.jsonl"
Gram = tuple[str, ...]


def examples(desk: str) -> list[dict[str, str]]:
    with (DESKS / desk / "examples.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grams(text: str) -> set[Gram]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def test_the_support_desk_learns_from_a_thousand_examples_in_every_language() -> None:
    rows = examples("support")
    by_cell = Counter((row["category"], row["language"]) for row in rows)

    assert len(rows) >= 1_000
    assert min(Counter(row["language"] for row in rows).values()) >= 100
    assert len(by_cell) == 70
    assert min(by_cell.values()) >= 10


def test_the_people_desk_learns_from_three_hundred() -> None:
    by_language = Counter(row["language"] for row in examples("hr"))

    assert by_language["en"] + by_language["nl"] >= 300


@pytest.mark.skipif(not TICKETS.is_file(), reason=f"{TICKETS} is not here")
@pytest.mark.parametrize("desk", ["support", "hr"])
def test_no_example_has_five_words_in_a_row_from_a_shared_ticket(desk: str) -> None:
    shared: set[Gram] = set()
    for line in TICKETS.read_text(encoding="utf-8").splitlines():
        ticket = json.loads(line)
        shared |= grams(f"{ticket['subject']} {ticket['body']}")

    assert [row["text"] for row in examples(desk) if grams(row["text"]) & shared] == []
