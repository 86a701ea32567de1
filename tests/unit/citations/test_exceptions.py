"""What a rule excepts follows the contrary of the rule, in whatever words."""

import pytest

from agent.citations.compare import compare
from agent.domain.draft import Verdict

DOGS = "Dogs are not allowed, except service dogs."
ITEMS = "Items can be returned within 30 days, except underwear."
KAUF = "Alle Käufe werden erstattet, ausgenommen Gutscheine."
SOLDES = "Les articles sont échangés, sauf les articles soldés."


@pytest.mark.parametrize(
    ("language", "policy", "sentence"),
    [
        ("en", DOGS, "Service dogs are allowed."),
        ("en", ITEMS, "You cannot return underwear."),
        ("de", KAUF, "Gutscheine werden nicht erstattet."),
        ("fr", SOLDES, "Les articles soldés ne sont pas échangés."),
    ],
)
def test_the_contrary_of_the_rule_holds_for_what_is_excepted(
    language: str, policy: str, sentence: str
) -> None:
    assert compare(sentence, policy, language).verdict is Verdict.PARAPHRASE


@pytest.mark.parametrize(
    ("language", "policy", "sentence"),
    [
        ("en", DOGS, "Service dogs are not allowed."),
        ("en", ITEMS, "Underwear can be returned within 30 days."),
        ("en", ITEMS, "Everything can be returned within 30 days."),
        ("de", KAUF, "Auch Gutscheine werden erstattet."),
        ("fr", SOLDES, "Les articles soldés sont échangés."),
    ],
)
def test_the_rule_does_not_hold_for_what_is_excepted(
    language: str, policy: str, sentence: str
) -> None:
    found = compare(sentence, policy, language)
    assert found.verdict is Verdict.CONTRADICTED
    assert found.reason
