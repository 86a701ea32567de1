"""Questions that no policy answered, put together by likeness. Pure."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.sentences import split_sentences

_ALIKE = 0.35  #: cosine from which two titles are one gap
_SHOWN = 3
_READ = 5_000  #: characters of a message
_LONGEST = 160  #: characters of a question that is shown

Tokens = Callable[[str, str], Sequence[str]]
"""Stems of a text in a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was asked, and the draft that did not answer it."""

    draft: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A cluster of questions in one language, with some of them as they were asked."""

    language: str
    count: int
    examples: tuple[Asked, ...]  #: different ones
    drafts: tuple[str, ...]  #: ids, the newest first


def gaps(unanswered: Sequence[tuple[str, str, str]], tokens: Tokens) -> tuple[Gap, ...]:
    """Clusters of (draft id, language, what was asked), the largest first.

    Leader clustering by the cosine of tf-idf vectors: every text joins the first cluster whose
    leader it is like, in the order given.
    """
    stems = [frozenset(tokens(title, language)) for _, language, title in unanswered]
    weights = _idf(stems)
    leaders: list[tuple[frozenset[str], list[int]]] = []
    for n, words in enumerate(stems):
        if not words:
            continue
        language = unanswered[n][1]
        home = next(
            (
                members
                for leader, members in leaders
                if unanswered[members[0]][1] == language
                and _cosine(leader, words, weights) >= _ALIKE
            ),
            None,
        )
        if home is None:
            leaders.append((words, [n]))
        else:
            home.append(n)
    clusters = sorted((members for _, members in leaders), key=lambda m: (-len(m), m[0]))
    return tuple(_gap([unanswered[n] for n in members]) for members in clusters)


def question_of(body: str, language: str) -> str:
    """What a message asks: its sentences with a question mark, else its longest one."""
    said = [
        " ".join(body[span.start : span.end].split())
        for span in split_sentences(body[:_READ], language)
    ]
    asked = [sentence for sentence in said if "?" in sentence] or sorted(said, key=len)[-1:]
    text = " ".join(asked)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(maxsplit=1)[0] + "…"


def _gap(members: Sequence[tuple[str, str, str]]) -> Gap:
    first: dict[str, str] = {}
    for draft, _, text in members:
        first.setdefault(text, draft)
    asked = tuple(Asked(draft=draft, text=text) for text, draft in first.items())
    return Gap(
        language=members[0][1],
        count=len(members),
        examples=asked[:_SHOWN],
        drafts=tuple(draft for draft, _, _ in members),
    )


def _idf(stems: Sequence[frozenset[str]]) -> dict[str, float]:
    found = Counter(word for words in stems for word in words)
    return {word: math.log(1 + len(stems) / count) for word, count in found.items()}


def _cosine(a: frozenset[str], b: frozenset[str], weights: dict[str, float]) -> float:
    shared = sum(weights[word] ** 2 for word in a & b)
    size = math.sqrt(sum(weights[w] ** 2 for w in a) * sum(weights[w] ** 2 for w in b))
    return shared / size if size else 0.0
