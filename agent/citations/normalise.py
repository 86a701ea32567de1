"""Text in one form, with the way back: every character knows where it came from."""

import re
import unicodedata
from dataclasses import dataclass

_PLAIN = re.compile(r"[\x21-\x7e]+")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f")
_ONE_FORM = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛´′ʼ", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": " ",
    }
)


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text` in NFKC, case folded, one space for any white space; quotes and dashes in one form.

    `starts[i]` and `ends[i]` are the span of the original that character `i` came from.
    """

    text: str
    starts: list[int]
    ends: list[int]


def normalise(text: str) -> Normalised:
    """Linear in the length of the text. Soft hyphens and zero-width characters are dropped."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at, size = 0, len(text)
    while at < size:
        plain = _PLAIN.match(text, at)
        if plain:
            stop = plain.end()
            if stop < size and unicodedata.combining(text[stop]):
                stop -= 1  # the last letter belongs to the accent that follows
            if stop > at:
                parts.append(text[at:stop].lower().translate(_ONE_FORM))
                starts.extend(range(at, stop))
                ends.extend(range(at + 1, stop + 1))
                at = stop
                continue
        stop = _cluster_end(text, at)
        folded = _folded(text[at:stop])
        if folded == " " and parts and parts[-1][-1] == " ":
            folded = ""
        if folded:
            parts.append(folded)
            starts.extend([at] * len(folded))
            ends.extend([stop] * len(folded))
        at = stop
    return Normalised("".join(parts), starts, ends)


def fold(text: str) -> str:
    """The normalised text alone."""
    return normalise(text).text.strip()


def _cluster_end(text: str, at: int) -> int:
    """One past a character and the combining marks that follow it."""
    stop = at + 1
    while stop < len(text) and unicodedata.combining(text[stop]):
        stop += 1
    return stop


def _folded(cluster: str) -> str:
    if cluster.isspace():
        return " "
    if cluster in _INVISIBLE:
        return ""
    composed = unicodedata.normalize("NFKC", cluster.translate(_ONE_FORM)).casefold()
    return " ".join(composed.split()) or " "
