"""A tool, its result, whose records it may read, and the registry that authorises calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel


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
    data: Mapping[str, str | int | float | bool | None]  #: dates ISO 8601, money `42.00 EUR`


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
