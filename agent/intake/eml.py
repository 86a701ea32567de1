"""A mail file (`.eml`) to a `ticket.message` event."""

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from agent.domain.events import AttachmentV1, RequesterV1, TicketMessage
from agent.domain.ticket import Assurance, Channel
from agent.intake.mime import KEPT_HEADERS, Mail, parse_mail
from agent.intake.receive import NOTES_HEADER
from agent.intake.text import clean, one_line

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_SUBJECT = 2_000
_HEADERS = frozenset(KEPT_HEADERS) - {"subject", "content-language"}


def from_eml(data: bytes, desk: str) -> TicketMessage:
    """The event for a mail. The sender is `claimed`: anyone can write a From header.

    The body is the mail's readable part; attachments are listed, not carried. The first mail
    of a thread gives the ticket its id, so that replies continue it. Raises ValueError for a
    file that holds no mail.
    """
    mail = parse_mail(data)
    sender = mail.sender[1]
    if not sender:
        raise ValueError("not a mail: it has no From header with an address")
    return TicketMessage(
        ticket_id=_own_id(mail, data),
        desk=desk,
        requester=RequesterV1(
            id=sender.lower()[:256],
            assurance=Assurance.CLAIMED,
            name=one_line(mail.sender[0]).text[:200] or None,
        ),
        channel=Channel.EMAIL,
        subject=mail.header("subject")[:_SUBJECT] or ("" if mail.body.strip() else "(no subject)"),
        body=clean(mail.body).text,
        content_type="text/html" if mail.html else "text/plain",
        in_reply_to=_thread(mail),
        sent_at=_sent_at(mail.header("date")),
        headers=_kept(mail),
        attachments=tuple(
            AttachmentV1(name=a.name, content_type=a.content_type, size=a.size)
            for a in mail.attachments
        ),
    )


def _own_id(mail: Mail, data: bytes) -> str:
    """Its Message-ID; without one, its content's hash, so that the same file is one ticket."""
    found = _MESSAGE_ID.search(mail.header("message-id"))
    return found[1] if found else f"mail-{hashlib.sha256(data).hexdigest()[:32]}"


def _thread(mail: Mail) -> str | None:
    """The thread's first mail: References begins with it, In-Reply-To is the next best."""
    for header in ("references", "in-reply-to"):
        if found := _MESSAGE_ID.search(mail.header(header)):
            return found[1]
    return None


def _sent_at(date: str) -> datetime | None:
    try:
        sent = parsedate_to_datetime(date)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent


def _kept(mail: Mail) -> dict[str, str]:
    headers = {name: value for name, value in mail.headers.items() if name in _HEADERS}
    return headers | ({NOTES_HEADER: "; ".join(mail.notes)} if mail.notes else {})
