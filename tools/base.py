"""A tool, its result, whose records it may read, and the registry that authorises calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeGuard, cast

from pydantic import BaseModel

Scalar = str | int | float | bool | None
Argument = Scalar | list[Scalar]
"""What an argument of a side effect may be: JSON-ready, so that it can be shown and hashed."""


class Effect(StrEnum):
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose records a call may touch. Set from the ticket's requester, never from its text."""

    requester: str
    verified: bool  #: an unverified requester reaches no personal data
    desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One fact of a result in plain words, with the fields that it rests on.

    A reply may use the phrase as it stands: it is the tool's own wording, so that the claim
    checker can prove the sentence against it and each number and date against the fields.
    """

    text: str  #: one sentence, such as `Order 48213 was shipped on 21 November 2026.`
    fields: tuple[str, ...]  #: top-level keys of `ToolResult.data`
    topic: str = ""  #: what it answers: `status`, `delivery`, `refund`, `balance`, …


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool found: flat, JSON-ready, citable field by field."""

    tool: str
    label: str  #: what a reader calls it: `order 48213`
    data: Mapping[str, Scalar]  #: dates ISO 8601, money `42.00 EUR`


class Described(Protocol):
    """A tool that a desk describes itself, as far as its words go; needs nothing to be reached."""

    @property
    def name(self) -> str: ...

    @property
    def effect(self) -> Effect: ...

    def phrases(self, data: Mapping[str, Scalar], language: str) -> tuple[Phrase, ...]:
        """What the tool would say of a stored result; pure."""
        ...


class Tool(Protocol):
    """What every tool promises.

    `call` raises `RetryCall`, `ToolFailed` or `NeedsApproval`, and nothing else on purpose.
    `phrases` is pure: the same result and language give the same sentences, offline too.
    """

    name: str
    effect: Effect
    description: str
    personal: bool  #: reads personal data, so it needs a verified requester
    arguments: type[BaseModel]

    async def call(self, arguments: Any, scope: Scope) -> ToolResult: ...

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a side effect would be, found out without causing it."""

    arguments: Mapping[str, Argument]  #: complete: what was left open is filled in, JSON-ready
    result: ToolResult  #: says that it is requested; the evidence of the reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Warrant:
    """An approval as the tools see it: one call, with these arguments, for this requester."""

    tool: str
    arguments: Mapping[str, Argument]
    digest: str  #: of the arguments; see `tools.values.arguments_digest`
    requester: str
    key: str  #: idempotency key: the backend does a thing once under it


class WriteTool(Tool, Protocol):
    """A tool with a side effect. Its `call` only ever raises `NeedsApproval`.

    All three raise `RetryCall` or `ToolFailed`, as `call` does. After `ToolFailed` with the code
    `timeout` or `backend` the effect may have happened; with any other code it has not.
    """

    async def prepare(self, arguments: Any, scope: Scope) -> Prepared:
        """Check that it is possible now and complete the arguments; changes nothing."""
        ...

    async def execute(self, arguments: Any, scope: Scope, key: str) -> ToolResult:
        """Do it, once for each key: a second call gives the first one's result."""
        ...

    async def done(self, key: str) -> ToolResult | None:
        """What was done under the key; None when nothing was, or when it cannot be told."""
        ...


def writes(tool: Tool) -> TypeGuard[WriteTool]:
    """Whether the tool has a side effect and can be prepared and carried out."""
    return tool.effect is Effect.WRITE and callable(getattr(cast(Any, tool), "execute", None))
