"""What may stand in a log line or on a span: ids, numbers, hashes and short codes. Pure."""

from datetime import datetime
from enum import Enum
from uuid import UUID

Scalar = str | int | float | bool
LONGEST = 200
"""Characters. A body is longer, a name, an id or an error code is not."""


def safe(value: object) -> Scalar | None:
    """The value, or what it is: a text that is too long becomes its length, a structure its type.

    It never fails: a log line is often written where something has gone wrong already.
    """
    if isinstance(value, Enum):
        return safe(value.value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str | UUID):
        return _short(str(value))
    return f"<{type(value).__name__}>"


def _short(text: str) -> str:
    if len(text) > LONGEST:
        return f"<{len(text)} characters>"
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
