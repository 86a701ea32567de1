"""Tickets over HTTP: signed, bounded, the same again is the same event."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from agent.domain.envelope import Coordinates, read
from agent.domain.events import TicketMessage
from agent.web.zammad import zammad_message
from tests.unit.web.shop import SECRET, Shop

TICKET = {"ticket_id": "T-9", "requester": {"id": "C-1"}, "body": "How long does it take?"}
#: The shape of Zammad's documentation, with values of our own.
ZAMMAD: dict[str, Any] = {
    "ticket": {
        "id": 81,
        "number": "10081",
        "title": "Sofa",
        "customer": {
            "id": 5,
            "email": "ann@example.org",
            "firstname": "Ann",
            "lastname": "Howe",
            "preferences": {"locale": "de-de"},
        },
    },
    "article": {
        "id": 144,
        "type": "email",
        "sender": "Customer",
        "internal": False,
        "subject": "Sofa",
        "body": "<p>Wo bleibt mein Sofa?</p>",
        "content_type": "text/html",
        "created_at": "2026-11-20T08:30:00.000Z",
        "attachments": [{"filename": "sofa.jpg", "size": "10423"}],
    },
}
MAIL = (
    b"From: Ann <ann@example.org>\r\nTo: a@b.c\r\nSubject: Lamp\r\n"
    b"Message-ID: <m1@x>\r\n\r\nBroken."
)


async def send(shop: Shop, path: str, body: bytes, **headers: str) -> httpx.Response:
    sign = hmac.new(SECRET, body, "sha256").hexdigest()
    given = {"x-citedesk-signature": f"sha256={sign}"} | headers
    return await shop.client.post(f"/api/v1/intake/{path}", content=body, headers=given)


def event_of(shop: Shop, n: int = -1) -> tuple[str, TicketMessage]:
    record = shop.published[n]
    at = Coordinates(cluster="c", topic="t", partition=0, offset=0)
    incoming = read(record.value, record.headers, at)
    assert isinstance(incoming.event, TicketMessage)
    return f"{incoming.source} {incoming.id}", incoming.event


async def test_a_signed_ticket_is_published_for_the_senders_desk(shop: Shop) -> None:
    answer = await send(shop, "shop", json.dumps(TICKET | {"desk": "other"}).encode())

    assert answer.status_code == 202
    name, event = event_of(shop)
    assert name.startswith("webhook:shop ")
    assert (event.desk, event.body) == ("shop", "How long does it take?")
    assert event.requester.assurance == "claimed"


async def test_the_same_request_again_is_the_same_event(shop: Shop) -> None:
    body = json.dumps(TICKET).encode()

    await send(shop, "shop", body)
    await send(shop, "shop", body)
    await send(shop, "shop", body, **{"idempotency-key": "k-1"})

    names = [event_of(shop, n)[0] for n in range(3)]
    assert names[0] == names[1]
    assert names[2] == "webhook:shop k-1"


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64])
async def test_a_wrong_signature_produces_nothing(shop: Shop, signature: str) -> None:
    body = json.dumps(TICKET).encode()

    answer = await send(shop, "shop", body, **{"x-citedesk-signature": signature})

    assert (answer.status_code, answer.json()["code"]) == (401, "bad-signature")
    assert shop.published == []


async def test_a_request_over_a_megabyte_is_refused_before_it_is_read_whole(shop: Shop) -> None:
    body = json.dumps(TICKET | {"body": "x" * 1_100_000}).encode()

    answer = await send(shop, "shop", body)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert shop.published == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid-json"),
        (b"[]", 400, "invalid-json"),
        (b'{"ticket_id": "T"}', 422, "invalid-event"),
        (b'{"ticket_id": "T", "requester": {"id": "C"}, "body": " "}', 422, "invalid-event"),
    ],
)
async def test_what_is_no_ticket_is_told(shop: Shop, body: bytes, status: int, code: str) -> None:
    answer = await send(shop, "shop", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_unknown_sender_is_told(shop: Shop) -> None:
    assert (await send(shop, "nobody", b"{}")).status_code == 404


async def test_a_raw_mail_is_a_ticket(shop: Shop) -> None:
    answer = await send(shop, "shop/mail", MAIL)

    assert answer.status_code == 202
    _, event = event_of(shop)
    assert (event.ticket_id, event.subject, event.body) == ("m1@x", "Lamp", "Broken.")
    assert (await send(shop, "shop/mail", b"no mail at all")).status_code == 400


async def test_a_zammad_webhook_is_a_ticket(shop: Shop) -> None:
    body = json.dumps(ZAMMAD).encode()
    sign = hmac.new(SECRET, body, hashlib.sha1).hexdigest()

    answer = await shop.client.post(
        "/api/v1/intake/shop/zammad", content=body, headers={"x-hub-signature": f"sha1={sign}"}
    )

    assert answer.status_code == 202
    name, event = event_of(shop)
    assert name == "webhook:shop zammad/81/144"
    assert (event.conversation, event.content_type) == ("zammad-81", "text/html")
    assert (event.requester.id, event.requester.locale) == ("ann@example.org", "de-de")
    assert [(a.name, a.size) for a in event.attachments] == [("sofa.jpg", 10423)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sender": "Agent"}, "not written by the customer"),
        ({"internal": True}, "an internal note"),
        ({"id": None}, "no ticket and article in the payload"),
    ],
)
def test_what_agents_write_in_zammad_is_no_ticket(change: dict[str, Any], why: str) -> None:
    payload = ZAMMAD | {"article": ZAMMAD["article"] | change}

    assert zammad_message(payload, "support") == why
