"""What a text names, and what only looks like it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.triage import Entities
from agent.triage.entities import Reader
from agent.triage.folding import compose, fold

pytestmark = pytest.mark.unit


def read(
    text: str, language: str = "en", *, country: str | None = None, digits: int = 5
) -> Entities:
    text = compose(text)
    day = date(2026, 11, 20)
    return Reader(digits).read(text, fold(text), language=language, on=day, country=country)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is 61234", "en"),
        ("order #61.234 please", "en"),
        ("order no. 61-234", "en"),
        ("Order No 61 234.", "en"),
        ("Bestellung 61234", "de"),
        ("Best.-Nr.: 61.234", "de"),
        ("cde nº61.234", "fr"),
        ("ma commande n° 61\u00a0234, svp", "fr"),
        ("pedido nº 61.234", "es"),
        ("Bestelling nr 61.234: kapot", "nl"),
        ("ordine n. 61234", "it"),
        ("zamówienie nr 61234", "pl"),
        ("(61234)", "en"),
    ],
)
def test_order_numbers_are_read_in_odd_forms(text: str, language: str) -> None:
    assert read(text, language).order_ids == ("61234",)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I live in 20357 Hamburg", "en"),
        ("Lagerstr. 5, 20357 Hamburg", "de"),
        ("1, rue Neuve, 75011 Paris", "fr"),
        ("ul. Prosta 4, 00-950 Warszawa", "pl"),
        ("PLZ 20357", "de"),
        ("IBAN DE89 3704 0044 0532 0130 00", "de"),
        ("IBAN: FR76 3000 6000 0112 3456 7890 189", "fr"),
        ("PL66 9900 1026 0000 0422 7020 1111", "pl"),
        ("my phone is +44 7700 900123", "en"),
        ("tel. 030 23125 447", "de"),
        ("tel: 01 99 00 27 35", "fr"),
        ("06 12345678", "nl"),
        ("tracking 1Z999AA10123456784", "en"),
        ("00340434161094021234", "en"),
        ("it cost 12345 EUR", "en"),
        ("12.345,00 €", "de"),
        ("since 2026", "en"),
        ("THR-12345-W31", "en"),
        ("customer C-10234", "en"),
        ("https://shop.example/p/12345", "en"),
        ("a12345@mail.example", "en"),
        ("VAT number IE1234567X", "en"),
        ("123456", "en"),
    ],
)
def test_other_numbers_are_not_order_numbers(text: str, language: str) -> None:
    assert read(text, language).order_ids == ()


def test_order_numbers_are_distinct_and_in_order_of_mention() -> None:
    assert read("61234, 61 236 and #61.235, again 61234").order_ids == ("61234", "61236", "61235")


def test_the_length_of_an_order_number_is_a_setting() -> None:
    text = "order 7123456 of customer 61234"

    assert read(text, digits=7).order_ids == ("7123456",)


def test_skus_are_read_whole() -> None:
    assert read("VAS-0912 and JNS-2040-W31, not A-1 or COVID-19").skus == (
        "VAS-0912",
        "JNS-2040-W31",
    )


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("84,90 €", "84.90 EUR"),
        ("€84.90", "84.90 EUR"),
        ("EUR 84.90", "84.90 EUR"),
        ("84,90 euros", "84.90 EUR"),
        ("84€90", "84.90 EUR"),
        ("84,- €", "84 EUR"),
        ("1.299,00 €", "1299.00 EUR"),
        ("1 299,00 €", "1299.00 EUR"),
        ("CHF 1'299.00", "1299.00 CHF"),
        ("£1,299.50", "1299.50 GBP"),
        ("219,00 zł", "219.00 PLN"),
        ("219 PLN", "219 PLN"),
        ("99,5 €", "99.50 EUR"),
        ("I paid 58,00 for it", "58.00"),
    ],
)
def test_amounts_are_normalised(text: str, amount: str) -> None:
    assert read(text).amounts == (amount,)


def test_a_krona_needs_the_country() -> None:
    assert read("200 kr", country="SE").amounts == ("200 SEK",)
    assert read("200 kr").amounts == ("200",)


@pytest.mark.parametrize("text", ["I am 1,58 tall", "at 12.30", "version 2.10", "30 cm", "20%"])
def test_other_decimals_are_not_money(text: str) -> None:
    assert read(text).amounts == ()


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("on 21 November 2026", "en", "2026-11-21"),
        ("on November 21st", "en", "2026-11-21"),
        ("am 3. März 2025", "de", "2025-03-03"),
        ("am 12.11.", "de", "2026-11-12"),
        ("le 3 nov. 2026", "fr", "2026-11-03"),
        ("le 1er décembre", "fr", "2026-12-01"),
        ("el 21 de noviembre de 2026", "es", "2026-11-21"),
        ("5 listopada", "pl", "2026-11-05"),
        ("op 9 juni", "nl", "2026-06-09"),
        ("il 2 gennaio", "it", "2027-01-02"),
        ("2026-11-21", "en", "2026-11-21"),
        ("12/11/2026", "fr", "2026-11-12"),
        ("25/11/2026", "en", "2026-11-25"),
        ("28 December", "en", "2026-12-28"),
    ],
)
def test_dates_are_read_to_iso(text: str, language: str, day: str) -> None:
    assert read(text, language).dates == (day,)


def test_english_dates_depend_on_the_country() -> None:
    assert read("11/12/2026").dates == ()
    assert read("11/12/2026", country="GB").dates == ("2026-12-11",)
    assert read("11/12/2026", country="US").dates == ("2026-11-12",)


@pytest.mark.parametrize("text", ["31 February", "12.11", "room 2-3", "45/11/2026", "7.5.4"])
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert read(text, "de").dates == ()


@given(st.text(alphabet="0123456789 .,-/€#nº:'abc\n", max_size=80))
def test_any_mixture_of_digits_is_read_without_fail(text: str) -> None:
    found = read(text)

    assert all(len(o) == 5 and o.isdigit() for o in found.order_ids)
    assert all(date.fromisoformat(d) for d in found.dates)
