"""Money as the tools carry it, and the shapes of a result's fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Scalar = str | int | float | bool | None
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
