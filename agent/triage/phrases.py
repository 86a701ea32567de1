"""Phrases found in folded text, many at once: a tree of words, entered where a text has one.

A few thousand phrases are read in one walk over a text's words, however many groups they are of.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice

from agent.triage.folding import compose
from agent.triage.spelling import gaps, pattern, readings

Span = tuple[int, int]
_WORD = re.compile(r"\w+")
_PLAIN = re.compile(r"[\w\s*'’,;:.!-]+")
_HEAD = 4  #: letters by which stems are looked up; shorter ones by all of theirs
_HEADED_WORDS = 50_000
_BEGINNING_WORDS = 5_000  #: words for which it is kept which phrases begin with them
_READ_TEXTS = 16  #: texts whose words are kept: several books read the same one


class Book:
    """Groups of phrases as one matcher: on word boundaries, case- and accent-blind.

    In a phrase `*` is any ending, a space any white space or hyphen; hyphens, apostrophes and
    commas may be absent.
    """

    def __init__(self, groups: Mapping[str, Iterable[str]], *, remember: int = _READ_TEXTS) -> None:
        self._names = tuple(groups)
        self._root = _Node()
        self._odd: dict[str, re.Pattern[str]] = {}
        filled = {name: [p for p in phrases if p.strip()] for name, phrases in groups.items()}
        self._filled = frozenset(name for name, phrases in filled.items() if phrases)
        for number, (name, phrases) in enumerate(filled.items()):
            odd = self._enter(number, phrases)
            if (found := pattern(odd)) is not None:
                self._odd[name] = found
        self._begin = lru_cache(maxsize=_BEGINNING_WORDS)(self._root.after)
        self.spans = lru_cache(maxsize=remember)(self._spans)

    def _enter(self, number: int, phrases: Iterable[str]) -> list[str]:
        """Put a group's phrases into the tree; those that hold other signs are given back."""
        odd: list[str] = []
        for phrase in phrases:
            if _PLAIN.fullmatch(phrase):
                for steps in readings(compose(phrase).lower()):
                    self._root.add(steps, number)
            else:
                odd.append(phrase)
        return odd

    def has(self, name: str) -> bool:
        """Whether a group of this name has phrases."""
        return name in self._filled

    def _spans(self, folded: str) -> Mapping[str, Sequence[Span]]:
        """Where the phrases of each group stand, first to last, the longest at each place.

        Groups of which nothing stands in the text are left out.
        """
        found = self._walk(_read(folded))
        for name, odd in self._odd.items():
            spans = [match.span() for match in odd.finditer(folded)]
            if spans:
                found[name] = _apart([*found.get(name, ()), *spans])
        return found

    def _walk(self, text: "_Text") -> dict[str, list[Span]]:
        found: defaultdict[str, list[Span]] = defaultdict(list)
        done = [0] * len(self._names)
        followers = islice(chain(text.words, ("",)), 1, None)
        begin = map(self._begin, text.words)
        for at, (begun, word) in enumerate(zip(begin, followers, strict=True)):
            for _, node in begun:
                if node.ends or node.stems or word in node.words:
                    break
            else:
                continue
            for group, end in text.ends_of(begun, at + 1).items():
                if at >= done[group]:
                    done[group] = end
                    found[self._names[group]].append((text.starts[at], text.ends[end - 1]))
        return dict(found)


class Phrases:
    """One group of phrases as a matcher: of its own, or one of a book that is read for all."""

    def __init__(self, phrases: Iterable[str] = (), *, book: Book | None = None, name: str = ""):
        self._book = book or Book({name: phrases})
        self._name = name

    def __bool__(self) -> bool:
        return self._book.has(self._name)

    def spans(self, folded: str) -> Sequence[Span]:
        """Where the phrases stand in a folded text, first to last, the longest at each place."""
        return self._book.spans(folded).get(self._name, ())

    def within(self, folded: str) -> bool:
        return bool(self.spans(folded))


class _Node:
    """A place in the tree of phrases: what may stand next, each with what is before it."""

    __slots__ = ("ends", "stems", "words")

    def __init__(self) -> None:
        self.words: dict[str, list[_Step]] = {}
        self.stems: dict[str, list[tuple[str, _Step]]] = {}
        self.ends: tuple[int, ...] = ()  #: groups of which a phrase ends here

    def add(self, steps: Iterable[tuple[str, str]], group: int) -> None:
        node = self
        for gap, word in steps:
            node = node._stem(gap, word[:-1]) if word[-1] == "*" else node._word(gap, word)
        if group not in node.ends:
            node.ends = (*node.ends, group)

    def _word(self, gap: str, word: str) -> "_Node":
        known = self.words.setdefault(word, [])
        for before, node in known:
            if before == gap:
                return node
        known.append((gap, _Node()))
        return known[-1][1]

    def _stem(self, gap: str, stem: str) -> "_Node":
        known = self.stems.setdefault(stem[:_HEAD], [])
        for other, (before, node) in known:
            if other == stem and before == gap:
                return node
        known.append((stem, (gap, _Node())))
        return known[-1][1][1]

    def after(self, word: str) -> "Sequence[_Step]":
        """The places that a word leads to, each with what must stand before the word."""
        found = self.words.get(word, ())
        if not self.stems:
            return found
        behind = [
            step
            for head in _heads(word)
            for stem, step in self.stems.get(head, ())
            if word.startswith(stem)
        ]
        return [*found, *behind] if behind else found


_Step = tuple[str, _Node]


class _Text:
    """A folded text's words with their places."""

    __slots__ = ("_folded", "ends", "starts", "words")

    def __init__(self, folded: str) -> None:
        self._folded = folded
        matches = list(_WORD.finditer(folded))
        self.words = [match[0] for match in matches]
        self.starts = [match.start() for match in matches]
        self.ends = [match.end() for match in matches]

    def ends_of(self, begun: "Sequence[_Step]", at: int) -> dict[int, int]:
        """For each group, one past the last word of its longest phrase so begun before `at`."""
        ends: dict[int, int] = {}
        open_nodes = [(node, at) for _, node in begun]
        while open_nodes:
            node, at = open_nodes.pop()
            for group in node.ends:
                if at > ends.get(group, 0):
                    ends[group] = at
            if at < len(self.words) and (steps := node.after(self.words[at])):
                before = gaps(self._folded[self.ends[at - 1] : self.starts[at]])
                open_nodes += [(next_node, at + 1) for gap, next_node in steps if gap in before]
        return ends


@lru_cache(maxsize=_HEADED_WORDS)
def _heads(word: str) -> tuple[str, ...]:
    """What a stem of the word may begin with, as stems are looked up."""
    return tuple(word[:length] for length in range(1, min(len(word), _HEAD) + 1))


@lru_cache(maxsize=_READ_TEXTS)
def _read(folded: str) -> _Text:
    return _Text(folded)


def _apart(spans: Iterable[Span]) -> list[Span]:
    """In order, and of those that overlap the first and longest."""
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
