"""The v1 contracts: what travels on each topic, as pydantic models.

Every event is a CloudEvent; its `data` is one of the models below, its `type` the model's `TYPE`.
A breaking change is a new version beside the old one, on a topic of its own.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from agent.domain.draft import Claim, Route, SourceRef, WrittenBy
from agent.domain.ticket import Assurance, Author, Channel
from agent.domain.triage import Triage

Id = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Printable: an id becomes a key, a header and a text column."""
ShortText = Annotated[str, Field(max_length=1_000)]
BODY_LIMIT = 1_000_000  #: bytes of UTF-8 in the bodies of one event


class Event(BaseModel):
    """What all contracts share: unknown fields are kept out, values are never changed."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="strings")
    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]


class RequesterV1(BaseModel):
    """Who asks, as the intake source knows it. Text can never set this."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Id
    assurance: Assurance = Assurance.CLAIMED
    locale: str | None = Field(default=None, max_length=35, description="BCP 47, such as `fr-BE`")
    country: str | None = Field(
        default=None, pattern=r"^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2"
    )
    name: str | None = Field(default=None, max_length=200)
    audience: str = Field(
        default="customer", max_length=40, description="scope of policies that apply"
    )


class AttachmentV1(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(default="", max_length=500)
    content_type: str = Field(default="application/octet-stream", max_length=200)
    size: int = Field(default=0, ge=0, description="bytes")


class MessageV1(BaseModel):
    """One message of a thread that comes with its history."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    author: Author = Author.CUSTOMER
    body: str
    subject: str = ""
    content_type: Literal["text/plain", "text/html", "message/rfc822"] = "text/plain"
    sent_at: AwareDatetime | None = None


class TicketMessage(Event):
    """A customer's or employee's message: a new ticket, or one more message of a conversation.

    Carry one message in `body` (with `in_reply_to` when it continues an earlier ticket), or the
    thread in `messages`, oldest first, the last of them being the one to answer.
    """

    TYPE: ClassVar[str] = "ticket.message"
    TOPIC: ClassVar[str] = "tickets.v1"

    ticket_id: Id
    desk: Id
    requester: RequesterV1
    channel: Channel = Channel.API
    subject: str = Field(default="", max_length=2_000)
    body: str = Field(default="", description="the message; up to 1 MB of UTF-8")
    content_type: Literal["text/plain", "text/html", "message/rfc822"] = "text/plain"
    messages: tuple[MessageV1, ...] = Field(default=(), max_length=500)
    in_reply_to: Id | None = Field(
        default=None, description="ticket_id that this message continues"
    )
    conversation_id: Id | None = Field(
        default=None, description="default: in_reply_to, else ticket_id"
    )
    message_no: int | None = Field(
        default=None, ge=0, description="number of the message in its ticket"
    )
    sent_at: AwareDatetime | None = None
    headers: dict[str, str] = Field(
        default_factory=dict, description="mail headers, for auto-submitted and list mail"
    )
    attachments: tuple[AttachmentV1, ...] = Field(default=(), max_length=200)
    tags: tuple[ShortText, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _has_a_message(self) -> "TicketMessage":
        if not self.body.strip() and not self.subject.strip() and not self.messages:
            raise ValueError("the ticket is empty: give `body`, `subject` or `messages`")
        return self

    @property
    def conversation(self) -> str:
        return self.conversation_id or self.in_reply_to or self.ticket_id


class TicketClosed(Event):
    """A person answered elsewhere, or the ticket was closed: nothing more is drafted for it."""

    TYPE: ClassVar[str] = "ticket.closed"
    TOPIC: ClassVar[str] = "tickets.v1"

    ticket_id: Id
    desk: Id
    conversation_id: Id | None = None
    reason: ShortText = ""
    closed_at: AwareDatetime | None = None

    @property
    def conversation(self) -> str:
        return self.conversation_id or self.ticket_id


class CustomerErased(Event):
    """Forget what this requester wrote and what was drafted for them."""

    TYPE: ClassVar[str] = "customer.erased"
    TOPIC: ClassVar[str] = "tickets.v1"

    requester_id: Id
    requested_at: AwareDatetime | None = None


class DraftCreated(Event):
    """A draft with its proof. Key: conversation id. Keep the highest `revision` you have seen."""

    TYPE: ClassVar[str] = "draft.created"
    TOPIC: ClassVar[str] = "drafts.v1"

    draft_id: Id
    conversation_id: Id
    ticket_id: Id
    revision: int = Field(ge=1)
    desk: Id
    language: str
    route: Route
    reasons: tuple[str, ...] = Field(description="why the draft is not `ready`")
    body: str
    claims: tuple[Claim, ...] = Field(description="offsets are characters of `body`")
    sources: tuple[SourceRef, ...]
    triage: Triage
    answers: tuple[Id, ...] = Field(description="ids of the events that this draft answers")
    written_by: WrittenBy
    created_at: AwareDatetime


class DraftSuperseded(Event):
    """An earlier draft no longer stands. Same key as the draft."""

    TYPE: ClassVar[str] = "draft.superseded"
    TOPIC: ClassVar[str] = "drafts.v1"

    draft_id: Id
    conversation_id: Id
    revision: int = Field(ge=1, description="revision of the draft that no longer stands")
    superseded_by: Id = Field(description="id of the event that made it stale")
    reason: Literal["later-message", "ticket-closed", "decision", "erased"]
    at: AwareDatetime


class TicketDead(Event):
    """An event that could not be handled. Carries where to find it, never its text."""

    TYPE: ClassVar[str] = "ticket.dead"
    TOPIC: ClassVar[str] = "tickets.dead.v1"

    inbox_id: int
    event_id: str | None = None
    conversation_id: str | None = None
    desk: str | None = None
    reason: str = Field(description="a short code: `invalid-json`, `too-large`, `id-reused`, …")
    detail: str = Field(default="", description="what, where and what to do; no ticket text")
    data_sha256: str
    size: int = Field(description="bytes of the record's value")
    topic: str
    partition: int
    offset: int
    at: AwareDatetime


class ApprovalRequested(Event):
    """A tool with a side effect waits for a named person."""

    TYPE: ClassVar[str] = "approval.requested"
    TOPIC: ClassVar[str] = "approvals.requested.v1"

    approval_id: Id
    conversation_id: Id
    ticket_id: Id
    desk: Id
    requester_id: Id
    draft_id: Id | None = Field(default=None, description="the draft that says it was asked for")
    tool: Id
    label: str = Field(default="", description="what a reader calls it")
    arguments: dict[str, Any] = Field(description="exactly what would run")
    arguments_sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="of the arguments' canonical JSON"
    )
    reason: ShortText
    evidence: tuple[SourceRef, ...] = ()
    requested_at: AwareDatetime
    expires_at: AwareDatetime


class ApprovalDecided(Event):
    """What was decided about a request, bound to the arguments that the decider saw.

    From outside only `approved` and `refused` are taken, signed; see `docs/approvals.md`.
    """

    TYPE: ClassVar[str] = "approval.decided"
    TOPIC: ClassVar[str] = "approvals.decided.v1"

    approval_id: Id
    arguments_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    decision: Literal["approved", "refused", "expired", "withdrawn"]
    decided_by: Id
    decided_at: AwareDatetime
    note: ShortText = ""
    signature: str | None = Field(
        default=None, max_length=4_000, description="`v1=` + HMAC-SHA256 by the decider's key"
    )


class ReplyReleased(Event):
    """A reply that a person, or a gate the desk switched on, released to the requester."""

    TYPE: ClassVar[str] = "reply.released"
    TOPIC: ClassVar[str] = "replies.v1"

    draft_id: Id
    conversation_id: Id
    ticket_id: Id
    revision: int = Field(ge=1)
    desk: Id
    language: str
    body: str
    released_by: Id = Field(description="a person's id, or `gate:NAME`")
    edited: bool = False
    released_at: AwareDatetime


INCOMING: tuple[type[Event], ...] = (TicketMessage, TicketClosed, CustomerErased)
OUTGOING: tuple[type[Event], ...] = (
    DraftCreated,
    DraftSuperseded,
    TicketDead,
    ApprovalRequested,
    ApprovalDecided,
    ReplyReleased,
)
CONTRACTS: tuple[type[Event], ...] = INCOMING + OUTGOING
BY_TYPE: dict[str, type[Event]] = {contract.TYPE: contract for contract in CONTRACTS}


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
