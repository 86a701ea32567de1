"""Which sentences of a passage can be quoted, and in what form. Pure."""

import re

from retrieval.sentences import split_sentences

_MARKER = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_ENDS = re.compile(r"[.!?…][\"'»”’)\]*_]*$")


def quotable(text: str, language: str) -> tuple[tuple[int, str], ...]:
    """The whole sentences with their position; headings, tables and fragments are left out."""
    return tuple((i, s) for i, s in enumerate(said(text, language)) if _whole(s))


def said(text: str, language: str) -> tuple[str, ...]:
    """All sentences, without list marker, emphasis and line breaks."""
    return tuple(_plain(text[s.start : s.end]) for s in split_sentences(text, language))


def _plain(sentence: str) -> str:
    bare = _MARKER.sub("", sentence, count=1) if _MARKER.match(sentence) else sentence
    return " ".join(bare.replace("**", "").split())


def _whole(sentence: str) -> bool:
    return bool(_ENDS.search(sentence)) and not sentence.startswith(("|", "#", "```", "!["))
