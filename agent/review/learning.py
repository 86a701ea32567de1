"""What people corrected, as examples that a desk may learn from once a person says so.

A ticket's words go into a file that a desk's owner keeps, so that its personal data is replaced
before anybody is asked.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.domain.desk import Desk, Example
from agent.store.queue import Decided, Kind
from agent.store.review_store import ReviewStore

LONGEST: Final = 2_000  #: characters of an example
_COLUMNS = ("text", "category", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The last word on one draft's category."""

    ids: tuple[int, ...]  #: of all decisions on it, the last one last
    draft_id: str
    conversation: str
    ticket: str
    language: str
    was: str  #: as triaged
    category: str  #: as corrected
    by: str
    at: datetime

    @property
    def id(self) -> int:
        return self.ids[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A correction with the example that it makes, or why it makes none."""

    correction: Correction
    example: Example | None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be learnt: nothing is written yet."""

    new: tuple[Lesson, ...]
    left: tuple[Lesson, ...]  #: cannot be learnt; `why_not` says why

    @property
    def examples(self) -> tuple[Example, ...]:
        return tuple(lesson.example for lesson in self.new if lesson.example)

    @property
    def settled(self) -> tuple[int, ...]:
        """Decisions that need not be asked about again once this is applied."""
        known = [lesson for lesson in self.left if lesson.why_not == KNOWN]
        return tuple(i for lesson in (*self.new, *known) for i in lesson.correction.ids)


KNOWN: Final = "is an example already"
GONE: Final = "its ticket is gone"


async def corrections(store: ReviewStore, desk: str, since: datetime) -> tuple[Correction, ...]:
    """Corrections of a desk that nobody decided on yet, oldest first; one for each draft."""
    found = await store.decided(since, desks=(desk,))
    waiting = [one for one in found if one.kind is Kind.CORRECTED and one.learned_at is None]
    by_draft: dict[str, list[Decided]] = {}
    for one in waiting:
        by_draft.setdefault(one.draft_id, []).append(one)
    return tuple(made for of in by_draft.values() if (made := _last(of)) is not None)


def _last(decisions: Sequence[Decided]) -> Correction | None:
    last = decisions[-1]
    if last.corrected is None:
        return None
    return Correction(
        ids=tuple(one.id for one in decisions),
        draft_id=last.draft_id,
        conversation=last.conversation,
        ticket=last.ticket,
        language=last.language,
        was=decisions[0].category,
        category=last.corrected,
        by=last.actor,
        at=last.at,
    )


def planned(found: Iterable[tuple[Correction, str | None]], desk: Desk) -> Plan:
    """What the desk would learn from corrections and their texts, None for a text that is gone."""
    labels = {plain(example.text): example.category for example in desk.examples}
    lessons: list[Lesson] = []
    for correction, text in found:
        lesson = _lesson(correction, text, desk, labels)
        if lesson.example is not None:
            labels[plain(lesson.example.text)] = lesson.example.category
        lessons.append(lesson)
    return Plan(
        new=tuple(lesson for lesson in lessons if lesson.example is not None),
        left=tuple(lesson for lesson in lessons if lesson.example is None),
    )


def _lesson(correction: Correction, text: str | None, desk: Desk, labels: dict[str, str]) -> Lesson:
    why_not = _why_not(correction, text, desk, labels)
    if why_not or text is None:
        return Lesson(correction=correction, example=None, why_not=why_not)
    example = Example(text=_short(text), category=correction.category, language=correction.language)
    return Lesson(correction=correction, example=example)


def _why_not(correction: Correction, text: str | None, desk: Desk, labels: dict[str, str]) -> str:
    if text is None or not text.strip():
        return GONE
    if desk.category(correction.category) is None:
        return f"the desk has no category {correction.category!r} any more"
    if correction.language not in desk.understands:
        return f"the desk does not read {correction.language!r}"
    known = labels.get(plain(_short(text)))
    if known is None:
        return ""
    return KNOWN if known == correction.category else f"is an example of {known!r}; change it there"


def plain(text: str) -> str:
    """The text as duplicates are told by."""
    return " ".join(text.casefold().split())


def _short(text: str) -> str:
    """Whole words, in the lines that they were written in, without what a screen would obey."""
    lines = (_visible(" ".join(line.split())) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(maxsplit=1)[0]


def _visible(line: str) -> str:
    return "".join(char for char in line if char.isprintable())


def with_examples(file: str, examples: Sequence[Example]) -> str:
    """The text of `examples.csv` with rows behind the others, in its own columns and line ends."""
    return file + rows_for(file, examples)


def rows_for(file: str, examples: Sequence[Example]) -> str:
    """What is added to such a file for these examples, to the letter."""
    bare = file.removeprefix("\ufeff")
    header = next(csv.reader(io.StringIO(bare, newline="")), list(_COLUMNS))
    end = "\r\n" if "\r\n" in bare.partition("\n")[0] + "\n" else "\n"
    rows = io.StringIO(newline="")
    writer = csv.writer(rows, quoting=csv.QUOTE_ALL, lineterminator=end)
    for example in examples:
        writer.writerow([getattr(example, column.strip()) for column in header])
    return ("" if file.endswith("\n") or not file else end) + rows.getvalue()
