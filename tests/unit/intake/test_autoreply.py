"""A program's mail is not answered; a person's always is."""

import pytest

from agent.intake.autoreply import no_reply_reason_of

ADA = "ada@example.org"


@pytest.mark.parametrize(
    ("headers", "subject", "reason"),
    [
        ({"Auto-Submitted": "auto-replied"}, "Re: Order", "auto-submitted"),
        ({"Auto-Submitted": "auto-generated; type=x"}, "", "auto-submitted"),
        ({"X-Autoreply": "yes"}, "", "auto-submitted"),
        ({"X-Autorespond": "Re: x"}, "", "auto-submitted"),
        ({"Precedence": "auto_reply"}, "", "auto-submitted"),
        ({"Precedence": "bulk"}, "", "list-mail"),
        ({"PRECEDENCE": "List"}, "", "list-mail"),
        ({"Precedence": "junk"}, "", "list-mail"),
        ({"List-Id": "<news.example.org>"}, "News", "list-mail"),
        ({"List-Unsubscribe": "<mailto:x@example.org>"}, "Sale", "list-mail"),
        ({"From": "MAILER-DAEMON@example.org"}, "", "bounce"),
        ({"From": "Mail Delivery System <mailer-daemon@mx.example>"}, "x", "bounce"),
        ({"Content-Type": "multipart/report; report-type=delivery-status"}, "", "bounce"),
        ({"X-Failed-Recipients": "x@example.org"}, "", "bounce"),
        ({"Return-Path": "<>"}, "Undelivered Mail Returned to Sender", "bounce"),
        ({"Return-Path": "<>"}, "Nicht zustellbar: Ihre Bestellung", "bounce"),
        ({"From": "Shop <help@shop.example>"}, "", "own-message"),
        ({}, "Automatic reply: Your order", "auto-submitted"),
        ({}, "Out of Office: back on Monday", "auto-submitted"),
        ({}, "Automatische Antwort: Ihre Bestellung", "auto-submitted"),
        ({}, "Abwesenheitsnotiz: Urlaub", "auto-submitted"),
        ({}, "Réponse automatique : Votre commande", "auto-submitted"),
        ({}, "Respuesta automática: Su pedido", "auto-submitted"),
        ({}, "Risposta automatica: ordine", "auto-submitted"),
        ({}, "Automatisch antwoord: Je bestelling", "auto-submitted"),
        ({}, "Automatyczna odpowiedź: zamówienie", "auto-submitted"),
    ],
)
def test_what_a_program_sent_is_not_answered(
    headers: dict[str, str], subject: str, reason: str
) -> None:
    assert no_reply_reason_of(headers, subject, ADA, ["help@shop.example"]) == reason


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ({}, "Where is my order?"),
        ({"Auto-Submitted": "no"}, "Hello"),
        ({"Auto-Submitted": ""}, "Hello"),
        ({"X-Autoreply": "no"}, "Hello"),
        ({"Precedence": "normal"}, "Hello"),
        ({"Return-Path": "<>"}, "Where is my order?"),
        ({"Return-Path": "<ada@example.org>"}, "My parcel was returned: failure notice?"),
        ({}, "How do I set an out of office message?"),
        ({}, "Out of office message, how do I set one?"),
        ({}, "Abwesenheitsnotiz einrichten"),
        ({}, "Abwesenheit: wie melde ich sie?"),
        ({"Content-Type": "multipart/mixed; boundary=x"}, "Hello"),
        ({"From": "Ada <ada@example.org>"}, "Undelivered: where is my parcel?"),
    ],
)
def test_what_a_person_wrote_is_answered(headers: dict[str, str], subject: str) -> None:
    assert no_reply_reason_of(headers, subject, ADA, ["help@shop.example"]) is None


def test_own_addresses_are_compared_whatever_their_case() -> None:
    assert no_reply_reason_of({}, "", "Help@Shop.Example", ["help@shop.example"]) == "own-message"
