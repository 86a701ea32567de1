"""A question as concepts: what each of its words may be called in the language of the policies.

In the policies' own language a word stands for itself, and more weakly for its synonyms. In
another it stands for its translations. A word that neither the policies nor the tables know is
taken apart where it is a compound, else read as the nearest word that is known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from retrieval.cognates import Cognates
from retrieval.compounds import parts
from retrieval.glossary import Glossary
from retrieval.lexicon import NOTHING, Stems, lexicon
from retrieval.query import Concept, Query, Wording
from retrieval.spelling import Speller
from retrieval.text import is_stop, stem, words

# Weights of wordings. The asker's own word, and a translation of it, weigh 1.
_SYNONYM = 0.6  #: a word that the general tables give the same meaning
_PHRASE = 0.4  #: the same for a phrase, whose words count for themselves already
_GLOSSARY = 0.7  #: a word that the desk gives the same meaning
_PART = 0.8  #: a part of a compound
_CORRECTED = 0.4  #: the word that was probably meant: a guess, and the word may be a name
_COGNATE = 0.8  #: a word that looks alike, times how much it does
_WITHIN = 0.6  #: a word of a translated phrase, beside the phrase itself

GlossaryOf = Callable[[str], Glossary]
"""The desk's words of one meaning, for text of a language."""


def no_glossary(language: str) -> Glossary:
    return _NONE


_NONE = Glossary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The stems of the policies that are searched."""

    count: Callable[[str], int]  #: in how many passages a stem stands
    rarity: Callable[[str], float]  #: the idf of a stem
    speller: Callable[[], Speller]  #: made when a word is first not known
    cognates: Callable[[], Cognates]  #: the same


@dataclass(slots=True)
class _Found:
    """The wordings of a concept, each with the most it was given."""

    weights: dict[Stems, float] = field(default_factory=dict[Stems, float])

    def put(self, stems: Stems, weight: float) -> None:
        if stems and self.weights.get(stems, 0.0) < weight:
            self.weights[stems] = weight

    def concept(self, factor: float = 1.0) -> Concept:
        return tuple(Wording(stems, weight * factor) for stems, weight in self.weights.items())


class Asker:
    """Turns questions of one language into queries over policies of one language."""

    def __init__(
        self,
        asked_in: str,
        language: str,
        vocabulary: Vocabulary,
        *,
        glossary_of: GlossaryOf = no_glossary,
        synonyms: bool = True,
    ) -> None:
        self._asked_in, self._language = asked_in, language
        self._vocabulary = vocabulary
        self._abroad = asked_in != language
        self._lexicon = lexicon(asked_in, language) if self._abroad or synonyms else NOTHING
        self._own = glossary_of(asked_in)
        self._word = lru_cache(maxsize=10_000)(self._concepts)

    def query(self, text: str) -> Query:
        """One concept a content word, the first time it stands, and one a known phrase."""
        said = [word for word in words(text) if not is_stop(word, self._asked_in)]
        stems = [stem(word, self._asked_in) for word in said]
        within: set[int] = set()
        phrases: list[Concept] = []
        for start in range(len(stems)):
            for length, concept in self._phrases(stems, start):
                phrases.append(concept)
                within.update(range(start, start + length))
        single: dict[str, Query] = {}
        for n, (word, one) in enumerate(zip(said, stems, strict=True)):
            factor = _WITHIN if self._abroad and n in within else 1.0
            single.setdefault(one, self._word(word, one, factor))
        return (*(c for concepts in single.values() for c in concepts), *dict.fromkeys(phrases))

    def _phrases(self, stems: Sequence[str], start: int) -> list[tuple[int, Concept]]:
        found: list[tuple[int, Concept]] = []
        same, glossary = (1.0, 1.0) if self._abroad else (_PHRASE, _GLOSSARY)
        for length, called in self._lexicon.phrases_at(stems, start):
            found.append((length, self._others(stems, start, length, called, same)))
        for length, group in self._own.phrases_at(stems, start, self._asked_in):
            called = self._own.terms(group, self._language)
            found.append((length, self._others(stems, start, length, called, glossary)))
        return [(length, concept) for length, concept in found if concept]

    def _others(
        self, stems: Sequence[str], start: int, length: int, called: Sequence[Stems], weight: float
    ) -> Concept:
        """What a phrase is called, but for itself: its words are concepts already."""
        itself = tuple(stems[start : start + length])
        return tuple(Wording(s, weight) for s in dict.fromkeys(called) if s and s != itself)

    def _concepts(self, word: str, own: str, factor: float) -> Query:
        found = self._known(word, own)
        if found.weights and self._stands(found):
            return (found.concept(factor),)
        split = parts(word, self._asked_in, self._is_known)
        if split:
            concepts = [self._known(part, part).concept(_PART * factor) for part in split]
            return tuple(concept for concept in concepts if concept)
        if not found.weights or not self._abroad:
            self._guess(own, found)
        return (found.concept(factor),) if found.weights else ()

    def _guess(self, own: str, found: _Found) -> None:
        """What an unknown word may mean: the one that was mistyped, or one that looks like it."""
        meant = self._meant(own)
        if meant is not None:
            for stems, weight in self._known(meant, meant).weights.items():
                found.put(stems, weight * _CORRECTED)
        elif self._abroad:
            for stem_, likeness in self._vocabulary.cognates().alike(own):
                found.put((stem_,), likeness * _COGNATE)

    def _known(self, word: str, own: str) -> _Found:
        """What tables and policies know of a word."""
        found = _Found()
        if not self._abroad:
            found.put((own,), 1.0)
        else:
            there = stem(word, self._language)
            if self._vocabulary.count(there):
                found.put((there,), 1.0)
        for stems in self._lexicon.words.get(own, ()):
            found.put(stems, self._instead(own, stems, _SYNONYM))
        for group in self._own.named_by(own, self._asked_in):
            for stems in self._own.terms(group, self._language):
                found.put(stems, self._instead(own, stems, _GLOSSARY))
        return found

    def _instead(self, own: str, stems: Stems, weight: float) -> float:
        """The weight of other words: a rare synonym of a common word tells no more than it does."""
        if self._abroad:
            return 1.0
        rarest = max(map(self._vocabulary.rarity, stems), default=1.0)
        return weight * min(1.0, self._vocabulary.rarity(own) / rarest)

    def _stands(self, found: _Found) -> bool:
        """Whether the policies have any of the wordings."""
        return any(all(map(self._vocabulary.count, stems)) for stems in found.weights)

    def _is_known(self, part: str) -> bool:
        if part in self._lexicon.words or self._own.named_by(part, self._asked_in):
            return True
        return not self._abroad and self._vocabulary.count(part) > 0

    def _meant(self, own: str) -> str | None:
        if own in self._lexicon.words:
            return None
        if self._abroad:
            return _table_speller(self._asked_in, self._language).correct(own)
        return self._vocabulary.speller().correct(own)


@lru_cache(maxsize=64)
def _table_speller(asked_in: str, language: str) -> Speller:
    return Speller(dict.fromkeys(lexicon(asked_in, language).words, 1), common=1)
