"""A sentence as the checker reads it: tokens, typed slots and cue words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.citations.lexicon import Lexicon, Phrase, lexicon
from agent.citations.lexicon.concepts import phrase_at
from agent.citations.normalise import normalise
from agent.citations.slots import Slot, find_slots
from agent.citations.terms import EMPTY, LIGHT, Term, keys_of, term, weightless, with_names
from agent.citations.tokens import Token, tokenise
from retrieval.text import fold

_STEM = 6  #: letters that words of one stem share, well enough in all our languages
_PARTS = re.compile(r"[,;:()–—]|\\s-\\s")
_POLAR = frozenset({"negation", "condition"})
_WATCHED = frozenset({"bound", "negation", "modality", "quantifier", "condition"})
_LEAST_CLAUSE = 1.0  #: weight that a clause needs to be compared by itself
_LEAST_WORDS = 0.8  #: of which words
_SHORT = 3  #: letters; shorter words carry little


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that a guard watches: a negation, a bound, a modal verb, a quantifier, …"""

    guard: str
    value: str
    first: int  #: index of its first token in `Reading.tokens`
    last: int
    start: int  #: in the original text
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """A slot with the bound that stands beside it, if any."""

    slot: Slot
    token: int  #: index in `Reading.tokens`
    bound: Cue | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """One sentence of a claim or a source, read in one language."""

    text: str
    language: str
    tokens: tuple[Token, ...]
    keys: tuple[str, ...]  #: of `tokens`
    content: tuple[int, ...]  #: tokens but for articles, fillers and a neutral opening
    said: tuple[str, ...]  #: keys of `content`
    slots: tuple[Bounded, ...]
    cues: tuple[Cue, ...]  #: in order, without those that only bound a slot
    features: frozenset[str]  #: what alignment compares: word stems and kinds of slots
    weight: float  #: of all features
    terms: tuple[Term, ...]  #: of `tokens`
    clauses: tuple[int, ...]  #: of `tokens`: the number of the clause that each stands in
    groups: tuple[frozenset[int], ...]  #: tokens of the clauses that can stand alone
    polar: bool  #: something in it denies, orders or has an opposite
    places: Mapping[str, tuple[int, ...]]  #: tokens by stem, beginning and meaning
    asks: bool  #: it ends with a question mark

    def quote(self, start: int, end: int) -> str:
        """The words between two offsets on one line."""
        return " ".join(self.text[start:end].replace("\u00ad", "").split())


@lru_cache(maxsize=8_192)
def read(text: str, language: str) -> Reading:
    """Read a sentence with a language's words; an unknown language has numbers and dates only.

    Frames, phrases and policy sentences recur in every reply, so the last readings are kept.
    """
    words = lexicon(language)
    merged, found = find_slots(tokenise(normalise(text), words), text, words)
    tokens = [token for i, token in enumerate(merged) if not _is_dash(merged, i, text)]
    cues = _negated_once(_cues(tokens, words), tokens, words)
    keys = tuple(token.key for token in tokens)
    terms = _terms(tokens, words.language, cues)
    features = frozenset(_features(tokens, terms))
    content = tuple(_content(keys, words))
    clauses = _clauses(tokens, text, words, cues)
    return Reading(
        text=text,
        language=words.language,
        tokens=tuple(tokens),
        keys=keys,
        content=content,
        said=tuple(keys[i] for i in content),
        slots=tuple(_bounded(tokens, found, cues)),
        cues=tuple(cue for cue in cues if cue.guard != "bound"),
        features=features,
        weight=weigh(features),
        terms=terms,
        clauses=clauses,
        groups=_groups(clauses, tokens, terms),
        polar=any(meant.turns for meant in terms) or any(cue.guard in _POLAR for cue in cues),
        places=_places(terms),
        asks=text.rstrip("\"'”’»)*_ \t\r\n").endswith("?"),
    )


def _content(keys: tuple[str, ...], words: Lexicon) -> Iterator[int]:
    opening = next((o for o in words.openers if keys[: len(o)] == o), ())
    for i in range(len(opening), len(keys)):
        if keys[i] not in words.ignorable:
            yield i


