"""A model's triage stands on the rules' and cannot undo what they decided."""

from dataclasses import replace
from typing import Any

import pytest

from agent.domain.desk import Category
from agent.domain.triage import UNSURE, Entities, Fired, Priority, Sentiment, Triage
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.triager import ModelTriager
from engine.errors import BadAnswer
from tests.unit.pipeline.model.parts import Decided, Played, a_run, calls, now
from tests.unit.pipeline.small import a_desk, a_ticket, a_triage, looked_up

DESK = replace(
    a_desk(),
    categories=(
        Category(id="order_status", title="Where is it"),
        Category(id="returns", title="Sending something back"),
    ),
)
RULE = Fired(rule="lawyer", reason="legal_threat", words="my lawyer")


def answer(**given: Any) -> dict[str, Any]:
    return {
        "reasons": "wants to send it back",
        "category": "returns",
        "or_else": "order_status",
        "sure": "certain",
        "priority": "normal",
        "sentiment": "negative",
        "lookup": False,
        "order_ids": [],
        "actions": ["send a label"],
        "questions": [{"question": 1, "queries": ["return period"]}],
        "missed": [],
    } | given


def a_triager(played: Played, free: Triage | None = None) -> ModelTriager:
    return ModelTriager(calls(played), free=Decided(free), texts=DeskTexts(), clock=now)


async def triaged(body: str, *, free: Triage | None = None, **given: Any) -> Triage:
    return await a_triager(Played(answer(**given)), free).triage(a_ticket(body), DESK)


async def test_one_call_gives_category_tone_actions_and_queries() -> None:
    played = Played(answer())

    triage = await a_triager(played).triage(a_ticket("Too late to send it back?"), DESK)

    assert len(played.prompts) == 1
    assert triage.category == "returns"
    assert triage.sentiment is Sentiment.NEGATIVE
    assert triage.actions == ("send a label",)
    assert [(ask.number, ask.queries) for ask in triage.asks] == [(0, ("return period",))]


async def test_the_queries_find_what_the_askers_words_do_not() -> None:
    ticket = a_ticket("Got it on the 3rd, am I too late?")
    without = await looked_up(ticket)
    queries = [{"question": 1, "queries": ["return an item within days of delivery"]}]
    triage = await a_triager(Played(answer(questions=queries))).triage(ticket, DESK)

    found = await looked_up(ticket, triage=triage)

    labels = [ground.source.ref.label for ground in found.grounds]
    assert "Returning an item · How long you have" in labels
    assert labels != [ground.source.ref.label for ground in without.grounds]


async def test_a_question_that_the_rules_missed_is_answered_too() -> None:
    missed = [{"question": "How long is the warranty?", "queries": ["warranty period"]}]
    ticket = a_ticket("How long do I have to return an item?")
    triage = await a_triager(Played(answer(missed=missed))).triage(ticket, DESK)

    found = await looked_up(ticket, triage=triage)

    assert found.questions[-1] == "How long is the warranty?"
    assert any("warranty" in ground.source.ref.label.lower() for ground in found.grounds)


async def test_a_rule_that_fired_stays_whatever_the_model_says() -> None:
    free = replace(a_triage(), fired=(RULE,), priority=Priority.URGENT)

    triage = await triaged("I will ask my lawyer.", free=free, priority="low")

    assert triage.fired == (RULE,)
    assert triage.priority is Priority.URGENT


@pytest.mark.parametrize(
    ("free", "said", "expected"),
    [
        (Priority.NORMAL, "urgent", Priority.HIGH),
        (Priority.HIGH, "urgent", Priority.URGENT),
        (Priority.HIGH, "low", Priority.HIGH),
        (Priority.LOW, "low", Priority.LOW),
    ],
)
async def test_a_model_raises_priority_by_one_step_and_lowers_none(
    free: Priority, said: str, expected: Priority
) -> None:
    triage = await triaged("Hm.", free=replace(a_triage(), priority=free), priority=said)

    assert triage.priority is expected


async def test_what_nobody_answers_costs_no_call() -> None:
    free, played = replace(a_triage(), no_reply="thanks"), Played(answer())

    assert await a_triager(played, free).triage(a_ticket("Thank you!"), DESK) == free
    assert played.prompts == []


async def test_an_order_number_counts_only_where_the_text_has_it() -> None:
    triage = await triaged("order 48 213 please", order_ids=["48213", "99999", "none"])

    assert triage.entities == Entities(order_ids=("48213",))


async def test_below_the_desks_threshold_the_category_is_unsure() -> None:
    desk = replace(DESK, thresholds=replace(DESK.thresholds, unsure_below=0.99))

    triage = await a_triager(Played(answer(sure="guess"))).triage(a_ticket("Hm."), desk)

    assert triage.category == UNSURE
    assert 0 < triage.confidence < 0.99


@pytest.mark.parametrize("category", ["refund_everything", "", "RETURNS", "unsure"])
async def test_a_category_that_the_desk_has_not_is_no_answer(category: str) -> None:
    played = Played(answer(category=category))

    with pytest.raises(BadAnswer):
        await a_triager(played).triage(a_ticket("Hm."), DESK)

    assert len(played.prompts) == 2


async def test_a_number_of_a_question_that_is_not_there_is_passed_over() -> None:
    questions = [{"question": 9, "queries": ["x"]}, {"question": 1, "queries": ["y", "y", " "]}]

    triage = await triaged("How long?", questions=questions)

    assert [(ask.number, ask.queries) for ask in triage.asks] == [(0, ("y",))]


async def test_what_the_call_used_stands_in_the_run() -> None:
    run = a_run()

    await a_triager(Played(answer())).triage(a_ticket("Hm."), DESK, run=run)

    assert [call.step for call in run.calls] == ["triage"]
    assert run.calls[0].prompt.startswith("triage-")
    assert run.calls[0].prompt_tokens > 0


async def test_a_desk_asks_for_queries_in_the_language_of_its_policies() -> None:
    played = Played(answer())

    await a_triager(played).triage(a_ticket("Hoe lang?", language="nl"), DESK)
    await a_triager(played).triage(a_ticket("Wie lange?", language="de"), DESK)

    assert "Write the queries in English." in played.prompts[0]
    assert "Write the queries in German." in played.prompts[1]
