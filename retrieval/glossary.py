"""Words that mean the same, within and across languages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from retrieval.text import tokens

_Terms = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Groups of words or phrases, looked up by stems.

    A phrase counts as named when all its stems are there, in whatever order.
    """

    groups: Sequence[Sequence[str]] = ()
    _by_language: dict[str, "_Lookup"] = field(default_factory=dict[str, "_Lookup"], repr=False)

    def concepts(self, stems: Iterable[str], language: str) -> frozenset[int]:
        """The groups that a text's stems name."""
        present = frozenset(stems)
        phrases = self._lookup(language).phrases
        return frozenset(
            n
            for stem in present
            for n, phrase in phrases.get(stem, ())
            if present.issuperset(phrase)
        )

    def expand(self, stems: Sequence[str], language: str) -> list[str]:
        """Stems of the other words of each group that the given stems name."""
        named = self.concepts(stems, language)
        groups = self._lookup(language).groups
        more = (stem for n in sorted(named) for term in groups[n] for stem in term)
        return [stem for stem in dict.fromkeys(more) if stem not in stems]

    def takes_part(self, stem: str, language: str) -> frozenset[int]:
        """The groups in which one of the words has this stem."""
        return self._lookup(language).parts.get(stem, frozenset())

    def named_by(self, stem: str, language: str) -> tuple[int, ...]:
        """The groups in which this one stem is a word."""
        return self._lookup(language).words.get(stem, ())

    def phrases_at(self, stems: Sequence[str], start: int, language: str) -> list[tuple[int, int]]:
        """Phrases of two stems or more that begin at a place: their length and their group."""
        found = self._lookup(language).phrases.get(stems[start], ())
        return [
            (len(phrase), n)
            for n, phrase in found
            if len(phrase) > 1 and tuple(stems[start : start + len(phrase)]) == phrase
        ]

    def terms(self, group: int, language: str) -> _Terms:
        """The words of a group, as stems of a language."""
        return self._lookup(language).groups[group]

    def _lookup(self, language: str) -> "_Lookup":
        """Words of every language are stemmed as this one's: only equal words will meet."""
        if language not in self._by_language:
            self._by_language[language] = _Lookup.of(
                tuple(
                    tuple(t for t in (tuple(tokens(word, language)) for word in group) if t)
                    for group in self.groups
                )
            )
        return self._by_language[language]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """The groups in one language, and the ways into them from a stem."""

    groups: tuple[_Terms, ...]
    phrases: Mapping[str, Sequence[tuple[int, tuple[str, ...]]]]  #: by a phrase's first stem
    parts: Mapping[str, frozenset[int]]  #: by any stem
    words: Mapping[str, tuple[int, ...]]  #: by the stem of a word that is no phrase

    @classmethod
    def of(cls, groups: tuple[_Terms, ...]) -> "_Lookup":
        phrases: defaultdict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        parts: defaultdict[str, set[int]] = defaultdict(set)
        single: defaultdict[str, dict[int, None]] = defaultdict(dict)
        for n, terms in enumerate(groups):
            for term in terms:
                phrases[term[0]].append((n, term))
                if len(term) == 1:
                    single[term[0]][n] = None
                for stem in term:
                    parts[stem].add(n)
        return cls(
            groups=groups,
            phrases=dict(phrases),
            parts={stem: frozenset(found) for stem, found in parts.items()},
            words={stem: tuple(found) for stem, found in single.items()},
        )
