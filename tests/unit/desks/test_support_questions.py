"""The support desk's question bank speaks of sentences that stand in its policies."""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from retrieval.sentences import split_sentences
from retrieval.text import tokens

DESK = Path(__file__).parents[3] / "desks" / "support"
LANGUAGES = ("en", "fr", "de", "es")
TODAY = date(2026, 11, 25)
MOST_SHARED = 0.6  #: of a question's content words: above it the policy was copied


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    line: int
    policy: str
    language: str
    answer: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    front: dict[str, Any]
    sentences: tuple[str, ...]

    @property
    def is_for_customers(self) -> bool:
        """Whether a customer may be answered from it today."""
        audience = self.front.get("audience") or ["customer"]
        ends = self.front.get("valid_to") or TODAY
        return "customer" in audience and ends >= TODAY


@cache
def _policies() -> dict[tuple[str, str], Text]:
    return {
        (text.front["id"], text.front["language"]): text
        for text in map(_text, sorted((DESK / "policies").rglob("*.md")))
    }


def _text(file: Path) -> Text:
    _, front, body = file.read_text(encoding="utf-8").split("---\n", 2)
    settings = cast(dict[str, Any], yaml.safe_load(front))
    spans = split_sentences(body, settings["language"])
    sentences = [body[span.start : span.end] for span in spans]
    return Text(front=settings, sentences=tuple(s for s in sentences if not s.startswith("#")))


@cache
def _rows() -> tuple[Row, ...]:
    with (DESK / "questions.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(Row(line=n, **row) for n, row in enumerate(csv.DictReader(lines), start=2))


def _answered_by(row: Row) -> list[str]:
    sentences = _policies()[row.policy, row.language].sentences
    return [sentence for sentence in sentences if sentence.startswith(row.answer)]


def _for_customers(language: str) -> dict[str, Text]:
    return {
        policy: text
        for (policy, spoken), text in _policies().items()
        if spoken == language and text.is_for_customers
    }


def test_every_row_names_a_policy_that_a_customer_may_be_answered_from() -> None:
    unknown = [
        (row.line, row.policy, row.language)
        for row in _rows()
        if row.policy not in _for_customers(row.language)
    ]

    assert unknown == []


def test_every_answer_is_the_start_of_exactly_one_sentence() -> None:
    found = {(row.line, row.answer): len(_answered_by(row)) for row in _rows()}

    assert {row: count for row, count in found.items() if count != 1} == {}


def test_no_question_is_written_twice_for_one_answer() -> None:
    pairs = Counter((row.language, row.question.casefold(), row.answer) for row in _rows())

    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_a_question_is_one_tidy_line() -> None:
    untidy = [row.line for row in _rows() if row.question != " ".join(row.question.split())]

    assert untidy == []


def test_a_question_is_in_the_customers_words_not_the_policys() -> None:
    shares = {(row.line, row.question): _share(row) for row in _rows()}

    assert {row: share for row, share in shares.items() if share > MOST_SHARED} == {}


def _share(row: Row) -> float:
    """The part of a question's content words that its answer's sentence holds too."""
    asked = set(tokens(row.question, row.language))
    said = {word for s in _answered_by(row) for word in tokens(s, row.language)}
    return len(asked & said) / len(asked) if asked else 1.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_customer_policy_has_questions(language: str) -> None:
    asked = {row.policy for row in _rows() if row.language == language}

    assert set(_for_customers(language)) - asked == set()


@pytest.mark.parametrize("policy", sorted(_for_customers("en")))
def test_most_sentences_of_an_english_policy_have_questions(policy: str) -> None:
    sentences = _for_customers("en")[policy].sentences
    covered = {
        sentence
        for row in _rows()
        if (row.policy, row.language) == (policy, "en")
        for sentence in _answered_by(row)
    }

    assert len(covered) >= 0.8 * len(sentences)