def _terms(tokens: Sequence[Token], language: str, cues: Sequence[Cue]) -> tuple[Term, ...]:
    """The meaning of each token; a phrase lends its meaning to all of its words.

    What a guard watches weighs nothing here: the guard compares it.
    """
    found = [term(t.key, language) if t.kind == "word" else EMPTY for t in tokens]
    bare = tuple(fold(token.key.rstrip("',")) for token in tokens)
    for at in range(len(tokens)):
        size, names = phrase_at(bare, at, language)
        for i in range(at, at + size):
            if tokens[i].kind == "word":
                found[i] = with_names(found[i], names)
    for cue in cues:
        for i in range(cue.first, cue.last + 1):
            if cue.guard in _WATCHED:
                found[i] = weightless(found[i])
    for i in _limits(bare, lexicon(language)):
        found[i] = weightless(found[i])
    return tuple(found)


def _limits(keys: tuple[str, ...], words: Lexicon) -> Iterator[int]:
    """Words of phrases such as `at least`, also where no number stands beside them."""
    for i, key in enumerate(keys):
        for phrase in words.phrases.get(key, ()):
            size = len(phrase.words)
            if phrase.guard == "bound" and size > 1 and keys[i : i + size] == phrase.words:
                yield from range(i, i + size)


def _clauses(
    tokens: Sequence[Token], text: str, words: Lexicon, cues: Sequence[Cue]
) -> tuple[int, ...]:
    """Clauses end at commas, colons, brackets and dashes, and before `but`, `and` or `unless`."""
    opens = {cue.first for cue in cues if cue.guard == "condition"}
    number, found = 0, list[int]()
    fresh = 0  # content words since the clause began
    for i, token in enumerate(tokens):
        between = text[tokens[i - 1].end : token.start] if i else ""
        parts = _PARTS.search(between) or token.key in words.coordinators or i in opens
        if i and parts and fresh:
            number, fresh = number + 1, 0
        fresh += token.kind == "slot" or token.key not in words.ignorable
        found.append(number)
    return tuple(found)


def _groups(
    clauses: Sequence[int], tokens: Sequence[Token], terms: Sequence[Term]
) -> tuple[frozenset[int], ...]:
    """Clauses that can stand alone; a short one belongs to the one before it."""
    groups: list[set[int]] = []
    for i, clause in enumerate(clauses):
        if not groups or (clause != clauses[i - 1] and _stands_alone(groups[-1], tokens, terms)):
            groups.append(set())
        groups[-1].add(i)
    if len(groups) > 1 and not _stands_alone(groups[-1], tokens, terms):
        last = groups.pop()
        groups[-1] |= last
    return tuple(map(frozenset, groups))


def _stands_alone(group: set[int], tokens: Sequence[Token], terms: Sequence[Term]) -> bool:
    words = sum(terms[i].weight for i in group)
    slots = sum(tokens[i].kind == "slot" for i in group)
    return words + slots >= _LEAST_CLAUSE and words >= _LEAST_WORDS


def _is_dash(tokens: Sequence[Token], i: int, text: str) -> bool:
    """A hyphen or dash that is not a minus: it joins or parts words and says nothing."""
    if tokens[i].key != "-":
        return False
    before = text[: tokens[i].start][-1:]
    follows = i + 1 < len(tokens) and tokens[i + 1].start == tokens[i].end
    return not (follows and tokens[i + 1].kind == "slot" and (not before or before.isspace()))


def _features(tokens: Sequence[Token], terms: Sequence[Term]) -> Iterator[str]:
    """A first guess at what a sentence is about: content stems, meanings, values and their kind."""
    for token, meant in zip(tokens, terms, strict=True):
        if token.kind == "slot":
            yield token.key
            yield token.key.partition(" ")[0]
        elif meant.weight > LIGHT:
            yield meant.stem[:_STEM]
            yield from meant.meanings


def _places(terms: Sequence[Term]) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for i, meant in enumerate(terms):
        for key in keys_of(meant):
            found.setdefault(key, []).append(i)
    return {key: tuple(places) for key, places in found.items()}


def weigh(features: Iterable[str]) -> float:
    """How much a set of features says: meanings, which are shared by many words, say less."""
    return sum(map(_weight, features))


@lru_cache(maxsize=50_000)
def _weight(feature: str) -> float:
    if feature.startswith("<"):
        return 1.0 if " " in feature else 0.5
    return 0.3 if len(feature) <= _SHORT else 0.7


def _cues(tokens: Sequence[Token], words: Lexicon) -> list[Cue]:
    cues: list[Cue] = []
    at = 0
    while at < len(tokens):
        cue = _cue_at(tokens, at, words)
        if cue is not None:
            cues.append(cue)
        at = at + 1 if cue is None else cue.last + 1
    return cues


