"""Telling facts from courtesy, questions and next steps; what is not known as one is a fact."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.citations.lexicon import Lexicon, lexicon
from agent.citations.lexicon.kindness import is_kind, is_phrase
from agent.citations.normalise import Normalised, fold, normalise
from agent.citations.reading import Reading
from agent.domain.draft import ClaimKind
from retrieval.sentences import split_sentences
from retrieval.text import is_stop

MARKS = re.compile(r"\s*\[\d{1,3}\]")
_FIELD = re.compile(r"\\{\w+\\}")
_WORD = r"[^\W\d_](?:[^\W\d_]|['.-]){0,29}"
_NAME = rf"{_WORD}(?: {_WORD}){{0,4}}"  # what a `{{name}}` may hold: five words, nothing else
_FACTUAL_SLOTS = frozenset({"money", "percent", "duration", "link", "measure", "date", "id"})
_NAMES_OF_DAYS = frozenset({"date", "weekday"})
_EDGES = re.compile(r"^[\s*_`>#-]+|[\s*_`]+$")
_NOT_TEXT = re.compile(r"[^\w\s.,!?;:'\"()\[\]{}<>@/€$£%&+=*_`#|-]")
_INNER_END = re.compile(r"[.!?;:]\s+\S")
_LONGEST_QUESTION = 200  #: characters
_MOST_KIND = 14  #: content words
_LONGEST_FORM = 250  #: characters; no courtesy is longer


@dataclass(frozen=True, slots=True)
class Frames:
    """A desk's own sentences, ready to be recognised."""

    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, frames: Iterable[str], language: str) -> "Frames":
        """`{name}`-style fields match a name: up to five words, no number and no clause."""
        return cls(
            tuple(
                _pattern(line)
                for frame in frames
                for span in split_sentences(frame, language)
                for line in frame[span.start : span.end].splitlines()
                if line.strip()
            )
        )

    def hold(self, folded: str) -> bool:
        return any(pattern.fullmatch(folded) for pattern in self.patterns)


def kind_of(reading: Reading, frames: Frames) -> ClaimKind:
    """The kind of a sentence, by form. Anything with a number, sum, date or link is a fact."""
    if not reading.tokens:
        return ClaimKind.COURTESY
    if any(char.isnumeric() for char in without_marks(reading.text)):
        return ClaimKind.FACT
    norm = _bare(reading.text)
    words = lexicon(reading.language)
    framed = frames.hold(norm.text)
    greeting = framed or _greets(norm, reading.text, words)
    if _states_a_value(reading, named=greeting):
        return ClaimKind.FACT
    if reading.asks:
        return ClaimKind.QUESTION if framed or _asks(norm.text, words) else ClaimKind.FACT
    if len(norm.text) > _LONGEST_FORM:
        return ClaimKind.FACT
    if any(pattern.fullmatch(norm.text) for pattern in words.next_step):
        return ClaimKind.NEXT_STEP
    if greeting or any(pattern.fullmatch(norm.text) for pattern in words.courtesy):
        return ClaimKind.COURTESY
    kind = is_phrase(norm.text, reading.language) or _is_kind(reading)
    return ClaimKind.COURTESY if kind else ClaimKind.FACT


def _is_kind(reading: Reading) -> bool:
    """A sentence of nothing but kind words, which no pattern foresaw."""
    said = [token.key.rstrip("',") for token in reading.tokens if token.kind == "word"]
    words = [word for word in said if not is_stop(word, reading.language)]
    others = any(token.kind != "word" for token in reading.tokens)  # `half` is a value too
    if others or len(words) > _MOST_KIND:
        return False
    denied = any(cue.guard == "negation" for cue in reading.cues)
    return is_kind(words, said, reading.language, denied=denied)


def is_framed(text: str, frames: Frames) -> bool:
    """Whether a sentence is one of the desk's own, and so is trusted as it stands."""
    return frames.hold(_bare(text).text)


def is_own_line(line: str, language: str, frames: Frames) -> bool:
    """Whether a line stands alone though no blank line parts it: a greeting or a closing."""
    norm = _bare(line)
    words = lexicon(language)
    known = any(pattern.fullmatch(norm.text) for pattern in words.courtesy)
    return known or frames.hold(norm.text) or _greets(norm, line, words)


def without_marks(text: str) -> str:
    return MARKS.sub("", text).strip()


def _pattern(frame: str) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(lambda _: _NAME, re.escape(fold(frame))))


@lru_cache(maxsize=8_192)
def _bare(text: str) -> Normalised:
    """Folded, without marks, emphasis and emoji; the offsets are those of `text`."""
    blank = MARKS.sub(lambda mark: " " * len(mark.group()), text)
    blank = _NOT_TEXT.sub(lambda odd: odd.group() if odd.group().isalnum() else " ", blank)
    norm = normalise(_EDGES.sub(lambda edge: " " * len(edge.group()), blank))
    lead = len(norm.text) - len(norm.text.lstrip())
    stop = len(norm.text.rstrip())
    return Normalised(norm.text[lead:stop], norm.starts[lead:stop], norm.ends[lead:stop])


def _greets(norm: Normalised, text: str, words: Lexicon) -> bool:
    """A greeting whose open part is names: each word of it begins with a capital."""
    for pattern in words.greeting:
        found = pattern.fullmatch(norm.text)
        if found is None:
            continue
        start, end = found.span("name")
        named = text[norm.starts[start] : norm.ends[end - 1]].split() if start < end else []
        if all(word[0].isupper() for word in named):
            return True
    return False


def _states_a_value(reading: Reading, *, named: bool) -> bool:
    """A value in words; a month or weekday may be a name in a greeting."""
    allowed = _NAMES_OF_DAYS if named else frozenset[str]()
    kinds = {found.slot.kind for found in reading.slots if not found.slot.soft} - allowed
    return bool(kinds & (_FACTUAL_SLOTS | _NAMES_OF_DAYS))


def _asks(text: str, words: Lexicon) -> bool:
    """One plain question: nothing is stated before it."""
    short = len(text) <= _LONGEST_QUESTION and not _INNER_END.search(text)
    return short and words.question.match(text) is not None


def units(text: str, language: str, frames: Frames) -> Sequence[tuple[int, int]]:
    """Sentences of a body, with greeting and closing lines apart from what follows them."""
    found: list[tuple[int, int]] = []
    for span in split_sentences(text, language):
        found.extend(_lines_apart(text, span.start, span.end, language, frames))
    return found


def _lines_apart(
    text: str, start: int, end: int, language: str, frames: Frames
) -> Iterable[tuple[int, int]]:
    if "\n" not in text[start:end] and "\r" not in text[start:end]:
        yield start, end
        return
    begin = start
    for line in re.finditer(r"[^\r\n]+", text[start:end]):
        first, last = start + line.start(), start + line.end()
        if not is_own_line(line.group(), language, frames):
            continue
        if text[begin:first].strip():
            yield _trim(text, begin, first)
        yield _trim(text, first, last)
        begin = last
    if text[begin:end].strip():
        yield _trim(text, begin, end)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    return start, start + len(part.strip())
