"""What is a fact and what is not: default deny, and no alarm at courtesy."""

import pytest

from agent.citations.kinds import Frames, kind_of, units
from agent.citations.reading import read
from agent.domain.draft import ClaimKind

NO_FRAMES = Frames(())


def kind(text: str, language: str, frames: Frames = NO_FRAMES) -> ClaimKind:
    return kind_of(read(text, language), frames)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hello Anna,"),
        ("en", "Dear Mr. O'Neil,"),
        ("en", "Hello April,"),
        ("en", "Thank you for your message. [1]"),
        ("en", "Thank you so much!"),
        ("en", "We are sorry for the delay."),
        ("en", "Kind regards,"),
        ("en", "Have a nice weekend! 😀"),
        ("en", "---"),
        ("fr", "Bonjour Madame Durand,"),
        ("fr", "Merci pour votre message."),
        ("fr", "Bien cordialement,"),
        ("de", "Sehr geehrte Frau Weber,"),
        ("de", "vielen Dank für Ihre Nachricht."),
        ("de", "Mit freundlichen Grüßen"),
        ("es", "Hola Ana,"),
        ("es", "Muchas gracias por su mensaje."),
        ("es", "Un cordial saludo,"),
        ("nl", "Beste mevrouw De Vries,"),
        ("nl", "Bedankt voor uw bericht."),
        ("nl", "Met vriendelijke groet,"),
        ("it", "Gentile cliente,"),
        ("it", "Grazie per il suo messaggio."),
        ("it", "Cordiali saluti,"),
        ("pl", "Dzień dobry,"),
        ("pl", "Dziękujemy za wiadomość."),
        ("pl", "Z poważaniem"),
    ],
)
def test_greetings_thanks_and_closings_are_courtesy(language: str, text: str) -> None:
    assert kind(text, language) is ClaimKind.COURTESY


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You can book it via the button."),
        ("en", "Please send us the order number."),
        ("en", "If anything is unclear, just reply to this message."),
        ("en", "A colleague will look into this and reply to you."),
        ("fr", "Vous pouvez la réserver via le bouton."),
        ("fr", "Merci de nous indiquer le numéro de commande."),
        ("de", "Sie können es über den Link buchen."),
        ("de", "Bitte nennen Sie uns die Bestellnummer."),
        ("es", "Puede reservarlo con el botón."),
        ("es", "Indíquenos el número de pedido."),
        ("nl", "U kunt het via de knop boeken."),
        ("nl", "Stuur ons het bestelnummer."),
        ("it", "Può prenotarlo con il pulsante."),
        ("it", "Ci invii il numero dell'ordine."),
        ("pl", "Można to zarezerwować przez przycisk."),
        ("pl", "Prosimy o podanie numeru zamówienia."),
    ],
)
def test_an_invitation_is_a_next_step(language: str, text: str) -> None:
    assert kind(text, language) is ClaimKind.NEXT_STEP


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Which order is it about?"),
        ("fr", "De quelle commande s'agit-il ?"),
        ("de", "Um welche Bestellung geht es?"),
        ("es", "¿De qué pedido se trata?"),
        ("nl", "Om welke bestelling gaat het?"),
        ("it", "Di quale ordine si tratta?"),
        ("pl", "Którego zamówienia to dotyczy?"),
    ],
)
def test_a_plain_question_is_a_question(language: str, text: str) -> None:
    assert kind(text, language) is ClaimKind.QUESTION


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Returns are free."),
        ("en", "Thank you for waiting 60 days."),
        ("en", "Thank you for knowing that returns are free."),
        ("en", "Did you know that returns are free?"),
        ("en", "Returns are free, aren't they?"),
        ("en", "Returns are free. isn't that great?"),
        ("en", "Hi returns are free,"),
        ("en", "Please note that returns are free."),
        ("en", "Please send it back within two weeks."),
        ("en", "Please send us the parcel and we pay."),
        ("en", "You can book it via https://evil.example."),
        ("en", "Have a nice 3 days!"),
        ("en", "We will refund you."),
        ("en", "A colleague will refund you."),
        ("fr", "Merci de renvoyer le colis sous dix jours."),
        ("de", "Melden Sie die Rücksendung in Ihrem Konto an."),
        ("es", "Envíe el paquete a Correos."),
        ("nl", "Laat het je leidinggevende weten."),
        ("it", "Invii il pacco alla posta."),
        ("pl", "Proszę wysłać paczkę pocztą."),
        ("xx", "Hello,"),
    ],
)
def test_everything_else_is_a_fact(language: str, text: str) -> None:
    assert kind(text, language) is ClaimKind.FACT


FRAMES = Frames.of(
    ("Hello {name},", "Your team at {shop}", "We see. Which one?", "It takes 3 days."), "en"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello Jean-Luc O'Neil,", ClaimKind.COURTESY),
        ("Hello J. Smith,", ClaimKind.COURTESY),
        ("Your team at Linnea", ClaimKind.COURTESY),
        ("We see.", ClaimKind.COURTESY),
        ("Which one?", ClaimKind.QUESTION),
        ("Hello Anna, returns are free,", ClaimKind.FACT),
        ("Hello 30 days,", ClaimKind.FACT),
        ("It takes 3 days.", ClaimKind.FACT),
    ],
)
def test_a_frame_is_trusted_but_a_number_in_it_is_not(text: str, expected: ClaimKind) -> None:
    assert kind(text, "en", FRAMES) is expected


def test_greeting_and_closing_lines_stand_apart_without_blank_lines() -> None:
    body = (
        "Hello Anna,\nThank you for your message.\nYou have 30\ndays.\n"
        "Kind regards,\nYour team at Linnea"
    )
    assert [body[a:b] for a, b in units(body, "en", FRAMES)] == [
        "Hello Anna,",
        "Thank you for your message.",
        "You have 30\ndays.",
        "Kind regards,",
        "Your team at Linnea",
    ]
