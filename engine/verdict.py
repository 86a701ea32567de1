"""What an error says about its engine, and whether the call is made again. Pure."""

from typing import Literal

from engine.breaker import Outcome
from engine.errors import (
    DeadlinePassed,
    EngineBusy,
    EngineDown,
    EngineError,
    PromptRefused,
    RequestRefused,
)


def outcome_of(ended: EngineError | Literal["ok"] | None, *, fair: bool = True) -> Outcome:
    """How a call that ended so counts; None is one that its caller gave up.

    `fair` is false when the call had too little time to say anything about the engine.
    """
    match ended:
        case "ok":
            return Outcome.WORKED
        case None:
            return Outcome.UNKNOWN
        case EngineBusy() if ended.retry_after is not None:
            return Outcome.UNKNOWN  # it works, and says when
        case RequestRefused():
            return Outcome.FAILED  # it may refuse every prompt
        case PromptRefused():
            return Outcome.WORKED  # it is well, and does not like this one
        case DeadlinePassed() if not fair:
            return Outcome.UNKNOWN
        case _:
            return Outcome.FAILED


def worth_another_try(error: EngineError) -> bool:
    """Whether the same engine may do better in a moment.

    A bad answer was repaired in vain already, a late one would be later still, and an engine that
    says when to come back is left alone until then.
    """
    if isinstance(error, EngineBusy):
        return error.retry_after is None
    return isinstance(error, EngineDown)
