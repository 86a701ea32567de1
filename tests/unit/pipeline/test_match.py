"""How well a policy sentence answers a question."""

import numpy as np
import pytest

from agent.pipeline.alike import Lookalikes, alike
from agent.pipeline.match import Matcher
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
    place = matcher.shelf.put(matcher.clause(sentence, headings, ""))
    probe = matcher.probe(Asked(text=question, context=context))
    return float(matcher.scores(probe, np.array([place]), country).values[0])


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


def test_a_vocabulary_finds_what_is_alike_as_trying_each_of_its_stems_would() -> None:
    stems = "ruckgab ruckgabefrist parent parental order border item items contract 12345 123456 a1"
    vocabulary = Lookalikes(stems.split())

    for stem in (
        *stems.split(),
        "bordering",
        "ruckgabefris",
        "parentel",
        "contrac",
        "12345x",
        "or",
    ):
        assert set(vocabulary.of(stem)) == {o for o in vocabulary.stems if alike(stem, o)}, stem


def test_each_of_many_sentences_scores_as_it_does_alone() -> None:
    matcher = Matcher(a_desk(), "en")
    sentences = (DAYS, "A return costs €3.90.", "Delivery to Spain takes 5 days.", "Be patient.")
    places = [matcher.shelf.put(matcher.clause(s, HEADINGS, "")) for s in sentences]
    question = "How long do I have to return an item to Spain?"

    scores = matcher.scores(matcher.probe(Asked(text=question)), np.array(places), "DE")

    alone = [value(question, sentence, country="DE") for sentence in sentences]
    assert scores.values.tolist() == pytest.approx(alone)


def test_a_sentence_put_on_the_shelf_later_is_found_by_a_question_asked_before() -> None:
    matcher = Matcher(a_desk(), "en")
    probe = matcher.probe(Asked(text="Is a broken zip repaired?"))
    first = matcher.shelf.put(matcher.clause(DAYS, HEADINGS, ""))
    assert matcher.scores(probe, np.array([first])).values[0] == 0.0

    second = matcher.shelf.put(matcher.clause("A broken zip is repaired.", HEADINGS, ""))

    assert matcher.scores(probe, np.array([first, second])).values[1] > 0.5
