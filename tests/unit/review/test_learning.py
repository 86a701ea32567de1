"""What becomes of a person's correction: an example, or a reason why not."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.bootstrap.learn import FileChanged, Learning, apply, read_learning
from agent.domain.desk import Example
from agent.review.effect import measured
from agent.review.learning import GONE, KNOWN, Correction, Plan, corrections, planned, with_examples
from agent.settings import Settings
from tests.unit.desk.conftest import DESK as TOML
from tests.unit.desk.conftest import voice
from tests.unit.web.shop import DESK, NOW, Shop, a_shop

EVER = datetime(2000, 1, 1, tzinfo=UTC)
LEARNT = (
    Example(text="Where is my parcel?", category="order_status", language="en"),
    Example(text="Is my parcel on its way?", category="order_status", language="en"),
    Example(text="Has my parcel been sent?", category="order_status", language="en"),
    Example(text="How do I return a dress?", category="returns", language="en"),
    Example(text="I want to return my shoes.", category="returns", language="en"),
    Example(text="Can I return this lamp?", category="returns", language="en"),
)
DESK_WITH = replace(DESK, examples=LEARNT)


def correction(**changes: object) -> Correction:
    made = Correction(
        ids=(7,),
        draft_id="d",
        conversation="c",
        ticket="t",
        language="en",
        was="order_status",
        category="returns",
        by="anna",
        at=NOW,
    )
    return replace(made, **changes)


def test_a_corrected_ticket_becomes_an_example() -> None:
    text = "It  does not fit.\n\n\nMay I send it back? "
    plan = planned([(correction(), text)], DESK_WITH)
    assert plan.examples == (
        Example(text="It does not fit.\nMay I send it back?", category="returns", language="en"),
    )
    assert plan.settled == (7,)


@pytest.mark.parametrize(
    ("changed", "text", "why_not"),
    [
        ({}, None, GONE),
        ({}, " \n", GONE),
        ({}, "how do I  RETURN a dress?", KNOWN),
        ({"category": "order_status"}, "Can I return this lamp?", "is an example of 'returns'; ch"),
        ({"category": "gone"}, "Hello", "the desk has no category 'gone' any more"),
        ({"language": "xx"}, "Hello", "the desk does not read 'xx'"),
    ],
)
def test_what_cannot_be_learnt_says_why(
    changed: dict[str, str], text: str | None, why_not: str
) -> None:
    plan = planned([(correction(**changed), text)], DESK_WITH)
    assert plan.new == ()
    assert plan.left[0].why_not.startswith(why_not)
    assert plan.settled == ((7,) if why_not is KNOWN else ())


def test_the_same_text_is_learnt_once() -> None:
    twice = [(correction(ids=(n,)), "It does not fit.") for n in (1, 2)]
    plan = planned(twice, DESK_WITH)
    assert len(plan.examples) == 1
    assert plan.settled == (1, 2)


def test_a_long_text_is_cut_between_words() -> None:
    (example,) = planned([(correction(), "word " * 2_000)], DESK_WITH).examples
    assert len(example.text) <= 2_000
    assert example.text.endswith("word")


def test_an_example_holds_nothing_that_a_screen_would_obey() -> None:
    (example,) = planned([(correction(), "It\x1b[2J does\x07 not\u202e fit.")], DESK_WITH).examples
    assert example.text == "It[2J does not fit."


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("text,category,language\na,b,en\n", '"x ""y""","returns","en"\n'),
        ("text,category,language\na,b,en", '\n"x ""y""","returns","en"\n'),
        ("language,text,category\r\nen,a,b\r\n", '"en","x ""y""","returns"\r\n'),
    ],
)
def test_rows_are_added_in_the_files_own_form(file: str, row: str) -> None:
    example = Example(text='x "y"', category="returns", language="en")
    assert with_examples(file, [example]) == file + row


