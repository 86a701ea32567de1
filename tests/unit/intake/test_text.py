"""Any string becomes safe to store, to read and to show."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.intake.text import clean, one_line, tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\u2028b\u2029c\x85d\x0be", "a\nb\nc\nd\ne"),
        ("order\x00 12\x0734", "order 1234"),
        ("tab\tstays", "tab\tstays"),
        ("refu\u200bnd\u2060 \ufeffplease", "refund please"),
        ("pay \u202eRUE 01\u202c now", "pay RUE 01 now"),
        ("hello\U000e0041\U000e0042\U000e007f", "hello"),
        ("smile 😀\ufe0f stays", "smile 😀\ufe0f stays"),
        ("Cafe\u0301", "Café"),
        ("half a pair \ud83d of surrogates", "half a pair  of surrogates"),
        ("e" + "\u0301" * 1000, "é" + "\u0301" * 7),
    ],
)
def test_what_no_reader_sees_is_taken_out(text: str, expected: str) -> None:
    assert clean(text).text == expected


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a\x00b\x01c", "text: 2 control characters removed"),
        ("a\u202eb", "text: 1 hidden characters removed"),
        ("e" + "\u0316\u0301" * 50, "text: 1 runs of combining marks removed"),
    ],
)
def test_what_was_taken_out_is_noted(text: str, note: str) -> None:
    assert clean(text).notes == (note,)


@pytest.mark.parametrize(
    "text", ["", "Grüße, señor", "Zażółć gęślą jaźń", "a\r\nb", "zero\u200bwidth"]
)
def test_ordinary_text_has_no_notes(text: str) -> None:
    assert clean(text).notes == ()


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec=None)))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text).text

    assert clean(once).text == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")
    assert "\x00" not in once
    assert "\r" not in once


def test_megabytes_of_combining_marks_are_cut_before_they_are_sorted() -> None:
    # Canonical ordering sorts by insertion: a run of two million marks would take a day.
    text = "a" + "\u0301\u0316" * 1_000_000

    assert len(clean(text).text) <= 9


def test_megabytes_of_spaces_are_tidied() -> None:
    assert tidy(" " * 2_000_000 + "x" + " " * 2_000_000) == " " * 2_000_000 + "x"


def test_tidy_keeps_one_blank_line() -> None:
    assert tidy("\n\na  \n\n\n \n b\n") == "a\n\n b"


def test_a_subject_is_one_line() -> None:
    assert one_line(" Where\r\n is\tmy \x00order ").text == "Where is my order"
