"""A desk's rules: when they fire, and what silences them."""

import pytest

from agent.triage.folding import compose, fold
from agent.triage.rules import Hit, Rules
from tests.unit.triage.small import CALL, LAWYER, SPAM, THANKS

pytestmark = pytest.mark.unit

RULES = Rules((LAWYER, CALL, THANKS, SPAM))


def hits(text: str, language: str = "en") -> tuple[Hit, ...]:
    text = compose(text)
    return RULES.hits(text, fold(text), language)


def ending(
    text: str, language: str = "en", *, content: bool = True, own: bool = False
) -> str | None:
    return RULES.no_reply(fold(compose(text)), language, content=content, own_business=own)


def test_a_rule_gives_its_reason_and_the_words_as_they_stand() -> None:
    (hit,) = hits("Otherwise My  Lawyer will write to you.")

    assert (hit.fired.rule, hit.fired.reason) == ("lawyer", "legal_threat")
    assert hit.fired.words == "My  Lawyer"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Sonst nehme ich mir einen Anwalt.", "de"),
        ("J'envoie une MISE EN DEMEURE", "fr"),
        ("Nos vemos en los tribunales", "es"),
        ("Rappelez moi svp", "fr"),
        ("je veux parler à l’un de vos collègues", "fr"),
        ("Ik wil een mens spreken", "nl"),
        ("können Sie fuer mich zurueckrufen", "de"),
    ],
)
def test_rules_fire_in_every_language(text: str, language: str) -> None:
    assert len(hits(text, language)) == 1


def test_a_longer_phrase_of_another_language_counts() -> None:
    assert hits("Bonjour, I want to speak to a human", "fr")


def test_a_single_word_of_another_language_does_not_count() -> None:
    assert not hits("the Anwalt case of my suitcase", "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("No need to call me.", "en"),
        ("Please don't call me, write instead", "en"),
        ("I will not take any legal action", "en"),
        ("Ich brauche keinen Anwalt", "de"),
        ("Das geht ohne einen Anwalt", "de"),
        ("pas besoin de mise en demeure", "fr"),
        ("bel mij niet", "nl"),
    ],
)
def test_a_negation_directly_before_or_after_silences_a_rule(text: str, language: str) -> None:
    assert not hits(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I could not speak to a human for an hour", "en"),
        ("Nobody answers. Not good. My lawyer will.", "en"),
        ("I will not hesitate to take legal action", "en"),
        ("Das ist nicht in Ordnung, mein Anwalt schreibt Ihnen.", "de"),
    ],
)
def test_a_negation_of_something_else_silences_nothing(text: str, language: str) -> None:
    assert hits(text, language)


def test_an_unless_phrase_silences_only_what_is_near_it() -> None:
    assert not hits("my lawyer friend says hi")
    far = "my lawyer friend says hi. " + "I read the book all night and loved it. " * 3
    assert hits(far + "Now my lawyer wants it too")


def test_a_second_place_may_fire_where_the_first_is_negated() -> None:
    (hit,) = hits("No need to call me today. Tomorrow please call me!")

    assert hit.fired.words == "call me"


def test_rules_keep_the_desks_order() -> None:
    assert [h.fired.rule for h in hits("call me or my lawyer will")] == ["lawyer", "call"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you, all is well now.", "en"),
        ("Merci beaucoup !", "fr"),
        ("Danke, hat sich erledigt", "de"),
    ],
)
def test_mere_thanks_end_unanswered(text: str, language: str) -> None:
    assert ending(text, language) == "thanks"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you. When do you open?", "en"),
        ("Thanks a lot, but I still need the second volume", "en"),
        ("Danke. Ich möchte noch ein Buch verlängern.", "de"),
        ("Merci, pouvez-vous prolonger mon emprunt", "fr"),
    ],
)
def test_thanks_with_a_question_are_answered(text: str, language: str) -> None:
    assert ending(text, language) is None


def test_bitter_thanks_are_answered() -> None:
    assert ending("Thank you for nothing", content=False) is None


def test_an_offer_ends_unanswered_though_it_asks() -> None:
    assert ending("Can we boost your ranking with our SEO services?") == "spam"


def test_an_offers_words_in_a_customers_own_matter_end_nothing() -> None:
    assert ending("You sold my order data to SEO services?", own=True) is None
