"""A sentence as the checker reads it: tokens, typed slots and cue words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.citations.lexicon import Lexicon, Phrase, lexicon
from agent.citations.normalise import normalise
from agent.citations.slots import Slot, find_slots
from agent.citations.tokens import Token, tokenise

_STEM = 6  #: letters that words of one stem share, well enough in all our languages
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    cues = _cues(tokens, words)
    keys = tuple(token.key for token in tokens)
    features = frozenset(feature(token) for token in tokens if token.kind != "sign")
    content = tuple(_content(keys, words))
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
        asks=text.rstrip("\"'”’»)*_ \t\r\n").endswith("?"),
    )


def _content(keys: tuple[str, ...], words: Lexicon) -> Iterator[int]:
    opening = next((o for o in words.openers if keys[: len(o)] == o), ())
    for i in range(len(opening), len(keys)):
        if keys[i] not in words.ignorable:
            yield i


def _is_dash(tokens: Sequence[Token], i: int, text: str) -> bool:
    """A hyphen or dash that is not a minus: it joins or parts words and says nothing."""
    if tokens[i].key != "-":
        return False
    before = text[: tokens[i].start][-1:]
    follows = i + 1 < len(tokens) and tokens[i + 1].start == tokens[i].end
    return not (follows and tokens[i + 1].kind == "slot" and (not before or before.isspace()))


def feature(token: Token) -> str:
    """A word's stem or a slot's kind: what alignment and windows compare."""
    if token.kind == "slot":
        return token.key.partition(" ")[0]
    return token.key[:_STEM]


def weigh(features: Iterable[str]) -> float:
    """Slots weigh more than words, and short words little."""
    return sum(map(_weight, features))


@lru_cache(maxsize=50_000)
def _weight(feature: str) -> float:
    if feature.startswith("<"):
        return 1.5
    return 0.3 if len(feature) <= _SHORT else 1.0


def _cues(tokens: Sequence[Token], words: Lexicon) -> list[Cue]:
    cues: list[Cue] = []
    at = 0
    while at < len(tokens):
        cue = _cue_at(tokens, at, words)
        if cue is not None:
            cues.append(cue)
        at = at + 1 if cue is None else cue.last + 1
    return cues


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
    return ahead or (phrase.trails and first > 0 and tokens[first - 1].kind == "slot")


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
            and (token - 2 <= cue.last < token or cue.first == token + 1)
        ]
        bound = min(near, key=lambda cue: cue.first > token, default=None)
        if bound is not None:
            taken.add(bound.first)
        found.append(Bounded(slot=slot, token=token, bound=bound))
    return found
