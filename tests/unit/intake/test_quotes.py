"""What a person wrote now is told from what stood there before, in seven languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.intake.quotes import split_mail

ATTRIBUTIONS = {
    "en gmail": "On Mon, Nov 3, 2026 at 10:12 AM Shop <help@shop.example> wrote:",
    "en apple": "On 3 Nov 2026, at 10:12, Shop <help@shop.example> wrote:",
    "en wrapped": "On Mon, Nov 3, 2026 at 10:12 AM Customer Service\n<help@shop.example> wrote:",
    "fr gmail": "Le lun. 3 nov. 2026 à 10:12, Boutique <aide@shop.example> a écrit :",
    "fr apple": "Le 3 nov. 2026 à 10:12, Boutique <aide@shop.example> a écrit :",
    "de gmail": "Am Mo., 3. Nov. 2026 um 10:12 Uhr schrieb Shop <hilfe@shop.example>:",
    "de gmx": "Shop <hilfe@shop.example> schrieb am Mo., 3. Nov. 2026, 10:12:",
    "de yahoo": "Am Montag, 3. November 2026, 10:12:33 MEZ hat Shop Folgendes geschrieben:",
    "es gmail": "El lun, 3 nov 2026 a las 10:12, Tienda (<ayuda@shop.example>) escribió:",
    "it gmail": "Il giorno lun 3 nov 2026 alle ore 10:12 Negozio <aiuto@shop.example> ha scritto:",
    "nl gmail": "Op ma 3 nov 2026 om 10:12 schreef Winkel <hulp@shop.example>:",
    "nl forum": "Op 3 november 2026 heeft Winkel het volgende geschreven:",
    "pl gmail": "pon., 3 lis 2026 o 10:12 Sklep <pomoc@shop.example> napisał(a):",
    "pl thunderbird": "W dniu 3.11.2026 o 10:12, Sklep pisze:",
    "sv": "Den mån 3 nov. 2026 kl 10:12 skrev Butik <hjalp@shop.example>:",
}


@pytest.mark.parametrize("name", ATTRIBUTIONS)
@pytest.mark.parametrize("marks", ["> ", ""], ids=["marked", "unmarked"])
def test_the_reply_below_an_attribution_is_quoted(name: str, marks: str) -> None:
    text = f"Where is it now?\n\n{ATTRIBUTIONS[name]}\n\n{marks}Your order is on its way.\n"

    split = split_mail(text)

    assert split.body == "Where is it now?"
    assert "on its way" in split.quoted
    assert ATTRIBUTIONS[name].split("\n")[0] in split.quoted


HEADER_BLOCKS = {
    "en": "From: Shop <help@shop.example>\nSent: Monday\nTo: Ada\nSubject: Your order",
    "de": "Von: Shop <hilfe@shop.example>\nGesendet: Montag\nAn: Ada\nBetreff: Ihre Bestellung",
    "fr": "De : Boutique <aide@shop.example>\nEnvoyé : lundi\nÀ : Ada\nObjet : Votre commande",
    "es": "De: Tienda <ayuda@shop.example>\nEnviado: lunes\nPara: Ada\nAsunto: Su pedido",
    "it": "Da: Negozio <aiuto@shop.example>\nInviato: lunedì\nA: Ada\nOggetto: Il suo ordine",
    "nl": "Van: Winkel <hulp@shop.example>\nVerzonden: maandag\nAan: Ada\nOnderwerp: Je order",
    "pl": "Od: Sklep <pomoc@shop.example>\nWysłano: poniedziałek\nDo: Ada\nTemat: Zamówienie",
    "bold": "*From:* Shop <help@shop.example>\n*Sent:* Monday\n*To:* Ada\n*Subject:* Order",
}


@pytest.mark.parametrize("language", HEADER_BLOCKS)
@pytest.mark.parametrize("rule", ["________________________________\n", ""], ids=["rule", "bare"])
def test_what_stands_below_outlooks_headers_is_quoted(language: str, rule: str) -> None:
    split = split_mail(f"Where is it?\n\n{rule}{HEADER_BLOCKS[language]}\n\nOld text")

    assert split.body == "Where is it?"
    assert split.quoted.endswith("Old text")


@pytest.mark.parametrize(
    "marker",
    [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----",
        "-----Wiadomość oryginalna-----",
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "Anfang der weitergeleiteten Nachricht:",
        "---------- Mensaje reenviado ---------",
    ],
)
def test_what_stands_below_a_marker_is_quoted(marker: str) -> None:
    split = split_mail(f"See below, can you help?\n\n{marker}\nOld text")

    assert split.body == "See below, can you help?"
    assert split.quoted == f"{marker}\nOld text"


def test_an_inline_answer_between_quoted_lines_stays() -> None:
    text = """On Mon, 3 Nov 2026, Shop <help@shop.example> wrote:
> Which order is it?
48213, the grey coat.

