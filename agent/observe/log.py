"""Structured logging over the standard library: a dotted event and keys with values."""

import logging
from collections.abc import Mapping

from agent.observe.values import Scalar, safe

LOGGER = "citedesk"
EVENT = "citedesk_event"
"""Attribute of a `LogRecord` that holds the values; `agent.telemetry` formats it."""


class Log:
    """`log.info("draft.routed", ticket="T-7", route="review", tokens=412)`.

    Silent until `agent.telemetry` gives the logger a handler.
    """

    def __init__(self, name: str = LOGGER) -> None:
        self._logger = logging.getLogger(name)
        self._logger.addHandler(logging.NullHandler())

    def debug(self, event: str, /, **values: object) -> None:
        self._say(logging.DEBUG, event, values)

    def info(self, event: str, /, **values: object) -> None:
        self._say(logging.INFO, event, values)

    def warning(self, event: str, /, **values: object) -> None:
        self._say(logging.WARNING, event, values)

    def error(self, event: str, /, **values: object) -> None:
        self._say(logging.ERROR, event, values)

    def _say(self, level: int, event: str, values: Mapping[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            told: dict[str, Scalar | None] = {key: safe(value) for key, value in values.items()}
            self._logger.log(level, event, extra={EVENT: told}, stacklevel=3)


log = Log()
