"""Handbook questions: spans are checked, gold is found by its place, near misses are declined."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from agent.evals.errors import BadCases, EvalError
from agent.evals.handbooks import read_handbooks
from agent.evals.questions import measure_questions, options_of, read_questions

LEAVE = """---
title: Time away
---
## Carrying over

You may carry over five days of vacation into the next year.

## Sickness

Report sick before nine in the morning.
"""
OTHERS = {f"topic-{n}.md": f"# Topic {n}\n\nAbout thing{n} and place{n}.\n" for n in range(12)}
QUOTE = "You may carry over five days of vacation into the next year."


def a_line(**changes: Any) -> dict[str, Any]:
    gold = [{"file": "leave.md", "quote": QUOTE, "start": LEAVE.index(QUOTE)}]
    line = {
        "id": "q1",
        "lang": "en",
        "question": "How many vacation days can I carry over to next year?",
        "corpus": "acme",
        "gold": gold,
        "answerable": True,
    }
    return line | changes


NEAR_MISS = a_line(
    id="q2", question="Does anybody reimburse a helicopter?", gold=[], answerable=False
)


@pytest.fixture
def handbooks(tmp_path: Path) -> Path:
    folder = tmp_path / "handbooks" / "acme"
    folder.mkdir(parents=True)
    for name, text in {"leave.md": LEAVE, **OTHERS}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder.parent


def measured(tmp_path: Path, handbooks: Path, *lines: dict[str, Any]) -> dict[str, Any]:
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    questions = read_questions(file)
    books = read_handbooks(handbooks, (q.corpus for q in questions), lang="en")
    options, audience = options_of(None, legs="words", model=None)
    return measure_questions(questions, books, options=options, audience=audience)


def test_a_question_is_found_answered_and_a_near_miss_declined(
    tmp_path: Path, handbooks: Path
) -> None:
    report = measured(tmp_path, handbooks, a_line(), NEAR_MISS)

    assert report["gold_in_top"] == {"1": 1.0, "3": 1.0, "5": 1.0}
    assert report["answered_from_gold"] == 1.0
    assert (report["unanswerable_refused"], report["answerable_refused"]) == (1.0, 0.0)
    assert report["refusal_auroc"] == 1.0
    assert report["by_lang"]["en"]["questions"] == 2


def test_a_question_in_another_language_finds_the_same_passage(
    tmp_path: Path, handbooks: Path
) -> None:
    line = a_line(lang="de", question="Wie viele Urlaubstage kann ich ins nächste Jahr mitnehmen?")

    assert measured(tmp_path, handbooks, line)["by_lang"]["de"]["gold_in_top"]["1"] == 1.0


def test_gold_elsewhere_is_not_counted_as_found(tmp_path: Path, handbooks: Path) -> None:
    quote = "About thing3 and place3."
    gold = [{"file": "topic-3.md", "quote": quote, "start": OTHERS["topic-3.md"].index(quote)}]

    report = measured(tmp_path, handbooks, a_line(gold=gold))

    assert report["gold_in_top"]["5"] == 0.0
    assert report["answered_from_gold"] == 0.0


def test_an_archive_reads_as_the_folder_does(tmp_path: Path, handbooks: Path) -> None:
    archive = tmp_path / "acme-handbook.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(handbooks / "acme", arcname=".")

    from_file = read_handbooks(archive, ["acme"], lang="en")
    beside = read_handbooks(tmp_path, ["acme"], lang="en")
    from_folder = read_handbooks(handbooks, ["acme"], lang="en")

    assert from_file == beside == from_folder


def test_a_span_that_is_not_there_is_refused_with_the_questions_id(
    tmp_path: Path, handbooks: Path
) -> None:
    for gold in (
        {"file": "leave.md", "quote": QUOTE, "start": 3},
        {"file": "gone.md", "quote": QUOTE, "start": 3},
    ):
        with pytest.raises(BadCases, match="'q1'"):
            measured(tmp_path, handbooks, a_line(gold=[gold]))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "a"}'])
def test_a_file_that_is_no_list_of_questions_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadCases, match=r"questions\.jsonl"):
        read_questions(file)


def test_a_corpus_without_policies_is_named(tmp_path: Path, handbooks: Path) -> None:
    with pytest.raises(BadCases, match="'other'"):
        read_handbooks(handbooks, ["acme", "other"], lang="en")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadCases, match="holds no Markdown"):
        read_handbooks(tmp_path / "empty", ["acme"], lang="en")
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    with pytest.raises(BadCases, match="no readable archive"):
        read_handbooks(tmp_path / "broken.tar.gz", ["acme"], lang="en")


def test_a_leg_that_is_not_known_is_refused() -> None:
    with pytest.raises(EvalError, match="'letters'"):
        options_of(None, legs="letters", model=None)
    with pytest.raises(EvalError, match="--model"):
        options_of(None, legs="dense", model=None)
