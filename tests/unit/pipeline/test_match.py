"""How well a policy sentence answers a question."""

import pytest

from agent.pipeline.match import Matcher, alike, score
from agent.pipeline.questions import Asked
from tests.unit.pipeline.small import a_desk

HEADINGS = ("Returning an item", "How long you have")


def value(
    question: str,
    sentence: str,
    *,
    headings: tuple[str, ...] = HEADINGS,
    context: str = "",
    country: str | None = None,
    glossary: tuple[tuple[str, ...], ...] = (),
    language: str = "en",
) -> float:
    matcher = Matcher(a_desk(glossary=glossary), language)
    clause = matcher.clause(sentence, headings, "")
    return score(
        matcher.probe(Asked(text=question, context=context)), clause, country=country
    ).value


DAYS = "You can return an item within 30 days of delivery."


def test_a_sentence_that_covers_the_question_and_has_the_answer_is_near_certain() -> None:
    assert value("How long do I have to return an item?", DAYS) > 0.9


def test_a_sentence_without_the_kind_of_answer_asked_for_is_none() -> None:
    assert value("How long do I have to return an item?", "You can return an item by post.") < 0.5
    assert value("How much does a return cost?", "You can return an item.") < 0.5
    assert value("By what time must I return it?", "Return it by 9:30.") > 0.5


def test_a_question_of_yes_or_no_needs_all_its_matter_covered() -> None:
    """Each word that a sentence leaves open may turn the answer."""
    assert value("Can I return a hamster?", DAYS) < 0.5
    assert value("Do you offer student discounts?", "Discounts end on Sunday.") < 0.5


def test_what_holds_for_an_item_holds_for_a_dress() -> None:
    assert value("How long do I have to return a dress?", DAYS) > 0.8
    assert value("Can I return a dress?", DAYS) > 0.5


def test_another_word_for_the_same_counts() -> None:
    assert value("How long do I have to send it back?", DAYS) > 0.8
    assert value("How long is the kiwi?", DAYS) < 0.5
    assert value("How long is the kiwi?", DAYS, glossary=(("kiwi", "item"),)) > 0.5


def test_the_heading_carries_words_but_proves_nothing_alone() -> None:
    warranty = ("Warranty", "How long the warranty lasts")

    assert value("How long is the warranty?", "It lasts 2 years.", headings=warranty) > 0.5
    assert value("Is there a warranty?", "Please be patient.", headings=warranty) == 0.0


def test_a_sentence_about_another_country_answers_nobody_here() -> None:
    spain = "Delivery to Spain takes 5 days."

    assert value("How long does delivery take?", spain, country="DE") < 0.5
    assert value("How long does delivery take?", spain, country="ES") > 0.5
    assert value("How long does delivery to Spain take?", spain, country="DE") > 0.5


def test_the_words_around_a_question_that_points_back_decide() -> None:
    zip_ = "A broken zip is repaired free of charge."
    lamp = "A lamp is repaired free of charge."
    about = "The zip of my coat is broken."

    assert value("Will you repair it?", zip_, context=about) > value(
        "Will you repair it?", lamp, context=about
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ruckgab", "ruckgabefrist", True),
        ("vergoed", "thuiswerkvergoed", True),
        ("refund", "refunds", True),
        ("return", "returnable", True),
        ("parent", "parental", True),
        ("order", "border", True),
        ("item", "items", False),
        ("contract", "contrast", False),
        ("12345", "123456", False),
    ],
)
def test_compounds_and_endings_are_alike(one: str, other: str, *, same: bool) -> None:
    """`order` in `border` is the price of reading compounds: stems under five letters are not."""
    assert alike(one, other) is same


def test_a_question_without_matter_scores_nothing() -> None:
    assert value("How?", DAYS) == 0.0
