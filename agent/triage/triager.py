"""Model-free triage of a desk's tickets: rules, entities, classifier, priority, tone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from agent.domain.desk import Desk, Example
from agent.domain.ticket import Ticket
from agent.domain.triage import UNSURE, Entities, Priority, Sentiment, Triage
from agent.triage.classifier import classifier
from agent.triage.entities import Reader
from agent.triage.explaining import Weighed, explain
from agent.triage.features import Concepts, Features, Sayings, tokens
from agent.triage.folding import compose, fold
from agent.triage.lexicon import Signal
from agent.triage.model import Expected, Model, Ranked
from agent.triage.priority import Prioritiser
from agent.triage.rules import Hit, Rules
from agent.triage.sentiment import sentiment

_READ_AT_MOST = 100_000  #: characters; what stands beyond is no question
_ANY_DAY = date(2026, 1, 1)  #: for an example: which year its dates are in teaches nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A text with all that stands in it."""

    text: str
    folded: str
    language: str
    hits: tuple[Hit, ...]
    entities: Entities
    features: Features


class _TextReader:
    """Reads tickets and examples alike, so that what is learnt from one holds for the other."""

    def __init__(self, desk: Desk, order_digits: int) -> None:
        self.rules = Rules(desk.rules)
        self._entities = Reader(order_digits)
        self._concepts = Concepts(desk.glossary)
        self._told = desk.concepts
        self._by_language: dict[str, Sayings] = {}

    def read(self, text: str, language: str, *, on: date, country: str | None = None) -> _Read:
        text = compose(text[:_READ_AT_MOST])
        folded = fold(text)
        hits = self.rules.hits(text, folded, language)
        entities = self._entities.read(text, folded, language=language, on=on, country=country)
        return _Read(
            text=text,
            folded=folded,
            language=language,
            hits=hits,
            entities=entities,
            features=self._features(folded, language, hits),
        )

    def entities(
        self, text: str, language: str, *, on: date, country: str | None = None
    ) -> Entities:
        text = compose(text[:_READ_AT_MOST])
        return self._entities.read(text, fold(text), language=language, on=on, country=country)

    def _sayings(self, language: str) -> Sayings:
        if language not in self._by_language:
            self._by_language[language] = Sayings(self._told, language)
        return self._by_language[language]

    def _features(self, folded: str, language: str, hits: Iterable[Hit]) -> Features:
        signs = [f"rule:{hit.fired.rule}" for hit in hits] + self._concepts.signs(folded)
        return Features(
            tokens=tokens(folded),
            signs=tuple(signs),
            said=self._sayings(language).said(folded),
        )


