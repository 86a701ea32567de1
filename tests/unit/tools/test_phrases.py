"""How each language writes dates, money and counts, and what its catalogue must hold."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import tools.phrases.catalogue as module
from tools.orders import order_phrases, shipment_phrases
from tools.phrases.catalogue import Catalogue, Line, catalogue, languages, shown_fields, speak
from tools.refunds import refund_phrases
from tools.values import Data, Money

FOLDER = Path(module.__file__).parent


def words(language: str) -> Catalogue:
    found = catalogue(language)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("language", "day", "expected"),
    [
        ("en", date(2026, 11, 21), "21 November 2026"),
        ("fr", date(2026, 11, 21), "21 novembre 2026"),
        ("fr", date(2026, 8, 1), "1er août 2026"),
        ("de", date(2026, 3, 5), "5. März 2026"),
        ("es", date(2026, 11, 21), "21 de noviembre de 2026"),
        ("it", date(2026, 11, 1), "1º novembre 2026"),
        ("nl", date(2026, 3, 5), "5 maart 2026"),
        ("pl", date(2026, 9, 30), "30 września 2026"),
    ],
)
def test_dates(language: str, day: date, expected: str) -> None:
    assert words(language).date(day) == expected


@pytest.mark.parametrize(
    ("language", "amount", "expected"),
    [
        ("en", "84.90 EUR", "€84.90"),
        ("en", "1284.90 EUR", "€1,284.90"),
        ("en", "84.90 CHF", "84.90 CHF"),
        ("fr", "1284.90 EUR", "1\u00a0284,90 €"),
        ("de", "1284.90 EUR", "1.284,90 €"),
        ("es", "84.90 EUR", "84,90 €"),
        ("it", "84.90 EUR", "84,90 €"),
        ("nl", "84.90 EUR", "€ 84,90"),
        ("pl", "84.90 PLN", "84,90 zł"),
        ("de", "84.90 SEK", "84,90 SEK"),
    ],
)
def test_money(language: str, amount: str, expected: str) -> None:
    assert words(language).money(Money.parse(amount)) == expected


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 1, "1 day"),
        ("en", 0, "0 days"),
        ("en", 12.5, "12.5 days"),
        ("fr", 1.5, "1,5 jour"),
        ("fr", 2, "2 jours"),
        ("de", 1, "1 Tag"),
        ("pl", 1, "1 dzień"),
        ("pl", 5, "5 dni"),
        ("pl", 0.5, "0,5 dnia"),
    ],
)
def test_counts_of_days(language: str, count: float, expected: str) -> None:
    assert words(language).days(count) == expected


def test_italian_elides_before_the_eighth_and_the_eleventh() -> None:
    data: Data = {"order_id": "10001", "delivered_on": "2026-11-08", "return_by": "2026-11-11"}

    said = [p.text for p in refund_phrases({**data, "eligible": True, "reason": "in_window"}, "it")]

    assert said == [
        "Può restituire l'ordine 10001 fino all'11 novembre 2026.",
        "L'ordine 10001 è stato consegnato l'8 novembre 2026.",
    ]


def content(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def test_seven_languages_have_a_catalogue() -> None:
    assert languages() == ("de", "en", "es", "fr", "it", "nl", "pl")


@pytest.mark.parametrize("language", languages())
def test_every_catalogue_says_the_same_things_of_the_same_fields(language: str) -> None:
    english, other = content("en")["phrases"], content(language)["phrases"]

    assert {s: set(keys) for s, keys in other.items()} == {s: set(k) for s, k in english.items()}
    for section, templates in english.items():
        for key, template in templates.items():
            assert set(shown_fields(other[section][key])) == set(shown_fields(template)), key
    assert set(content(language)["names"]) == set(content("en")["names"])
    assert len(content(language)["dates"]["months"]) == 12


def test_a_sentence_with_a_missing_field_is_not_said() -> None:
    data: Data = {"order_id": "10001", "status": "delivered", "total": None, "placed_on": None}

    assert [p.text for p in order_phrases(data, "en")] == ["Order 10001 has been delivered."]


def test_a_payment_method_without_a_name_here_is_left_out_rather_than_mixed_in() -> None:
    data: Data = {
        "order_id": "10001",
        "status": "placed",
        "total": "84.90 EUR",
        "payment_method": "store credit",
        "paid_on": "2026-11-21",
    }

    said = [p.text for p in order_phrases(data, "de") if p.topic == "payment"]

    assert said == ["Der Gesamtbetrag Ihrer Bestellung 10001 ist 84,90 €."]


def test_a_status_nobody_knows_says_nothing() -> None:
    assert order_phrases({"order_id": "10001", "status": "teleported"}, "en") == ()


def test_an_expected_date_is_said_only_while_the_parcel_moves() -> None:
    data: Data = {
        "order_id": "10001",
        "carrier": "DHL",
        "status": "delivered",
        "expected_on": "2026-11-21",
        "delivered_on": "2026-11-20",
    }

    delivered = " ".join(p.text for p in shipment_phrases(data, "en"))
    moving = " ".join(p.text for p in shipment_phrases({**data, "status": "in_transit"}, "en"))

    assert delivered == "DHL delivered order 10001 on 20 November 2026."
    assert "expected to arrive on 21 November 2026" in moving


@pytest.mark.parametrize("wrong", [True, {"a": 1}, ["x"], 3.5, "", "2026-99-99", "1e9 EUR"])
def test_data_of_the_wrong_shape_renders_without_an_error(wrong: Any) -> None:
    names = ("order_id", "status", "total", "placed_on", "payment_method")
    data: dict[str, Any] = dict.fromkeys(names, wrong)

    for phrase in order_phrases(data, "en"):
        assert phrase.text


def test_a_value_is_never_read_as_a_template() -> None:
    data: Data = {"order_id": "{total}", "status": "placed", "total": "84.90 EUR"}

    said = speak("order", data, "en", [Line(keys=("placed",), topic="status")])

    assert said[0].text == "Order {total} has been placed and is being prepared."


def test_numbers_keep_their_exact_value() -> None:
    assert words("de").number(Decimal("1234567.5")) == "1.234.567,5"
    assert words("en").number(Decimal("100")) == "100"
