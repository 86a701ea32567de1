"""A model's triage is measured beside the classifier's, on tickets that the pooling never saw."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from agent.evals.model_triage import Answered, NoAnswers, ask_all, measure_model, rows_of
from agent.evals.tickets import Case
from agent.pipeline.model.calls import Calls
from agent.pipeline.model.combine import Said
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.played import play
from agent.pipeline.model.schema import Sure
from agent.pipeline.model.triager import ModelTriager
from agent.pipeline.triage import ModelFreeTriager
from engine.base import Prompt, Sampling
from engine.errors import EngineDown
from engine.scripted import Script, ScriptedEngine
from tests.unit.pipeline.model.parts import Decided, down
from tests.unit.pipeline.small import a_triage
from tests.unit.triage.small import SENT, a_desk

DESK = a_desk()
NAMES = ("lending", "fines", "events")


def now() -> datetime:
    return SENT


def a_case(text: str, category: str, **given: Any) -> Case:
    return Case(lang="en", body=text, category=category, **given)


CASES = [
    a_case("Can I borrow the atlas for a month?", "lending"),
    a_case("Why is there a fine on my card?", "fines", priority="normal"),
    a_case("When does the concert begin?", "events", priority="high"),
]


def a_triager(say: Script, free: Any) -> ModelTriager:
    calls = Calls(ScriptedEngine(say, clock=now), clock=now)
    return ModelTriager(calls, free=free, texts=DeskTexts(), clock=now)


async def test_every_ticket_is_asked_once_and_both_answers_kept(tmp_path: Path) -> None:
    free = ModelFreeTriager.for_desks([DESK], tmp_path)
    asked: list[str] = []

    def say(prompt: Prompt, sampling: Sampling) -> str:
        asked.append(prompt.text)
        return play(prompt, sampling)

    answered, failed = await ask_all(CASES, DESK, a_triager(say, free), free, now)

    assert len(asked) == len(CASES)
    assert failed == 0
    assert [one.case for one in answered] == CASES
    assert all(one.free.ranked for one in answered)
    assert all(one.said.category in NAMES for one in answered)


async def test_tickets_without_an_answer_are_counted() -> None:
    def say(prompt: Prompt, sampling: Sampling) -> str:
        if "concert" in prompt.text.rpartition("## The message")[2]:
            raise EngineDown("scripted", "cannot be reached")
        return play(prompt, sampling)

    answered, failed = await ask_all(CASES, DESK, a_triager(say, Decided()), Decided(), now)

    assert (len(answered), failed) == (2, 1)


async def test_an_engine_that_answers_nothing_is_told() -> None:
    with pytest.raises(NoAnswers, match="citedesk engine check"):
        await ask_all(CASES, DESK, a_triager(down, Decided()), Decided(), now)


def answered(model_right: bool, free_right: bool, count: int = 40) -> list[Answered]:
    """Tickets on which each side is always right, or always wrong."""
    made: list[Answered] = []
    for n in range(count):
        truth, wrong = NAMES[n % 3], NAMES[(n + 1) % 3]
        free, model = (truth if right else wrong for right in (free_right, model_right))
        ranked = tuple((name, 0.8 if name == free else 0.1) for name in (free, *NAMES))
        triage = a_triage(category=free)
        made.append(
            Answered(
                case=a_case("?", truth, priority="normal"),
                free=type(triage)(
                    category=free,
                    confidence=0.8,
                    priority=triage.priority,
                    ranked=tuple(dict(ranked).items()),
                ),
                said=Said(category=model, or_else=wrong, sure=Sure.CERTAIN),
                priority="normal",
            )
        )
    return made


@pytest.mark.parametrize(("model", "free"), [(True, False), (False, True), (True, True)])
def test_together_they_are_as_good_as_the_better_one(model: bool, free: bool) -> None:
    report = measure_model(answered(model, free), DESK).report

    assert report["model"]["accuracy"] == float(model)
    assert report["classifier"]["accuracy"] == float(free)
    assert report["together"]["accuracy"] == 1.0


def test_the_report_is_one_json_object_with_a_row_for_each_side() -> None:
    report = measure_model(answered(True, False), DESK, unanswered=2).report

    assert json.loads(json.dumps(report)) == report
    assert [row[0] for row in rows_of(report)] == ["classifier", "model", "together"]
    assert (report["cases"], report["unanswered"]) == (40, 2)
    assert report["right_when"]["certain"] > 0.9


def test_a_second_gold_category_counts_as_right() -> None:
    one = answered(False, False, count=3)
    allowed = [
        Answered(
            case=a_case("?", o.case.category, gold_category_alt=(o.said.category,)),
            free=o.free,
            said=o.said,
            priority=o.priority,
        )
        for o in one
    ]

    assert measure_model(allowed, DESK).report["model"]["accuracy"] == 1.0