class ModelFree:
    """Triage of one desk's tickets. Pure once built; safe to share between tasks."""

    def __init__(self, desk: Desk, reader: _TextReader, model: Model | None) -> None:
        self._desk = desk
        self._reader = reader
        self._model = model
        self._sure_from = _sure_from(desk, self.expected)

    @property
    def expected(self) -> Expected | None:
        """What cross-validation promises; None where there was nothing to learn."""
        return self._model.parameters.expected if self._model else None

    @property
    def sure_from(self) -> float:
        """The confidence from which on a category is said."""
        return self._sure_from

    def explain(self, text: str, language: str) -> tuple[Weighed, ...]:
        """Which words of a text decide its category, heaviest first; empty without a classifier."""
        read = self._reader.read(text, language, on=_ANY_DAY)
        return explain(self._model, read.features) if self._model else ()

    def triage(self, ticket: Ticket) -> Triage:
        """A decision with its grounds. Never raises on any text."""
        read = self._reader.read(
            ticket.text,
            ticket.language,
            on=_day(ticket),
            country=_country(ticket),
        )
        ranked, fits = self._model.judge(read.features) if self._model else ((), False)
        raised = _prioritiser(read.language).raised(read.folded)
        category = self._category(ranked, fits)
        tone = self._tone(read, category, raised)
        ending = self._ending(read, content=not raised and tone is not Sentiment.NEGATIVE)
        return Triage(
            category=category,
            confidence=ranked[0][1] if ranked else 0.0,
            priority=Priority.LOW if ending else self._priority(read, category, raised),
            sentiment=tone,
            fired=tuple(hit.fired for hit in read.hits),
            no_reply=ending,
            entities=read.entities,
            ranked=ranked,
        )

    def mentioned(self, ticket: Ticket) -> Entities:
        """Everything that the ticket names, the older mail quoted below it included."""
        parts = (
            ticket.text,
            *(m.quoted for m in ticket.messages),
            *(m.signature for m in ticket.messages),
        )
        return self._reader.entities(
            "\n\n".join(part for part in parts if part),
            ticket.language,
            on=_day(ticket),
            country=_country(ticket),
        )

    def triage_many(self, tickets: Sequence[Ticket]) -> list[Triage]:
        """The same, for many, in the order given."""
        return [self.triage(ticket) for ticket in tickets]

    def _category(self, ranked: Ranked, fits: bool) -> str:
        """The likeliest, unless the text is unlike any example or its confidence is too low."""
        return ranked[0][0] if fits and ranked[0][1] >= self._sure_from else UNSURE

    def _priority(self, read: _Read, said: str, raised: Sequence[Signal]) -> Priority:
        category = self._desk.category(said)
        return _prioritiser(read.language).decide(
            read.folded,
            category=category.priority if category else Priority.NORMAL,
            hits=read.hits,
            raised=raised,
        )

    def _tone(self, read: _Read, said: str, raised: Sequence[Signal]) -> Sentiment:
        category = self._desk.category(said)
        return sentiment(
            read.text,
            read.folded,
            read.language,
            troubles=sum(signal.grievance for signal in raised),
            fault=category is not None and category.grievance,
        )

    def _ending(self, read: _Read, *, content: bool) -> str | None:
        """Why nobody should answer. A person's matter, or an unhappy text, is never an ending."""
        if read.hits:
            return None
        return self._reader.rules.no_reply(
            read.folded,
            read.language,
            content=content,
            own_business=bool(read.entities.order_ids),
        )


def features_of(desk: Desk, examples: Iterable[Example], order_digits: int = 5) -> list[Features]:
    """What a desk's classifier sees of examples, the desk's own or others."""
    reader = _TextReader(desk, order_digits)
    return [reader.read(e.text, e.language, on=_ANY_DAY).features for e in examples]


def build_triager(
    desk: Desk, cache_dir: Path | None = None, *, order_digits: int = 5, fresh: bool = False
) -> ModelFree:
    """The desk's triage, trained in seconds or loaded from `cache_dir` unless `fresh`."""
    reader = _TextReader(desk, order_digits)

    def read_examples() -> list[Features]:
        return [reader.read(e.text, e.language, on=_ANY_DAY).features for e in desk.examples]

    return ModelFree(desk, reader, classifier(desk, read_examples, cache_dir, fresh=fresh))


def _sure_from(desk: Desk, expected: Expected | None) -> float:
    """The confidence from which on a category is said: a floor, and a precision to keep."""
    floor, precision = desk.thresholds.unsure_below, desk.thresholds.precision
    if expected is None or precision is None:
        return floor
    return max(floor, expected.surest(precision))


@cache
def _prioritiser(language: str) -> Prioritiser:
    return Prioritiser(language)


def _day(ticket: Ticket) -> date:
    last = ticket.messages[-1].sent_at if ticket.messages else ticket.received_at
    return last.date()


def _country(ticket: Ticket) -> str | None:
    return ticket.requester.country or _region(ticket.requester.locale)


def _region(locale: str | None) -> str | None:
    """`BE` of `fr-BE`."""
    found = re.search("[-_]([A-Za-z]{2})$", locale or "")
    return found[1].upper() if found else None
