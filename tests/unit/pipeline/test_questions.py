"""What a ticket asks."""

import pytest

from agent.pipeline.questions import MOST, asked, not_read
from tests.unit.pipeline.small import a_ticket


def texts(*bodies: str, language: str = "en", subject: str = "") -> list[str]:
    return [q.text for q in asked(a_ticket(*bodies, language=language, subject=subject))]


def test_greeting_thanks_and_signature_ask_nothing() -> None:
    body = "Hi there,\n\nhow do I return a coat?\n\nThanks in advance!\nAnna Kowalska\nIBM Ireland"

    assert texts(body) == ["how do I return a coat?"]


def test_each_question_of_a_message_is_asked() -> None:
    body = "How long do I have to return shoes and who pays for the shipping? Is express possible?"

    assert texts(body) == [
        "How long do I have to return shoes?",
        "who pays for the shipping?",
        "Is express possible?",
    ]


def test_a_plain_statement_asks_where_nothing_else_does() -> None:
    assert texts("My parcel has not arrived.") == ["My parcel has not arrived."]


def test_a_question_takes_up_the_trouble_it_points_back_to() -> None:
    [question] = asked(a_ticket("My parcel has not arrived. Where is it?"))

    assert question.text == "Where is it?"
    assert question.context == "My parcel has not arrived."


def test_a_trouble_of_its_own_is_not_swallowed_by_the_next_question() -> None:
    body = "My parcel has not arrived yet. Also, how long do I have to return shoes?"

    assert texts(body) == [
        "My parcel has not arrived yet.",
        "Also, how long do I have to return shoes?",
    ]


def test_each_wish_is_asked() -> None:
    assert texts("I'd like to cancel my order 48213. I also need an invoice.") == [
        "I'd like to cancel my order 48213.",
        "I also need an invoice.",
    ]


def test_a_clause_with_when_is_no_question() -> None:
    body = "When I opened the box, the vase was broken. I want a replacement."

    [question] = asked(a_ticket(body))

    assert question.text == "I want a replacement."
    assert "the vase was broken" in question.context


def test_a_wish_that_says_little_is_asked_with_what_stands_before_it() -> None:
    body = "The vase was broken. I want a new one."

    assert texts(body) == [body]


def test_a_question_without_its_mark_is_one() -> None:
    assert texts("hi where is my order 48213 thanks") == ["where is my order 48213"]


def test_the_subject_is_asked_only_where_the_body_asks_nothing() -> None:
    assert texts("See subject.", subject="How do I reset my password?") == [
        "How do I reset my password?"
    ]
    assert texts("How do I reset it?", subject="What now?") == ["How do I reset it?"]


def test_the_subject_is_context() -> None:
    [question] = asked(a_ticket("Where is it?", subject="Order 48213"))

    assert "48213" in question.query


def test_all_waiting_messages_ask_and_a_repeated_question_counts_once() -> None:
    assert texts("Where is my parcel?", "Where is my parcel?", "Do you ship to Malta?") == [
        "Where is my parcel?",
        "Do you ship to Malta?",
    ]


@pytest.mark.parametrize("body", ["", "   ", "Thanks!", "Hello,", "Kind regards\nAnna", "👍"])
def test_where_nothing_is_said_nothing_is_asked(body: str) -> None:
    assert texts(body) == []


@pytest.mark.parametrize(
    ("language", "body", "expected"),
    [
        (
            "fr",
            "Bonjour Madame,\nje voudrais savoir si je peux échanger une robe. "
            "Et quels sont les délais ?\nMerci d'avance,\nSophie",
            2,
        ),
        (
            "de",
            "Guten Tag,\n\nwie lange dauert das und wer trägt die Kosten?\n\nViele Grüße\nJan",
            2,
        ),
        ("es", "Hola:\n¿Cuánto tarda el envío? ¿Tengo que pagar aduana?\nUn saludo,\nPaco", 2),
        ("nl", "Hoi,\nHoeveel dagen heb ik nog over? En kan ik ze meenemen?\nGroetjes, Jan", 2),
        ("it", "Buongiorno, quando arriva il pacco? Grazie", 1),
        ("pl", "Dzień dobry, gdzie jest moja paczka? Pozdrawiam, Ola", 1),
    ],
)
def test_the_other_languages_are_read_alike(language: str, body: str, expected: int) -> None:
    found = texts(body, language=language)

    assert len(found) == expected
    assert not any(
        word in " ".join(found) for word in ("Bonjour", "Guten Tag", "Hola", "Hoi", "Jan", "Ola")
    )


def test_a_long_message_is_read_in_a_moment() -> None:
    """A megabyte of text is within what intake lets through."""
    found = texts("Where is my parcel? It is late, and nobody answers. " * 400)

    assert found[0] == "Where is my parcel?"


def test_of_a_thousand_questions_the_first_are_read_and_a_person_is_told() -> None:
    ticket = a_ticket(" ".join(f"How long can I return dress {n}?" for n in range(1_000)))

    questions = asked(ticket)

    assert len(questions) == MOST
    assert "dress 0" in questions[0].text
    assert not_read(ticket, len(questions)) is not None


def test_a_long_message_is_not_read_to_its_end_and_a_person_is_told() -> None:
    ticket = a_ticket("My parcel has not arrived. " + "It was blue. " * 50_000)

    assert not_read(ticket, len(asked(ticket))) is not None


def test_what_a_person_writes_is_read_whole() -> None:
    ticket = a_ticket("My parcel has not arrived. Where is it? Can I still return the other one?")

    assert not_read(ticket, len(asked(ticket))) is None
