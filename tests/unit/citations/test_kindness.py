"""Conversation states no fact of a policy: no alarm at it, in any language."""

import pytest

from agent.citations.kinds import Frames, kind_of
from agent.citations.reading import read
from agent.domain.draft import ClaimKind

SAID = {
    "en": """
        I understand how frustrating this must be.
        We appreciate your patience.
        Please don't hesitate to get in touch.
        Have a great day!
        Would you like us to look into it?
        Thanks for flagging this.
        I will pass this on to my colleague.
        We are looking into this for you.
        Great question!
        No problem at all.
        Let me explain.
        I hope this clears things up.
        Below you will find the answers to your questions.
        It was nice talking to you.
        Let us know how it goes.
        We look forward to hearing from you.
        Take care and stay healthy.
        I am happy to help.
        Is there anything else I can do for you?
        You can book it via the button below.
    """,
    "de": """
        Ich verstehe Ihren Ärger sehr gut.
        Vielen Dank für Ihre Geduld.
        Zögern Sie nicht, sich bei uns zu melden.
        Einen schönen Tag noch!
        Sollen wir das für Sie prüfen?
        Danke für den Hinweis.
        Ich gebe das an meine Kollegin weiter.
        Wir kümmern uns darum.
        Gute Frage!
        Kein Problem.
        Gern helfe ich Ihnen weiter.
        Ich hoffe, das hilft Ihnen.
        Wir freuen uns auf Ihre Antwort.
        Kann ich sonst noch etwas für Sie tun?
        Unten finden Sie die Antworten auf Ihre Fragen.
        Bei Fragen sind wir gern für Sie da.
    """,
    "fr": """
        Je comprends votre déception.
        Merci pour votre patience.
        N'hésitez pas à nous contacter.
        Passez une excellente journée !
        Souhaitez-vous que nous vérifiions cela ?
        Merci de nous l'avoir signalé.
        Je transmets votre demande à mon collègue.
        Nous nous en occupons.
        Bonne question !
        Pas de souci.
        C'est avec plaisir que je vous aide.
        J'espère que cela vous aide.
        Au plaisir de vous lire.
        Puis-je faire autre chose pour vous ?
        Nous restons à votre écoute.
        Vous trouverez ci-dessous les réponses à vos questions.
    """,
    "es": """
        Entiendo su frustración.
        Gracias por su paciencia.
        No dude en escribirnos.
        ¡Que tenga un buen día!
        ¿Quiere que lo revisemos?
        Gracias por avisarnos.
        Paso su consulta a mi compañera.
        Nos ocupamos de ello.
        ¡Buena pregunta!
        Ningún problema.
        Con mucho gusto le ayudo.
        Espero que esto le ayude.
        Quedamos a la espera de su respuesta.
        ¿Puedo hacer algo más por usted?
        Estamos a su disposición.
        A continuación encontrará las respuestas a sus preguntas.
    """,
    "nl": """
        Ik begrijp uw frustratie.
        Dank voor uw geduld.
        Aarzel niet om contact op te nemen.
        Nog een fijne dag!
        Wilt u dat wij dit nakijken?
        Bedankt voor uw melding.
        Ik geef dit door aan mijn collega.
        Wij gaan ermee aan de slag.
        Goede vraag!
        Geen probleem.
        Ik help u graag verder.
        Ik hoop dat dit helpt.
        Wij zien uw antwoord tegemoet.
        Kan ik nog iets voor u doen?
        Wij staan voor u klaar.
        Hieronder vindt u de antwoorden op uw vragen.
    """,
    "it": """
        Capisco il suo disappunto.
        Grazie per la pazienza.
        Non esiti a contattarci.
        Buona giornata!
        Vuole che lo verifichiamo?
        Grazie per la segnalazione.
        Inoltro la sua richiesta a una collega.
        Ce ne occupiamo noi.
        Ottima domanda!
        Nessun problema.
        La aiuto volentieri.
        Spero che questo le sia utile.
        Restiamo in attesa di una sua risposta.
        Posso fare altro per lei?
        Siamo a sua disposizione.
        Qui sotto trova le risposte alle sue domande.
    """,
    "pl": """
        Rozumiem Pana rozczarowanie.
        Dziękujemy za cierpliwość.
        Proszę śmiało do nas pisać.
        Miłego dnia!
        Czy mamy to sprawdzić?
        Dziękujemy za zgłoszenie.
        Przekazuję sprawę koleżance.
        Zajmujemy się tym.
        Dobre pytanie!
        Nie ma problemu.
        Chętnie pomogę.
        Mam nadzieję, że to pomoże.
        Czekamy na Państwa odpowiedź.
        Czy mogę jeszcze w czymś pomóc?
        Jesteśmy do Państwa dyspozycji.
        Poniżej znajdą Państwo odpowiedzi na pytania.
    """,
}
FACTS = {
    "en": """
        We will refund your order.
        Your parcel was lost.
        Returns are free.
        No problem: your order arrived.
        We take care of your parcel free.
        Sorry, you get back half.
        Sorry, half of your order arrived.
        We are happy to say that your parcel has arrived.
        Our team does not reply at the weekend, sorry.
        Thank you, you need no receipt.
    """,
    "de": """
        Wir erstatten Ihre Bestellung.
        Ihr Paket ist verloren.
        Die Rückgabe ist kostenlos.
        Kein Paket angekommen.
        Leider ist Ihre Bestellung nicht angekommen.
        Gern, aber nicht am Wochenende.
        Danke, Sie bekommen die Hälfte.
    """,
    "fr": """
        Nous remboursons votre commande.
        Votre colis est perdu.
        Le retour est gratuit.
        Aucun colis n'est arrivé.
        Désolés, votre commande est arrivée.
        Merci, nous ne répondons pas aux messages.
    """,
    "es": """
        Le reembolsamos el pedido.
        Su paquete se ha perdido.
        La devolución es gratuita.
        Ningún paquete ha llegado.
        El equipo no responde el fin de semana con gusto.
        Sentimos que reciba la mitad.
    """,
    "nl": """
        Wij betalen uw bestelling terug.
        Uw pakket is kwijt.
        Retourneren is gratis.
        Uw bestelling is goed aangekomen.
        Er is geen pakket aangekomen.
        Sorry, wij antwoorden niet op berichten.
    """,
    "it": """
        Rimborsiamo il suo ordine.
        Il pacco è smarrito.
        Il reso è gratuito.
        Nessun pacco è arrivato.
        Ci dispiace, il pacco non è arrivato.
    """,
    "pl": """
        Zwracamy pieniądze za zamówienie.
        Paczka zaginęła.
        Zwrot jest bezpłatny.
        Paczka nie dotarła.
        Przykro nam, zamówienie dotarło.
    """,
}


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def kind(text: str, language: str) -> ClaimKind:
    return kind_of(read(text, language), Frames(()))


@pytest.mark.parametrize("language", sorted(SAID))
def test_what_people_say_around_an_answer_is_no_fact(language: str) -> None:
    kinds = {text: kind(text, language) for text in lines(SAID[language])}
    assert [text for text, kind in kinds.items() if kind is ClaimKind.FACT] == []


@pytest.mark.parametrize("language", sorted(FACTS))
def test_a_fact_in_a_kind_tone_stays_a_fact(language: str) -> None:
    kinds = {text: kind(text, language) for text in lines(FACTS[language])}
    assert [text for text, kind in kinds.items() if kind is not ClaimKind.FACT] == []
