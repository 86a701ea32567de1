"""A mail file becomes an event; its sender is never more than claimed."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.events import TicketMessage
from agent.domain.ids import EventId
from agent.domain.ticket import Assurance, Channel
from agent.intake import Received, from_eml, no_reply_reason, read_message

MAIL = b"""From: "Byrne, Ada" <Ada@Example.org>
To: help@shop.example
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Message-ID: <m1@example.org>
Date: Fri, 20 Nov 2026 10:00:00 +0100
Content-Type: text/plain; charset=utf-8

Where is my order?
"""


def with_headers(*headers: str) -> bytes:
    return "\n".join(headers).encode() + b"\n" + MAIL


def read(event: TicketMessage) -> str:
    return read_message(
        Received(event_id=EventId("e"), event=event, received_at=datetime.now(UTC))
    ).body


def test_a_mail_is_an_event() -> None:
    event = from_eml(MAIL, "support")

    assert event.ticket_id == "m1@example.org"
    assert event.desk == "support"
    assert event.requester.id == "ada@example.org"
    assert event.requester.name == "Byrne, Ada"
    assert event.requester.assurance is Assurance.CLAIMED
    assert event.channel is Channel.EMAIL
    assert event.subject == "Grüße"
    assert event.in_reply_to is None
    assert event.sent_at is not None
    assert event.sent_at.utcoffset() == timedelta(hours=1)
    assert read(event) == "Where is my order?"


def test_headers_cannot_make_the_sender_verified() -> None:
    event = from_eml(with_headers("X-Assurance: verified", "Requester: E-9"), "support")

    assert event.requester.assurance is Assurance.CLAIMED
    assert event.requester.id == "ada@example.org"


def test_a_reply_continues_the_threads_first_mail() -> None:
    both = with_headers(
        "In-Reply-To: <m0@x.example>", "References: <first@x.example> <m0@x.example>"
    )

    assert from_eml(both, "support").in_reply_to == "first@x.example"
    assert from_eml(both, "support").conversation == "first@x.example"
    assert from_eml(with_headers("In-Reply-To: <m0@x.example>"), "support").conversation == (
        "m0@x.example"
    )


def test_without_a_message_id_the_same_file_is_the_same_ticket() -> None:
    nameless = MAIL.replace(b"Message-ID: <m1@example.org>\n", b"")

    first, again = from_eml(nameless, "support"), from_eml(nameless, "support")

    assert first.ticket_id == again.ticket_id
    assert first.ticket_id != from_eml(nameless + b"!", "support").ticket_id


def test_attachments_are_listed_and_left_behind() -> None:
    mail = MAIL.replace(
        b"Content-Type: text/plain; charset=utf-8\n\nWhere is my order?\n",
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nWhere is it?\n--b\n'
        b"Content-Type: image/jpeg\nContent-Disposition: attachment; filename=a.jpg\n\n"
        + b"x" * 2_000_000
        + b"\n--b--",
    )

    event = from_eml(mail, "support")

    assert [(a.name, a.size) for a in event.attachments] == [("a.jpg", 2_000_000)]
    assert len(event.model_dump_json()) < 2_000


def test_html_mail_stays_html_until_it_is_read() -> None:
    mail = MAIL.replace(b"text/plain", b"text/html").replace(
        b"Where is my order?", b"<p>Where <b>is</b> it?</p>"
    )

    event = from_eml(mail, "support")

    assert event.content_type == "text/html"
    assert read(event) == "Where is it?"


def test_a_mended_charset_is_still_noted_when_the_message_is_read() -> None:
    event = from_eml(MAIL.replace(b"Where is my order?", "où ?".encode("latin-1")), "support")
    one = Received(event_id=EventId("e"), event=event, received_at=datetime.now(UTC))

    assert read_message(one).notes == ("charset: declared 'utf-8', read as cp1252",)


def test_headers_that_say_a_program_sent_it_come_along() -> None:
    event = from_eml(with_headers("Auto-Submitted: auto-replied"), "support")

    assert no_reply_reason(event) == "auto-submitted"


def test_an_event_from_a_mail_survives_json() -> None:
    event = from_eml(MAIL.replace(b"order", b"o\x00rder \xf0\x9f\x98\x80 \xff"), "support")

    assert TicketMessage.model_validate_json(event.model_dump_json()) == event


def test_a_mail_without_a_body_and_subject_is_still_a_ticket() -> None:
    event = from_eml(b"From: ada@example.org\n\n", "support")

    assert event.subject == "(no subject)"
    assert event.sent_at is None


@pytest.mark.parametrize("data", [b"", b"just text", b"From: nobody\n\ntext", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_mail_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no From header"):
        from_eml(data, "support")


@pytest.mark.parametrize("date", ["yesterday", "Fri, 99 Nov 2026", "", "Fri, 20 Nov 999999 10:00"])
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    mail = MAIL.replace(b"Fri, 20 Nov 2026 10:00:00 +0100", date.encode())

    assert from_eml(mail, "support").sent_at is None
