"""A model's answer is paid for once, refused by code, and never waited for too long."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from agent.pipeline.model.calls import Calls, Step, input_hash
from agent.pipeline.model.errors import AnswerRefused
from agent.pipeline.model.prompts import Prompted
from agent.pipeline.ports import Run
from engine.errors import BadAnswer, DeadlinePassed, EngineDown
from engine.scripted import ScriptedEngine
from tests.unit.pipeline.model.parts import Kept, Played, Say, a_run, calls, down, now
from tests.unit.pipeline.small import NOW, a_ticket


class Word(BaseModel):
    word: str


def step(text: str = "Say a word.", **given: Any) -> Step[Word]:
    values: dict[str, Any] = {
        "name": "say",
        "prompt": Prompted(text=text, stable=0, label="say-1.abcdef01"),
        "answer": Word,
        "max_tokens": 20,
        "share": 0.5,
    }
    return Step(**(values | given))


def content(_: Word) -> Sequence[str]:
    return ()


def only_good(answer: Word) -> Sequence[str]:
    return () if answer.word == "good" else ("the word is not good",)


async def said(say: Say, kept: Kept | None = None, run: Run | None = None, **given: Any) -> Word:
    asked = step(**given)
    return await calls(say, kept).ask(asked, a_ticket("Hm."), run or a_run(), content)


async def test_an_answer_is_paid_for_once() -> None:
    kept, played, runs = Kept(), Played({"word": "one"}, {"word": "two"}), (a_run(), a_run())

    first, again = [await said(played, kept, run) for run in runs]

    assert first == again
    assert len(played.prompts) == 1
    assert runs[0].calls == runs[1].calls
    assert [key[:2] for key in kept.values] == [("e0", "say")]


@pytest.mark.parametrize(
    "given",
    [
        {"text": "Say another word."},
        {"name": "tell"},
        {"temperature": 0.9},
        {"max_tokens": 30},
        {"prompt": Prompted(text="Say a word.", stable=0, label="say-2.abcdef02")},
    ],
)
async def test_another_question_is_not_answered_from_a_checkpoint(given: dict[str, Any]) -> None:
    kept, played = Kept(), Played({"word": "one"}, {"word": "two"})
    await said(played, kept)

    assert (await said(played, kept, **given)).word == "two"


async def test_a_checkpoint_that_cannot_be_read_is_asked_for_again() -> None:
    kept, played = Kept(), Played({"word": "one"}, {"word": "two"})
    await said(played, kept)
    for key in kept.values:
        kept.values[key] = {"answer": {"number": 7}, "by": "an older version"}

    assert (await said(played, kept)).word == "two"


async def test_an_answer_that_was_refused_is_kept_too() -> None:
    kept, played = Kept(), Played({"word": "bad"}, {"word": "good"})
    asking = calls(played, kept)
    for _ in range(2):
        assert (await asking.ask(step(), a_ticket("Hm."), a_run(), only_good)).word == "good"

    assert len(played.prompts) == 2


async def test_both_calls_of_a_step_are_accounted_for() -> None:
    run = a_run()

    await calls(Played({"word": "bad"}, {"word": "good"})).ask(
        step(), a_ticket("Hm."), run, only_good
    )

    assert [call.step for call in run.calls] == ["say", "say"]


async def test_an_answer_that_stays_wrong_is_refused_after_two_tries() -> None:
    played = Played({"word": "bad"})

    with pytest.raises(AnswerRefused, match="the word is not good"):
        await calls(played).ask(step(), a_ticket("Hm."), a_run(), only_good)

    assert len(played.prompts) == 2


async def test_an_engine_that_is_down_is_not_asked_again_by_the_step() -> None:
    asked: list[int] = []

    def counting(*given: Any) -> str:
        asked.append(1)
        return down(*given)

    with pytest.raises(EngineDown):
        await said(counting)

    assert len(asked) == 1


async def test_an_answer_without_shape_is_tried_with_another_seed() -> None:
    played = Played("nonsense")

    with pytest.raises(BadAnswer):
        await said(played)

    first, second = played.sampled
    assert first.seed != second.seed


async def test_the_same_question_is_asked_with_the_same_seed() -> None:
    one, other = Played({"word": "x"}), Played({"word": "x"})

    await said(one)
    await said(other)

    assert one.sampled == other.sampled


class Slow(ScriptedEngine):
    """Keeps the terms of the last call."""

    async def complete(self, prompt: Any, answer: Any, *, sampling: Any, terms: Any) -> Any:
        self.terms = terms
        return await super().complete(prompt, answer, sampling=sampling, terms=terms)


async def test_a_step_gets_its_share_of_the_time_that_is_left() -> None:
    engine = Slow(Played({"word": "x"}), clock=now)

    await Calls(engine, clock=now).ask(step(share=0.4), a_ticket("Hm."), a_run(), content)

    assert engine.terms.deadline == NOW + timedelta(seconds=12)
    assert engine.terms.desk == "shop"


async def test_the_ticket_that_is_due_first_goes_first() -> None:
    engine = Slow(Played({"word": "x"}), clock=now)
    priorities: list[int] = []
    for seconds in (10, 60):
        run = Run(deadline=NOW + timedelta(seconds=seconds))
        await Calls(engine, clock=now).ask(step(), a_ticket("Hm."), run, content)
        priorities.append(engine.terms.priority)

    assert priorities[0] < priorities[1]


async def test_without_time_left_nothing_is_sent() -> None:
    played = Played({"word": "x"})

    with pytest.raises(DeadlinePassed):
        await said(played, run=Run(deadline=NOW - timedelta(seconds=1)))

    assert played.prompts == []


class Deaf(ScriptedEngine):
    """Never gives up by itself."""

    async def complete(self, prompt: Any, answer: Any, *, sampling: Any, terms: Any) -> Any:
        await self._closed.wait()


async def test_an_engine_that_ignores_its_deadline_is_left() -> None:
    def clock() -> datetime:
        return NOW

    run = Run(deadline=NOW + timedelta(milliseconds=20))

    with pytest.raises(DeadlinePassed):
        await Calls(Deaf(down), clock=clock).ask(step(), a_ticket("Hm."), run, content)


def test_the_hash_covers_prompt_shape_sampling_and_try() -> None:
    class Other(BaseModel):
        word: str
        more: int

    hashes = {
        input_hash(step(), 0),
        input_hash(step(), 1),
        input_hash(step("Say it."), 0),
        input_hash(step(temperature=1.0), 0),
        input_hash(step(answer=Other), 0),
    }

    assert len(hashes) == 5
