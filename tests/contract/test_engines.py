"""What every engine promises, whatever runs behind it."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel, Field

from engine.base import Engine, Prompt, Sampling, Terms
from engine.errors import (
    BadAnswer,
    DeadlinePassed,
    EngineDown,
    PassingError,
    PermanentError,
    PromptRefused,
)
from engine.scripted import ScriptedEngine

pytestmark = pytest.mark.contract


class Reply(BaseModel):
    sentence: str
    evidence: list[str] = Field(default_factory=list)


GOOD = json.dumps({"sentence": "Thirty days.", "evidence": ["E1"]})
ASK = Prompt(text="How long do I have to send a lamp back?")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How to make an engine of one kind that answers these texts in turn, the last for ever."""

    make: Callable[[Sequence[str]], Engine]
    slow: Callable[[], Engine]  #: one whose answer takes far longer than a test


def scripted(texts: Sequence[str]) -> Engine:
    left = list(texts)
    return ScriptedEngine(lambda _, __: left.pop(0) if len(left) > 1 else left[0])


ENGINES: dict[str, Kind] = {
    "scripted": Kind(make=scripted, slow=lambda: ScriptedEngine(lambda _, __: GOOD, seconds=600)),
}


@pytest.fixture(params=ENGINES)
def kind(request: pytest.FixtureRequest) -> Kind:
    return ENGINES[str(request.param)]


def soon(seconds: float = 30) -> Terms:
    return Terms(deadline=datetime.now(UTC) + timedelta(seconds=seconds))


async def test_the_answer_has_the_shape_that_was_asked_for(kind: Kind) -> None:
    engine = kind.make([GOOD])

    done = await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())

    assert done.answer == Reply(sentence="Thirty days.", evidence=["E1"])
    assert done.model
    assert done.usage.prompt > 0
    assert done.usage.completion > 0
    assert 0 <= done.usage.cached <= done.usage.prompt


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("I am sorry", ()),
        ('{"sentence": "cut off in the mid', ()),
        ('{"sentence": null}', ("sentence",)),
        ('{"evidence": ["E1", 7]}', ("sentence", "evidence.1")),
        ("", ()),
    ],
)
async def test_an_answer_of_another_shape_is_a_passing_error_without_its_text(
    kind: Kind, text: str, fields: tuple[str, ...]
) -> None:
    engine = kind.make([text])

    with pytest.raises(BadAnswer) as bad:
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())

    assert isinstance(bad.value, PassingError)
    assert bad.value.fields == fields
    assert "sorry" not in str(bad.value)
    assert bad.value.__cause__ is None


async def test_a_streamed_answer_is_the_same_answer_in_pieces(kind: Kind) -> None:
    engine = kind.make([GOOD])

    pieces = [p async for p in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon())]

    assert len(pieces) > 1
    assert Reply.model_validate_json("".join(pieces)).sentence == "Thirty days."


async def test_a_stream_of_another_shape_ends_with_a_passing_error(kind: Kind) -> None:
    engine = kind.make(["nonsense"])

    with pytest.raises(BadAnswer):
        async for _ in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon()):
            pass


async def test_after_a_bad_answer_the_engine_goes_on(kind: Kind) -> None:
    engine = kind.make(["nonsense", GOOD])
    with pytest.raises(BadAnswer):
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())

    assert (await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())).answer


async def test_a_call_is_given_up_at_its_deadline(kind: Kind) -> None:
    engine = kind.slow()
    began = asyncio.get_running_loop().time()

    with pytest.raises(DeadlinePassed):
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon(0.05))

    assert asyncio.get_running_loop().time() - began < 5
    await engine.close()


async def test_a_deadline_that_is_over_is_not_waited_for(kind: Kind) -> None:
    with pytest.raises(DeadlinePassed):
        await kind.make([GOOD]).complete(ASK, Reply, sampling=Sampling(), terms=soon(-1))


async def test_a_call_can_be_cancelled(kind: Kind) -> None:
    engine = kind.slow()
    call = asyncio.create_task(engine.complete(ASK, Reply, sampling=Sampling(), terms=soon()))
    await asyncio.sleep(0)

    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call
    await engine.close()


async def test_calls_run_side_by_side(kind: Kind) -> None:
    engine = kind.make([GOOD])

    done = await asyncio.gather(
        *(engine.complete(ASK, Reply, sampling=Sampling(), terms=soon()) for _ in range(20))
    )

    assert {one.answer.sentence for one in done} == {"Thirty days."}


async def test_the_same_seed_gives_the_same_answer(kind: Kind) -> None:
    engine = kind.make([GOOD])
    first, second = [
        await engine.complete(ASK, Reply, sampling=Sampling(seed=7), terms=soon()) for _ in range(2)
    ]

    assert first.answer == second.answer


async def test_a_closed_engine_ends_running_calls_and_takes_no_new_ones(kind: Kind) -> None:
    engine = kind.slow()
    running = asyncio.create_task(engine.complete(ASK, Reply, sampling=Sampling(), terms=soon()))
    await asyncio.sleep(0)

    await engine.close()

    with pytest.raises(EngineDown):
        await running
    with pytest.raises(EngineDown):
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())


class TestScripted:
    """What the fake adds, so that tests can play any model."""

    async def test_the_script_may_fail_as_an_engine_does(self) -> None:
        def script(prompt: Prompt, _: Sampling) -> str:
            raise PromptRefused("scripted", f"{len(prompt.text)} characters are too many")

        with pytest.raises(PermanentError, match=f"{len(ASK.text)} characters"):
            await ScriptedEngine(script).complete(ASK, Reply, sampling=Sampling(), terms=soon())

    async def test_calls_beyond_its_places_are_refused_and_a_cancelled_one_frees_its_place(
        self,
    ) -> None:
        engine = ScriptedEngine(lambda _, __: GOOD, seconds=600, places=1)
        held = asyncio.create_task(engine.complete(ASK, Reply, sampling=Sampling(), terms=soon()))
        await asyncio.sleep(0)
        with pytest.raises(PassingError, match="limit"):
            await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())

        held.cancel()
        await asyncio.gather(held, return_exceptions=True)

        assert engine.in_flight == 0

    async def test_the_script_sees_the_seed(self) -> None:
        engine = ScriptedEngine(lambda _, s: json.dumps({"sentence": f"seed {s.seed}"}))

        done = await engine.complete(ASK, Reply, sampling=Sampling(seed=7), terms=soon())

        assert done.answer.sentence == "seed 7"
