"""Text made comparable without losing its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.triage.folding import compose, fold
from agent.triage.phrases import Phrases

pytestmark = pytest.mark.unit


@given(st.text())
def test_folding_keeps_every_letter_at_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("réclamation", "RECLAMATION"),
        ("zurückrufen", "bitte zurueckrufen!"),
        ("zurückrufen", "bitte zuruckrufen"),
        ("große Straße", "GROSSE STRASSE"),
        ("j'ai payé", "j’ai paye"),
        ("j'ai payé", "jai payé"),
        ("złożyłem", "zlozylem reklamację"),
        ("call me back", "call  me\nback"),
        ("carte-cadeau", "carte-cadeau"),
        ("rembours*", "remboursements"),
        ("rechtlich* schritte", "rechtliche Schritte"),
        ("cœur", "coeur"),
        ("thanks, all sorted", "Thanks! All sorted"),
        ("thanks, all sorted", "thanks all sorted"),
        ("e-mail", "email"),
    ],
)
def test_case_accents_apostrophes_and_endings_do_not_matter(phrase: str, text: str) -> None:
    assert Phrases([phrase]).within(fold(compose(text)))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [("court", "courteous"), ("court", "discourt"), ("sue", "issue"), ("rembours*", "unrembourse")],
)
def test_a_phrase_never_matches_inside_a_word(phrase: str, text: str) -> None:
    assert not Phrases([phrase]).within(fold(text))


def test_the_longest_phrase_at_a_place_wins() -> None:
    text = fold("legal action against you")

    (span,) = Phrases(["legal", "legal action", "legal act"]).spans(text)

    assert text[slice(*span)] == "legal action"


def test_decomposed_accents_match_composed_ones() -> None:
    assert Phrases(["décès"]).within(fold(compose("de\u0301ce\u0300s")))


def test_no_phrases_match_nothing() -> None:
    assert not Phrases([])
    assert not Phrases([]).spans("anything")