> Shall we refund or exchange it?
Refund, please.
"""

    split = split_mail(text)

    assert split.body == "48213, the grey coat.\n\nRefund, please."
    assert "> Which order is it?" in split.quoted
    assert "wrote:" in split.quoted


def test_an_answer_below_the_quote_stays() -> None:
    split = split_mail(
        "On 3 Nov 2026, Shop <a@b.example> wrote:\n> Anything else?\n\nYes: a receipt."
    )

    assert split.body == "Yes: a receipt."


@pytest.mark.parametrize(
    "text",
    [
        "On your website you wrote:\nreturns are free. Is that true?",
        "Le vendeur a écrit :\nretour gratuit. Est-ce vrai ?",
        "I paid for 2 things:\na coat\na hat",
        "From: Paris\nTo: Berlin\nCan you ship there?",
        "My question is about the original message: where is it?",
        "-----Original Message-----\nThe whole mail is a forward without a word.",
        "From: Shop <help@shop.example>\nDate: 3 Nov\nSubject: Late\nTo: Ada\n\nIt is late.",
        "Thanks!\nAda",
        "Merci",
        "Thanks\n\nWhere is my order 48213?",
    ],
)
def test_nothing_is_cut_that_may_be_the_question(text: str) -> None:
    assert split_mail(text).body == text


def test_a_mail_of_quotes_alone_has_no_body() -> None:
    split = split_mail("On 3 Nov 2026, Shop <a@b.example> wrote:\n> Hello\n> Bye")

    assert split.body == ""
    assert split.quoted.endswith("> Bye")


SIGNATURES = [
    "Kind regards,\nAda Byrne\n+353 1 555 0100",
    "Thanks, Ada",
    "Viele Grüße\nJan",
    "Mit freundlichen Grüßen\n\nJan Weber\nEinkauf\nWeber GmbH",
    "Cordialement,\nAnne Petit",
    "Merci d'avance !\nAnne",
    "Un saludo,\nLucía",
    "Cordiali saluti\nGiulia",
    "Met vriendelijke groet,\nFemke",
    "Pozdrawiam\nAgnieszka",
    "Best,\nAda\n-- \nAda Byrne, Buyer",
    "-- \nAda Byrne\nhttps://example.org",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Wysłane z iPhone'a",
    "Get Outlook for iOS",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_is_kept_apart(signature: str) -> None:
    split = split_mail(f"Where is my order?\n\n{signature}\n")

    assert split.body == "Where is my order?"
    assert split.signature == signature.replace("-- \n", "--\n")


@pytest.mark.parametrize(
    "ending",
    [
        "Thanks,\nand can I also return the hat?",
        "Regards\nPS: order 48214 is late as well",
        "Danke\nBestellung 48214",
        "Thanks a lot for sending the parcel to my neighbour and not to the depot",
    ],
)
def test_a_closing_with_more_to_say_below_is_no_signature(ending: str) -> None:
    assert split_mail(f"Where is my order?\n\n{ending}").body.endswith(ending)


@pytest.mark.parametrize("signed", ["Hannah", "H. Whitlock", "Hannah Whitlock", "- Hannah"])
def test_the_writers_name_alone_on_the_last_line_is_a_signature(signed: str) -> None:
    split = split_mail(f"Where is my order?\n\n{signed}", name="Hannah Whitlock")

    assert (split.body, split.signature) == ("Where is my order?", signed)


def test_another_name_on_the_last_line_stays() -> None:
    split = split_mail("Who signed for it?\n\nPeter", name="Hannah Whitlock")

    assert split.body.endswith("Peter")


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "", "text", "> quoted", "Thanks", "Ada", "-- ", "Sent from my iPhone", "From: a@b",
                "Subject: x", "To: y", "On 3 Nov 2026, A <a@b.c> wrote:", "________________",
                "-----Original Message-----", "Where is it?",
            ]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_no_line_is_lost_and_a_question_is_never_empty(lines: list[str]) -> None:
    split = split_mail("\n".join(lines))

    kept = f"{split.body}\n{split.quoted}\n{split.signature}".split("\n")
    assert sorted(k.strip() for k in kept if k.strip()) == sorted(
        line.strip() for line in lines if line.strip()
    )
    if any(line in ("text", "Where is it?") for line in lines[:1]):
        assert split.body


@pytest.mark.parametrize(
    "text",
    [
        ("am 1 " + "schrieb " * 60 + ":\n") * 2_000,
        ("On 1 " + "x wrote " * 60 + ":\n") * 2_000,
        "-- \n" * 100_000,
        "Thanks\n" * 100_000,
        "From: a@b\n" * 50_000,
        "x" * 2_000_000 + ":",
    ],
    ids=["schrieb", "wrote", "dashes", "thanks", "from", "long"],
)
def test_text_built_to_be_slow_is_split(text: str) -> None:
    split_mail(text)
