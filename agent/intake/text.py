"""Makes any string safe to store, to read and to show, and says what it took out."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
#: Turn the order of characters round, or carry text that no reader sees: never by accident.
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e01ef]")
#: Take no room: common in mail written by programs, and a way to cut a word for a filter.
_ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_BLANK_LINES = re.compile(r"\n{3,}")
_MARKS_KEPT = 8  #: combining marks on one letter; more is decoration, and costs quadratic time


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    text: str
    notes: tuple[str, ...] = ()  #: what was mended, with how many


def clean(text: str) -> Cleaned:
    """NFC text with `\\n` line ends and nothing invisible but tabs and line ends."""
    text = _LINE_ENDS.sub("\n", text)
    text, control = _CONTROL.subn("", text)
    if text.isascii():
        return Cleaned(text=text, notes=_notes(control=control))
    text, hidden = _HIDDEN.subn("", text)
    text = _ZERO_WIDTH.sub("", text)
    text, marks = _mark_runs().subn(r"\1", text)
    return Cleaned(
        text=unicodedata.normalize("NFC", text),
        notes=_notes(control=control, hidden=hidden, marks=marks),
    )


def tidy(text: str) -> str:
    """No spaces at line ends, at most one blank line in a row, none at either end."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip("\n")


def one_line(text: str) -> Cleaned:
    """The same for a subject or a name: one line, single spaces."""
    cleaned = clean(text)
    return Cleaned(text=" ".join(cleaned.text.split()), notes=cleaned.notes)


def _notes(*, control: int, hidden: int = 0, marks: int = 0) -> tuple[str, ...]:
    found = (
        ("control characters", control),
        ("hidden characters", hidden),
        ("runs of combining marks", marks),
    )
    return tuple(f"text: {count} {what} removed" for what, count in found if count)


@cache
def _mark_runs() -> re.Pattern[str]:
    """Longer runs of combining marks than any script needs; the first ones are kept.

    Canonical ordering sorts a run by insertion, so that a megabyte of marks would take hours.
    """
    marks = (c for c in range(0x300, 0x20000) if unicodedata.combining(chr(c)))
    group = "".join(f"{chr(first)}-{chr(last)}" for first, last in _ranges(marks))
    return re.compile(f"([{group}]{{{_MARKS_KEPT}}})[{group}]+")


def _ranges(points: Iterable[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges
