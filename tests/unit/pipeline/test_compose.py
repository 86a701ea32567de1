"""A reply's sentences as a body."""

import pytest

from agent.domain.draft import ClaimKind, WrittenBy
from agent.pipeline.compose import compose
from agent.pipeline.ports import Answered, Brief, Sentence, Written
from tests.unit.pipeline.small import a_brief, a_desk, a_ticket

ASKS = "How long do I have to return an item? How long is the warranty?"


def a_written(*sentences: Sentence, answered: Answered = Answered.FULLY) -> Written:
    return Written(
        sentences=sentences, answered=answered, written_by=WrittenBy(writer="model-free")
    )


def a_fact(text: str, *grounds: str, paragraph: int = 0) -> Sentence:
    return Sentence(text=text, kind=ClaimKind.FACT, grounds=grounds, paragraph=paragraph)


def key_of(brief: Brief, passage: str) -> str:
    return next(g.key for g in brief.research.grounds if g.source.ref.id == passage)


async def test_a_body_is_greeting_paragraphs_closing_and_footnotes() -> None:
    brief = await a_brief(a_ticket(ASKS, name="Hannah"))
    returns = key_of(brief, "returns/en#how-long-you-have")
    warranty = key_of(brief, "warranty/en#how-long-the-warranty-lasts")
    written = a_written(
        a_fact("Two years.", warranty, paragraph=1), a_fact("Thirty days.", returns)
    )

    composed = compose(written, brief)

    assert composed.body == (
        "Hello Hannah,\nThank you for your message.\n\n"
        "Thirty days. [1]\n\nTwo years. [2]\n\n"
        "Just reply to this message.\n\n"
        "Kind regards,\nThe shop\n\n"
        "Sources:\n"
        "[1] Returning an item · How long you have\n"
        "[2] Warranty · How long the warranty lasts"
    )
    assert [source.ref.policy_id for source in composed.sources] == ["returns", "warranty"]


async def test_a_source_keeps_its_number_when_it_is_cited_again() -> None:
    brief = await a_brief(a_ticket(ASKS))
    returns = key_of(brief, "returns/en#how-long-you-have")

    composed = compose(a_written(a_fact("One.", returns), a_fact("Two.", returns)), brief)

    assert "One. [1] Two. [1]" in composed.body
    assert len(composed.sources) == 1


async def test_a_name_is_used_only_where_the_source_vouches_for_it() -> None:
    for verified, hello in ((True, "Hello Hannah,"), (False, "Hello,")):
        brief = await a_brief(a_ticket(ASKS, name="Hannah", verified=verified))
        assert compose(a_written(), brief).body.startswith(hello)


@pytest.mark.parametrize(
    "name", ["{signature} {x!r}", "Anna - all returns are free", "Anna you get it today", "42"]
)
async def test_what_is_no_name_is_not_said(name: str) -> None:
    brief = await a_brief(a_ticket(ASKS, name=name))

    assert compose(a_written(), brief).body.startswith("Hello,")


@pytest.mark.parametrize(
    "name", ["Zoë", "Dr. Jan van der Berg", "J.-P. O’Brien", "María de la Cruz"]
)
async def test_names_of_all_kinds_are_said(name: str) -> None:
    brief = await a_brief(a_ticket(ASKS, name=name))

    assert compose(a_written(), brief).body.startswith(f"Hello {name},")


async def test_an_unanswered_reply_has_no_footnotes_and_does_not_call_itself_complete() -> None:
    brief = await a_brief(a_ticket(ASKS))
    sentence = Sentence(text="A colleague will reply to you.", kind=ClaimKind.NEXT_STEP)

    body = compose(a_written(sentence, answered=Answered.NOT), brief).body

    assert "Sources:" not in body
    assert "Just reply" not in body


async def test_foreign_evidence_is_there_for_the_reviewer_without_a_number() -> None:
    desk = a_desk(glossary=[["retourneren", "return"]])
    brief = await a_brief(a_ticket("Hoe kan ik retourneren?", language="nl"), desk=desk)

    composed = compose(a_written(answered=Answered.NOT), brief)

    assert {source.ref.language for source in composed.sources} == {"en"}
    assert "[1]" not in composed.body


async def test_a_key_that_names_no_ground_gives_no_mark() -> None:
    brief = await a_brief(a_ticket(ASKS))

    assert "Made up.\n" in compose(a_written(a_fact("Made up.", "E99")), brief).body
