"""Type your own lie and see it caught."""

import pytest

from agent.citations.verify import compare
from agent.domain.draft import Verdict

POLICY = """---
id: returns
language: en
note: You have 90 days.
---
# Returns

## How long
You have 30 days from delivery
to return an item.
Sale items cannot be returned.
"""


def test_the_lie_is_shown_with_both_spans_the_line_and_the_words_that_differ() -> None:
    lie = "You have 60 days from delivery to return an item."
    found = compare(lie, POLICY, "en", file="returns.md")
    assert found.verdict is Verdict.CONTRADICTED
    assert not found.supported
    assert found.differs == (("60 days", "30 days"),)
    assert found.line == 9
    assert found.reason == "duration: '60 days' is not in returns.md:9 (found '30 days')"
    (difference,) = found.differences
    assert lie[slice(*difference.claim_span)] == "60 days"
    assert POLICY[slice(*difference.source_span)] == "30 days"
    assert found.source_span is not None
    assert POLICY[slice(*found.source_span)] == found.source_text
    assert found.source_text == "You have 30 days from delivery\nto return an item."


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("You have thirty days", False),
        ("You have 30 days from delivery to return an item.", True),
        ("Sale items can't be returned.", True),
        ("Sale items can be returned.", False),
        ("You have 90 days.", False),
        ("", False),
        ("?", False),
    ],
)
def test_only_what_the_body_says_is_supported(sentence: str, supported: bool) -> None:
    assert compare(sentence, POLICY, "en").supported is supported


def test_a_difference_in_plain_words_is_shown_too() -> None:
    found = compare("Sale shoes cannot be returned.", POLICY, "en")
    assert (found.verdict, found.differs) == (Verdict.UNSUPPORTED, (("shoes", "items"),))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_an_editor_counts_them(end: str) -> None:
    found = compare("Sale items cannot be returned.", POLICY.replace("\n", end), "en")
    assert (found.supported, found.line) == (True, 11)


def test_nothing_near_has_no_line() -> None:
    found = compare("Qwrtz plmk vbnx.", POLICY, "en")
    assert (found.line, found.source_span, found.source_text) == (0, None, "")


@pytest.mark.parametrize("sentence", ["You can return an item.", "Returning an item is possible."])
def test_a_heading_proves_nothing_but_its_own_words(sentence: str) -> None:
    policy = "# Returning an item\n\nSend it to our warehouse.\n"
    assert compare(sentence, policy, "en").verdict.fails
    assert compare("Returning an item", policy, "en").verdict is Verdict.EXACT


def test_a_value_that_stands_in_another_sentence_is_shown_where_it_stands() -> None:
    policy = "Guests can rent a bike at the desk.\n\nRenting the bike costs €12.\n"
    found = compare("Guests can rent a bike at the desk for €15.", policy, "en")
    (difference,) = found.differences
    assert policy[slice(*difference.source_span)] == difference.source == "€12"
    assert found.line == 3
    assert found.reason == "money: '€15' is not in policy.md:3 (found '€12')"
