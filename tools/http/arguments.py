"""The argument model of an HTTP tool, from its description."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, create_model

from tools.http.spec import ArgumentSpec
from tools.values import Money

_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


def arguments_model(tool: str, arguments: tuple[ArgumentSpec, ...]) -> type[BaseModel]:
    """A model that knows these arguments and no other: no id of a requester among them."""
    fields: dict[str, Any] = {one.name: _field(one) for one in arguments}
    config = ConfigDict(
        extra="forbid", frozen=True, coerce_numbers_to_str=True, protected_namespaces=()
    )
    return create_model(f"{tool}_arguments", __config__=config, **fields)


def _field(one: ArgumentSpec) -> tuple[Any, Any]:
    kind = _kind(one)
    described = Field(... if one.required else None, description=one.description or None)
    return (kind if one.required else kind | None, described)


def _kind(one: ArgumentSpec) -> Any:
    match one.kind:
        case "integer":
            return int
        case "number":
            return Annotated[float, Field(allow_inf_nan=False)]
        case "boolean":
            return bool
        case "date":
            return date
        case "money":
            return Annotated[str, AfterValidator(_money)]
        case "choice":
            return Literal[one.choices]
        case "text":
            return Annotated[str, _text(one), AfterValidator(_whole(one.pattern))]


def _text(one: ArgumentSpec) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True, min_length=1, max_length=one.max_length, pattern=_PRINTABLE
    )


def _whole(pattern: str) -> Any:
    fits = re.compile(pattern) if pattern else None

    def check(value: str) -> str:
        if fits is not None and not fits.fullmatch(value):
            raise ValueError(f"does not match {pattern}")
        return value

    return check


def _money(value: str) -> str:
    if Money.parse(value).amount <= 0:
        raise ValueError("must be more than nothing")
    return str(Money.parse(value))
