"""How people ask for each policy sentence, learnt from the desk's question bank.

Ridge regression, in its dual form, from a question's words, neighbours, meanings and letters to
the sentence that answers it: a few hundred questions of the bank, and every policy sentence as a
way to ask for itself. Deterministic; about a second for a thousand questions, so that what was
learnt is kept between starts.
"""

import hashlib
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import retrieval
from agent import kept, triage
from agent.domain.desk import AskedAs, Desk
from agent.pipeline.cues import weak_stems
from agent.pipeline.learnt import Learnt, keep, read
from agent.pipeline.meaning import glossary_of
from agent.pipeline.sentences import quotable
from retrieval.corpus import Passage, passages
from retrieval.text import fold, stem, tokens, words

_Array = NDArray[np.float32]
Key = tuple[str, str]
"""A policy's id and one of its sentences, as it is quoted."""

_DIMENSIONS = 8_192  #: of the hashed features; few collide at the length of a question
_WORD, _WEAK, _PAIR, _MEANING, _LETTERS = 1.0, 0.4, 0.7, 0.8, 0.35  #: weights of features
_LENGTHS = (3, 4, 5)  #: of the runs of letters within a word
_RIDGE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much a text is like what people ask a sentence with; about 0 to 1, not a probability."""

    numbers: Mapping[Key, int]  #: of the sentences
    found: _Array

    @property
    def scores(self) -> dict[Key, float]:
        return {key: float(self.found[n]) for key, n in self.numbers.items()}

    def of(self, key: Key) -> float:
        n = self.numbers.get(key)
        return 0.0 if n is None else float(self.found[n])

    def of_all(self, keys: Iterable[Key]) -> NDArray[np.float64]:
        """Of several sentences; 0 for those that the bank does not know."""
        places = [self.numbers.get(key, -1) for key in keys]
        return np.append(self.found, 0.0)[places].astype(np.float64)


class Phrasings:
    """The question bank of one desk in one language; false when the desk has none.

    With a file, what was learnt is read from there, or kept there for the next start.
    """

    def __init__(self, desk: Desk, language: str, file: Path | None = None) -> None:
        self.likeness = lru_cache(maxsize=512)(self._likeness)
        self._language = language
        self._glossary = glossary_of(desk, language)
        bank = [row for row in desk.asked if row.language == language]
        self._places = _places(desk, language) if bank else {}
        self._keys = list(self._places)
        self._numbers = {key: n for n, key in enumerate(self._keys)}
        if not self._keys:
            return
        known = read(file, shape=(_DIMENSIONS, len(self._keys))) if file else None
        self._learnt = known or self._learn(*self._questions(bank))
        if file and known is None:
            keep(self._learnt, file)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def _likeness(self, text: str) -> Likeness:
        """To every sentence of the desk's policies, whoever may see them.

        Research and writing ask for the same one, so that `likeness` remembers the last ones.
        """
        if not self._keys:
            return Likeness(numbers={}, found=np.zeros(0, dtype=np.float32))
        learnt = self._learnt
        slots, values = _vector(self._features(text), learnt.idf, learnt.rarest)
        found = np.einsum("i,ij->j", values, learnt.weights[slots])
        return Likeness(numbers=self._numbers, found=found)

    def passages(self, likeness: Likeness) -> Iterator[Passage]:
        """The passages of the sentences, most alike first; each once."""
        given: set[str] = set()
        for n in np.argsort(-likeness.found, kind="stable").tolist():
            for place in self._places[self._keys[n]]:
                if place.id not in given:
                    given.add(place.id)
                    yield place

    def _questions(self, bank: Iterable[AskedAs]) -> tuple[list[str], list[int]]:
        """The texts to learn from, and the number of the sentence that answers each."""
        texts, of = [sentence for _, sentence in self._keys], list(range(len(self._keys)))
        for row in bank:
            begins = " ".join(row.answer.split())
            for key in self._keys:
                if key[0] == row.policy and key[1].startswith(begins):
                    texts.append(row.question)
                    of.append(self._numbers[key])
        return texts, of

    def _learn(self, texts: Sequence[str], of: Sequence[int]) -> Learnt:
        counted = [self._features(text) for text in texts]
        seen = Counter(feature for one in counted for feature in one)
        idf = {f: _idf(n, len(texts)) for f, n in seen.items()}
        rows = np.zeros((len(counted), _DIMENSIONS), dtype=np.float32)
        for n, one in enumerate(counted):
            slots, values = _vector(one, idf, _idf(0, len(texts)))
            rows[n, slots] = values
        wanted = np.eye(len(self._keys), dtype=np.float32)[np.array(of)]
        gram = rows @ rows.T + _RIDGE * np.eye(len(rows), dtype=np.float32)
        weights = (rows.T @ np.linalg.solve(gram, wanted)).astype(np.float32)
        return Learnt(idf=idf, rarest=_idf(0, len(texts)), weights=weights)

    def _features(self, text: str) -> dict[str, float]:
        weak = weak_stems(self._language)
        stems = tokens(text, self._language)
        said = words(text)
        found = {f"w{one}": _WEAK if one in weak else _WORD for one in stems}
        for one, other in pairwise(stem(word, self._language) for word in said):
            found[f"p{one} {other}"] = _PAIR
        for n in self._glossary.concepts(stems, self._language):
            found[f"m{n}"] = _MEANING
        for word in said:
            found |= _runs(word)
        return found


def _vector(
    features: Mapping[str, float], idf: Mapping[str, float], rarest: float
) -> tuple[list[int], _Array]:
    """Its slots that are not 0, and their values: of length 1, so that a long question weighs
    no more than a short one.
    """
    slots: dict[int, float] = {}
    for feature, weight in features.items():
        slot = _slot(feature)
        slots[slot] = slots.get(slot, 0.0) + weight * idf.get(feature, rarest)
    values = np.array(list(slots.values()), dtype=np.float32)
    length = float(np.linalg.norm(values))
    return list(slots), values / length if length else values


@lru_cache(maxsize=100_000)
def _slot(feature: str) -> int:
    return zlib.crc32(feature.encode()) % _DIMENSIONS


class _Banks:
    """The banks of this process by desk and language; research and writing ask the same one."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self._made: dict[tuple[str, str], tuple[str, Phrasings]] = {}

    def of(self, desk: Desk, language: str) -> Phrasings:
        version, made = self._made.get((desk.name, language), ("", None))
        if made is None or version != desk.content_hash or not desk.content_hash:
            made = Phrasings(desk, language, self._file(desk, language))
            self._made[desk.name, language] = (desk.content_hash, made)
        return made

    def _file(self, desk: Desk, language: str) -> Path | None:
        if self.folder is None or not desk.content_hash:
            return None
        digest = hashlib.sha256(f"{desk.content_hash} {_code_version()}".encode())
        return self.folder / f"phrasings-{desk.name}-{language}-{digest.hexdigest()[:32]}.npz"


