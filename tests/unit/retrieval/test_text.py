"""Words of a text as search sees them."""

import pytest

from retrieval.stopwords import STOP_WORDS
from retrieval.text import LANGUAGES, is_stop, normalise, tokens, words


def test_every_language_of_the_desks_has_a_stemmer_and_function_words() -> None:
    assert set(LANGUAGES) == {"en", "fr", "de", "es", "nl", "it", "pl"}
    assert all(len(STOP_WORDS[language]) > 100 for language in LANGUAGES)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "returned items", "returning an item"),
        ("fr", "remboursements", "le remboursement"),
        ("de", "Bestellungen", "die Bestellung"),
        ("es", "devoluciones", "la devolución"),
        ("nl", "bestellingen", "de bestelling"),
        ("it", "rimborsi", "il rimborso"),
        ("pl", "zamówienia", "zamówienie"),
    ],
)
def test_inflected_forms_of_a_word_meet(language: str, one: str, other: str) -> None:
    assert tokens(one, language) == tokens(other, language)


@pytest.mark.parametrize(
    ("language", "written", "typed"),
    [
        ("fr", "Délai réduit", "delai reduit"),
        ("es", "política", "politica"),
        ("pl", "łódka", "lodka"),
    ],
)
def test_accents_that_people_leave_out_do_not_matter(
    language: str, written: str, typed: str
) -> None:
    assert tokens(written, language) == tokens(typed, language)


def test_function_words_do_not_search_but_stay_words() -> None:
    assert tokens("How long do I have to return it?", "en") == ["long", "return"]
    assert words("How long?") == ["how", "long"]
    assert is_stop("how", "en")
    assert not is_stop("return", "en")


def test_elisions_and_typographic_apostrophes_leave_the_word_alone() -> None:
    assert tokens("L\u2019article qu\u2019il retourne", "fr") == tokens("article retourne", "fr")


def test_numbers_keep_their_decimals_and_lose_their_units_hyphen() -> None:
    assert words("a 30-day limit of 1,000.50 EUR") == [
        "a",
        "30",
        "day",
        "limit",
        "of",
        "1,000.50",
        "eur",
    ]


def test_full_width_and_case_are_unified() -> None:
    assert normalise("\uff32eturn STRASSE Stra\u00dfe") == "return strasse strasse"


def test_a_language_without_stemmer_keeps_its_words() -> None:
    assert tokens("Palautukset viikossa", "fi") == ["palautukset", "viikossa"]
