"""What a rule excepts follows the contrary of the rule, in whatever words."""

import pytest

from agent.citations.compare import compare
from agent.domain.draft import Verdict

DOGS = "Dogs are not allowed, except service dogs."
ITEMS = "Items can be returned within 30 days, except underwear."
KAUF = "Alle Käufe werden erstattet, ausgenommen Gutscheine."
LISTE = "Alle Käufe werden erstattet, außer Gutscheinen und Karten."
SOLDES = "Les articles sont échangés, sauf les articles soldés."
ORDERS = "All orders are refunded, except vouchers."
REFUNDS = "Refunds are paid within 14 days, except for sale items."
BOOKS = "Books may be renewed once, except reserved books."
PEDIDOS = "Se reembolsan todos los pedidos, salvo los vales."
ZAMOWIENIA = "Zwracamy wszystkie zamówienia, oprócz bonów."
ANIMALS = "Animals are not allowed, except service dogs."
RENEWAL = "Le contrat est renouvelé automatiquement, sauf résiliation un mois avant."


@pytest.mark.parametrize(
    ("language", "policy", "sentence"),
    [
        ("en", DOGS, "Service dogs are allowed."),
        ("en", ITEMS, "You cannot return underwear."),
        ("de", KAUF, "Gutscheine werden nicht erstattet."),
        ("de", LISTE, "Gutscheine und Karten werden nicht erstattet."),
        ("fr", SOLDES, "Les articles soldés ne sont pas échangés."),
        (
            "fr",
            RENEWAL,
            "Sans résiliation un mois avant, le contrat est renouvelé automatiquement.",
        ),
        ("en", ORDERS, "Vouchers are not refunded."),
        ("en", REFUNDS, "No refunds are paid for sale items."),
        ("en", BOOKS, "Reserved books may not be renewed."),
        ("es", PEDIDOS, "Los vales no se reembolsan."),
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


@pytest.mark.parametrize(
    ("language", "policy", "sentence"),
    [
        ("en", ORDERS, "Orders and vouchers are not refunded."),
        ("en", ORDERS, "No orders are refunded, vouchers included."),
        ("en", REFUNDS, "Refunds are not paid, not even for sale items."),
        ("en", ANIMALS, "Animals, service dogs included, are allowed."),
        ("de", KAUF, "Käufe und Gutscheine werden nicht erstattet."),
        ("de", LISTE, "Käufe, Gutscheine und Karten werden nicht erstattet."),
        ("fr", SOLDES, "Même les articles soldés ne sont pas échangés."),
        ("es", PEDIDOS, "Los pedidos y los vales no se reembolsan."),
        ("pl", ZAMOWIENIA, "Nie zwracamy zamówień ani bonów."),
    ],
)
def test_an_exception_does_not_turn_the_rule_itself_round(
    language: str, policy: str, sentence: str
) -> None:
    found = compare(sentence, policy, language)
    assert found.verdict is Verdict.CONTRADICTED
    assert found.reason