_BANKS = _Banks()


def phrasings_of(desk: Desk, language: str) -> Phrasings:
    """The desk's phrasings in a language, learnt once for each version of its files."""
    return _BANKS.of(desk, language)


def keep_phrasings(folder: Path | None) -> None:
    """From now on, read what a start learns from this folder, and keep it there."""
    _BANKS.folder = folder


@cache
def _code_version() -> str:
    folders = [Path(__file__).parent, *(Path(room.__path__[0]) for room in (retrieval, triage))]
    return kept.code_version(folders, ["numpy", "PyStemmer"])


def _places(desk: Desk, language: str) -> dict[Key, list[Passage]]:
    """Every quotable sentence of the language, and where it stands."""
    places: dict[Key, list[Passage]] = {}
    for policy in desk.policies:
        for passage in passages(policy) if policy.language == language else ():
            for _, sentence in quotable(passage.text, language):
                places.setdefault((policy.id, sentence), []).append(passage)
    return places


@lru_cache(maxsize=20_000)
def _runs(word: str) -> dict[str, float]:
    """Runs of letters within a word: what survives a typing error or a compound."""
    padded = f" {fold(word)} "
    return {
        f"l{padded[start : start + length]}": _LETTERS
        for length in _LENGTHS
        for start in range(len(padded) - length + 1)
    }


def _idf(count: int, total: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))
