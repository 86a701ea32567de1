"""Phrases found in folded text, many at once: a tree of words, entered where a text has one.

A few thousand phrases are read in milliseconds, and most texts are answered by one look at which
of the phrases' first words they hold.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product

from agent.triage.folding import compose, fold

_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"(?P<word>\w+\*?)|(?P<gap>[^\w*]+)|\*")
_PLAIN = re.compile(r"[\w\s*'’,;:.!-]+")
_HEAD = 4  #: letters by which stems are looked up; shorter ones by all of theirs
_HEADED_WORDS = 50_000
_READ_TEXTS = 64  #: texts whose words are kept: many matchers read the same one
#: How a letter of a phrase may also be spelt: `für` as `fuer`, `Straße` as `strasse`.
_SPELLINGS = {
    "ä": ("a", "ae"),
    "ö": ("o", "oe"),
    "ü": ("u", "ue"),
    "ß": ("ß", "ss"),
    "œ": ("œ", "oe"),
    "æ": ("æ", "ae"),
}
_MOST_SPELLINGS = 16
#: What may stand between two words: `_SPACE` spaces or hyphens, `_PAUSE` also a comma before them.
_BLANKS = " \t\n\r\v\f-"
_FIRST, _SPACE, _PAUSE, _APOSTROPHE, _HYPHEN, _POINT = "", " ", ",", "'", "-", "."


class Phrases:
    """Phrases as one matcher: on word boundaries, case- and accent-blind, `*` for any ending."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """A space is any white space or hyphen; hyphens, apostrophes and commas may be absent."""
        self._root = _Node()
        odd: list[str] = []
        for phrase in phrases:
            if _PLAIN.fullmatch(phrase):
                for steps in _readings(compose(phrase).lower()):
                    self._root.add(steps)
            elif phrase.strip():
                odd.append(phrase)
        self._odd = _pattern(odd)

    def __bool__(self) -> bool:
        return bool(self._root.words or self._root.stems or self._odd)

    def spans(self, folded: str) -> list[tuple[int, int]]:
        """Where the phrases stand in a folded text, first to last, the longest at each place."""
        found = list(self._spans(folded))
        if self._odd is None:
            return found
        return _apart([*found, *(match.span() for match in self._odd.finditer(folded))])

    def _spans(self, folded: str) -> Iterator[tuple[int, int]]:
        text = _read(folded)
        done = 0
        for at in self._entries(text):
            if at >= done and (end := text.longest(self._root, at)):
                yield text.starts[at], text.ends[end - 1]
                done = end

    def _entries(self, text: "_Text") -> list[int]:
        """Numbers of the words with which a phrase may begin, in order."""
        root = self._root
        places = [at for word in root.words.keys() & text.at.keys() for at in text.at[word]]
        if root.stems:
            for head in root.stems.keys() & text.heads.keys():
                places += text.heads[head]
        return sorted(set(places)) if len(places) > 1 else places

    def count(self, folded: str) -> int:
        return len(self.spans(folded))

    def within(self, folded: str) -> bool:
        if next(self._spans(folded), None) is not None:
            return True
        return self._odd is not None and self._odd.search(folded) is not None


class _Node:
    """A place in the tree of phrases: what may stand next, each with what is before it."""

    __slots__ = ("ends", "stems", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.stems: dict[str, list[tuple[str, _Node]]] = {}
        self.ends = False

    def add(self, steps: Iterable[tuple[str, str]]) -> None:
        node = self
        for gap, word in steps:
            node = node._stem(gap, word[:-1]) if word[-1] == "*" else node._word(gap + word)
        node.ends = True

    def _word(self, key: str) -> "_Node":
        return self.words.setdefault(key, _Node())

    def _stem(self, gap: str, stem: str) -> "_Node":
        known = self.stems.setdefault(gap + stem[:_HEAD], [])
        for other, node in known:
            if other == stem:
                return node
        node = _Node()
        known.append((stem, node))
        return node


class _Text:
    """A folded text's words with their places."""

    __slots__ = ("_folded", "_heads", "_keys", "at", "ends", "starts", "words")

    def __init__(self, folded: str) -> None:
        self._folded = folded
        matches = list(_WORD.finditer(folded))
        self.words = [match[0] for match in matches]
        self.starts = [match.start() for match in matches]
        self.ends = [match.end() for match in matches]
        self._keys: list[tuple[str, ...]] = [()] * len(matches)
        self.at: dict[str, list[int]] = {}
        self._heads: dict[str, list[int]] | None = None
        for number, word in enumerate(self.words):
            self.at.setdefault(word, []).append(number)

    @property
    def heads(self) -> dict[str, list[int]]:
        """Numbers of words by their beginnings; read once, when a stem is looked for."""
        if self._heads is None:
            self._heads = {}
            for word, places in self.at.items():
                for head in _heads(word):
                    if head in self._heads:
                        self._heads[head] += places
                    else:
                        self._heads[head] = places.copy()
        return self._heads

    def longest(self, root: _Node, at: int) -> int:
        """One past the last word of the longest phrase that begins with word `at`; 0: none."""
        best = 0
        word = self.words[at]
        after = root.words.get(word)
        if after is not None:
            best = self._end(after, at + 1)
        if root.stems:
            for head in _heads(word):
                for stem, behind in root.stems.get(head, ()):
                    if word.startswith(stem):
                        best = max(best, self._end(behind, at + 1))
        return best

    def _end(self, node: _Node, at: int) -> int:
        best = at if node.ends else 0
        if at == len(self.words):
            return best
        if node.words:
            for key in self._keys[at] or self._read_keys(at):
                after = node.words.get(key)
                if after is not None:
                    best = max(best, self._end(after, at + 1))
        return max(best, self._behind_stem(node, at)) if node.stems else best

    def _behind_stem(self, node: _Node, at: int) -> int:
        best, word = 0, self.words[at]
        for gap in self._gaps(at):
            for head in _heads(word):
                for stem, behind in node.stems.get(gap + head, ()):
                    if word.startswith(stem):
                        best = max(best, self._end(behind, at + 1))
        return best

    def _gaps(self, at: int) -> tuple[str, ...]:
        """What stands before word `at`."""
        return _gaps(self._folded[self.ends[at - 1] : self.starts[at]])

    def _read_keys(self, at: int) -> tuple[str, ...]:
        """Word `at` with each reading of what stands before it; kept, for matchers ask again."""
        word = self.words[at]
        keys = tuple(gap + word for gap in self._gaps(at))
        self._keys[at] = keys
        return keys


