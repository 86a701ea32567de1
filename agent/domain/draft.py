"""What goes out: a draft whose every factual sentence names its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from agent.domain.ids import ConversationId, DeskName, DraftId, EventId, SourceId, TicketId
from agent.domain.triage import Triage
from tools.base import Argument, ToolResult


class Route(StrEnum):
    """Where a draft goes once its claims are checked."""

    READY = "ready"  #: every fact is proved and no rule objects
    REVIEW = "review"  #: a person decides
    NO_REPLY = "no-reply"  #: nobody should answer


class ClaimKind(StrEnum):
    FACT = "fact"
    COURTESY = "courtesy"
    QUESTION = "question"
    NEXT_STEP = "next-step"


class Verdict(StrEnum):
    """What the checker says of a claim."""

    EXACT = "exact"
    NORMALISED = "normalised"
    PARAPHRASE = "paraphrase"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"
    NOT_A_CLAIM = "not-a-claim"

    @property
    def proved(self) -> bool:
        return self in _PROVED

    @property
    def fails(self) -> bool:
        return self in (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)


_PROVED = frozenset({Verdict.EXACT, Verdict.NORMALISED, Verdict.PARAPHRASE})


class Match(StrEnum):
    """How a span supports a claim."""

    EXACT = "exact"
    NORMALISED = "normalised"
    PARAPHRASE = "paraphrase"
    MODEL_JUDGED = "model-judged"


class SourceKind(StrEnum):
    POLICY = "policy"
    TOOL = "tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A span of a source that a claim rests on."""

    source: SourceId  #: id of a `Source` of the draft
    start: int  #: character offset in the source's text, from 0
    end: int  #: one past the last character
    quote: str  #: the source's text from `start` to `end`, to the letter
    match: Match  #: how the span supports the claim
    field: str | None = None  #: for a tool result, the field's path, such as `shipped_on`


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence of a draft's body, with what the checker found."""

    start: int  #: character offset in `Draft.body`
    end: int  #: one past the last character
    text: str  #: `body[start:end]`
    kind: ClaimKind
    verdict: Verdict
    score: float = 1.0  #: calibrated confidence in the verdict, 0 to 1
    reason: str | None = None  #: one line a reviewer understands, when the claim is not proved
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """A source as the draft carries it: enough to find it again and see whether it changed.

    A policy is named by file and hash; a tool result is carried whole, as canonical JSON in `text`.
    """

    id: SourceId
    kind: SourceKind
    label: str  #: what a reader calls it: `returns.md · How long you have`, `order 48213`
    content_hash: str  #: SHA-256 hex: of the whole policy file's text, or of the canonical JSON
    policy_id: str | None = None
    language: str | None = None
    file: str | None = None  #: path below the desk's folder
    start: int = 0  #: where the passage begins in the policy's text, in characters
    end: int = 0
    line: int = 0  #: first line of the passage in the file, from 1
    valid_from: str | None = None
    valid_to: str | None = None
    tool: str | None = None
    text: str | None = None  #: tool results only: canonical JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A side effect that a ticket asks for, checked in code, and run by nobody yet."""

    tool: str
    arguments: Mapping[str, Argument]  #: validated and complete: exactly what would run
    digest: str  #: SHA-256 hex of the arguments' canonical JSON
    label: str  #: what a reader calls it: `Cancellation of order 48213`
    reason: str  #: why it is proposed
    asked: ToolResult  #: the tool's own account of what was asked for
    evidence: tuple[SourceRef, ...] = ()  #: what was known when it was proposed
    answers: tuple[EventId, ...] = ()  #: the messages that ask for it
    question: int = 0  #: which of their questions does


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBy:
    """Which writer made the body; the engine's fields are empty for the model-free one."""

    writer: str  #: `model-free` or the engine's name
    model: str | None = None
    revision: str | None = None
    prompt_version: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0  #: in the price table's currency
    fallback: bool = False  #: the first choice could not answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply with its proof, or the reason why there is none."""

    id: DraftId
    conversation: ConversationId
    ticket: TicketId
    revision: int  #: of the conversation, from 1; consumers keep the highest
    desk: DeskName
    language: str
    route: Route
    reasons: tuple[str, ...]  #: why it is not `ready`; empty when it is
    body: str
    claims: tuple[Claim, ...]
    sources: tuple[SourceRef, ...]
    triage: Triage
    answers: tuple[EventId, ...]  #: the events this one draft answers
    written_by: WrittenBy
    created_at: datetime
    proposals: tuple[Proposal, ...] = ()  #: side effects that wait for a person


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spare whitespace, so that equal values hash alike."""
    import json

    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
