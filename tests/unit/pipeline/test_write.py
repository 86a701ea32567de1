"""The model-free writer: quotes, phrases, frames; never a guess."""

from agent.domain.desk import Desk
from agent.domain.draft import ClaimKind
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.ports import Answered, Written
from agent.pipeline.write import WRITER, ModelFreeWriter
from tests.unit.pipeline.small import (
    DELIVERY,
    RETURNS,
    WARRANTY,
    OrderBook,
    a_brief,
    a_desk,
    a_policy,
    a_registry,
    a_ticket,
    a_triage,
)


async def reply(
    ticket: Ticket,
    *,
    desk: Desk | None = None,
    triage: Triage | None = None,
    book: OrderBook | None = None,
) -> Written:
    registry = a_registry(book) if book else None
    brief = await a_brief(ticket, desk=desk, triage=triage, registry=registry)
    return await ModelFreeWriter().write(brief)


def facts(written: Written) -> list[str]:
    return [s.text for s in written.sentences if s.kind is ClaimKind.FACT]


def frames(written: Written) -> list[str]:
    return [s.text for s in written.sentences if s.kind is not ClaimKind.FACT]


async def test_a_fact_is_quoted_to_the_letter_with_its_ground() -> None:
    written = await reply(a_ticket("How long do I have to return an item?"))

    assert written.answered is Answered.FULLY
    assert written.written_by.writer == WRITER
    assert written.sentences[0].text == "You can return an item within 30 days of delivery."
    assert len(written.sentences[0].grounds) == 1
    assert all(text in RETURNS + WARRANTY + DELIVERY for text in facts(written))


async def test_an_exception_that_follows_the_rule_comes_along() -> None:
    written = await reply(a_ticket("How long do I have to return an item?"))

    assert facts(written)[1].startswith("Items marked Final sale cannot be returned, unless")


async def test_each_question_gets_a_paragraph_of_its_own() -> None:
    written = await reply(a_ticket("How long is the warranty? What does a return cost?"))

    assert facts(written) == [
        "The warranty on every item lasts 2 years from delivery.",
        "A return costs €3.90.",
    ]
    assert [s.paragraph for s in written.sentences] == [0, 1]


async def test_the_sentence_for_the_requesters_country_is_chosen() -> None:
    written = await reply(a_ticket("How long does standard delivery take?", country="DE"))

    assert facts(written) == ["Standard delivery to Germany takes 2 to 3 working days."]


async def test_what_no_policy_answers_is_handed_over() -> None:
    written = await reply(a_ticket("Do you sell gift wrapping?"))

    assert written.answered is Answered.NOT
    assert facts(written) == []
    assert frames(written) == ["A colleague will reply to you."]
    assert written.reasons == ("question 1: no policy sentence answers it well enough",)


async def test_a_part_that_is_answered_stands_beside_one_that_is_handed_over() -> None:
    written = await reply(a_ticket("How long is the warranty? Do you sell gift wrapping?"))

    assert written.answered is Answered.PARTLY
    assert facts(written) == ["The warranty on every item lasts 2 years from delivery."]
    assert frames(written) == ["A colleague will answer the rest."]


async def test_a_tools_phrase_that_fits_the_question_answers_it() -> None:
    written = await reply(a_ticket("Where is my order 48213?"), triage=a_triage("48213"))

    assert facts(written) == ["Order 48213 is on its way."]
    assert written.answered is Answered.FULLY


async def test_a_missing_order_number_is_asked_for() -> None:
    written = await reply(a_ticket("Where is my parcel?"))

    assert frames(written) == ["Which order is it about?"]
    assert written.sentences[0].kind is ClaimKind.QUESTION
    assert written.answered is Answered.NOT


async def test_an_unverified_requester_is_asked_to_sign_in() -> None:
    written = await reply(
        a_ticket("Where is my order 48213?", verified=False), triage=a_triage("48213")
    )

    assert facts(written) == []
    assert frames(written) == ["Please write to us from your account."]


async def test_an_order_that_is_not_theirs_reads_as_one_that_is_not_there() -> None:
    written = await reply(a_ticket("Where is my order 99999?"), triage=a_triage("99999"))

    assert frames(written) == ["We could not find that order."]


async def test_a_backend_that_is_down_hands_over_with_the_reason() -> None:
    written = await reply(
        a_ticket("Where is my order 48213?"),
        triage=a_triage("48213"),
        book=OrderBook({}, down=True),
    )

    assert frames(written) == ["A colleague will reply to you."]
    assert written.reasons == ("question 1: order could not be reached",)


async def test_foreign_policy_is_named_to_the_reviewer_and_never_quoted() -> None:
    desk = a_desk(glossary=[["retourneren", "return"]])

    written = await reply(a_ticket("Hoe kan ik retourneren?", language="nl"), desk=desk)

    assert facts(written) == []
    assert written.answered is Answered.NOT
    assert "no policy in 'nl'" in written.reasons[0]
    assert "returns/en" in written.reasons[0]


async def test_an_empty_message_is_asked_for_detail() -> None:
    written = await reply(a_ticket("Thanks!"))

    assert frames(written) == ["Could you tell us more?"]
    assert written.answered is Answered.NOT
    assert written.reasons


async def test_a_sentence_that_leans_on_the_one_before_brings_it() -> None:
    text = "# Loan\n\n## Loan laptops\nIT lends you a laptop. It must come back within 10 days.\n"
    desk = a_desk(a_policy("loan", text))

    written = await reply(a_ticket("When must the loan come back?"), desk=desk)

    assert facts(written) == ["IT lends you a laptop.", "It must come back within 10 days."]


async def test_tables_headings_and_fragments_are_not_quoted() -> None:
    text = "# Fees\n\n| return | 3 EUR |\n\n- return fee 4 EUR\n- A return fee is 5 EUR.\n"
    desk = a_desk(a_policy("fees", text))

    written = await reply(a_ticket("How much is the return fee?"), desk=desk)

    assert facts(written) == ["A return fee is 5 EUR."]


async def test_a_reason_never_repeats_the_ticket() -> None:
    written = await reply(a_ticket("Do you sell Zanzibar wrapping?"))

    assert "Zanzibar" not in " ".join(written.reasons)
