"""From a service's answer to the flat fields of a result. Pure.

What does not have the shape that the desk wrote down is refused whole: half an answer would be
evidence for half a truth. No message repeats a value of the answer.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from tools.base import Scalar
from tools.http.spec import FieldSpec
from tools.values import Money

#: `Decimal` alone would read `1_0` as ten.
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]+)?")
_TOO_MUCH = Decimal(10**12)  #: `Money.parse` reads no more digits


class WrongAnswer(ValueError):
    """The answer has not the shape that the desk wrote down; says which field, never its value."""


def parsed(body: bytes) -> Any:
    """The JSON of a body; raises `WrongAnswer`."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as exc:
        raise WrongAnswer("the answer is no JSON") from exc


def fields_of(answer: Any, fields: tuple[FieldSpec, ...]) -> Mapping[str, Scalar]:
    """Each field's value, None where an optional one is missing; raises `WrongAnswer`."""
    return {one.name: _value(found(answer, one.path), one) for one in fields}


def found(answer: Any, path: tuple[str, ...]) -> Any:
    """What stands at the path, None where nothing does."""
    for step in path:
        if isinstance(answer, dict):
            answer = cast(dict[str, Any], answer).get(step)
        elif isinstance(answer, list) and step.isdecimal():
            places = cast(list[Any], answer)
            answer = places[int(step)] if int(step) < len(places) else None
        else:
            return None
    return answer


def _value(value: Any, one: FieldSpec) -> Scalar:
    if value is None or (value == "" and not one.required):
        if one.required:
            raise WrongAnswer(f"the answer has no {'.'.join(one.path)!r} (field {one.name!r})")
        return None
    try:
        return _read(value, one)
    except (ValueError, TypeError, InvalidOperation, OverflowError) as exc:
        raise WrongAnswer(f"field {one.name!r} is not {_EXPECTED[one.kind]}") from exc


def _read(value: Any, one: FieldSpec) -> Scalar:
    match one.kind:
        case "text" | "choice":
            return _text(value, one)
        case "boolean":
            return _checked(value, isinstance(value, bool))
        case "integer":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return _checked(value, whole)
        case "number":
            return _number(value)
        case "date":
            return _day(value)
        case "money":
            return _money(value, one.currency)


def _text(value: Any, one: FieldSpec) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # ids are often numbers
    text = " ".join(_checked(value, isinstance(value, str)).split())
    fits = bool(text) and len(text) <= one.max_length and text.isprintable()
    return _checked(text, fits and (not one.choices or text in one.choices))


def _number(value: Any) -> int | float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return _checked(value, number and math.isfinite(value))


def _day(value: Any) -> str:
    """The day of an ISO 8601 date or date-time, as the service wrote it."""
    text = _checked(value, isinstance(value, str))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text).isoformat()
    return datetime.fromisoformat(text).date().isoformat()


def _money(value: Any, currency: str) -> str:
    if isinstance(value, str) and not currency:
        return str(Money.parse(value))
    bare = isinstance(value, int | float) and not isinstance(value, bool)
    written = isinstance(value, str) and _AMOUNT.fullmatch(value) is not None
    amount = Decimal(str(_checked(value, (bare or written) and bool(currency))))
    cents = _checked(amount, amount.is_finite()).quantize(Decimal("0.01"))
    return str(
        Money(amount=_checked(cents, cents == amount and abs(cents) < _TOO_MUCH), currency=currency)
    )


def _checked(value: Any, fits: bool) -> Any:
    if not fits:
        raise ValueError
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_EXPECTED = {
    "text": "a short text",
    "choice": "one of its choices",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "date": "a day such as 2026-01-31",
    "money": "money such as 84.90 EUR",
}
