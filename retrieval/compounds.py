"""German and Dutch compounds taken apart, into words that a vocabulary knows."""

from collections.abc import Callable

from retrieval.text import stem

COMPOUNDING = frozenset({"de", "nl"})
#: What joins the parts of a compound, the longest first.
_LINKS = {"de": ("es", "en", "er", "s", "n", "e", ""), "nl": ("en", "s", "e", "")}
_SHORTEST = 4  #: letters of a part; shorter ones are found in words that are no compounds


def parts(word: str, language: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """The stems of a compound's parts, or none: every part is known, the fewest parts win.

    `word` is normalised, not stemmed; `known` is asked for stems.
    """
    if language not in COMPOUNDING or len(word) < 2 * _SHORTEST:
        return ()
    return _split(word, language, known, pieces=3)


def _split(word: str, language: str, known: Callable[[str], bool], pieces: int) -> tuple[str, ...]:
    best: tuple[str, ...] = ()
    for cut in range(len(word) - _SHORTEST, _SHORTEST - 1, -1):
        head = _head(word[:cut], language, known)
        if head is None:
            continue
        last = stem(word[cut:], language)
        if known(last):
            return (head, last)
        if pieces > 2 and not best:
            rest = _split(word[cut:], language, known, pieces - 1)
            best = (head, *rest) if rest else ()
    return best


def _head(text: str, language: str, known: Callable[[str], bool]) -> str | None:
    """The stem of a part that is not the last, without what joins it to the next."""
    for link in _LINKS[language]:
        bare = text.removesuffix(link) if link else text
        if text.endswith(link) and len(bare) >= _SHORTEST and known(stem(bare, language)):
            return stem(bare, language)
    return None
