"""Exit codes, and turning known errors into one line on standard error."""

from enum import IntEnum
from typing import cast


class Exit(IntEnum):
    """What the exit code tells a script."""

    OK = 0
    FOUND = 1  #: the command worked and found something wrong (a claim that does not hold, …)
    USAGE = 2  #: wrong option, setting or desk
    UNREACHABLE = 3  #: the broker or the database does not answer
    REFUSED = 4  #: the input was refused; nothing was sent
    DEFECT = 70  #: a mistake of ours; sysexits.h calls it EX_SOFTWARE
    INTERRUPTED = 130


class CommandFailed(Exception):
    """A user's mistake or an outage, told in words; never shown as a traceback."""

    def __init__(self, message: str, code: Exit) -> None:
        self.code = code
        super().__init__(message)


def translated(error: Exception) -> CommandFailed | None:
    """The command's failure for an error that a user can mend; None for a defect of ours."""
    from agent.bus.errors import BrokerUnreachable, BusError, SendFailed
    from agent.desk import DeskError
    from agent.evals.errors import EvalError
    from agent.settings import SettingsError
    from agent.store.errors import StoreError, StoreUnavailable
    from agent.web.access import NotConfigured
    from agent.web.passwords import WeakPassword
    from agent.web.server import PortTaken
    from engine.errors import EngineError, EngineUnusable

    if isinstance(error, ExceptionGroup):  # of several parts that ended together
        told = (translated(one) for one in cast(ExceptionGroup[Exception], error).exceptions)
        return next((one for one in told if one), None)
    if isinstance(error, CommandFailed):
        return error
    if isinstance(error, EngineUnusable):
        return CommandFailed(str(error), Exit.USAGE)
    if isinstance(error, BrokerUnreachable | StoreUnavailable | SendFailed | EngineError):
        return CommandFailed(str(error), Exit.UNREACHABLE)
    users = SettingsError | DeskError | EvalError | StoreError | BusError
    if isinstance(error, users | PortTaken | NotConfigured | WeakPassword):
        return CommandFailed(str(error), Exit.USAGE)
    if isinstance(error, OSError) and error.filename and error.strerror:
        return CommandFailed(f"{error.filename}: {error.strerror}", Exit.USAGE)
    return None
