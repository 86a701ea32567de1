"""Words that mean the same, within and across languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from retrieval.text import tokens

_Terms = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Groups of words or phrases, looked up by stems.

    A phrase counts as named when all its stems are there, in whatever order.
    """

    groups: Sequence[Sequence[str]] = ()
    _by_language: dict[str, tuple[_Terms, ...]] = field(
        default_factory=dict[str, tuple[_Terms, ...]], repr=False
    )

    def concepts(self, stems: Iterable[str], language: str) -> frozenset[int]:
        """The groups that a text's stems name."""
        present = frozenset(stems)
        return frozenset(
            n
            for n, terms in enumerate(self._terms(language))
            if any(present.issuperset(term) for term in terms)
        )

    def expand(self, stems: Sequence[str], language: str) -> list[str]:
        """Stems of the other words of each group that the given stems name."""
        named = self.concepts(stems, language)
        terms = self._terms(language)
        more = (stem for n in sorted(named) for term in terms[n] for stem in term)
        return [stem for stem in dict.fromkeys(more) if stem not in stems]

    def takes_part(self, stem: str, language: str) -> frozenset[int]:
        """The groups in which one of the words has this stem."""
        return frozenset(
            n
            for n, terms in enumerate(self._terms(language))
            if any(stem in term for term in terms)
        )

    def _terms(self, language: str) -> tuple[_Terms, ...]:
        """Words of every language are stemmed as this one's: only equal words will meet."""
        if language not in self._by_language:
            self._by_language[language] = tuple(
                tuple(t for t in (tuple(tokens(word, language)) for word in group) if t)
                for group in self.groups
            )
        return self._by_language[language]
