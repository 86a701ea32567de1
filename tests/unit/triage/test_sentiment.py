"""The tone of a text."""

import pytest

from agent.domain.triage import Sentiment
from agent.triage.folding import compose, fold
from agent.triage.sentiment import sentiment

pytestmark = pytest.mark.unit


def tone(text: str, language: str = "en", *, troubles: int = 0, fault: bool = False) -> Sentiment:
    text = compose(text)
    return sentiment(text, fold(text), language, troubles=troubles, fault=fault)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("This is unacceptable.", "en"),
        ("C'est honteux", "fr"),
        ("Eine Frechheit ist das", "de"),
        ("Es una vergüenza", "es"),
        ("Wat een schande", "nl"),
        ("Che vergogna", "it"),
        ("To skandal", "pl"),
        ("It arrived broken and nobody answers", "en"),
    ],
)
def test_anger_is_heard_in_every_language(text: str, language: str) -> None:
    assert tone(text, language) is Sentiment.NEGATIVE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The scarf is lovely", "en"),
        ("C'est parfait, bravo", "fr"),
        ("Ich bin begeistert", "de"),
        ("Estoy encantada", "es"),
        ("Geweldig!", "nl"),
        ("Bellissima sciarpa", "it"),
        ("Wspaniały szal", "pl"),
    ],
)
def test_joy_is_heard_in_every_language(text: str, language: str) -> None:
    assert tone(text, language) is Sentiment.POSITIVE


def test_a_plain_question_is_neutral() -> None:
    assert tone("Is the lamp dimmable?") is Sentiment.NEUTRAL


def test_praise_beside_a_complaint_is_not_positive() -> None:
    assert tone("The colour is lovely but it is damaged") is Sentiment.NEUTRAL


def test_a_negated_word_does_not_count() -> None:
    assert tone("I am not angry") is Sentiment.NEUTRAL


def test_trouble_found_elsewhere_tips_the_scale() -> None:
    assert tone("It is late") is Sentiment.NEUTRAL
    assert tone("It is late", troubles=1) is Sentiment.NEGATIVE


def test_where_the_matter_is_a_fault_one_weaker_word_is_enough() -> None:
    assert tone("The vase is cracked") is Sentiment.NEUTRAL
    assert tone("The vase is cracked", fault=True) is Sentiment.NEGATIVE
    assert tone("The vase came in two colours", fault=True) is Sentiment.NEUTRAL


def test_a_grievance_is_negative_without_a_single_angry_word() -> None:
    assert tone("I paid on the third.", troubles=1) is Sentiment.NEGATIVE
