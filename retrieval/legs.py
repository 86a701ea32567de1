"""The legs of a search: each ranks the same numbered passages in its own way."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from retrieval.bm25 import B, Bm25, WordLeg, idf
from retrieval.cognates import Cognates
from retrieval.corpus import Passage
from retrieval.dense import Dense, DenseError, Embedder
from retrieval.feedback import FIRST, fed_back
from retrieval.grams import grams
from retrieval.postings import Postings
from retrieval.query import Concept, Query, plain
from retrieval.spelling import Speller
from retrieval.text import tokens
from retrieval.wordings import Asker, GlossaryOf, Vocabulary, no_glossary

Ranking = list[tuple[int, float]]
"""Numbers of passages with their scores, best first."""


class LegName(StrEnum):
    WORDS = "words"
    GRAMS = "grams"
    DENSE = "dense"


class WordEngine(StrEnum):
    """Who computes the word leg."""

    RANK_BM25 = "rank-bm25"
    POSTINGS = "postings"


class Leg(Protocol):
    """Ranks passages by a question. Numbers are given in the order of adding, from 0."""

    def rank(self, text: str, asked_in: str, k: int) -> Ranking: ...

    def add(self, passages: Sequence[Passage]) -> None: ...

    def remove(self, passages: Mapping[int, Passage]) -> None: ...


LARGE = 1_000  #: passages from which inverted lists beat going through all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which legs search, and with what."""

    legs: tuple[LegName, ...] = (LegName.WORDS,)
    engine: WordEngine | None = None  #: None: by the number of passages
    widen: bool = True  #: translations, compounds, typing errors and the desk's glossary
    synonyms: bool = True  #: with `widen`: what the general tables call a word besides
    b: float = B  #: how far a long passage must hold more; less suits sections of all lengths
    feedback: bool = False  #: ask also for what the first passages found say
    glossary_of: GlossaryOf = no_glossary
    embedder: Embedder | None = None


def searched(passage: Passage) -> list[str]:
    """The stems by which a passage is found: of its headings and of its text."""
    language = passage.policy.language
    return [*tokens(" ".join(passage.headings), language), *tokens(passage.text, language)]


class Words:
    """Stemmed words, each with what else it may be called."""

    def __init__(self, language: str, passages: Sequence[Passage], options: Options) -> None:
        documents = [searched(passage) for passage in passages]
        engine = options.engine or (
            WordEngine.POSTINGS if len(passages) >= LARGE else WordEngine.RANK_BM25
        )
        postings = engine is WordEngine.POSTINGS
        self.scorer: WordLeg = (
            Postings(documents, b=options.b) if postings else Bm25(documents, b=options.b)
        )
        self._passages = list(passages)  #: by number
        self._language = language
        self._options = options
        self._size = len(documents)  #: documents there are, without removed ones
        self._counts = Counter(stem for document in documents for stem in set(document))
        self._changed()

    def rank(self, text: str, asked_in: str, k: int) -> Ranking:
        query = self.query(text, asked_in)
        if self._options.feedback and query:
            first = [searched(self._passages[n]) for n, _ in self.scorer.best(query, FIRST)]
            query = fed_back(query, first, self.rarity)
        return self.scorer.best(query, k)

    def query(self, text: str, asked_in: str) -> Query:
        if not self._options.widen:
            return plain(list(dict.fromkeys(tokens(text, self._language))))
        return self._asker(asked_in).query(text)

    def known(self, text: str, asked_in: str) -> frozenset[Concept]:
        """The concepts of a text that is the same for many questions."""
        return self._known(text, asked_in)

    def rarity(self, stem: str) -> float:
        """The idf of a stem."""
        return idf(self._size, self.scorer.count(stem))

    def add(self, passages: Sequence[Passage]) -> None:
        documents = [searched(passage) for passage in passages]
        self._passages += passages
        self._size += len(documents)
        self._counts.update(stem for document in documents for stem in set(document))
        self.scorer.add(documents)
        self._changed()

    def remove(self, passages: Mapping[int, Passage]) -> None:
        documents = {number: searched(passage) for number, passage in passages.items()}
        self._size -= len(documents)
        self._counts.subtract(stem for document in documents.values() for stem in set(document))
        self.scorer.remove(documents)
        self._changed()

    def _changed(self) -> None:
        """What was learnt of the vocabulary no longer holds."""
        self._speller = lru_cache(maxsize=1)(lambda: Speller(+self._counts))
        self._cognates = lru_cache(maxsize=1)(lambda: Cognates(sorted(+self._counts)))
        self._asker = lru_cache(maxsize=16)(self._make_asker)
        self._known = lru_cache(maxsize=16)(self._concepts)

    def _concepts(self, text: str, asked_in: str) -> frozenset[Concept]:
        return frozenset(self.query(text, asked_in))

    def _make_asker(self, asked_in: str) -> Asker:
        vocabulary = Vocabulary(
            count=self.scorer.count,
            rarity=self.rarity,
            speller=self._speller,
            cognates=self._cognates,
        )
        return Asker(
            asked_in,
            self._language,
            vocabulary,
            glossary_of=self._options.glossary_of,
            synonyms=self._options.synonyms,
        )


class Grams:
    """Runs of letters, ranked as words are."""

    def __init__(self, language: str, passages: Sequence[Passage]) -> None:
        self._scorer = Postings([_runs_of(passage) for passage in passages])
        self._language = language

    def rank(self, text: str, asked_in: str, k: int) -> Ranking:
        return self._scorer.best(plain(list(dict.fromkeys(grams(text, asked_in)))), k)

    def add(self, passages: Sequence[Passage]) -> None:
        self._scorer.add([_runs_of(passage) for passage in passages])

    def remove(self, passages: Mapping[int, Passage]) -> None:
        self._scorer.remove({number: _runs_of(p) for number, p in passages.items()})


def _runs_of(passage: Passage) -> list[str]:
    return grams(f"{' '.join(passage.headings)}\n{passage.text}", passage.policy.language)


def build(name: LegName, language: str, passages: Sequence[Passage], options: Options) -> Leg:
    """One leg over passages of one language; raises `DenseError` when a model is missing."""
    if name is LegName.WORDS:
        return Words(language, passages, options)
    if name is LegName.GRAMS:
        return Grams(language, passages)
    if options.embedder is None:
        raise DenseError("leg 'dense'", "has no model", "name the folder of an embedding model")
    return Dense(passages, options.embedder)
