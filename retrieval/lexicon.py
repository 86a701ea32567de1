"""Words of one meaning in seven languages: the tables of `retrieval/words`, ready to look up.

A line of a table is one meaning, with a cell for each language and commas between the words of a
cell. The first word of a cell is the plainest. Read within one language, a line holds synonyms.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from retrieval.text import stem, tokens, words

LANGUAGES: tuple[str, ...] = ("en", "nl", "fr", "de", "es", "it", "pl")
Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """What the words of one language are called in another, or in the same one."""

    words: Mapping[str, tuple[Stems, ...]]  #: by stem
    phrases: Mapping[str, tuple[tuple[Stems, tuple[Stems, ...]], ...]]  #: by a phrase's first stem

    def phrases_at(self, stems: Sequence[str], start: int) -> list[tuple[int, tuple[Stems, ...]]]:
        """Phrases that begin at a place, as the number of their stems and what they are called."""
        return [
            (len(phrase), called)
            for phrase, called in self.phrases.get(stems[start], ())
            if tuple(stems[start : start + len(phrase)]) == phrase
        ]


NOTHING = Lexicon(words={}, phrases={})


@cache
def lexicon(source: str, target: str) -> Lexicon:
    """From one language to another; empty for a language that the tables do not have."""
    if source not in LANGUAGES or target not in LANGUAGES:
        return NOTHING
    single: defaultdict[str, dict[Stems, None]] = defaultdict(dict)
    phrases: defaultdict[str, list[tuple[Stems, tuple[Stems, ...]]]] = defaultdict(list)
    at, to = LANGUAGES.index(source), LANGUAGES.index(target)
    for row in _rows():
        called = tuple(s for word in row[to] if (s := stems_of(word, target)))
        for key in (stems_of(word, source) for word in row[at]):
            if len(key) == 1:
                single[key[0]].update(dict.fromkeys(called))
            elif key:
                phrases[key[0]].append((key, called))
    return Lexicon(
        words={key: tuple(called) for key, called in single.items()},
        phrases={key: tuple(found) for key, found in phrases.items()},
    )


@cache
def stems_of(term: str, language: str) -> Stems:
    """The stems of a term's content words; of all its words where it has no other."""
    return tuple(tokens(term, language)) or tuple(stem(word, language) for word in words(term))


@cache
def _rows() -> tuple[tuple[tuple[str, ...], ...], ...]:
    tables = sorted(
        (f for f in files("retrieval").joinpath("words").iterdir() if f.name.endswith(".txt")),
        key=lambda file: file.name,
    )
    lines = (line for table in tables for line in table.read_text("utf-8").splitlines())
    return tuple(_row(line) for line in lines if line and not line.startswith("#"))


def _row(line: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(word.strip() for word in cell.split(",") if word.strip()) for cell in line.split("|")
    )