@lru_cache(maxsize=_HEADED_WORDS)
def _heads(word: str) -> tuple[str, ...]:
    """What a stem of the word may begin with, as stems are looked up."""
    return tuple(word[:length] for length in range(1, min(len(word), _HEAD) + 1))


@lru_cache(maxsize=_READ_TEXTS)
def _read(folded: str) -> _Text:
    return _Text(folded)


@lru_cache(maxsize=1_000)
def _gaps(between: str) -> tuple[str, ...]:
    """Which gaps of a phrase the text between two words is."""
    if between == "'":
        return (_APOSTROPHE,)
    if not between.strip(_BLANKS):
        if not between:
            return ()
        return (_SPACE, _PAUSE, _HYPHEN) if len(between) == 1 else (_SPACE, _PAUSE)
    if between[0] not in ",;:.!" or between[1:].strip(_BLANKS):
        return ()
    return (_PAUSE,) if between[1:] else (_POINT,)


@lru_cache(maxsize=100_000)
def _readings(phrase: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """A phrase as words with what stands before each, in every way in which it may be spelt.

    The same phrases are read for every language.
    """
    found: list[tuple[tuple[str, str], ...]] = []
    for steps in _joined(_steps(phrase)):
        gaps = [gap for gap, _ in steps]
        spellings = product(*(_spellings(word) for _, word in steps))
        found += [
            tuple(zip(gaps, words, strict=True)) for words in islice(spellings, _MOST_SPELLINGS)
        ]
    return tuple(found)


def _steps(phrase: str) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    gap = _FIRST
    for piece in _PIECE.finditer(phrase):
        if piece["word"]:
            steps.append((gap if steps else _FIRST, piece["word"]))
        elif piece["gap"]:
            gap = _gap(piece["gap"])
    return steps


def _gap(between: str) -> str:
    folded = fold(between)
    if any(letter.isspace() for letter in folded):
        return _PAUSE if set(folded) & set(",;:.!") else _SPACE
    return folded if folded in (_APOSTROPHE, _HYPHEN) else _POINT


def _joined(steps: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """As written, and with what need not stand between two words left out."""
    if steps:
        yield steps
    for number, (gap, word) in enumerate(steps):
        if gap in (_APOSTROPHE, _HYPHEN, _POINT) and number and steps[number - 1][1][-1] != "*":
            before, last = steps[number - 1]
            yield from _joined([*steps[: number - 1], (before, last + word), *steps[number + 1 :]])


def _spellings(word: str) -> Iterable[str]:
    if _SPELLINGS.keys().isdisjoint(word):
        return (fold(word),)
    ways = (_SPELLINGS.get(letter) or (fold(letter),) for letter in word)
    return ("".join(letters) for letters in product(*ways))


def _pattern(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """The few phrases that hold other signs, as one pattern, longest first."""
    each = ["".join(map(_atom, _pieces(phrase))) for phrase in phrases]
    if not each:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(each, key=len, reverse=True))})(?!\w)")


def _pieces(phrase: str) -> list[str]:
    return re.findall(r"\s+|\S", compose(phrase).lower().strip())


def _atom(piece: str) -> str:
    if piece.isspace():
        return r"[\s-]+"
    if piece == "*":
        return r"\w*"
    if piece in _SPELLINGS:
        return f"(?:{'|'.join(_SPELLINGS[piece])})"
    folded = fold(piece)
    return {"'": "'?", "-": r"[\s-]?"}.get(folded) or re.escape(folded)


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, and of those that overlap the first and longest."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
