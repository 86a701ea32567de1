"""Claims near to a rule that it does not bear out, and their like that it does."""

import pytest

from agent.citations.compare import compare
from agent.domain.draft import Verdict

OTHER_THINGS = """
en | Dogs are allowed in the garden. | Cats are allowed in the garden.
en | A voucher is sent by email. | A discount is sent by email.
en | Gloves can be exchanged in the shop. | Hats can be exchanged in the shop.
en | Employees with flu stay at home. | Employees with a cold stay at home.
en | Cotton shirts can be returned. | Linen shirts can be returned.
en | A coat can be left at the desk. | A jacket can be left at the desk.
de | Hunde dürfen ins Hotel. | Katzen dürfen ins Hotel.
fr | Les chiens sont admis dans l'hôtel. | Les chats sont admis dans l'hôtel.
"""
ONLY = """
en | Only 5 guests may enter the room. | 5 guests may enter the room.
en | Only 10 days of parental leave are paid. | 10 days of parental leave are paid.
de | Nur 3 Personen dürfen den Raum betreten. | 3 Personen dürfen den Raum betreten.
nl | Slechts 2 dagen verlof worden betaald. | 2 dagen verlof worden betaald.
fr | Seuls 3 jours de congé sont payés. | 3 jours de congé sont payés.
es | Solo 4 personas pueden entrar en la sala. | 4 personas pueden entrar en la sala.
"""
FRENCH_DENIALS = """
fr | Ce tarif n'est valable que sans bagage. | Ce tarif est valable sans bagage.
fr | Nous n'acceptons que les bons non utilisés. | Nous acceptons les bons non utilisés.
fr | Le badge n'est prêté à personne. | Le badge est prêté à une personne.
fr | Le bon ne peut être utilisé qu'en magasin. | Le bon peut être utilisé en magasin.
"""
LIMITS = """
en | Refunds over €100 are paid by bank transfer. | A refund of €40 is not paid.
de | Pakete über 30 kg liefert eine Spedition. | Ein Paket von 10 kg wird nicht geliefert.
fr | Un achat de plus de 100 € est livré par transporteur. | Un achat de 40 € n'est pas livré.
"""
INCLUDED = """
de | Der Preis enthält das Frühstück. | Das Frühstück ist nicht im Zimmerpreis enthalten.
en | The price includes breakfast. | The price does not include breakfast.
fr | Le prix comprend le petit-déjeuner. | Le petit-déjeuner n'est pas compris dans le prix.
nl | De prijs is inclusief ontbijt. | De prijs is niet inclusief ontbijt.
pl | Cena zawiera śniadanie. | Śniadanie nie jest zawarte w cenie.
"""
ELSEWHERE_AND_ENDS = """
en | Spare parts are bought in our shop. | Spare parts are bought elsewhere.
en | Goods bought in our shops can be returned. | Goods bought elsewhere can be returned.
en | Vouchers may be used for at least one year. | Vouchers lapse one year after purchase.
en | Vouchers lapse one year after purchase. | Vouchers may be used for two years after purchase.
en | The offer ends 3 days after the fair. | The offer ends up to 3 days after the fair.
"""
FAR = """
en | Items can be returned within 30 days, except underwear. | \
You have 30 days to send back underwear you have bought.
en | Refunds of up to €50 are paid in advance. | A refund of €80 is paid out early.
de | Auslagen bis 50 € werden vorab erstattet. | Eine Auslage von 80 € zahlen wir früher aus.
fr | Les achats de plus de 100 € sont livrés à domicile. | Un achat de 60 € arrive chez vous.
"""
SUPPORTED = """
en | A return costs €5. | A return costs only €5.
en | Spare parts can be bought from other shops. | Spare parts can be bought elsewhere.
en | Vouchers lapse one year after purchase. | They can be used for up to one year after purchase.
en | The price includes breakfast. | There is no extra charge for breakfast.
fr | Le badge n'est prêté à personne. | On ne prête le badge à personne.
fr | Le tarif est de 5 € par personne. | Chaque personne paie 5 €.
"""


def rows(*tables: str) -> list[list[str]]:
    lines = (line for table in tables for line in table.split("\n") if line)
    return [line.split(" | ") for line in lines]


@pytest.mark.parametrize(
    ("language", "rule", "claim"),
    rows(OTHER_THINGS, ONLY, FRENCH_DENIALS, LIMITS, INCLUDED, ELSEWHERE_AND_ENDS),
)
def test_what_is_near_to_a_rule_is_not_the_rule(language: str, rule: str, claim: str) -> None:
    found = compare(claim, rule, language)
    assert found.verdict.fails
    assert found.reason
    assert compare(rule, rule, language).supported


@pytest.mark.parametrize(("language", "rule", "claim"), rows(FAR))
def test_an_exception_or_a_limit_is_no_matter_of_doubt(
    language: str, rule: str, claim: str
) -> None:
    found = compare(claim, rule, language)
    assert found.verdict is Verdict.CONTRADICTED
    assert found.score >= 0.97


@pytest.mark.parametrize(("language", "rule", "claim"), rows(SUPPORTED))
def test_the_rule_in_other_words_is_supported(language: str, rule: str, claim: str) -> None:
    assert compare(claim, rule, language).supported
