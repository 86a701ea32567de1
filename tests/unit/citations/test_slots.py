"""Values with their units, in seven languages and all the ways people write them."""

import pytest

from agent.citations.reading import read


def slots(text: str, language: str) -> list[tuple[str, str, str]]:
    return [(s.slot.kind, s.slot.value, s.slot.unit) for s in read(text, language).slots]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "€1,000.50", ("money", "1000.5", "EUR")),
        ("de", "1.000,50 €", ("money", "1000.5", "EUR")),
        ("fr", "1 000,50 €", ("money", "1000.5", "EUR")),
        ("de", "42,- €", ("money", "42", "EUR")),
        ("en", "42.00 EUR", ("money", "42", "EUR")),
        ("pl", "99 zł", ("money", "99", "PLN")),
        ("en", "$5", ("money", "5", "USD")),
        ("en", "ten pounds", ("money", "10", "GBP")),
        ("en", "20 %", ("percent", "20", "")),
        ("fr", "soit 20 pour cent", ("percent", "20", "")),
        ("es", "20 por ciento", ("percent", "20", "")),
        ("en", "30 days", ("duration", "30", "day")),
        ("en", "a 30-day return", ("duration", "30", "day")),
        ("en", "two weeks", ("duration", "14", "day")),
        ("de", "zwei Wochen", ("duration", "14", "day")),
        ("en", "1.5 hours", ("duration", "90", "minute")),
        ("de", "1,5 Stunden", ("duration", "90", "minute")),
        ("en", "2 years", ("duration", "24", "month")),
        ("en", "5 working days", ("duration", "5", "workday")),
        ("en", "5 business days", ("duration", "5", "workday")),
        ("en", "5 calendar days", ("duration", "5", "day")),
        ("fr", "5 jours ouvrés", ("duration", "5", "workday")),
        ("de", "5 Werktage", ("duration", "5", "workday")),
        ("es", "5 días laborables", ("duration", "5", "workday")),
        ("nl", "5 werkdagen", ("duration", "5", "workday")),
        ("it", "5 giorni lavorativi", ("duration", "5", "workday")),
        ("pl", "5 dni roboczych", ("duration", "5", "workday")),
        ("en", "3-5 days", ("duration", "3..5", "day")),
        ("de", "3 bis 5 Tage", ("duration", "3..5", "day")),
        ("en", "21 November 2026", ("date", "2026-11-21", "")),
        ("en", "November 21, 2026", ("date", "2026-11-21", "")),
        ("en", "November 21st, 2026", ("date", "2026-11-21", "")),
        ("en", "2026-11-21", ("date", "2026-11-21", "")),
        ("de", "21.11.2026", ("date", "2026-11-21", "")),
        ("de", "am 21. November 2026", ("date", "2026-11-21", "")),
        ("fr", "le 1er novembre", ("date", "--11-01", "")),
        ("es", "el 21 de noviembre de 2026", ("date", "2026-11-21", "")),
        ("nl", "21 november 2026", ("date", "2026-11-21", "")),
        ("it", "21 novembre 2026", ("date", "2026-11-21", "")),
        ("pl", "21 listopada 2026", ("date", "2026-11-21", "")),
        ("en", "in May", ("date", "--05", "")),
        ("en", "on Mondays", ("weekday", "1", "")),
        ("pl", "w środę", ("weekday", "3", "")),
        ("en", "at 17:00", ("time", "1020", "")),
        ("en", "at 5 pm", ("time", "1020", "")),
        ("de", "um 17 Uhr", ("time", "1020", "")),
        ("fr", "à 17h30", ("time", "1050", "")),
        ("en", "20 kg", ("measure", "20", "kg")),
        ("en", "order 48213", ("id", "48213", "")),
        ("en", "code AB-1234", ("id", "ab1234", "")),
        ("en", "call +49 30 1234567", ("id", "49301234567", "")),
        ("en", "see https://a.example/b", ("link", "https://a.example/b", "")),
        ("en", "write to help@shop.example", ("link", "help@shop.example", "")),
        ("en", "twelve items", ("count", "12", "")),
        ("en", "1,000 points", ("count", "1000", "")),
        ("en", "1.000 litres", ("measure", "1", "l")),
        ("de", "1.000 Punkte", ("count", "1000", "")),
        ("xx", "30 % and nothing else", ("percent", "30", "")),
    ],
)
def test_a_value_is_read_with_its_unit(
    language: str, text: str, expected: tuple[str, str, str]
) -> None:
    assert slots(text, language) == [expected]


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "You may march on."), ("de", "Das ist gut."), ("en", "e-mail us at once [1][2]")],
)
def test_words_that_only_look_like_values_are_words(language: str, text: str) -> None:
    assert slots(text, language) == []


@pytest.mark.parametrize(
    "text", ["5\u00a0working\u00a0days", "5 wor\u00adking days", "５ working days"]
)
def test_a_slot_knows_its_span_in_the_original(text: str) -> None:
    (found,) = read(f"Wait 😀 {text}.", "en").slots
    assert (found.slot.value, found.slot.unit) == ("5", "workday")
    assert f"Wait 😀 {text}."[found.slot.start : found.slot.end] == text
