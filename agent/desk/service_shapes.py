"""The shape of `[[http_tools]]` in `desk.toml`: every key known, every type as written.

[[http_tools]]
name = "warranty"
url = "https://erp.example.com/v1/customers/{requester}/warranties/{serial}"
hosts = ["erp.example.com"]
"""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tools.base import Scalar
from tools.http.spec import (
    ArgumentKind,
    AuthKind,
    FieldKind,
    Method,
    placeholders,
)


def _fits(pattern: str, expected: str, value: str) -> str:
    if not re.fullmatch(pattern, value):
        raise ValueError(f"{value!r} is not {expected}")
    return value


def _matching(pattern: str, expected: str) -> AfterValidator:
    return AfterValidator(partial(_fits, pattern, expected))


def _template(value: str) -> str:
    list(placeholders(value))
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as exc:
        raise ValueError(f"is no regular expression: {exc}") from None
    return value


Name = Annotated[str, _matching(r"[a-z][a-z0-9_]{0,39}", "a name of a-z, 0-9 and '_'")]
Path = Annotated[
    str, _matching(r"[^.\s]+(\.[^.\s]+)*", "a path such as 'warranty.ends_on' or 'items.0.name'")
]
Header = Annotated[str, _matching(r"[A-Za-z0-9-]{1,60}", "the name of a header")]
Template = Annotated[str, AfterValidator(_template)]
Sentence = Annotated[Template, Field(min_length=1, max_length=400)]
Host = Annotated[
    str,
    _matching(r"[a-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?", "a host such as 'erp.shop.eu'"),
]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class AuthTable(_Table):
    kind: AuthKind
    secret: Name
    header: Header = "Authorization"
    user: str = ""


class ArgumentTable(_Table):
    type: ArgumentKind = "text"
    description: str = ""
    required: bool = True
    pattern: Annotated[str, AfterValidator(_pattern)] = ""
    max_length: int = Field(default=200, ge=1, le=2_000)
    choices: list[str] = []


class FieldTable(_Table):
    path: Path
    type: FieldKind = "text"
    required: bool = True
    choices: list[str] = []
    currency: Annotated[str, _matching(r"([A-Z]{3})?", "a currency such as 'EUR'")] = ""
    max_length: int = Field(default=500, ge=1, le=4_000)


class SayingTable(_Table):
    text: dict[str, Sentence]
    when: dict[str, Scalar] = {}
    topic: str = ""


class AskTable(_Table):
    """`check` and `done` of a side effect: lookups of the same service."""

    url: Template
    query: dict[str, Template] = {}
    fields: dict[Name, FieldTable] = {}
    owner: Path | None = None
    require: dict[str, Scalar] = {}


class HttpToolTable(_Table):
    """One of `[[http_tools]]`."""

    name: Name
    description: str = Field(min_length=1, max_length=400)
    effect: Literal["read", "write"] | None = None
    personal: bool = True
    method: Method = "GET"
    url: Template
    query: dict[str, Template] = {}
    headers: dict[Header, Template] = {}
    body: dict[str, Any] = {}
    hosts: list[Host] = Field(min_length=1)
    plain_http: bool = False
    auth: AuthTable | None = None
    timeout_seconds: float = Field(default=5.0, gt=0, le=30)
    max_bytes: int = Field(default=65_536, ge=256, le=1_048_576)
    key_header: Header = "Idempotency-Key"
    arguments: dict[Name, ArgumentTable] = {}
    fields: dict[Name, FieldTable] = {}
    owner: Path | None = None
    label: Template = ""
    says: list[SayingTable] = []
    check: AskTable | None = None
    done: AskTable | None = None


#: The keys of each table, by the name under which it stands.
_TABLES: Mapping[str, type[BaseModel]] = {
    "auth": AuthTable,
    "arguments": ArgumentTable,
    "fields": FieldTable,
    "says": SayingTable,
    "check": AskTable,
    "done": AskTable,
}


def keys_at(loc: tuple[int | str, ...]) -> Iterable[str]:
    tables = [_TABLES[part] for part in loc[:-1] if isinstance(part, str) and part in _TABLES]
    return (tables[-1] if tables else HttpToolTable).model_fields
