"""Passages of a policy: where they are cut, what they are called, where they stand."""

import hashlib
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import Policy, all_passages, passages

RETURNS = """---
id: returns
---
# Returns and refunds

Applies to every order.

## How long you have
You can return an item within 30 days.

## What it costs

### By post
Returns by post are free.

### In a shop

## How long you have
Members have 60 days.
"""


def a_policy(text: str, *, body_start: int = 0, title: str = "Returns and refunds") -> Policy:
    return Policy(
        id="returns",
        language="en",
        title=title,
        file="policies/en/returns.md",
        text=text,
        body_start=body_start,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def test_a_passage_is_the_text_under_one_heading() -> None:
    found = passages(a_policy(RETURNS, body_start=RETURNS.index("# Returns")))

    assert [(p.id, p.headings, p.text) for p in found] == [
        (
            "returns/en#returns-and-refunds",
            ("Returns and refunds",),
            "Applies to every order.",
        ),
        (
            "returns/en#how-long-you-have",
            ("Returns and refunds", "How long you have"),
            "You can return an item within 30 days.",
        ),
        (
            "returns/en#what-it-costs/by-post",
            ("Returns and refunds", "What it costs", "By post"),
            "Returns by post are free.",
        ),
        (
            "returns/en#how-long-you-have-2",
            ("Returns and refunds", "How long you have"),
            "Members have 60 days.",
        ),
    ]


def test_offsets_and_lines_are_those_of_the_file() -> None:
    for passage in passages(a_policy(RETURNS, body_start=RETURNS.index("# Returns"))):
        assert RETURNS[passage.start : passage.end] == passage.text
        assert RETURNS.splitlines()[passage.line - 1].startswith(passage.text.splitlines()[0])


def test_text_before_the_first_heading_is_a_passage_under_the_policys_title() -> None:
    found = passages(a_policy("Ask us first.\n\n## Parcels\nThey take 2 days.", title="Shipping"))

    assert [(p.id, p.headings) for p in found] == [
        ("returns/en#top", ("Shipping",)),
        ("returns/en#parcels", ("Shipping", "Parcels")),
    ]


def test_windows_line_ends_shift_nothing() -> None:
    text = "# Title\r\n\r\n## One\r\nFirst line.\r\nSecond line.\r\n\r\n## Two\r\nMore.\r\n"

    found = passages(a_policy(text))

    assert [(p.text, p.line, p.headings[-1]) for p in found] == [
        ("First line.\r\nSecond line.", 4, "One"),
        ("More.", 8, "Two"),
    ]


def test_a_hash_in_a_fenced_block_is_no_heading() -> None:
    found = passages(a_policy("# Title\n```\n# not a heading\n```\ntext\n"))

    assert len(found) == 1
    assert "# not a heading" in found[0].text


def test_a_numbered_heading_does_not_take_the_id_of_a_repeated_one() -> None:
    found = passages(a_policy("# T\n## Step\na\n## Step 2\nb\n## Step\nc\n"))

    assert [p.id.partition("#")[2] for p in found] == ["step", "step-2", "step-3"]


def test_a_policy_without_text_has_no_passage() -> None:
    assert passages(a_policy("# Title\n\n## Empty\n\n")) == ()
    assert passages(a_policy("")) == ()


def test_the_passages_of_many_policies_keep_their_order() -> None:
    one, two = a_policy("# A\none"), a_policy("# B\ntwo")

    assert [p.text for p in all_passages([one, two])] == ["one", "two"]


@given(st.text(alphabet="#ab \n\r`~-", max_size=200))
def test_any_text_is_cut_into_disjoint_passages_with_ids_of_their_own(text: str) -> None:
    found = passages(a_policy(text))

    assert len({p.id for p in found}) == len(found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(p.text == p.text.strip() != "" for p in found)
