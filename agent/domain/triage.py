"""What a ticket is about, how fast it must be answered, and what it names."""

from dataclasses import dataclass, field
from enum import StrEnum


class Priority(StrEnum):
    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Sentiment(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A rule that fired, and the words that made it fire."""

    rule: str
    reason: str  #: `legal_threat`, `asks_for_person`, … (why a person must see it)
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What the text names, normalised, distinct, in order of first mention."""

    order_ids: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()  #: `84.90 EUR`; no currency when the text has none
    dates: tuple[str, ...] = ()  #: ISO 8601


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question of the ticket as a model read it."""

    number: int  #: of the question, from 0; beyond those that the rules found, they missed it
    text: str = ""  #: the question, where the rules missed it
    queries: tuple[str, ...] = ()  #: in the policies' language and words


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """A decision about a ticket, with the grounds for it."""

    category: str  #: one of the desk's categories, or `unsure`
    confidence: float  #: calibrated probability of `category`, 0 to 1
    priority: Priority
    sentiment: Sentiment = Sentiment.NEUTRAL
    fired: tuple[Fired, ...] = ()  #: rules that ask for a person
    no_reply: str | None = None  #: why nobody should answer (`auto-submitted`, `thanks`, `spam`, …)
    entities: Entities = field(default_factory=Entities)
    ranked: tuple[tuple[str, float], ...] = ()  #: all categories, best first
    asks: tuple[Ask, ...] = ()  #: none without a model
    actions: tuple[str, ...] = ()  #: what somebody must do, as a model read it
    lookup: bool = False  #: a model found that the requester's own records are asked for

    @property
    def needs_human(self) -> bool:
        return bool(self.fired)


UNSURE = "unsure"