def _negated_once(cues: list[Cue], tokens: Sequence[Token], words: Lexicon) -> list[Cue]:
    """`ne … pas` denies once, `ne … que` means `only`, and `ne` alone denies after few verbs."""
    if words.language != "fr":
        return cues
    found: list[Cue] = []
    for n, cue in enumerate(cues):
        ahead = tokens[cue.last + 1 : cue.last + 1 + _NE_REACH]
        second = next((c for c in cues[n + 1 :] if _is_denial(c, tokens)), None)
        apart = second.first - cue.last - 1 if second else len(tokens)
        limited = next((i for i, token in enumerate(ahead) if token.key in _QUE), len(ahead))
        if cue.guard != "negation" or tokens[cue.first].key not in _NE:
            if cue.guard != "negation" or _is_denial(cue, tokens):
                found.append(cue)
        elif limited < min(apart, len(ahead)):
            found.append(replace(cue, guard="quantifier", value="only"))
        elif apart < _NE_REACH:
            continue
        elif (ahead[:1] and ahead[0].key in _ALONE) or any(t.key in _PLUS for t in ahead):
            found.append(cue)
    return found


def _is_denial(cue: Cue, tokens: Sequence[Token]) -> bool:
    """`Personne` denies, `une personne` and `par personne` do not."""
    counted = tokens[cue.first].key == "personne" and cue.first > 0
    before = tokens[cue.first - 1] if counted else None
    one = before is not None and (before.kind != "word" or before.key in _ONE_PERSON)
    return cue.guard == "negation" and not one


_NE = frozenset({"ne", "n'"})
_ALONE = frozenset(("peut", "peuvent", "pouvez", "saurait", "sauraient", "cesse", "ose"))
_PLUS = frozenset({"plus", "guère", "point"})
_QUE = frozenset({"que", "qu'"})
_ONE_PERSON = frozenset(
    ("une", "la", "cette", "chaque", "par", "toute", "autre", "quelle", "première", "seule", "même")
)
_NE_REACH = 5  #: words between the two parts of a French denial at most


def _cue_at(tokens: Sequence[Token], at: int, words: Lexicon) -> Cue | None:
    """The longest cue phrase at a token; a bound counts only beside a slot."""
    for phrase in words.phrases.get(tokens[at].key, ()):
        size = len(phrase.words)
        if tuple(token.key for token in tokens[at : at + size]) != phrase.words:
            continue
        if phrase.guard == "bound" and not _beside_slot(tokens, at, phrase):
            continue
        last = at + size - 1
        return Cue(phrase.guard, phrase.value, at, last, tokens[at].start, tokens[last].end)
    return None


def _beside_slot(tokens: Sequence[Token], first: int, phrase: Phrase) -> bool:
    """A slot follows at once or after one word; or it stands before a bound such as `or more`."""
    after = first + len(phrase.words)
    ahead = any(token.kind == "slot" for token in tokens[after : after + 2])
    behind = tokens[max(0, first - 3 if len(phrase.words) > 1 else first - 1) : first]
    return ahead or (phrase.trails and any(token.kind == "slot" for token in behind))


def _trails(cue: Cue, token: int, slots: Sequence[int]) -> bool:
    """Whether a bound stands behind a slot, and before no other: `5 kg and under 30 cm`."""
    ahead = any(cue.last < other <= cue.last + 2 for other in slots)
    return token < cue.first <= token + 3 and not ahead


def _bounded(tokens: Sequence[Token], slots: Sequence[Slot], cues: Sequence[Cue]) -> list[Bounded]:
    """Each slot with its bound: the cue that ends just before it, else the one just after it."""
    at = [i for i, token in enumerate(tokens) if token.kind == "slot"]
    taken: set[int] = set()
    found: list[Bounded] = []
    for slot, token in zip(slots, at, strict=True):
        near = [
            cue
            for cue in cues
            if cue.guard == "bound"
            and cue.first not in taken
            and (token - 2 <= cue.last < token or _trails(cue, token, at))
        ]
        bound = min(near, key=lambda c: (c.first > token, abs(token - c.last)), default=None)
        if bound is not None:
            taken.add(bound.first)
        found.append(Bounded(slot=slot, token=token, bound=bound))
    return found
