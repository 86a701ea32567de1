"""What the review queue asks of the store and gets from it, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agent.domain.envelope import Packed
from agent.domain.ids import ConversationId, DeskName, DraftId, TicketId
from agent.domain.triage import Priority
from agent.store.records import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which waiting drafts; an empty field means all."""

    desks: tuple[str, ...] | None = None  #: None: all; empty: none may be seen
    desk: str = ""
    category: str = ""
    language: str = ""
    priority: str = ""
    code: str = ""  #: of a reason
    text: str = ""  #: part of the title, the ticket's or the conversation's id
    snoozed: bool = False  #: those put off instead of those due


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One row of the queue."""

    draft_id: DraftId
    conversation: ConversationId
    ticket: TicketId
    revision: int
    desk: DeskName
    lane: Priority
    language: str
    category: str
    confidence: float
    title: str
    reasons: tuple[str, ...]
    codes: tuple[str, ...]
    due_at: datetime
    created_at: datetime
    snoozed_until: datetime | None
    hold_by: str | None
    hold_until: datetime | None

    def held_by_other(self, person: str, now: datetime) -> bool:
        return (
            self.hold_by not in (None, person)
            and self.hold_until is not None
            and self.hold_until > now
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many waiting drafts share these values."""

    desk: str
    category: str
    language: str
    lane: str
    codes: tuple[str, ...]
    count: int


class Standing(StrEnum):
    """Whether a draft can still be decided."""

    OPEN = "open"
    DECIDED = "decided"
    SUPERSEDED = "superseded"
    ABSENT = "absent"  #: no such draft, or it never waited for a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """A draft's review as it stands now."""

    standing: Standing
    item: QueueItem | None = None
    superseded_by: str | None = None


class Kind(StrEnum):
    """What a person decided about a draft."""

    USED = "used"  #: released as drafted
    EDITED = "edited"  #: released with changes
    REJECTED = "rejected"
    REWRITE = "rewrite"  #: to be drafted again, with a note
    CORRECTED = "corrected"  #: another category; the draft waits on


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision with everything that one transaction writes."""

    draft_id: DraftId
    revision: int  #: the conversation's revision that the person saw
    kind: Kind
    actor: str
    reason_code: str = ""
    note: str = ""
    corrected: str | None = None
    distance: int = 0
    length: int = 0
    messages: tuple[Packed, ...] = ()  #: outbox rows, such as `reply.released`
    audit: tuple[AuditEntry, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as it was written down."""

    id: int
    draft_id: str
    conversation: str
    ticket: str
    desk: str
    language: str
    category: str
    corrected: str | None
    confidence: float
    kind: Kind
    actor: str
    reason_code: str
    note: str
    distance: int
    length: int
    waited_s: float
    at: datetime
    learned_at: datetime | None
