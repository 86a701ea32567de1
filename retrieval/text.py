"""Words of a text as search sees them: normalised, stemmed, without function words."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any, Protocol, cast

import Stemmer  # a compiled module without types; wrapped here only

from retrieval.stopwords import STOP_WORDS

LANGUAGES: tuple[str, ...] = tuple(STOP_WORDS)

_SNOWBALL = {
    "en": "english",
    "fr": "french",
    "de": "german",
    "es": "spanish",
    "nl": "dutch",
    "it": "italian",
    "pl": "polish",
}
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2018": "'", "\u00b4": "'", "`": "'"})


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  # PyStemmer's own name


class _PerThread(threading.local):
    """PyStemmer's objects keep a buffer, so that each thread needs its own."""

    def __init__(self) -> None:
        self.stemmers: dict[str, _Stemmer] = {}

    def get(self, language: str) -> _Stemmer | None:
        name = _SNOWBALL.get(language)
        if name is None:
            return None
        if language not in self.stemmers:
            self.stemmers[language] = cast(Any, Stemmer).Stemmer(name)
        return self.stemmers[language]


_STEMMERS = _PerThread()


def normalise(text: str) -> str:
    """Compatibility forms unified, case folded, one kind of apostrophe."""
    return unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()


def fold(word: str) -> str:
    """Without accents: people leave them out where policies write them."""
    parts = unicodedata.normalize("NFKD", word)
    return "".join(c for c in parts if not unicodedata.combining(c)).replace("ł", "l")


def words(text: str) -> list[str]:
    """Every word of a text, normalised, in order; function words too."""
    return _WORD.findall(normalise(text))


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """The stem of one normalised word, without accents; a language without stemmer keeps it."""
    stemmer = _STEMMERS.get(language)
    return fold(stemmer.stemWord(word) if stemmer else word)


def is_stop(word: str, language: str) -> bool:
    """Whether a normalised word is a function word of the language."""
    return word in _stops(language)


def tokens(text: str, language: str) -> list[str]:
    """Stems of a text's content words, in order, repeats kept: what is indexed and searched."""
    stops = _stops(language)
    return [stem(word, language) for word in words(text) if word not in stops]


@lru_cache(maxsize=16)
def _stops(language: str) -> frozenset[str]:
    """Function words, also as people write them without accents."""
    known = STOP_WORDS.get(language, frozenset())
    return known | frozenset(fold(word) for word in known)
