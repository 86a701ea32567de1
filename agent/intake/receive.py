"""From the events of a conversation to a ticket in clean text. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.domain.desk import Desk
from agent.domain.events import MessageV1, TicketMessage, utc
from agent.domain.ids import ConversationId, EventId, TicketId
from agent.domain.ticket import Assurance, Attachment, Author, Message, Requester, Ticket
from agent.intake.autoreply import no_reply_reason_of
from agent.intake.language import Detected, detect
from agent.intake.mime import Mail, parse_mail
from agent.intake.quotes import split_mail
from agent.intake.text import clean, one_line

NOTES_HEADER = "x-citedesk-intake"  #: what reading a mail file had to mend, joined by `; `


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An event as it was taken in."""

    event_id: EventId
    event: TicketMessage
    received_at: datetime


def read_message(received: Received) -> Message:
    """The message to answer: the event's body, or the last of its `messages`."""
    event = received.event
    if event.messages:
        return _of_thread(received, len(event.messages) - 1)
    return _message(
        _Source(
            body=event.body,
            subject=event.subject,
            content_type=event.content_type,
            author=Author.CUSTOMER,
            sent_at=event.sent_at,
            attachments=tuple(
                Attachment(name=a.name, content_type=a.content_type, size=a.size)
                for a in event.attachments
            ),
            notes=_noted(event),
        ),
        received,
    )


def read_history(received: Received) -> tuple[Message, ...]:
    """The earlier messages that came along in the event's `messages`, oldest first."""
    earlier = range(len(received.event.messages) - 1)
    return tuple(_of_thread(received, number) for number in earlier)


def to_ticket(
    received: Sequence[Received],
    desk: Desk,
    *,
    history: Sequence[Received] = (),
    conversation: ConversationId | None = None,
    at_most: Assurance = Assurance.VERIFIED,
) -> Ticket:
    """One ticket of a conversation's waiting events, oldest first.

    Who asks is taken from the newest event and is never surer than `at_most`, what the intake
    source may vouch for. The language is that of what was written, else of the locale, else the
    desk's; a text clearly in another language is tagged `language:xx`.
    """
    newest = received[-1].event
    messages = tuple(read_message(one) for one in received)
    told = tuple(m for one in history for m in (*read_history(one), read_message(one)))
    earlier = told + tuple(m for one in received for m in read_history(one))
    detected = language_of(messages, earlier, newest.requester.locale, desk)
    foreign = (f"language:{detected.other}",) if detected.other else ()
    return Ticket(
        id=TicketId(newest.ticket_id),
        conversation=conversation or ConversationId(newest.conversation),
        desk=desk.name,
        channel=newest.channel,
        requester=requester_of(newest, desk, at_most),
        language=detected.language,
        messages=messages,
        history=earlier,
        received_at=received[0].received_at,
        tags=tuple(dict.fromkeys([*filter(_is_theirs, newest.tags), *foreign])),
    )


def _is_theirs(tag: str) -> bool:
    """A helpdesk's own `language:de` must not pass for what intake found, or hide it."""
    return not tag.startswith("language:") and tag != "several-requesters"


def language_of(
    messages: Sequence[Message], history: Sequence[Message], locale: str | None, desk: Desk
) -> Detected:
    """By what the requester wrote now; a text of no language takes that of the thread so far."""
    text = "\n".join(part for m in messages for part in (m.body, m.subject))
    found = detect(text, desk.understands, locale, desk.default_language)
    if found.confidence > 0.5 or found.other:
        return found
    before = "\n".join(m.body for m in history if m.author is Author.CUSTOMER)
    earlier = detect(before, desk.understands, locale, desk.default_language)
    return earlier if earlier.confidence > found.confidence and not earlier.other else found


def requester_of(event: TicketMessage, desk: Desk, at_most: Assurance) -> Requester:
    stated = event.requester
    claimed = Assurance.CLAIMED in (stated.assurance, at_most)
    return Requester(
        id=stated.id,
        assurance=Assurance.CLAIMED if claimed else Assurance.VERIFIED,
        locale=stated.locale,
        country=stated.country.upper() if stated.country else None,
        name=one_line(stated.name).text or None if stated.name else None,
        audience=stated.audience if "audience" in stated.model_fields_set else desk.audience,
    )


def no_reply_reason(event: TicketMessage, own_addresses: Collection[str] = ()) -> str | None:
    """Why nobody should answer: `auto-submitted`, `bounce`, `list-mail`, `own-message`, or None."""
    if event.messages and event.messages[-1].author is Author.AGENT:
        return "own-message"
    headers, subject = dict(event.headers), event.subject
    if event.content_type == "message/rfc822" and not event.messages:
        mail = parse_mail(_bytes(event.body), decoded_before=True)
        headers = {**mail.headers, **headers}
        subject = subject or mail.header("subject")
    return no_reply_reason_of(headers, subject, event.requester.id, own_addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """One message as it came."""

    body: str
    subject: str
    content_type: str
    author: Author
    sent_at: datetime | None
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()


def _of_thread(received: Received, number: int) -> Message:
    message: MessageV1 = received.event.messages[number]
    newest = number == len(received.event.messages) - 1
    return _message(
        _Source(
            body=message.body,
            subject=message.subject or (received.event.subject if newest else ""),
            content_type=message.content_type,
            author=message.author,
            sent_at=message.sent_at or (received.event.sent_at if newest else None),
            notes=_noted(received.event) if newest else (),
        ),
        received,
    )


def _message(source: _Source, received: Received) -> Message:
    mail = _mail(source)
    text, notes = mail.text
    cleaned = clean(text)
    subject = one_line(source.subject or mail.header("subject"))
    name = received.event.requester.name if source.author is Author.CUSTOMER else None
    split = split_mail(cleaned.text, name=name)
    return Message(
        event_id=received.event_id,
        author=source.author,
        sent_at=utc(source.sent_at or received.received_at),
        subject=subject.text,
        body=split.body,
        quoted=split.quoted,
        signature=split.signature,
        attachments=source.attachments + mail.attachments,
        notes=tuple(dict.fromkeys([*source.notes, *notes, *subject.notes, *cleaned.notes])),
    )


def _mail(source: _Source) -> Mail:
    if source.content_type == "message/rfc822":
        return parse_mail(_bytes(source.body), decoded_before=True)
    return Mail(headers={}, body=source.body, html=source.content_type == "text/html")


def _bytes(body: str) -> bytes:
    return body.encode("utf-8", "replace")


def _noted(event: TicketMessage) -> tuple[str, ...]:
    noted = event.headers.get(NOTES_HEADER, "")
    return tuple(one_line(part).text[:200] for part in noted.split(";") if part.strip())[:10]
