"""Whether a source sentence says what a claim says, decided without judgement of meaning."""

import re
from collections.abc import Iterator

from agent.citations.lexicon import Lexicon, lexicon
from agent.citations.reading import Reading
from agent.domain.draft import Verdict

_CLAUSE_END = re.compile(r"\s*([,;])\s")


def match(core: str, claim: Reading, source: Reading) -> Verdict | None:
    """`exact`, `normalised` or `paraphrase` when `source` proves the claim, else None.

    `core` is the claim's text without citation marks. A paraphrase here is only one of form: other
    articles, a neutral opening, or a closed clause left out that restricts nothing.
    """
    if claim.asks != source.asks or not claim.tokens:
        return None
    if _stands_in(core, source.text):
        return Verdict.EXACT
    if claim.keys == source.keys:
        return Verdict.NORMALISED
    words = lexicon(claim.language)
    said, written = _content(claim, words), _content(source, words)
    if not said:
        return None
    if said == written or _is_closed_clause(said, written, source, words):
        return Verdict.PARAPHRASE
    return None


def _stands_in(core: str, text: str) -> bool:
    """To the letter, with nothing but punctuation and Markdown around it."""
    at = text.find(core)
    if at < 0 or not core:
        return False
    around = text[:at] + text[at + len(core) :]
    return not any(char.isalnum() or char in "€$£%?" for char in around)


def _content(reading: Reading, words: Lexicon) -> list[str]:
    """Keys without articles, fillers and a neutral opening."""
    keys = list(reading.keys)
    for opener in words.openers:
        if tuple(keys[: len(opener)]) == opener:
            keys = keys[len(opener) :]
            break
    return [key for key in keys if key not in words.ignorable]


def _is_closed_clause(said: list[str], written: list[str], source: Reading, words: Lexicon) -> bool:
    """Whether the claim is the beginning of the source up to `, and …` or `; …`.

    What is left out must be one clause without a number and without any word that restricts,
    denies, allows or obliges: dropping `unless worn` would change what the rest says.
    """
    if len(said) < 3 or written[: len(said)] != said:
        return False
    kept = _token_after(source, words, len(said))
    if kept is None:
        return False
    between = source.text[source.tokens[kept - 1].end : source.tokens[kept].start + 1]
    cut = _CLAUSE_END.match(between)
    rest = source.tokens[kept:]
    if cut is None or (cut.group(1) == "," and rest[0].key not in words.coordinators):
        return False
    tail = source.text[rest[0].start :]
    plain = all(token.kind == "word" for token in rest) and not re.search(r"[,;:(]", tail)
    return plain and not any(cue.last >= kept and cue.guard != "scope" for cue in source.cues)


def _token_after(source: Reading, words: Lexicon, contents: int) -> int | None:
    """Index of the first token after the first `contents` content words."""
    opening = len(source.tokens) - len(list(_after_opener(source, words)))
    seen = 0
    for at in range(opening, len(source.tokens)):
        if seen == contents:
            return at
        seen += source.keys[at] not in words.ignorable
    return None


def _after_opener(source: Reading, words: Lexicon) -> Iterator[str]:
    for opener in words.openers:
        if source.keys[: len(opener)] == opener:
            yield from source.keys[len(opener) :]
            return
    yield from source.keys
