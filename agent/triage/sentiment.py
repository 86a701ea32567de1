"""The tone of a text, by words: its writer's feeling, not how serious the matter is."""

import re

from agent.domain.triage import Sentiment
from agent.triage.lexicon import found, negated

_SHOUTED = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}\b")
_SHOUTING = 4  #: words in capitals
_PUNCTUATION = re.compile(r"!{2,}|\?{2,}|\?!|!\?")
_ANGRY = frozenset("😡🤬😠👎💢🖕😤")
_GLAD = frozenset("😍🥰❤😊😀😃🎉👍💕😁")
_NEGATIVE_FROM = 2


def sentiment(
    text: str, folded: str, language: str, *, troubles: int = 0, fault: bool = False
) -> Sentiment:
    """Negative from one strong word or two weaker ones; positive only where nothing is amiss.

    `troubles` counts what the writer says went wrong with us, such as a refund that is overdue:
    each weighs as a strong word. Where the matter itself is a `fault`, one weaker word is enough.
    """
    bad = _weight(text, folded, language) + 2 * troubles
    bad += fault and bad > 0
    if bad >= _NEGATIVE_FROM:
        return Sentiment.NEGATIVE
    good = _count(folded, "positive", language) + (not _GLAD.isdisjoint(text))
    if good and not bad:
        return Sentiment.POSITIVE
    return Sentiment.NEUTRAL


def _weight(text: str, folded: str, language: str) -> int:
    weight = 2 * _count(folded, "strong_negative", language) + _count(folded, "negative", language)
    weight += 2 * (not _ANGRY.isdisjoint(text))
    weight += bool(_PUNCTUATION.search(text)) + (len(_SHOUTED.findall(text)) >= _SHOUTING)
    return weight


def _count(folded: str, section: str, language: str) -> int:
    """Distinct places, those taken back by a negation left out."""
    spans = found("sentiment", section, folded, language)
    return sum(not negated(folded, start, end, language) for start, end in spans)
