"""Every sentence of a reply is proved by a span of its sources, or named unproved."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.citations import ClaimChecker
from agent.citations.source import Fact, Source
from agent.domain.draft import Claim, ClaimKind, Verdict
from tests.unit.citations.samples import policy, tool_result

RETURNS = """# Returns

You have 30 days from delivery to return an item, and the label
must still be on it. We refund the price, and we pay the postage. Sale items cannot be returned.

- A repair costs **€1,000.50** at most.
- Members return for free; others pay the postage.
- Shoes are taken back, but only in their box.
"""
ORDER = tool_result(
    Fact(text="Order 48213 was shipped on 21 November 2026.", fields=("order", "shipped_on")),
    Fact(text="Your refund is €42.00.", fields=("refund",)),
    order="48213",
    shipped_on="2026-11-21",
    refund="42.00 EUR",
)


def check(body: str, *sources: Source, language: str = "en") -> tuple[Claim, ...]:
    return ClaimChecker().check(body, language=language, sources=sources or (policy(RETURNS),))


def one(body: str, *sources: Source, language: str = "en") -> Claim:
    (claim,) = check(body, *sources, language=language)
    return claim


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Sale items cannot be returned.", Verdict.EXACT),
        ("Sale items cannot be returned. [1]", Verdict.EXACT),
        ("- Sale items cannot be returned.", Verdict.EXACT),
        ("SALE ITEMS can\u00adnot be\u00a0returned!", Verdict.NORMALISED),
        ("Sale items can't be returned.", Verdict.NORMALISED),
        ("A repair costs 1000.50 € at most.", Verdict.NORMALISED),
        ("You have thirty days from delivery to return an item.", Verdict.PARAPHRASE),
        ("You have thirty days.", Verdict.UNSUPPORTED),
        ("We refund a price, and we pay postage.", Verdict.PARAPHRASE),
        ("Please note that sale items cannot be returned.", Verdict.PARAPHRASE),
        ("We refund the price.", Verdict.PARAPHRASE),
        ("Members return for free.", Verdict.PARAPHRASE),
        ("You have 30 days from delivery to return an item.", Verdict.PARAPHRASE),
        ("Shoes are taken back.", Verdict.CONTRADICTED),
        ("Items cannot be returned.", Verdict.UNSUPPORTED),
        ("We pay the price, and we refund the postage.", Verdict.CONTRADICTED),
        ("Sale items cannot be returned?", Verdict.UNSUPPORTED),
        ("The moon is made of cheese.", Verdict.UNSUPPORTED),
        ("Sale items can be returned.", Verdict.CONTRADICTED),
        ("A repair costs €1,000.50.", Verdict.CONTRADICTED),
        ("A repair costs €100.50 at most.", Verdict.CONTRADICTED),
    ],
)
def test_a_sentence_gets_the_verdict_that_its_source_gives(sentence: str, verdict: Verdict) -> None:
    claim = one(sentence)
    assert (claim.kind, claim.verdict) == (ClaimKind.FACT, verdict), claim.reason


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("Open to people of ≥ 18 years.", "Open to people of ≤ 18 years."),
        ("Open to people of ≥ 18 years.", "Open to people of 18 years."),
        ("~~Returns are free.~~", "Returns are free."),
        ("❌ Returns are free.", "Returns are free."),
        ("No, returns are free.", "No returns are free."),
        ("It must stay at −5 °C.", "It must stay at 5 °C."),
        ("Are returns free?", "Returns are free."),
        ("Never say that returns are free.", "Returns are free."),
    ],
)
def test_a_sign_or_a_mark_that_changes_the_meaning_is_seen(source: str, claim: str) -> None:
    assert one(claim, policy(source)).verdict.fails
    assert one(source, policy(source)).verdict.proved


def test_a_wrapped_source_sentence_is_cited_whole_with_its_line_break() -> None:
    said = "You have 30 days from delivery to return an item, and the label must still be on it."
    (evidence,) = one(said).evidence
    assert evidence.quote == said.replace("label must", "label\nmust")
    assert RETURNS[evidence.start : evidence.end] == evidence.quote


def test_the_reason_names_both_sides_file_and_line() -> None:
    claim = one("We pay 30 days from delivery to return an item, and the label cannot be on it.")
    assert claim.verdict is Verdict.CONTRADICTED
    assert claim.reason is not None
    assert "returns.md:4" in claim.reason
    wrong = one("You have 60 days from delivery to return an item, and the label must be on it.")
    assert wrong.reason == "duration: '60 days' is not in returns.md:3 (found '30 days')"
    assert RETURNS[wrong.evidence[0].start : wrong.evidence[0].end] == wrong.evidence[0].quote


def test_a_tool_phrase_rests_on_the_values_of_its_fields() -> None:
    claim = one("Order 48213 was shipped on 21 November 2026. [1]", ORDER)
    assert claim.verdict is Verdict.EXACT
    assert [(e.field, e.quote) for e in claim.evidence] == [
        ("order", '"48213"'),
        ("shipped_on", '"2026-11-21"'),
    ]
    assert all(ORDER.text[e.start : e.end] == e.quote for e in claim.evidence)


def test_a_sum_that_the_tool_did_not_return_is_contradicted_by_the_field() -> None:
    claim = one("Your refund is €52.00.", ORDER)
    assert claim.verdict is Verdict.CONTRADICTED
    assert claim.reason == "money: '€52.00' is not in order 48213 (found '€42.00')"
    assert [e.quote for e in claim.evidence] == ['"42.00 EUR"']


def test_a_phrase_whose_field_is_missing_proves_nothing() -> None:
    lost = tool_result(Fact(text="Your refund is €42.00.", fields=("refund",)), order="48213")
    assert not one("Your refund is €42.00.", lost).verdict.proved


def test_marks_restrict_what_may_prove_a_sentence() -> None:
    claim = one("Your refund is €42.00. [1]", policy(RETURNS), ORDER)
    assert claim.verdict is Verdict.UNSUPPORTED
    assert claim.reason == "citation: [1] does not say this, [2] does"
    assert one("Your refund is €42.00. [1][2]", policy(RETURNS), ORDER).verdict.proved


def test_a_mark_that_points_nowhere_is_never_proof() -> None:
    claim = one("Sale items cannot be returned. [7]")
    assert claim.verdict is Verdict.UNSUPPORTED
    assert claim.reason == "citation: [7] names no source (there are 1)"


def test_a_footnote_is_trusted_only_with_the_label_of_its_source() -> None:
    good, bad, wild = check(
        "[1] returns.md · How long you have\n[1] returns are free\n"
        "[2] returns.md · How long you have"
    )
    assert good.verdict is Verdict.NOT_A_CLAIM
    assert bad.verdict is Verdict.UNSUPPORTED
    assert wild.verdict is Verdict.UNSUPPORTED


def test_only_the_passage_may_be_cited_not_the_rest_of_its_file() -> None:
    whole = policy(RETURNS)
    end = RETURNS.index("- A repair")
    passage = replace(whole, ref=replace(whole.ref, end=end))
    assert not one("A repair costs €1,000.50 at most.", passage).verdict.proved


def test_a_next_step_that_a_policy_speaks_of_is_checked_like_a_fact() -> None:
    source = policy("Please send us the number. Never send us the parcel itself.")
    assert one("Please send us the number.", source).verdict is Verdict.EXACT
    assert one("Please send us your shoe size.", source).verdict is Verdict.NOT_A_CLAIM
    assert one("Please send us the parcel itself.", source).verdict is Verdict.CONTRADICTED


def test_a_quotation_in_another_language_is_proved_but_never_paraphrased() -> None:
    source = policy("Sie haben zwei Wochen Zeit.", language="de")
    assert one("Sie haben 14 Tage Zeit.", source).verdict is Verdict.NORMALISED
    assert one("You have 3 weeks.", source).verdict is not Verdict.PARAPHRASE


def test_no_sources_and_no_text_are_no_error() -> None:
    assert ClaimChecker().check("", language="en", sources=()) == ()
    (claim,) = ClaimChecker().check("Returns are free.", language="en", sources=())
    assert claim.verdict is Verdict.UNSUPPORTED


def test_the_claims_cover_the_whole_body() -> None:
    body = "Hello,\nSale items cannot be returned. [1]\n\nBye now\n\n[1] returns.md · How long"
    claims = check(body)
    assert all(body[c.start : c.end] == c.text for c in claims)
    rest = body
    for claim in reversed(claims):
        rest = rest[: claim.start] + rest[claim.end :]
    assert not rest.strip()


# --- properties -----------------------------------------------------------------------------------

PIECES = (
    "we pay you have 30 days 5 working no not up to at least €42.00 1.000,50 € the of an item. "
    "Returns are free! Why? caf\u0065\u0301 re\u00adfund \ufb01nal 😀 👩‍👩‍👧 30\u00a0days "
    "[1] [2] - # > | 3. November z. B. https://a.b/c"
)
WORDS = st.sampled_from(re.split(" ", PIECES))  # keeps the no-break space inside a piece
GLUE = st.sampled_from([" ", " ", " ", "\n", "\r\n", "\n\n", "\u00a0", "\u202f", ""])
TEXTS = st.lists(st.tuples(WORDS, GLUE), max_size=40).map(lambda p: "".join(a + b for a, b in p))
LANGUAGES = st.sampled_from(["en", "fr", "de", "es", "nl", "it", "pl", "xx"])


@given(TEXTS, TEXTS, LANGUAGES)
def test_all_evidence_resolves_to_exact_spans(body: str, text: str, language: str) -> None:
    sources = (policy(text, language=language), ORDER)
    texts = {source.ref.id: source.text for source in sources}
    for claim in check(f"{body}\n\n{text}", *sources, language=language):
        assert f"{body}\n\n{text}"[claim.start : claim.end] == claim.text
        assert bool(claim.evidence) == (
            claim.verdict.proved or claim.verdict.value == "contradicted"
        )
        assert (claim.reason is not None) == claim.verdict.fails
        for evidence in claim.evidence:
            assert texts[evidence.source][evidence.start : evidence.end] == evidence.quote


@given(st.text(max_size=60), st.text(max_size=120), LANGUAGES)
def test_no_text_breaks_the_checker(body: str, text: str, language: str) -> None:
    check(body, policy(text, language=language), language=language)


RESPELT = st.sampled_from(
    [
        (" ", "\u00a0"),
        (" ", "\r\n"),
        ("i", "i\u00ad"),
        ("fi", "\ufb01"),
        ("é", "e\u0301"),
        ("é", "É"),
        ("ß", "ss"),
        ("'", "’"),
        ("final", "**final**"),
        ("t", "t\u200b"),
    ]
)
TRUE = st.sampled_from(
    [
        ("en", "We don't refund the final café visit within 30 days."),
        ("fr", "Le remboursement du café final prend jusqu'à 5 jours ouvrés."),
        ("de", "Die Straße ist bis zu 3 Tage gesperrt, nicht länger."),
        ("nl", "Je krijgt ten hoogste € 1.000,50 terug."),
    ]
)


@given(TRUE, st.lists(RESPELT, max_size=4), st.sampled_from(["# A\n\n", "😀 ", "- ", "**", ""]))
def test_a_respelt_sentence_is_still_proved_on_the_right_span(
    true: tuple[str, str], changes: list[tuple[str, str]], before: str
) -> None:
    language, sentence = true
    written = sentence
    for was, becomes in changes:
        written = written.replace(was, becomes)
    text = f"{before}{written}\n\nNothing else."
    source = policy(text, language=language)
    claim = one(sentence, source, language=language)
    assert claim.verdict in (Verdict.EXACT, Verdict.NORMALISED)
    (evidence,) = claim.evidence
    assert text[evidence.start : evidence.end] == evidence.quote
    assert written in evidence.quote
