"""What a person should look at in policies that load."""

from datetime import date

import pytest

from agent.desk.findings import Finding, Kind, findings, numbers
from retrieval.corpus import Policy
from tests.unit.retrieval.test_index import a_policy

TODAY = date(2026, 6, 1)


def kinds(*policies: Policy) -> list[Kind]:
    return [one.kind for one in findings(policies, TODAY)]


def only(*policies: Policy) -> Finding:
    (found,) = findings(policies, TODAY)
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000.50 euros", "1.000,50 Euro"),
        ("2.5 days", "2,5 Tage"),
        ("10 km", "10 km"),
        ("by 5 pm or 17:00", "bis 5"),
    ],
)
def test_a_number_is_the_same_in_every_notation(one: str, other: str) -> None:
    assert numbers(one) == numbers(other)


def test_languages_of_one_policy_that_say_different_numbers() -> None:
    english = a_policy("leave", "# Leave\n## Days\nYou have 25 days.")
    german = a_policy("leave", "# Urlaub\n## Tage\nSie haben 26 Tage.", language="de")

    found = only(english, german)

    assert found.kind is Kind.LANGUAGES
    assert "'25'" in found.problem
    assert "'26'" in found.problem


def test_two_policies_that_say_the_same_with_another_figure() -> None:
    one = a_policy("one", "# One\nReturn every unworn dress within 30 days please.")
    other = a_policy("other", "# Other\nReturn every unworn dress within 14 days please.")

    assert only(one, other).kind is Kind.POLICIES


def test_other_words_may_come_with_other_figures() -> None:
    one = a_policy("one", "# One\nReturn a dress within 30 days please.")
    other = a_policy("other", "# Other\nA parcel locker keeps your order for 7 days only.")

    assert kinds(one, other) == []


def test_validity_that_is_over_or_ends_soon_or_leaves_a_gap() -> None:
    over = a_policy("over", "# A\nText.", valid_to=date(2026, 5, 1))
    soon = a_policy("soon", "# B\nText.", valid_to=date(2026, 6, 9))
    before = a_policy("gap", "# C\nText.", valid_to=date(2026, 7, 1))
    after = a_policy("gap", "# C\nText.", valid_from=date(2026, 8, 1))

    assert sorted(kinds(over, soon, before, after)) == [Kind.ENDS_SOON, Kind.EXPIRED, Kind.GAP]


def test_a_policy_that_another_one_follows_is_no_finding() -> None:
    before = a_policy("a", "# C\nText.", valid_to=date(2026, 5, 31))
    after = a_policy("a", "# C\nText.", valid_from=date(2026, 6, 1))

    assert kinds(before, after) == []


def test_links_within_the_desk_must_lead_somewhere() -> None:
    other = a_policy("other", "# Other\n## Long Heading\nText.")
    good = "[a](other.md) [b](other.md#long-heading) [c](https://example.org) [d](mailto:a@b.c)"

    assert kinds(a_policy("p", f"# P\n{good}"), other) == []
    assert kinds(a_policy("p", "# P\n[a](gone.md)"), other) == [Kind.DEAD_LINK]
    assert kinds(a_policy("p", "# P\n[a](other.md#gone)"), other) == [Kind.DEAD_LINK]


def test_a_passage_too_long_to_cite_is_named_with_its_line() -> None:
    found = only(a_policy("p", "# P\n\n" + "word " * 500))

    assert (found.kind, found.line) == (Kind.TOO_LONG, 3)
