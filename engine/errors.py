"""What can go wrong with an engine. Nothing of a prompt or an answer stands in a message.

EngineError
├── PassingError       the same call may work later, or with the next engine
│   ├── EngineBusy         at its limit; says when to come back, where it knows
│   ├── EngineDown         not reachable, or it died
│   ├── DeadlinePassed     no answer in time
│   ├── BadAnswer          the answer is not what the schema asks for
│   │   └── CutOff             it ran into the limit of tokens
│   ├── BudgetSpent        the desk has used up what it may spend today
│   └── NoEngineLeft       every engine of a chain failed; holds their errors
└── PermanentError     the same call will never work
    ├── PromptRefused      the engine does not take this prompt, with its reason
    │   ├── PromptTooLong      more tokens than its context holds
    │   └── RequestRefused     it does not understand the request; another prompt may not help
    └── EngineUnusable     no call will work until a person mends a setting
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.base import Usage


class EngineError(Exception):
    """An engine gave no answer."""

    #: What the failed call used all the same, where that is known or has to be assumed.
    usage: "Usage | None" = None

    def __init__(self, engine: str, why: str) -> None:
        self.engine = engine
        self.why = why
        super().__init__(f"engine {engine!r}: {why}")


class PassingError(EngineError):
    """Worth another try, later or elsewhere."""


class PermanentError(EngineError):
    """Not worth another try."""


class EngineBusy(PassingError):
    """The engine is at its limit."""

    def __init__(self, engine: str, retry_after: timedelta | None = None) -> None:
        self.retry_after = retry_after
        when = f"; come back in {retry_after.total_seconds():g} s" if retry_after else ""
        super().__init__(engine, f"is at its limit{when}")


class EngineDown(PassingError):
    """The engine cannot be reached, or it died."""


class DeadlinePassed(PassingError):
    """No answer before the deadline; the call was given up."""

    def __init__(self, engine: str) -> None:
        super().__init__(engine, "gave no answer before the deadline")


class BadAnswer(PassingError):
    """The answer does not fit the schema; `fields` names the places, never the text."""

    def __init__(self, engine: str, fields: tuple[str, ...]) -> None:
        self.fields = fields
        places = ", ".join(repr(field) for field in fields) or "the whole"
        super().__init__(engine, f"the answer does not fit the schema at {places}")


class CutOff(BadAnswer):
    """The answer is not finished: it ran into the limit of tokens."""

    def __init__(self, engine: str) -> None:
        super().__init__(engine, ())
        self.why = "the answer was cut off at the limit of tokens"
        self.args = (f"engine {engine!r}: {self.why}",)


class BudgetSpent(PassingError):
    """The desk may spend no more today; nothing was sent."""

    def __init__(self, engine: str, desk: str, what: str) -> None:
        self.desk = desk
        super().__init__(engine, f"desk {desk!r} has used up its {what} for today")


class NoEngineLeft(PassingError):
    """Every engine of the chain was tried or had to be left out."""

    def __init__(self, chain: str, errors: Sequence[EngineError]) -> None:
        self.errors = tuple(errors)
        told = "; ".join(dict.fromkeys(f"{e.engine}: {e.why}" for e in errors))
        super().__init__(chain, f"no engine could answer ({told or 'none is set up'})")


class PromptRefused(PermanentError):
    """The engine does not take this prompt: too long, or not allowed."""


class PromptTooLong(PromptRefused):
    """The prompt and the room for its answer are more than the engine's context holds."""

    def __init__(self, engine: str, *, limit: int | None = None) -> None:
        self.limit = limit
        holds = f" ({limit} tokens)" if limit else ""
        super().__init__(engine, f"the prompt is longer than its context holds{holds}")


class RequestRefused(PromptRefused):
    """The engine does not understand the request itself, so that other prompts may fail too."""


class EngineUnusable(PermanentError):
    """No call will work until a person mends a setting: a key, a model's name, an address."""
