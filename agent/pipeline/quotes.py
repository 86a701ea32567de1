"""Sentences of policy passages that can be quoted, and the ones that answer a question. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.pipeline.cues import cues, folded_text
from agent.pipeline.match import Clause, Matcher, score
from agent.pipeline.ports import Ground
from agent.pipeline.questions import Asked
from retrieval.sentences import split_sentences

_MARKER = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_ENDS = re.compile(r"[.!?…][\"'»”’)\]*_]*$")
_SERVES = 1.05  #: factor for a policy that serves the ticket's category
_SECOND = 0.92  #: a second sentence must come this close to the best


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One quotable sentence of a passage."""

    key: str  #: of its ground
    text: str  #: to the letter, line breaks as spaces
    position: int  #: among the passage's sentences
    clause: Clause
    categories: tuple[str, ...]
    limits: bool  #: states a condition or an exception
    leaning: bool  #: cannot stand without the sentence before it


def quotes_of(ground: Ground, matcher: Matcher, categories: tuple[str, ...]) -> list[Quote]:
    """The whole sentences of a passage; headings, tables and fragments are not quoted."""
    ref = ground.source.ref
    text = ground.source.text[ref.start : ref.end]
    language = ref.language or "en"
    table = cues(language)
    sentences = [_plain(text[span.start : span.end]) for span in split_sentences(text, language)]
    headings = tuple(ref.label.split(" · "))
    return [
        Quote(
            key=ground.key,
            text=sentence,
            position=i,
            clause=matcher.clause(sentence, headings, " ".join(sentences[max(0, i - 1) : i + 2])),
            categories=categories,
            limits=table.limits.within(folded_text(sentence)),
            leaning=_begins(table.leaning.spans(folded_text(sentence))),
        )
        for i, sentence in enumerate(sentences)
        if _quotable(sentence)
    ]


def best_quotes(
    question: Asked,
    quotes: Sequence[Quote],
    matcher: Matcher,
    *,
    above: float,
    category: str,
    country: str | None,
) -> tuple[Quote, ...]:
    """The one or two sentences that answer, in reading order; none when no score is high enough.

    A limit that follows directly, and the sentence that a leaning one leans on, come along.
    """
    probe = matcher.probe(question)
    ranked = sorted(
        ((_scored(score(probe, q.clause, country=country), q, category), q) for q in quotes),
        key=lambda pair: -pair[0],
    )
    if not ranked or ranked[0][0] < above:
        return ()
    top, best = ranked[0]
    chosen = [best]
    if len(ranked) > 1 and ranked[1][0] >= max(above, top * _SECOND):
        chosen.append(ranked[1][1])
    return _with_company(chosen, quotes)


def _scored(value: float, quote: Quote, category: str) -> float:
    return min(1.0, value * _SERVES) if category in quote.categories else value


def _with_company(chosen: Sequence[Quote], quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    by_place = {(quote.key, quote.position): quote for quote in quotes}
    company: list[Quote] = []
    for quote in chosen:
        before = by_place.get((quote.key, quote.position - 1))
        after = by_place.get((quote.key, quote.position + 1))
        if quote.leaning and before is not None:
            company.append(before)
        company.append(quote)
        if after is not None and after.limits and _bears_on(after, quote):
            company.append(after)
    return tuple(dict.fromkeys(company))


def _bears_on(limit: Quote, quote: Quote) -> bool:
    """A limit speaks of the same thing when it leans on the sentence or shares its words."""
    return limit.leaning or len(limit.clause.stems & quote.clause.stems) >= 2


def _plain(sentence: str) -> str:
    """Without list marker, emphasis and line breaks."""
    bare = _MARKER.sub("", sentence, count=1) if _MARKER.match(sentence) else sentence
    return " ".join(bare.replace("**", "").split())


def _quotable(sentence: str) -> bool:
    return bool(_ENDS.search(sentence)) and not sentence.startswith(("|", "#", "```", "!["))


def _begins(spans: Sequence[tuple[int, int]]) -> bool:
    return bool(spans) and spans[0][0] == 0
