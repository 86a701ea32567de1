"""One form for all ways of writing a text, and the way back from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.citations.normalise import fold, normalise


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Straße", "STRASSE"),
        ("re\u00adfund", "refund"),
        ("30\u00a0days", "30  days"),
        ("\ufb01nal", "final"),
        ("cafe\u0301", "café"),
        ("“We’ll pay”", '"we\'ll pay"'),
        ("3–5 days", "3-5 days"),
        ("zero\u200bwidth", "zerowidth"),
        ("one\r\ntwo", "one two"),
        ("３０ days", "30 days"),
    ],
)
def test_one_text_in_two_spellings_has_one_form(written: str, same: str) -> None:
    assert fold(written) == fold(same)


ODD = st.sampled_from("aZ 9.ß\u00ad\u00a0\u202f\u0301\u0308\ufb03€😀\u200d’—…½İ\r\n\t\ufeff")


@given(st.one_of(st.text(max_size=80), st.text(ODD, max_size=80)))
def test_every_character_knows_the_span_it_came_from(text: str) -> None:
    norm = normalise(text)
    assert len(norm.text) == len(norm.starts) == len(norm.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(norm.starts, norm.ends, strict=True))
    assert norm.starts == sorted(norm.starts)
    assert norm.ends == sorted(norm.ends)


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_a_plain_character_maps_to_itself(text: str) -> None:
    norm = normalise(text)
    for char, start, end in zip(norm.text, norm.starts, norm.ends, strict=True):
        assert text[start:end].lower() == char or (char == " " and text[start:end].isspace())
