"""What crosses the store's border: rows and decisions as plain values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.approval import Approval
from agent.domain.draft import Draft
from agent.domain.envelope import Coordinates, Headers, Packed
from agent.domain.ids import ConversationId, DeskName, DraftId, EventId, TicketId
from agent.domain.triage import Priority


class State(StrEnum):
    """Where an inbox row stands. Only `ENDED` is terminal."""

    NEW = "new"  #: written by ingest, not read yet
    QUEUED = "queued"  #: admitted, waits for a slot (or, with `not_before`, for its back-off)
    LEASED = "leased"
    WAITING = "waiting"  #: parked for an approval
    ENDED = "ended"


class Outcome(StrEnum):
    """How an event ended. `DUPLICATE` and `APPLIED` are for deliveries that are not tickets."""

    READY = "ready"
    REVIEW = "review"
    NO_REPLY = "no-reply"
    SUPERSEDED = "superseded"
    DEAD = "dead"
    DUPLICATE = "duplicate"  #: the same event delivered again
    APPLIED = "applied"  #: a `ticket.closed` or `customer.erased` that was carried out


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """A Kafka record as it came, unread."""

    at: Coordinates
    key: bytes | None
    value: bytes
    headers: Headers
    timestamp: datetime
    size: int  #: bytes of the value as it came (`value` is empty when it was over the limit)
    sha256: str  #: of the value as it came


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """A row that waits for admission."""

    id: int
    record: RawRecord
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an event is deduplicated by."""

    source: str
    event_id: EventId
    data_sha256: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Admit as work."""

    conversation: ConversationId
    ticket: TicketId
    desk: DeskName
    requester: str
    lane: Priority
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Nobody should answer (auto-submitted, thanks, spam, stale)."""

    conversation: ConversationId
    ticket: TicketId
    desk: DeskName
    requester: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """`ticket.closed`: what waits or stands in the conversation is superseded."""

    conversation: ConversationId
    desk: DeskName


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """`customer.erased`."""

    requester: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bury:
    """Dead on arrival."""

    reason: str  #: short code
    detail: str  #: what, where, what to do; no ticket text
    requester: str | None = None  #: where it can be told, so that an erasure finds the record


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The decision about one new row. `identity` is None when the record could not be read."""

    row: int
    identity: Identity | None
    decision: Queue | Skip | Close | Erase | Bury
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedRow:
    """A row of a leased conversation."""

    id: int
    record: RawRecord
    identity: Identity
    received_at: datetime
    traceparent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A conversation in this worker's hands: all its waiting rows, oldest first.

    `attempt` is the fencing token: it grows with every lease, and a settlement that names an older
    one changes nothing.
    """

    owner: str
    conversation: ConversationId
    desk: DeskName
    ticket: TicketId
    revision: int
    attempt: int
    rows: tuple[LeasedRow, ...]
    history: tuple[LeasedRow, ...]  #: earlier, ended messages of the conversation, oldest first
    due_at: datetime
    lane: Priority
    failures: int = 0  #: tries that failed or whose lease ran out; a release or STALE is none
    note: str = ""  #: what a person asked of this draft when they sent the last one back
    approvals: tuple[Approval, ...] = ()  #: all of the conversation, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which draft, in ids, sizes and hashes."""

    action: str  #: dotted, such as `draft.routed`
    actor: str
    subject: str
    details: dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a leased conversation ends: with a draft, or dead with a reason."""

    lease: Lease
    draft: Draft | None  #: its route decides the outcome of the rows
    bury: Bury | None = None  #: exactly one of `draft` and `bury` is given
    messages: tuple[Packed, ...] = ()  #: outbox rows of the draft
    audit: tuple[AuditEntry, ...] = ()
    approvals: tuple[Approval, ...] = ()  #: requests of the draft: while they wait, so do its rows
    title: str = ""  #: what the ticket is called in the review queue


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalChange:
    """An approval as it stands after a step, with what the step sends and notes."""

    approval: Approval
    messages: tuple[Packed, ...] = ()
    audit: tuple[AuditEntry, ...] = ()


class Settled(StrEnum):
    """What became of a settlement."""

    DONE = "done"
    STALE = "stale"  #: the conversation moved on; its rows wait again, for the later message
    LOST = "lost"  #: the lease was taken over; nothing was written
    FAILED = "failed"  #: the database refuses this one; nothing was written, the lease stands


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    id: int
    message: Packed


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview:
    """A draft that waits for a person."""

    draft_id: DraftId
    conversation: ConversationId
    ticket: TicketId
    revision: int
    desk: DeskName
    lane: Priority
    reasons: tuple[str, ...]
    due_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much waits. `unread` counts rows that are not ended."""

    new: int
    queued: int
    leased: int
    waiting: int
    unpublished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one event ended."""

    inbox_id: int
    event_id: str | None
    ticket: str | None
    conversation: str | None
    desk: str | None
    outcome: Outcome
    reason: str | None  #: of a dead letter or of `no-reply`
    draft_id: str | None
    superseded_by: str | None
    received_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    inbox_id: int
    event_id: str | None
    conversation: str | None
    desk: str | None
    reason: str
    detail: str
    record: RawRecord
    received_at: datetime
    ended_at: datetime
