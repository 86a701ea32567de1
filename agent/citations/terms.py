"""Words as meanings: stems, concepts and weights, and how well one word stands for another."""

from dataclasses import dataclass, replace
from functools import cache, lru_cache

from agent.citations.lexicon import lexicon
from agent.citations.lexicon.concepts import concepts, concepts_of
from agent.citations.lexicon.synonyms import same
from retrieval.lexicon import lexicon as dictionary
from retrieval.text import is_stop, stem

LIGHT = 0.1  #: weight of a function word
PREDICATE = 0.5  #: weight of a word that says little of what a rule is about
_PREDICATES = frozenset(
    {
        "pay",
        "include",
        "need",
        "entitle",
        "provide",
        "duration_validity",
        "receive",
        "limit",
        "money",
    }
    | {"employee", "customer", "guest", "passenger", "worker", "seller", "employer"}
)
_SHORTEST = 5  #: letters that two inflected forms of a word share at least
_SHARE = 0.6  #: of the longer form
_SAME_WORD = 0.8  #: likeness of two words that a dictionary has as synonyms
_EXCLUSIVE = frozenset({"audience", "country", "tax", "channel", "unit"})
_TURNS = frozenset({"against", "pairs"})


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One token's meaning, as far as words tell it."""

    stem: str
    meanings: frozenset[str]  #: concepts that another word may stand for
    groups: tuple[tuple[str, str], ...]  #: `(group, name)` of what excludes others of its group
    turns: frozenset[str]  #: concepts that deny or have an opposite
    weight: float  #: 0 for a sign or slot, 0.1 for a function word, 1 for a content word
    called: frozenset[str] = frozenset()  #: names of the dictionary's synonyms that it is one of
    listed: bool = False  #: a dictionary has it
    deed: bool = False  #: all that it is known to mean is something done

    @property
    def known(self) -> bool:
        """Whether its meaning is known, so that a synonym would be seen as one."""
        return bool(self.meanings) or self.listed


EMPTY = Term("", frozenset(), (), frozenset(), 0.0)


@lru_cache(maxsize=100_000)
def term(word: str, language: str) -> Term:
    """The meaning of one normalised word."""
    bare = word.rstrip("',")
    light = is_stop(bare, language) or word in lexicon(language).ignorable or len(bare) < 2
    names = frozenset[str]() if light else _called(bare, language)
    base = Term(
        stem(bare, language),
        frozenset(),
        (),
        frozenset(),
        LIGHT if light else 1.0,
        names & _same(),
        bool(names),
    )
    return with_names(base, concepts_of(bare, language))


def _called(word: str, language: str) -> frozenset[str]:
    """The dictionary's words for a word; many are of other things that are found with it."""
    known = dictionary(language, "en").words.get(stem(word, language), ())
    return frozenset(f"@{'_'.join(stems)}" for stems in known)


@cache
def _same() -> frozenset[str]:
    return frozenset(f"@{name}" for name in same())


def with_names(base: Term, names: tuple[str, ...]) -> Term:
    """A term that stands for further concepts."""
    if not names:
        return base
    known = concepts()
    full = PREDICATE if _PREDICATES.intersection(names) else 1.0
    groups = {(known[n].group, n) for n in names if known[n].group in _EXCLUSIVE}
    return Term(
        base.stem,
        base.meanings | {n for n in names if known[n].group not in _TURNS},
        tuple(sorted({*base.groups, *groups})),
        base.turns | {n for n in names if known[n].group in _TURNS},
        min(base.weight, full) if base.weight > LIGHT else max(base.weight, full / 2),
        base.called,
        base.listed,
        all(known[n].group == "deed" for n in names),
    )


@lru_cache(maxsize=20_000)
def weightless(base: Term) -> Term:
    """The same term where it is not to be compared as a word."""
    return replace(base, weight=0.0)


@lru_cache(maxsize=200_000)
def likeness(one: Term, other: Term) -> float:
    """How surely two words mean the same: 1 for one stem, 0 for nothing in common."""
    if one.stem == other.stem:
        return 1.0
    both = one.meanings & other.meanings
    if both:  # a compound shares one of its meanings with many words
        return 0.9 if both == one.meanings or both == other.meanings else 0.6
    if one.called & other.called:
        return _SAME_WORD
    shared = _shared(one.stem, other.stem)
    if shared >= _SHORTEST and shared >= _SHARE * max(len(one.stem), len(other.stem)):
        return 0.8
    return 0.0


def _shared(one: str, other: str) -> int:
    size = min(len(one), len(other))
    return next((n for n in range(size) if one[n] != other[n]), size)


@lru_cache(maxsize=100_000)
def keys_of(meant: Term) -> tuple[str, ...]:
    """What two terms that are alike share at least one of."""
    if not meant.weight:
        return ()
    return (
        f"={meant.stem}",
        f"~{meant.stem[:_SHORTEST]}",
        *sorted(meant.meanings),
        *sorted(meant.called),
    )
