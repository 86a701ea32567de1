"""What people asked and no policy answered, put together by what they asked."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from agent.review.gaps import gaps, question_of
from agent.review.people import Person, Role
from retrieval.text import tokens
from tests.unit.web.shop import Shop, a_shop

OPEN = ("question 1: no policy sentence answers it well enough",)


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (
            "Hello,\n\nI like it. Do you sell the lamp in red? Thanks!",
            "Do you sell the lamp in red?",
        ),
        ("Hi. The lamp that I bought is broken. Bye", "The lamp that I bought is broken."),
        ("", ""),
    ],
)
def test_the_question_of_a_message_is_what_it_asks(body: str, asked: str) -> None:
    assert question_of(body, "en") == asked


def test_a_long_question_is_cut_between_words() -> None:
    found = question_of("Is it " + "very " * 100 + "heavy?", "en")
    assert len(found) <= 160
    assert found.endswith("very…")


def test_like_questions_are_one_gap_in_each_language() -> None:
    found = gaps(
        [
            ("a", "en", "Do you sell gift cards?"),
            ("b", "en", "Do you sell gift cards in shops?"),
            ("c", "en", "Is the lamp waterproof?"),
            ("d", "de", "Do you sell gift cards?"),
        ],
        tokens,
    )
    assert [(gap.count, gap.language, gap.drafts) for gap in found] == [
        (2, "en", ("a", "b")),
        (1, "en", ("c",)),
        (1, "de", ("d",)),
    ]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Shop]:
    async with a_shop(tmp_path) as made:
        yield made


async def test_one_subject_over_two_matters_is_two_gaps(shop: Shop) -> None:
    for text in (
        "Do you sell gift cards?",
        "Is the lamp waterproof?",
        "Hello! Do you sell gift cards at all?",
    ):
        await shop.waiting(text=text, title="A question", reasons=OPEN)
    person = Person(name="anna", role=Role.READER, desks=())

    _, found = await shop.app.state.desk.insights(person, 30)

    assert [gap.count for gap in found] == [2, 1]
    assert [one.text for one in found[1].examples] == ["Is the lamp waterproof?"]


async def test_a_question_is_shown_without_personal_data(shop: Shop) -> None:
    mail, card = "ann.howe@example.com", "4111 1111 1111 1111"
    await shop.waiting(
        text=f"I am Ann Howe. Do you sell gift cards to {mail} or to Ann Howe? {'x ' * 60}",
        title="Mine",
        reasons=OPEN,
    )
    await shop.waiting(text="", title=f"Was {card} charged?", reasons=OPEN)

    page = (await shop.client.get("/insights", headers={"accept": "text/html"})).text

    assert "Do you sell gift cards to [EMAIL] or to [NAME]?" in page
    assert "Was [CARD] charged?" in page
    assert mail not in page
    assert card not in page
    assert "Howe" not in page


async def test_each_question_leads_to_its_own_draft(shop: Shop) -> None:
    texts = ("Do you sell gift cards?", "Do you sell gift cards in shops?")
    drafts = [await shop.waiting(text=text, title="A question", reasons=OPEN) for text in texts]

    page = (await shop.client.get("/insights", headers={"accept": "text/html"})).text

    for text, draft in zip(texts, drafts, strict=True):
        assert f'<a href="/queue/{draft.id}">{text}</a>' in page
