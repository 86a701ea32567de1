"""What can go wrong with an engine. Nothing of a prompt or an answer stands in a message.

EngineError
├── PassingError       the same call may work later, or with the next engine
│   ├── EngineBusy         at its limit; says when to come back, where it knows
│   ├── EngineDown         not reachable, or it died
│   ├── DeadlinePassed     no answer in time
│   └── BadAnswer          the answer is not what the schema asks for
└── PermanentError     the same call will never work
    └── PromptRefused      the engine does not take this prompt, with its reason
"""

from datetime import timedelta


class EngineError(Exception):
    """An engine gave no answer."""

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


class PromptRefused(PermanentError):
    """The engine does not take this prompt: too long, not allowed, unknown model."""
