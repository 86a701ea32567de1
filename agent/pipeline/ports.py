"""What the pipeline needs from outside, as protocols, and the values that cross them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from agent.citations.source import Source
from agent.domain.approval import Approval
from agent.domain.desk import Desk
from agent.domain.draft import Claim, ClaimKind, WrittenBy
from agent.domain.ids import ConversationId, EventId
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from tools.base import Scalar


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, in UTC."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """What one call of a language model came to."""

    step: str
    engine: str
    model: str
    revision: str | None
    prompt: str  #: the prompt file's name, version and hash
    prompt_tokens: int
    completion_tokens: int
    cost: float  #: in the price table's currency


@dataclass(slots=True, kw_only=True)
class Run:
    """One attempt at a ticket: until when, what its models were asked, what went another way."""

    deadline: datetime
    calls: list[ModelCall] = field(default_factory=list[ModelCall])
    reasons: list[str] = field(default_factory=list[str])  #: why a person must see the draft
    fell_back: bool = False  #: the first choice of triager or writer could not answer


class Triager(Protocol):
    """Decides what a ticket is about. Model-free and model-backed ones keep this contract."""

    async def triage(self, ticket: Ticket, desk: Desk, *, run: Run | None = None) -> Triage: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One piece of evidence that a writer may rest a sentence on."""

    key: str  #: `E1` … `En`
    source: Source
    topic: str = ""  #: for tool results: what it answers
    question: int = 0  #: index of the question it was found for
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolTrouble:
    """A lookup that gave no result, and why."""

    tool: str
    code: str  #: a `FailureCode` of the tool, or `missing-argument`, `needs-approval`
    detail: str
    question: int = 0  #: index of the question it was meant to answer
    arguments: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])  #: of the call


@dataclass(frozen=True, slots=True, kw_only=True)
class Research:
    """What was asked and what was found."""

    questions: tuple[str, ...]
    contexts: tuple[str, ...] = ()  #: beside each question, what the ticket says around it
    grounds: tuple[Ground, ...] = ()
    troubles: tuple[ToolTrouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Everything a writer gets."""

    ticket: Ticket
    desk: Desk
    triage: Triage
    research: Research
    deadline: datetime
    run: Run | None = None  #: of the attempt that this brief is part of
    note: str = ""  #: what a person asked of this draft when they sent the last one back


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a reply. A fact names the evidence it rests on; the others name none."""

    text: str
    kind: ClaimKind
    grounds: tuple[str, ...] = ()  #: keys of `Ground`
    paragraph: int = 0


class Answered(StrEnum):
    FULLY = "fully"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A reply as sentences, without greeting, closing and footnotes: `compose` adds them."""

    sentences: tuple[Sentence, ...]
    answered: Answered
    reasons: tuple[str, ...] = ()  #: why it is not answered fully
    written_by: WrittenBy


class Writer(Protocol):
    """Writes a reply from evidence. Model-free and model-backed ones keep this contract."""

    async def write(self, brief: Brief) -> Written: ...


class Looker(Protocol):
    """Looks up more than research did, before the reply is written."""

    async def look(self, brief: Brief) -> Brief:
        """The brief with what was found; never fails for a lookup that did."""
        ...


class Mender(Protocol):
    """Mends a reply of which the check refused sentences."""

    async def mend(self, brief: Brief, written: Written, failed: Sequence[Claim]) -> Written | None:
        """The reply written again once; None where it cannot be."""
        ...


class Checker(Protocol):
    """Checks each sentence of a body against the sources."""

    def check(
        self, body: str, *, language: str, sources: Sequence[Source], frames: Sequence[str] = ()
    ) -> tuple[Claim, ...]: ...


class ClaimJudge(Protocol):
    """A second reading of the sentences that the checker could not decide by form alone."""

    async def weigh(
        self, body: str, *, sources: Sequence[Source], frames: Sequence[str], brief: Brief
    ) -> tuple[Claim, ...] | None:
        """The body's claims with the opinion in them; None where nobody could give one."""
        ...


class Checkpoints(Protocol):
    """Model answers that a crash must not pay for twice, under (event, step, input hash)."""

    async def get(self, event: EventId, step: str, input_hash: str) -> Any | None: ...

    async def put(self, event: EventId, step: str, input_hash: str, value: Any) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A leased conversation: what the worker hands to the pipeline."""

    conversation: ConversationId
    revision: int
    ticket: Ticket
    desk: Desk
    attempt: int  #: from 1
    deadline: datetime
    approvals: tuple[Approval, ...] = ()  #: what the conversation asked for, oldest first
    note: str = ""  #: what a person asked of this draft when they sent the last one back
