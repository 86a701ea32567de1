"""What each guard catches, and what it leaves alone, language by language."""

import pytest

from agent.citations import guards
from agent.citations.reading import read


def fired(language: str, source: str, claim: str) -> list[str]:
    return [
        f.guard for f in guards.check(read(claim, language), read(source, language)) if f.conflict
    ]


@pytest.mark.parametrize(
    ("language", "source", "claim", "guard"),
    [
        # numbers, dates, money
        ("en", "You have 30 days to return it.", "You have 60 days to return it.", "duration"),
        ("en", "You have 30 working days.", "You have 30 days.", "duration"),
        ("en", "It takes 2 weeks to arrive.", "It takes 2 days to arrive.", "duration"),
        ("en", "A return costs €3.90.", "A return costs €4.90.", "money"),
        ("en", "A return costs €3.90.", "A return costs £3.90.", "money"),
        ("en", "You save 10 % today.", "You save 15 percent today.", "percent"),
        ("en", "It starts on 3 May 2026.", "It starts on 4 May 2026.", "date"),
        ("en", "The shop closes on Monday.", "The shop closes on Tuesday.", "weekday"),
        ("en", "We are open until 17:00.", "We are open until 6 pm.", "time"),
        (
            "en",
            "Furniture over 20 kg is collected.",
            "Furniture over 25 kg is collected.",
            "measure",
        ),
        ("en", "Order 48213 was sent.", "Order 48231 was sent.", "id"),
        (
            "fr",
            "Vous avez 30 jours pour le renvoyer.",
            "Vous avez 40 jours pour le renvoyer.",
            "duration",
        ),
        ("de", "Sie haben 30 Tage Zeit.", "Sie haben 60 Tage Zeit.", "duration"),
        ("de", "Es dauert drei Werktage.", "Es dauert vier Werktage.", "duration"),
        ("es", "Tiene 30 días para devolverlo.", "Tiene 20 días para devolverlo.", "duration"),
        ("nl", "U hebt 30 dagen bedenktijd.", "U hebt 14 dagen bedenktijd.", "duration"),
        ("it", "Ha 30 giorni per il reso.", "Ha 60 giorni per il reso.", "duration"),
        ("pl", "Masz 30 dni na zwrot.", "Masz 14 dni na zwrot.", "duration"),
        # bounds
        ("en", "It takes up to 5 days.", "It takes at least 5 days.", "bound"),
        ("en", "It takes up to 5 days.", "It takes 5 days.", "bound"),
        ("en", "You need at least 3 items.", "You need 3 items.", "bound"),
        ("en", "Send it within 7 days.", "Send it after 7 days.", "bound"),
        ("en", "It costs 5 euros or more.", "It costs 5 euros or less.", "bound"),
        ("fr", "Cela prend jusqu'à 5 jours.", "Cela prend au moins 5 jours.", "bound"),
        ("de", "Es dauert bis zu 5 Tage.", "Es dauert mindestens 5 Tage.", "bound"),
        ("es", "Tarda hasta 5 días.", "Tarda al menos 5 días.", "bound"),
        ("nl", "Het duurt maximaal 5 dagen.", "Het duurt minstens 5 dagen.", "bound"),
        ("it", "Ci vogliono fino a 5 giorni.", "Ci vogliono almeno 5 giorni.", "bound"),
        ("pl", "To trwa najwyżej 5 dni.", "To trwa co najmniej 5 dni.", "bound"),
        # negation
        ("en", "Sale items cannot be returned.", "Sale items can be returned.", "negation"),
        ("en", "Sale items can be returned.", "Sale items can't be returned.", "negation"),
        ("en", "Gift cards are never refunded.", "Gift cards are refunded.", "negation"),
        ("en", "We repair it without a fee.", "We repair it with a fee.", "negation"),
        ("fr", "Les soldes ne sont pas repris.", "Les soldes sont repris.", "negation"),
        (
            "de",
            "Reduzierte Ware wird nicht erstattet.",
            "Reduzierte Ware wird erstattet.",
            "negation",
        ),
        ("de", "Es fällt keine Gebühr an.", "Es fällt eine Gebühr an.", "negation"),
        ("es", "Los saldos no se devuelven.", "Los saldos se devuelven.", "negation"),
        (
            "nl",
            "Afgeprijsde artikelen neemt men niet terug.",
            "Afgeprijsde artikelen neemt men terug.",
            "negation",
        ),
        ("it", "I saldi non si rimborsano.", "I saldi si rimborsano.", "negation"),
        (
            "pl",
            "Towar przeceniony nie podlega zwrotowi.",
            "Towar przeceniony podlega zwrotowi.",
            "negation",
        ),
        # modality, quantifier, order
        ("en", "You may keep the box.", "You must keep the box.", "modality"),
        ("de", "Sie können den Karton behalten.", "Sie müssen den Karton behalten.", "modality"),
        ("fr", "Vous pouvez garder la boîte.", "Vous devez garder la boîte.", "modality"),
        ("es", "Puede guardar la caja.", "Debe guardar la caja.", "modality"),
        ("nl", "U mag de doos houden.", "U moet de doos houden.", "modality"),
        ("it", "Può tenere la scatola.", "Deve tenere la scatola.", "modality"),
        ("pl", "Można zachować pudełko.", "Należy zachować pudełko.", "modality"),
        ("en", "Some items are free to return.", "All items are free to return.", "quantifier"),
        ("en", "Only members return for free.", "Members return for free.", "quantifier"),
        ("de", "Nur Mitglieder zahlen nichts.", "Mitglieder zahlen nichts.", "quantifier"),
        ("en", "Pay before the delivery.", "Pay after the delivery.", "order"),
        ("de", "Zahlen Sie vor der Lieferung.", "Zahlen Sie nach der Lieferung.", "order"),
    ],
)
def test_a_guard_catches_the_changed_word(
    language: str, source: str, claim: str, guard: str
) -> None:
    assert guard in fired(language, source, claim)
    assert fired(language, source, source) == []
    assert fired(language, claim, claim) == []


