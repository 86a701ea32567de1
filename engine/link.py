"""The places of a chain, and what is told of each call in them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.base import Engine, Usage
from engine.budget import Prices, Spend

_FREE: Final = Prices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An engine in its place, with what the chain has to know about it."""

    engine: Engine
    region: str = "local"
    prices: Prices = _FREE
    seconds: float = 30.0  #: longest one call may take
    tries: int = 2  #: calls of it in a row for one question
    turns: int = 1  #: requests that one call may make, for the bound of its cost
    per_minute: int | None = None  #: calls that its server takes; None: it does not say

    @property
    def name(self) -> str:
        return self.engine.name

    def spend(self, usage: Usage) -> Spend:
        return Spend(tokens=usage.prompt + usage.completion, money=self.prices.cost(usage))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a chain waits."""

    pause: float = 0.25  #: seconds before the second try; doubles, jittered by half
    hold: float = 10.0  #: longest wait for an engine that asked for a pause, or for a budget
    rounds: int = 3  #: through the whole chain
    fair: float = 2.0  #: a call that was given less seconds says nothing about its engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of one engine, as it ended; what observers are told. No text in it."""

    engine: str
    model: str  #: empty when there was no answer
    desk: str
    began: datetime
    seconds: float
    outcome: str  #: `ok`, or the error's class
    why: str = ""  #: what the error says; errors of engines hold no text of a ticket
    usage: Usage
    cost: float


Observer = Callable[[Call], None]
