"""Sentences of policy passages that can be quoted, and the ones that answer a question. Pure."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.pipeline.cues import cues, folded_text
from agent.pipeline.kinds import SPECIFIC
from agent.pipeline.match import Clause, Matcher, Probe, covered_by, is_elsewhere, score
from agent.pipeline.phrasings import Phrasings
from agent.pipeline.ports import Ground
from agent.pipeline.questions import Asked
from agent.pipeline.sentences import quotable, said
from agent.pipeline.sureness import Signs, sure

_SERVES = 1.08  #: factor for a policy that serves the ticket's category
_SECOND = 0.85  #: a second sentence of the same passage must come this close to the best
_ANY_CATEGORY = 0.3  #: chance of a policy that serves all categories
_NEW_PART = 0.25  #: share of the question that a second sentence must add


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One quotable sentence of a passage."""

    key: str  #: of its ground
    policy: str  #: id of its policy
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
    policy = ref.policy_id or ""
    return [replace(q, key=ground.key, policy=policy, categories=categories) for q in read]


@lru_cache(maxsize=8_192)
def _read(matcher: Matcher, text: str, language: str, label: str) -> tuple[Quote, ...]:
    """A passage is the same for every ticket, and reading it is most of the work."""
    table = cues(language)
    sentences = said(text, language)
    headings = tuple(label.split(" · "))
    return tuple(
        Quote(
            key="",
            policy="",
            text=sentence,
            position=i,
            clause=matcher.clause(sentence, headings, " ".join(sentences[max(0, i - 1) : i + 2])),
            categories=(),
            limits=table.limits.within(folded_text(sentence)),
            leaning=_begins(table.leaning.spans(folded_text(sentence))),
        )
        for i, sentence in quotable(text, language)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, and what the desk knows of how people ask."""

    categories: Mapping[str, float]  #: probability of each
    country: str | None
    phrasings: Phrasings
    above: float  #: how sure it must be that a sentence answers


def best_quotes(
    question: Asked, quotes: Sequence[Quote], matcher: Matcher, asking: Asking
) -> tuple[Quote, ...]:
    """The one or two sentences that answer, best first; none when nothing is sure enough.

    A limit that follows directly, and the sentence that a leaning one leans on, come along.
    """
    probe = matcher.probe(question)
    judged = judge(question, probe, quotes, asking)
    good = [found for found in judged if found.sure >= asking.above]
    if not good:
        return ()
    ranked = sorted(good, key=lambda found: -found.order)
    best = ranked[0]
    rule = _rule_before(best, good)
    if rule is not None:
        return _with_company([rule, best.quote], quotes)
    second = next((f.quote for f in ranked[1:] if _adds(f, best, probe)), None)
    return _with_company([best.quote] if second is None else [best.quote, second], quotes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A quote with how surely it answers."""

    quote: Quote
    sure: float  #: probability, 0 to 1
    order: float  #: to rank by
    signs: Signs | None = None  #: None where the desk has no question bank


def judge(question: Asked, probe: Probe, quotes: Sequence[Quote], asking: Asking) -> list[Judged]:
    """Every quote that is not about another country.

    With a question bank, likeness and coverage are weighed together; without one, coverage is
    all there is.
    """
    scored = [(quote, score(probe, quote.clause, country=asking.country)) for quote in quotes]
    if not asking.phrasings:
        return [
            Judged(quote=q, sure=s.value, order=s.order * _service(q, asking)) for q, s in scored
        ]
    likeness = asking.phrasings.likeness(question.query)
    likes = [likeness.of((quote.policy, quote.text)) for quote in quotes]
    ahead, leads = _ahead(likes), _ahead([found.order for _, found in scored])
    specific = probe.slots & SPECIFIC
    judged: list[Judged] = []
    for n, (quote, found) in enumerate(scored):
        if is_elsewhere(probe, quote.clause, asking.country):
            continue
        kind = _kind(specific, quote)
        signs = Signs(
            alike=likes[n],
            ahead=ahead[n],
            covers=found.value,
            leads=leads[n],
            has_kind=kind,
            lacks_kind=float(bool(specific) and not kind),
            category=_chance(quote, asking),
        )
        p = sure(signs)
        judged.append(Judged(quote=quote, sure=p, order=p, signs=signs))
    return judged


def _ahead(values: Sequence[float]) -> list[float]:
    """How far each value lies before the best of the others; negative behind it."""
    first, second = (*heapq.nlargest(2, values), 0.0, 0.0)[:2]
    at = values.index(first) if values else -1
    return [value - (second if n == at else first) for n, value in enumerate(values)]


def _kind(specific: frozenset[str], quote: Quote) -> float:
    return max((quote.clause.slots.get(slot, 0.0) for slot in specific), default=0.0)


def _chance(quote: Quote, asking: Asking) -> float:
    """How probable the categories are that the quote's policy serves."""
    if not quote.categories:
        return _ANY_CATEGORY
    return sum(asking.categories.get(category, 0.0) for category in quote.categories)


def _service(quote: Quote, asking: Asking) -> float:
    likeliest = max(asking.categories, key=lambda c: asking.categories[c], default="")
    return _SERVES if likeliest in quote.categories else 1.0


def _rule_before(found: Judged, good: Sequence[Judged]) -> Quote | None:
    """The rule to which the best sentence is an exception, where it answers too."""
    best = found.quote
    quotes = (other.quote for other in good)
    before = (q for q in quotes if q.key == best.key and q.position == best.position - 1)
    return next(before, None) if best.limits else None


def _adds(found: Judged, top: Judged, probe: Probe) -> bool:
    """A second sentence says what the first leaves open: another part, or another kind."""
    quote, best = found.quote, top.quote
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


def _begins(spans: Sequence[tuple[int, int]]) -> bool:
    return bool(spans) and spans[0][0] == 0
