"""Money as the tools carry it, and the shapes of a result's fields."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tools.base import Scalar

Data = Mapping[str, Scalar]
"""What `ToolResult.data` holds."""

_MONEY = re.compile(r"(-?\d{1,12}(?:\.\d{1,2})?) ([A-Z]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An exact amount; written `84.90 EUR`."""

    amount: Decimal
    currency: str  #: ISO 4217

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"

    @classmethod
    def parse(cls, text: str) -> "Money":
        """Read `84.90 EUR`; raises ValueError with the form to write it in."""
        found = _MONEY.fullmatch(text)
        if found is None:
            raise ValueError("is not money; write it as 84.90 EUR")
        return cls(amount=Decimal(found[1]), currency=found[2])


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def money(amount: Money | None) -> str | None:
    return str(amount) if amount else None


def number(value: Decimal) -> int | float:
    """A JSON number without a needless fraction: `25`, `12.5`."""
    return int(value) if value == value.to_integral_value() else float(value)


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no white space in UTF-8, so that equal values have equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def arguments_digest(arguments: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the arguments' canonical JSON."""
    return hashlib.sha256(canonical_json(dict(arguments))).hexdigest()
