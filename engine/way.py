"""A question on its way through a chain, and the call that is being made for it."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.base import NOTHING, Prompt, Sampling, Terms, Usage
from engine.budget import Reservation
from engine.errors import EngineError
from engine.link import Link


@dataclass(slots=True, kw_only=True)
class Asked:
    """One question on its way through the chain."""

    prompt: Prompt
    sampling: Sampling
    terms: Terms
    todo: deque[tuple[Link, int]] = field(default_factory=deque[tuple[Link, int]])
    errors: list[EngineError] = field(default_factory=list[EngineError])
    rounds: int = 0
    pause: float = 0.0  #: seconds to wait before the next call
    waited: float = 0.0  #: seconds, for the budget
    cost: float = 0.0

    @property
    def desk(self) -> str:
        return self.terms.desk


@dataclass(slots=True, kw_only=True)
class Running:
    """A call that may be made: entered at the breaker, reserved in the budget."""

    link: Link
    attempt: int  #: from 0
    entry: int
    held: Reservation
    began: datetime
    seconds: float  #: that it is given
    usage: Usage = NOTHING
    model: str = ""
    outcome: str = "ok"
    why: str = ""

    def terms(self, terms: Terms) -> Terms:
        deadline = self.began + timedelta(seconds=self.seconds)
        return replace(terms, deadline=min(deadline, terms.deadline))


@asynccontextmanager
async def closed_after(pieces: AsyncIterator[str]) -> AsyncGenerator[None]:
    """Close a stream that is left early, so that its engine has the place back at once."""
    try:
        yield
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
