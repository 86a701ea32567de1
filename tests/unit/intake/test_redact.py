"""Personal data become placeholders; what support needs to read stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.intake.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail ada.byrne+shop@example.org, please", "mail [EMAIL], please"),
        ("call +49 30 1234567 now", "call [PHONE] now"),
        ("call 0171 2345678", "call [PHONE]"),
        ("appelez le 06 12 34 56 78", "appelez le [PHONE]"),
        ("bel 06-12345678", "bel [PHONE]"),
        ("0049 30 1234567", "[PHONE]"),
        ("IBAN NL91 ABNA 0417 1643 00 and NL91ABNA0417164300", "IBAN [IBAN] and [IBAN]"),
        ("DE89370400440532013000.", "[IBAN]."),
        ("my iban is nl91abna0417164300 thanks", "my iban is [IBAN] thanks"),
        ("card 4111 1111 1111 1111 12/27", "card [CARD] 12/27"),
        ("card 5500-0000-0000-0004", "card [CARD]"),
        ("BSN 111222333", "BSN [ID]"),
        ("PESEL: 44051401359", "PESEL: [ID]"),
        ("DNI 12345678Z, NIE X1234567L", "DNI [ID], NIE [ID]"),
        ("rijksregisternummer 85.07.30-033.28", "rijksregisternummer [ID]"),
        ("my NHS number is 943 476 5919", "my NHS number is [ID]"),
        ("codice fiscale RSSMRA85T10A562S", "codice fiscale [ID]"),
        ("Steuer-ID 36574261809", "Steuer-ID [ID]"),
    ],
)
def test_personal_data_are_hidden(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "Order 61051 of 2026-11-21 for €84.90 (2 items, 140 x 200 cm)",
        "Tracking JD01463301595691 and RM95942859575",
        "It took 30 days, from 01.11.2026 to 21.11.2026, 10:15",
        "Rechnung 2026-000123, Kundennummer 5001",
        "IBAN NL00ABNA0417164300 has a wrong check digit",
        "4111 1111 1111 1112 is no card",
        "111222333 with no word beside it",
        "",
    ],
)
def test_what_is_not_personal_stays_readable(text: str) -> None:
    assert redact(text).text == text


def test_the_requesters_name_is_hidden_whole_and_in_parts() -> None:
    view = redact("I am Ada Byrne. Mr BYRNE is my father; Adam is not.", names=["Ada Byrne"])

    assert view.text == "I am [NAME]. Mr [NAME] is my father; Adam is not."


def test_offsets_lead_back_to_the_original() -> None:
    text = "From ada@example.org to +49 30 1234567: where is it?"

    view = redact(text)

    assert [text[s.start : s.end] for s in view.spans] == ["ada@example.org", "+49 30 1234567"]
    assert [view.text[s.shown_at : s.shown_end] for s in view.spans] == ["[EMAIL]", "[PHONE]"]
    assert text[view.original(view.text.index("where")) :] == "where is it?"
    assert view.original(0) == 0
    assert text[view.original(view.text.index("[PHONE]") + 3) :].startswith("+49")


@settings(deadline=None)
@given(st.text(alphabet="0123456789 -./+()@abX\n", max_size=120))
def test_what_is_not_hidden_is_unchanged(text: str) -> None:
    view = redact(text)

    rebuilt, at = "", 0
    for span in view.spans:
        rebuilt += view.text[at : span.shown_at] + text[span.start : span.end]
        at = span.shown_end
    assert rebuilt + view.text[at:] == text


@pytest.mark.parametrize(
    "text",
    ["1 " * 200_000, "0123456 " * 60_000, "AA11 " * 100_000, "a" * 500_000 + "@", "+" * 500_000],
    ids=["digits", "phones", "ibans", "mail", "plus"],
)
def test_text_built_to_be_slow_is_redacted(text: str) -> None:
    redact(text)


def test_past_the_checks_a_number_is_hidden_rather_than_shown() -> None:
    text = "0123456 " * 2_000 + "and 0171 2345678"

    assert "2345678" not in redact(text).text
