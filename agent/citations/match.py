"""Whether a source sentence says what a claim says, decided without judgement of meaning."""

import re

from agent.citations.lexicon import lexicon
from agent.citations.reading import Reading
from agent.citations.tokens import SIGN
from agent.domain.draft import Verdict

_CLAUSE_END = re.compile(r"\s*([,;])\s+")
_PUNCTUATION = re.compile(r"[,;:(]")
_MEANS_SOMETHING = re.compile(rf"[^\W_]|{SIGN}")
_SHORTEST_CLAUSE = 3  #: content words


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
    if claim.said and (claim.said == source.said or _is_closed_clause(claim, source)):
        return Verdict.PARAPHRASE
    return None


def _stands_in(core: str, text: str) -> bool:
    """To the letter, with nothing but punctuation and Markdown around it."""
    at = text.find(core)
    if at < 0 or not core:
        return False
    around = text[:at] + text[at + len(core) :]
    return _MEANS_SOMETHING.search(around) is None


def _is_closed_clause(claim: Reading, source: Reading) -> bool:
    """Whether the claim is the beginning of the source up to `, and …` or `; …`.

    What is left out must be one clause without a number and without any word that restricts,
    denies, allows or obliges: dropping `unless worn` would change what the rest says.
    """
    size = len(claim.said)
    if size < _SHORTEST_CLAUSE or source.said[:size] != claim.said:
        return False
    kept = source.content[size - 1] + 1
    rest = source.tokens[kept:]
    if not rest:
        return False
    cut = _CLAUSE_END.match(source.text, source.tokens[kept - 1].end, rest[0].start)
    coordinators = lexicon(source.language).coordinators
    if cut is None or (cut.group(1) == "," and rest[0].key not in coordinators):
        return False
    plain = all(token.kind == "word" for token in rest)
    one_clause = _PUNCTUATION.search(source.text, rest[0].start) is None
    restricts = any(cue.last >= kept and cue.guard != "scope" for cue in source.cues)
    return plain and one_clause and not restricts
