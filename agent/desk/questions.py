"""The desk's question bank: how people ask for what a policy sentence states."""

import re
from collections.abc import Iterable, Sequence

from agent.desk.faults import known
from agent.desk.inspection import Inspection
from agent.desk.rows import read_rows
from agent.domain.desk import AskedAs
from retrieval.corpus import Policy
from retrieval.sentences import split_sentences

QUESTIONS = "questions.csv"
_COLUMNS = ("policy", "language", "answer", "question")
_MARK = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+")  #: of a list item, which nobody quotes


def read_questions(look: Inspection) -> tuple[tuple[int, AskedAs], ...]:
    """The questions with the line on which each ends; none when the desk has no bank."""
    rows = read_rows(look, QUESTIONS, _COLUMNS)
    return tuple((line, AskedAs(**row)) for line, row in rows or ())


def check_questions(
    look: Inspection, asked: Iterable[tuple[int, AskedAs]], policies: Iterable[Policy]
) -> None:
    """Faults for questions whose answer is not the start of one sentence of their policy."""
    texts: dict[tuple[str, str], list[Policy]] = {}
    for policy in policies:
        texts.setdefault((policy.id, policy.language), []).append(policy)
    sentences: dict[str, tuple[str, ...]] = {}
    for line, row in asked:
        if (row.policy, row.language) not in texts:
            _refuse_policy(look, line, row, texts)
            continue
        files = texts[row.policy, row.language]
        for policy in files:
            if policy.file not in sentences:
                sentences[policy.file] = _sentences(policy)
        _check_answer(look, line, row, {policy.file: sentences[policy.file] for policy in files})


def _refuse_policy(
    look: Inspection, line: int, row: AskedAs, texts: Iterable[tuple[str, str]]
) -> None:
    ids = sorted({policy for policy, language in texts if language == row.language})
    problem = f"there is no policy {row.policy!r} in {row.language!r}"
    mend = known(ids, near=row.policy)
    look.add(QUESTIONS, problem, key=f"line {line}", mend=mend)


def _check_answer(
    look: Inspection, line: int, row: AskedAs, files: dict[str, Sequence[str]]
) -> None:
    """Of the files that share a policy's id, each for its own days, at least one must answer."""
    counts = {file: _count(row.answer, sentences) for file, sentences in files.items()}
    where, named = f"line {line}", " or ".join(files)
    if not any(counts.values()):
        problem = f"no sentence of {named} begins with {row.answer!r}"
        mend = "copy the first words of the sentence that answers"
        look.add(QUESTIONS, problem, key=where, mend=mend)
    for file, count in counts.items():
        if count > 1:
            problem = f"{count} sentences of {file} begin with {row.answer!r}"
            mend = "copy more words, up to where they differ"
            look.add(QUESTIONS, problem, key=where, mend=mend)


def _count(answer: str, sentences: Iterable[str]) -> int:
    start = " ".join(answer.split())
    return sum(sentence.startswith(start) for sentence in sentences)


def _sentences(policy: Policy) -> tuple[str, ...]:
    """The policy's sentences, each on one line; headings answer nothing."""
    body = policy.text[policy.body_start :]
    lines = (
        " ".join(body[span.start : span.end].split())
        for span in split_sentences(body, policy.language)
    )
    return tuple(_unmarked(line) for line in lines if not line.startswith("#"))


def _unmarked(line: str) -> str:
    mark = _MARK.match(line)
    return line[mark.end() :] if mark else line
