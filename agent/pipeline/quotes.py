"""Sentences of policy passages that can be quoted, and the ones that answer a question. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.pipeline.cues import cues, folded_text
from agent.pipeline.kinds import SPECIFIC
from agent.pipeline.match import Clause, Matcher, Probe, Score, covered_by, score
from agent.pipeline.ports import Ground
from agent.pipeline.questions import Asked
from retrieval.sentences import split_sentences

_MARKER = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_ENDS = re.compile(r"[.!?…][\"'»”’)\]*_]*$")
_SERVES = 1.08  #: factor for a policy that serves the ticket's category
_SECOND = 0.95  #: a second sentence of the same kind must come this close to the best
_NEW_PART = 0.25  #: share of the question that a second sentence must add


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
    read = _read(matcher, text, ref.language or "en", ref.label)
    return [replace(quote, key=ground.key, categories=categories) for quote in read]


@lru_cache(maxsize=8_192)
def _read(matcher: Matcher, text: str, language: str, label: str) -> tuple[Quote, ...]:
    """A passage is the same for every ticket, and reading it is most of the work."""
    table = cues(language)
    sentences = [_plain(text[span.start : span.end]) for span in split_sentences(text, language)]
    headings = tuple(label.split(" · "))
    return tuple(
        Quote(
            key="",
            text=sentence,
            position=i,
            clause=matcher.clause(sentence, headings, " ".join(sentences[max(0, i - 1) : i + 2])),
            categories=(),
            limits=table.limits.within(folded_text(sentence)),
            leaning=_begins(table.leaning.spans(folded_text(sentence))),
        )
        for i, sentence in enumerate(sentences)
        if _quotable(sentence)
    )


def best_quotes(
    question: Asked,
    quotes: Sequence[Quote],
    matcher: Matcher,
    *,
    above: float,
    category: str,
    country: str | None,
) -> tuple[Quote, ...]:
    """The one or two sentences that answer, best first; none when no score is high enough.

    A limit that follows directly, and the sentence that a leaning one leans on, come along.
    """
    probe = matcher.probe(question)
    scored = ((quote, score(probe, quote.clause, country=country)) for quote in quotes)
    good = [(quote, s) for quote, s in scored if s.value >= above]
    if not good:
        return ()
    ranked = sorted(good, key=lambda pair: -_order(pair[0], pair[1], category))
    best, top = ranked[0]
    rule = _rule_before(best, good)
    if rule is not None:
        return _with_company([rule, best], quotes)
    second = next((q for q, s in ranked[1:] if _adds(q, s, best, top, probe)), None)
    return _with_company([best] if second is None else [best, second], quotes)


def _rule_before(best: Quote, good: Sequence[tuple[Quote, Score]]) -> Quote | None:
    """The rule to which the best sentence is an exception, where it answers too."""
    before = (q for q, _ in good if q.key == best.key and q.position == best.position - 1)
    return next(before, None) if best.limits else None


def _order(quote: Quote, found: Score, category: str) -> float:
    return found.order * (_SERVES if category in quote.categories else 1.0)


def _adds(quote: Quote, found: Score, best: Quote, top: Score, probe: Probe) -> bool:
    """A second sentence says what the first leaves open: another part, or another kind."""
    missing = [
        slot
        for slot in probe.slots & SPECIFIC
        if best.clause.slots.get(slot, 0.0) < 1.0 <= quote.clause.slots.get(slot, 0.0)
    ]
    if missing:
        return True
    new = covered_by(probe, quote.clause) - covered_by(probe, best.clause)
    share = sum(probe.weights[stem] for stem in new) / sum(probe.weights.values())
    close = found.order >= _SECOND * top.order
    return share >= _NEW_PART or (close and quote.key == best.key)


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
    return tuple({(quote.key, quote.position): quote for quote in company}.values())


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
