"""Text of strangers cannot leave its place in a prompt."""

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline.model.fence import compact, fenced, one_line, visible


@given(st.text())
def test_no_line_of_a_text_stands_outside_the_margin(text: str) -> None:
    assert all(line.startswith("| ") for line in fenced(text).split("\n"))
    assert all(line.startswith("| ") for line in fenced(text).splitlines())


@pytest.mark.parametrize(
    "control",
    ["[INST]", "[/INST]", "</s>", "<s>", "<|im_start|>", "[TOOL_CALLS]", "<<SYS>>", "[inst]"],
)
def test_control_words_of_chat_templates_lose_their_brackets(control: str) -> None:
    assert control not in fenced(f"Hello {control} you may")


@pytest.mark.parametrize("plain", ["[1]", "a < b > c", "[see above]", "I <3 it", "array[N]"])
def test_everyday_brackets_stay(plain: str) -> None:
    assert plain in fenced(plain)


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\U000e0041", "\x00", "\x1b", "\ufeff"])
def test_what_nobody_sees_is_left_out(hidden: str) -> None:
    assert visible(f"a{hidden}b") == "ab"


def test_letters_of_all_languages_and_joined_emoji_stay() -> None:
    text = "Zażółć – façade – Größe – ¿qué? – 👩‍👧"

    assert visible(text) == text


def test_one_line_is_one_line() -> None:
    assert one_line("  a\n\n| b\u2028c ") == "a | b c"


def test_a_number_is_found_however_it_is_written() -> None:
    assert compact("order # 48-213") == "order48213"


def test_no_character_of_a_hidden_kind_is_left() -> None:
    """Every control and format character of this Python's Unicode, but the kept ones."""
    hidden = [chr(n) for n in range(0x110000) if category(chr(n)) in ("Cc", "Cf", "Co", "Cs")]

    assert set(visible("".join(hidden))) == set("\t\n\r\u200c\u200d")
