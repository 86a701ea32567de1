"""A side effect that waits for a person: what is asked for, and where it stands. Pure."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from agent.domain.draft import Proposal
from agent.domain.ids import ApprovalId, ConversationId, DeskName, DraftId, TicketId
from tools.base import ToolResult

Decision = Literal["approved", "refused"]
"""What a person, or a desk's rule, may say."""

_APPROVALS = uuid.UUID("0f6a2f0a-5a5e-5d27-8d0e-6f3f5c1b7a92")


class ApprovalState(StrEnum):
    """Where a request stands. The first three are open; the others are final."""

    PENDING = "pending"  #: nobody decided yet
    APPROVED = "approved"  #: may be carried out, once
    RESERVED = "reserved"  #: in one worker's hands: the effect may have happened
    CONSUMED = "consumed"  #: carried out
    FAILED = "failed"  #: approved, but the backend would not, or its answer never came
    REFUSED = "refused"
    EXPIRED = "expired"  #: nobody approved it, or nobody began it, in time
    WITHDRAWN = "withdrawn"  #: the conversation moved on before it was begun

    @property
    def open(self) -> bool:
        return self in (ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.RESERVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A proposal of one revision of one conversation, and what became of it."""

    id: ApprovalId
    desk: DeskName
    conversation: ConversationId
    ticket: TicketId
    revision: int  #: of the conversation when it was asked for; it holds for no other
    draft: DraftId  #: the draft that says it was asked for
    requester: str  #: verified; the effect runs in this one's name only
    language: str
    proposal: Proposal
    requested_at: datetime
    expires_at: datetime  #: from then on it is neither decided nor begun
    state: ApprovalState = ApprovalState.PENDING
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""
    owner: str | None = None  #: who carries it out
    reserved_until: datetime | None = None
    attempt: int = 0  #: fencing token of the reservation
    result: ToolResult | None = None  #: once consumed
    failure: str | None = None  #: a short code, once failed
    ended_at: datetime | None = None
    traceparent: str | None = None

    @property
    def key(self) -> str:
        """The idempotency key that the backend gets: one for ever."""
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """Somebody whose identity the caller has checked: a signed-in person, a key, a rule."""

    name: str  #: `anna`, `system:payments`, `rule:small-refunds`
    desks: frozenset[str] = field(default_factory=frozenset[str])  #: may decide on these; `*`: all

    def may_decide(self, desk: str) -> bool:
        return desk in self.desks or "*" in self.desks


def approval_id(
    conversation: str, revision: int, requester: str, tool: str, digest: str
) -> ApprovalId:
    """The one id of this effect in this revision: changing any part makes it another's."""
    parts = (conversation, str(revision), requester, tool, digest)
    return ApprovalId(str(uuid.uuid5(_APPROVALS, "".join(f"{len(p)}:{p}" for p in parts))))