def test_the_effect_is_of_texts_that_were_not_learnt_from() -> None:
    """Words that only new texts have cannot be known before, and are after by their likes."""
    new = [
        Example(text=f"The zip broke again {n}", category="returns", language="en")
        for n in ("yesterday", "today", "tonight")
    ]
    wrong = [replace(example, category="order_status") for example in new]

    right = measured(DESK_WITH, new).new
    assert (right.after.of, right.after.right) == (3, 3)
    assert right.before.right in (0, 3)  # one side of a coin for all: no word is known

    taught_wrongly = measured(DESK_WITH, wrong).new
    assert taught_wrongly.before.right == 3 - right.before.right
    assert measured(DESK_WITH, ()).new.after.of == 0


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Shop]:
    async with a_shop(tmp_path) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shop's desk on disk, as far as learning reads it."""
    made = tmp_path / "shop"
    (made / "policies" / "en").mkdir(parents=True)
    policy = "---\nid: returns\ntitle: Returns\nlanguage: en\n---\n# Returns\nWithin 30 days.\n"
    (made / "policies" / "en" / "returns.md").write_text(policy)
    toml = TOML.replace('"hr"', '"shop"').replace('["en", "nl"]', '["en"]')
    toml = toml.replace('["en", "nl", "de"]', '["en"]').replace('"leave"', '"returns"')
    toml = toml.replace('id = "other"', 'id = "order_status"')
    (made / "desk.toml").write_text(toml + voice("en"))
    rows = "".join(f'"{e.text}",{e.category},{e.language}\n' for e in LEARNT)
    (made / "examples.csv").write_text("text,category,language\n" + rows)
    return made


async def corrected(shop: Shop, text: str, *categories: str) -> None:
    draft = await shop.waiting(text=text)
    for category in categories:
        body = {"revision": 1, "category": category}
        done = await shop.post(f"/api/v1/drafts/{draft.id}/category", body)
        assert done.status_code < 300, done.text


async def learning(shop: Shop, folder: Path, *drop: int) -> Learning:
    data = Settings(data=folder.parent)
    return await read_learning(data, shop.store.review_queue(), folder, drop=drop)


async def test_the_last_correction_of_a_draft_counts(shop: Shop) -> None:
    await corrected(shop, "It does not fit.", "order_status", "returns")
    (found,) = await corrections(shop.store.review_queue(), "shop", EVER)
    assert (found.was, found.category) == ("order_status", "returns")
    assert len(found.ids) == 2


async def test_personal_data_is_replaced_before_anybody_is_asked(shop: Shop, folder: Path) -> None:
    await corrected(shop, "I am Ann Howe, ann@example.com, please take it back.", "returns")
    (example,) = (await learning(shop, folder)).plan.examples
    assert "[EMAIL]" in example.text
    assert "example.com" not in example.text
    assert "Howe" not in example.text


async def test_what_is_applied_is_in_the_file_and_never_asked_again(
    shop: Shop, folder: Path
) -> None:
    await corrected(shop, "It does not fit.", "returns")
    store = shop.store.review_queue()

    await apply(await learning(shop, folder), store, by="anna")

    assert (
        (folder / "examples.csv")
        .read_text()
        .endswith('"My dress\nIt does not fit.","returns","en"\n')
    )
    assert (await learning(shop, folder)).plan == Plan(new=(), left=())
    noted = [entry for _, entry in await store.audit("desk/shop")]
    assert [(entry.action, entry.actor) for entry in noted] == [("examples.learned", "anna")]


async def test_a_crash_before_the_note_learns_nothing_twice(shop: Shop, folder: Path) -> None:
    await corrected(shop, "It does not fit.", "returns")
    store = shop.store.review_queue()
    before = await learning(shop, folder)
    written = with_examples((folder / "examples.csv").read_text(), before.plan.examples)
    (folder / "examples.csv").write_text(written)

    again = await learning(shop, folder)
    assert [lesson.why_not for lesson in again.plan.left] == [KNOWN]
    await apply(again, store, by="anna")

    assert (folder / "examples.csv").read_text() == written
    assert (await learning(shop, folder)).plan == Plan(new=(), left=())


async def test_a_file_that_was_changed_after_it_was_shown_is_left_alone(
    shop: Shop, folder: Path
) -> None:
    await corrected(shop, "It does not fit.", "returns")
    store, file = shop.store.review_queue(), folder / "examples.csv"
    shown = await learning(shop, folder)
    edited = file.read_text() + '"Is it too small?",returns,en\n'
    file.write_text(edited)

    with pytest.raises(FileChanged, match="was changed meanwhile, nothing is written; run it"):
        await apply(shown, store, by="anna")

    assert file.read_text() == edited
    assert len((await learning(shop, folder)).plan.new) == 1
    assert await store.audit("desk/shop") == []


async def test_another_desks_corrections_stay_theirs(shop: Shop) -> None:
    await corrected(shop, "It does not fit.", "returns")
    later = NOW + timedelta(days=1)
    store = shop.store.review_queue()
    assert await corrections(store, "hr", EVER) == ()
    assert await corrections(store, "shop", later) == ()
