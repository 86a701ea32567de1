"""The HR desk's question bank speaks of sentences that stand in its policies."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from agent.desk import load_desk
from agent.domain.desk import AskedAs, Desk
from retrieval.sentences import split_sentences
from retrieval.text import tokens
from tools.render import TOOL_NAMES

FOLDER = Path(__file__).parents[3] / "desks" / "hr"
LANGUAGES = ("en", "nl")
EXPIRED = {"remote-work-2025"}
MOST_SHARED = 0.6  #: of a question's content words: above it the policy was copied
COVERED = 0.8  #: of a policy's sentences
WAYS = 4  #: to ask for a sentence that is asked for at all


@cache
def _desk() -> Desk:
    return load_desk(FOLDER, known_tools=TOOL_NAMES)


@cache
def _sentences(policy: str, language: str) -> tuple[str, ...]:
    (text,) = (p for p in _desk().policies if (p.id, p.language) == (policy, language))
    body = text.text[text.body_start :]
    found = [body[span.start : span.end] for span in split_sentences(body, language)]
    return tuple(sentence for sentence in found if not sentence.startswith("#"))


def _rows() -> tuple[AskedAs, ...]:
    return _desk().asked


def _answers(row: AskedAs) -> list[str]:
    return [s for s in _sentences(row.policy, row.language) if s.startswith(row.answer)]


def _ids(language: str) -> set[str]:
    return {p.id for p in _desk().policies if p.language == language} - EXPIRED


def _ways(policy: str, language: str) -> Counter[str]:
    """How many questions each asked sentence of a policy has."""
    rows = (row for row in _rows() if (row.policy, row.language) == (policy, language))
    return Counter(sentence for row in rows for sentence in _answers(row))


def test_the_file_has_the_columns_that_the_loader_reads_and_every_row_arrives() -> None:
    with (FOLDER / "questions.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert set(rows[0]) == {"policy", "language", "answer", "question"}
    assert len(rows) == len(_rows())


def test_every_row_names_a_policy_that_still_holds() -> None:
    wrong = [row for row in _rows() if row.policy not in _ids(row.language)]

    assert wrong == []


def test_every_answer_is_the_start_of_exactly_one_sentence() -> None:
    wrong = [row for row in _rows() if len(_answers(row)) != 1]

    assert wrong == []


def test_every_sentence_goes_by_one_beginning_only() -> None:
    names: dict[tuple[str, str], set[str]] = {}
    for row in _rows():
        names.setdefault((row.language, _answers(row)[0]), set()).add(row.answer)

    assert {sentence: said for sentence, said in names.items() if len(said) > 1} == {}


def test_no_question_is_written_twice_for_one_answer() -> None:
    pairs = Counter((row.language, row.question.casefold(), row.answer) for row in _rows())

    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_a_question_is_one_tidy_line() -> None:
    assert [row for row in _rows() if row.question != " ".join(row.question.split())] == []


def test_a_question_is_in_the_employees_words_not_the_policys() -> None:
    shares = {(row.question, row.answer): _share(row) for row in _rows()}

    assert {asked: share for asked, share in shares.items() if share > MOST_SHARED} == {}


def _share(row: AskedAs) -> float:
    """The part of a question's content words that its answer's sentence holds too."""
    asked = set(tokens(row.question, row.language))
    said = {word for s in _answers(row) for word in tokens(s, row.language)}
    return len(asked & said) / len(asked) if asked else 1.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_policy_that_holds_has_questions(language: str) -> None:
    asked = {row.policy for row in _rows() if row.language == language}

    assert asked == _ids(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_sentences_of_every_policy_have_questions(language: str) -> None:
    shares = {
        policy: len(_ways(policy, language)) / len(_sentences(policy, language))
        for policy in _ids(language)
    }

    assert {policy: share for policy, share in shares.items() if share < COVERED} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_is_asked_for_is_asked_for_in_several_ways(language: str) -> None:
    counts = {s: n for policy in _ids(language) for s, n in _ways(policy, language).items()}

    assert {sentence: count for sentence, count in counts.items() if count < WAYS} == {}
