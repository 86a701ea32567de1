"""Sentences of policy passages that can be quoted, and the ones that answer a question. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from agent.pipeline.cues import cues, folded_text
from agent.pipeline.kinds import SPECIFIC
from agent.pipeline.match import Matcher, Probe, Scores
from agent.pipeline.phrasings import Phrasings
from agent.pipeline.ports import Ground
from agent.pipeline.questions import Asked
from agent.pipeline.sentences import quotable, said
from agent.pipeline.shelf import Clause, Flags, Floats
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
    place: int  #: of the clause on its matcher's shelf
    categories: tuple[str, ...]
    limits: bool  #: states a condition or an exception
    leaning: bool  #: cannot stand without the sentence before it


def quotes_of(ground: Ground, matcher: Matcher, categories: tuple[str, ...]) -> tuple[Quote, ...]:
    """The whole sentences of a passage; headings, tables and fragments are not quoted."""
    ref = ground.source.ref
    text = ground.source.text[ref.start : ref.end]
    passage = _Passage(matcher, text, ref.language or "en", ref.label)
    return _keyed(passage, ground.key, ref.policy_id or "", categories)


class _Passage(NamedTuple):
    matcher: Matcher
    text: str
    language: str
    label: str  #: its headings


@lru_cache(maxsize=8_192)
def _keyed(
    passage: _Passage, key: str, policy: str, categories: tuple[str, ...]
) -> tuple[Quote, ...]:
    """The ground's key depends on the ticket, but there are few of them."""
    read = _read(passage)
    return tuple(replace(q, key=key, policy=policy, categories=categories) for q in read)


@lru_cache(maxsize=8_192)
def _read(passage: _Passage) -> tuple[Quote, ...]:
    """A passage is the same for every ticket, and reading it is most of the work."""
    matcher, text, language, label = passage
    table = cues(language)
    sentences = said(text, language)
    headings = tuple(label.split(" · "))
    quotes: list[Quote] = []
    for i, sentence in quotable(text, language):
        nearby = " ".join(sentences[max(0, i - 1) : i + 2])
        clause = matcher.clause(sentence, headings, nearby)
        folded = folded_text(sentence)
        quotes.append(
            Quote(
                key="",
                policy="",
                text=sentence,
                position=i,
                clause=clause,
                place=matcher.shelf.put(clause),
                categories=(),
                limits=table.limits.within(folded),
                leaning=_begins(table.leaning.spans(folded)),
            )
        )
    return tuple(quotes)


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
    good = judge(question, probe, quotes, matcher, asking)
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
    taken_up: Flags  #: which of the question's words it has
    signs: Signs | None = None  #: None where the desk has no question bank


def judge(
    question: Asked, probe: Probe, quotes: Sequence[Quote], matcher: Matcher, asking: Asking
) -> list[Judged]:
    """The quotes that answer surely enough, in the order given.

    With a question bank, likeness and coverage are weighed together, and what is about another
    country is left out; without one, coverage is all there is.
    """
    if not quotes:
        return []
    places = np.array([quote.place for quote in quotes])
    scores = matcher.scores(probe, places, asking.country)
    if not asking.phrasings:
        order = scores.orders * np.array([_service(quote, asking) for quote in quotes])
        return [
            Judged(
                quote=quotes[n],
                sure=float(scores.values[n]),
                order=float(order[n]),
                taken_up=scores.taken_up[:, n],
            )
            for n in np.flatnonzero(scores.values >= asking.above).tolist()
        ]
    signs = _signs(question, probe, quotes, scores, matcher, asking)
    surely = sure(signs)
    here = ~matcher.shelf.elsewhere(probe.meant(asking.country), places)
    return [
        Judged(
            quote=quotes[n],
            sure=float(surely[n]),
            order=float(surely[n]),
            taken_up=scores.taken_up[:, n],
            signs=signs.at(n),
        )
        for n in np.flatnonzero(here & (surely >= asking.above)).tolist()
    ]


def _signs(
    question: Asked,
    probe: Probe,
    quotes: Sequence[Quote],
    scores: Scores,
    matcher: Matcher,
    asking: Asking,
) -> Signs:
    """The signs of all quotes."""
    assert asking.phrasings
    likeness = asking.phrasings.likeness(question.query)
    alike = likeness.of_all((quote.policy, quote.text) for quote in quotes)
    specific = probe.slots & SPECIFIC
    places = np.array([quote.place for quote in quotes])
    kinds = [matcher.shelf.slot(slot, places) for slot in specific]
    has_kind = np.max(kinds, axis=0) if kinds else np.zeros(len(quotes))
    chances = {c: _chance(c, asking) for c in {quote.categories for quote in quotes}}
    return Signs(
        alike=alike,
        ahead=_ahead(alike),
        covers=scores.values,
        leads=_ahead(scores.orders),
        has_kind=has_kind,
        lacks_kind=(has_kind == 0) if kinds else np.zeros(len(quotes)),
        category=np.array([chances[quote.categories] for quote in quotes]),
    )


def _ahead(values: Floats) -> Floats:
    """How far each value lies before the best of the others; negative behind it."""
    second, first = np.sort(values)[-2:] if len(values) > 1 else (0.0, values[0])
    ahead = values - first
    ahead[int(values.argmax())] = first - second
    return ahead


def _chance(categories: tuple[str, ...], asking: Asking) -> float:
    """How probable the categories are that a policy serves."""
    if not categories:
        return _ANY_CATEGORY
    return sum(asking.categories.get(category, 0.0) for category in categories)


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
    new = found.taken_up & ~top.taken_up
    share = float(probe.weights[new].sum() / probe.weights.sum())
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
