"""Priority: the highest that applies."""

import pytest

from agent.domain.triage import Fired, Priority
from agent.triage.folding import compose, fold
from agent.triage.priority import Prioritiser
from agent.triage.rules import Hit

pytestmark = pytest.mark.unit


def hit(reason: str, priority: Priority | None) -> Hit:
    return Hit(fired=Fired(rule="r", reason=reason, words="w"), priority=priority)


def decide(
    text: str,
    language: str = "en",
    *,
    category: Priority = Priority.NORMAL,
    hits: tuple[Hit, ...] = (),
) -> Priority:
    folded = fold(compose(text))
    prioritiser = Prioritiser(language)
    return prioritiser.decide(
        folded, category=category, hits=hits, raised=prioritiser.raised(folded)
    )


def test_without_a_signal_the_category_decides() -> None:
    assert decide("Which size should I take?", category=Priority.LOW) is Priority.LOW
    assert decide("Which size should I take?") is Priority.NORMAL


def test_a_rule_raises_and_never_lowers() -> None:
    assert decide("x", hits=(hit("press", Priority.HIGH),)) is Priority.HIGH
    assert decide("x", hits=(hit("thanks", Priority.LOW),)) is Priority.NORMAL
    assert decide("x", hits=(hit("press", None),)) is Priority.NORMAL


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("This is the second time I write, nobody answered.", "en"),
        ("Toujours aucune réponse à mes messages", "fr"),
        ("Leider habe ich keine Antwort bekommen", "de"),
        ("Nadie me ha contestado", "es"),
        ("Ik heb nog steeds geen reactie", "nl"),
        ("Nessuno mi risponde", "it"),
        ("Nikt nie odpowiada na moje maile", "pl"),
    ],
)
def test_a_second_contact_without_answer_is_high(text: str, language: str) -> None:
    assert decide(text, language) is Priority.HIGH


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My refund has still not arrived", "en"),
        ("Le remboursement n'est toujours pas arrivé", "fr"),
        ("Die Erstattung ist noch nicht eingegangen", "de"),
        ("El reembolso todavía no ha llegado", "es"),
        ("De terugbetaling heb ik nog niet ontvangen", "nl"),
        ("Il rimborso non è arrivato", "it"),
        ("Zwrot pieniędzy nadal nie wpłynął", "pl"),
        ("You charged me twice", "en"),
        ("Trotz Zahlung kam eine Mahnung", "de"),
    ],
)
def test_money_in_doubt_is_high(text: str, language: str) -> None:
    assert decide(text, language) is Priority.HIGH


def test_asking_how_refunds_work_is_normal() -> None:
    assert decide("How do refunds work?") is Priority.NORMAL


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The wedding is tomorrow at noon", "en"),
        ("Die Beerdigung ist übermorgen", "de"),
        ("le mariage est demain", "fr"),
        ("De bruiloft is morgen", "nl"),
    ],
)
def test_what_cannot_be_moved_and_is_near_is_urgent(text: str, language: str) -> None:
    assert decide(text, language) is Priority.URGENT


def test_a_wedding_some_day_is_not_urgent() -> None:
    assert decide("It is for a wedding in June") is Priority.NORMAL


def test_a_legal_threat_with_a_period_is_urgent_without_one_high() -> None:
    threat = (hit("legal_threat", Priority.HIGH),)

    assert decide("within 14 days, or my lawyer will", hits=threat) is Priority.URGENT
    assert decide("my lawyer will", hits=threat) is Priority.HIGH
    assert decide("please answer within 14 days") is Priority.NORMAL


def test_mere_curiosity_is_low_unless_something_raises_it() -> None:
    assert decide("Just curious: is it made of oak?") is Priority.LOW
    assert decide("Just curious why nobody answered my mails") is Priority.HIGH


def test_capitals_alone_raise_nothing() -> None:
    assert decide("WHERE IS MY PARCEL!!!") is Priority.NORMAL
