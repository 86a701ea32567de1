"""What came in: a ticket as the agent reads it, after intake."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agent.domain.ids import ConversationId, DeskName, EventId, TicketId


class Assurance(StrEnum):
    """How sure the intake source is of who is writing."""

    VERIFIED = "verified"  #: signed in, or matched by the helpdesk
    CLAIMED = "claimed"  #: only says so (a From: header, a form field)


class Channel(StrEnum):
    EMAIL = "email"
    FORM = "form"
    CHAT = "chat"
    API = "api"


class Author(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks. Fixed by the intake source, never read from the ticket's text."""

    id: str
    assurance: Assurance
    locale: str | None = None  #: BCP 47, such as `fr-BE`
    country: str | None = None  #: ISO 3166-1 alpha-2
    name: str | None = None
    audience: str = "customer"  #: `customer`, `employee`, `manager`: policies are scoped by it

    @property
    def verified(self) -> bool:
        return self.assurance is Assurance.VERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Listed for the reviewer, never read."""

    name: str
    content_type: str
    size: int  #: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation in clean text."""

    event_id: EventId
    author: Author
    sent_at: datetime
    subject: str
    body: str  #: the part that is read as the question
    quoted: str = ""  #: older mail below it; kept, not read as the question
    signature: str = ""
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()  #: what intake had to mend, such as `charset: guessed cp1252`


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A conversation's waiting messages, ready for the pipeline."""

    id: TicketId
    conversation: ConversationId
    desk: DeskName
    channel: Channel
    requester: Requester
    language: str  #: ISO 639-1, one of the desk's `understands`
    messages: tuple[Message, ...]  #: oldest first; the ones that one draft answers
    history: tuple[Message, ...] = ()  #: earlier messages of the thread, for context only
    received_at: datetime
    tags: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """Subject and the question part of every waiting message, blank line between."""
        parts: list[str] = []
        for message in self.messages:
            if message.subject and message.subject not in parts:
                parts.append(message.subject)
            parts.append(message.body)
        return "\n\n".join(part for part in parts if part.strip())

    @property
    def events(self) -> tuple[EventId, ...]:
        return tuple(message.event_id for message in self.messages)