@pytest.mark.parametrize(
    ("language", "source", "claim"),
    [
        ("en", "Refunds take 2 weeks.", "Refunds take fourteen days."),
        ("en", "A visit lasts 1.5 hours.", "A visit lasts 90 minutes."),
        ("en", "It costs €1,000.50.", "It costs 1000.50 euros."),
        ("en", "You can't return it.", "You cannot return it."),
        ("en", "Send it within 7 days.", "Send it in 7 days."),
        ("en", "It starts on 3 May 2026.", "It starts on 3 May."),
        ("de", "Das dauert 14 Tage.", "Das dauert zwei Wochen."),
    ],
)
def test_the_same_value_in_other_words_is_no_conflict(
    language: str, source: str, claim: str
) -> None:
    assert fired(language, source, claim) == []


def test_a_finding_names_both_sides_and_the_place() -> None:
    claim, source = read("You have 60 days.", "en"), read("You have 30 days.", "en")
    (finding,) = guards.check(claim, source)
    assert finding.reason("returns.md:12") == (
        "duration: '60 days' is not in returns.md:12 (found '30 days')"
    )


def test_a_dropped_not_is_shown_with_its_neighbours() -> None:
    claim = read("Sale items can be returned.", "en")
    source = read("Sale items cannot be returned.", "en")
    (finding,) = guards.check(claim, source)
    assert (finding.claim, finding.source) == ("can be", "cannot be")


def test_across_languages_only_values_are_compared() -> None:
    claim = read("Sie haben 60 Tage und es kostet nichts.", "de")
    source = read("You have 30 days and it is free.", "en")
    assert [finding.guard for finding in guards.check(claim, source)] == ["duration"]
