"""What every engine promises, whatever runs behind it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel, Field

from engine.base import Engine, Prompt, Sampling, Terms
from engine.endpoint.engine import EndpointEngine
from engine.endpoint.values import Endpoint
from engine.errors import (
    BadAnswer,
    DeadlinePassed,
    EngineDown,
    PassingError,
    PermanentError,
    PromptRefused,
)
from engine.failover import Chain
from engine.link import Link
from engine.profiles import PROFILES
from engine.scripted import ScriptedEngine
from tests.provider import Play, playing
from tests.shapes import answering

pytestmark = pytest.mark.contract


class Reply(BaseModel):
    sentence: str
    evidence: list[str] = Field(default_factory=list)


GOOD = json.dumps({"sentence": "Thirty days.", "evidence": ["E1"]})
ASK = Prompt(text="How long do I have to send a lamp back?")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How to open an engine of one kind; what it needs lives as long as the test.

    `answering` is one that gives these texts in turn, the last for ever, and the same text once
    more when it is asked to repair it. `slow` is one whose answer takes far longer than a test.
    """

    open_answering: Callable[[AsyncExitStack, Sequence[str]], Awaitable[Engine]]
    open_slow: Callable[[AsyncExitStack], Awaitable[Engine]]


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A kind within one test."""

    kind: Kind
    stack: AsyncExitStack

    async def answering(self, texts: Sequence[str]) -> Engine:
        return self._closing(await self.kind.open_answering(self.stack, texts))

    async def slow(self) -> Engine:
        return self._closing(await self.kind.open_slow(self.stack))

    def _closing(self, engine: Engine) -> Engine:
        self.stack.push_async_callback(engine.close)
        return engine


def scripted(texts: Sequence[str], seconds: float = 0) -> ScriptedEngine:
    left = list(texts)
    return ScriptedEngine(lambda _, __: left.pop(0) if len(left) > 1 else left[0], seconds=seconds)


async def open_scripted(_: AsyncExitStack, texts: Sequence[str]) -> Engine:
    return scripted(texts)


async def open_slow_scripted(_: AsyncExitStack) -> Engine:
    return scripted([GOOD], seconds=600)


async def open_chain(_: AsyncExitStack, texts: Sequence[str]) -> Engine:
    return Chain([Link(engine=scripted(texts))])


async def open_slow_chain(_: AsyncExitStack) -> Engine:
    return Chain([Link(engine=scripted([GOOD], seconds=600), seconds=1200)])


def endpoint(profile: str, base_url: str) -> Engine:
    given = PROFILES[profile]
    return EndpointEngine(
        Endpoint(
            name=profile,
            base_url=base_url,
            model=given.model or "some-model",
            key="not-a-real-key" if given.key_variable else None,
            key_variable=given.key_variable,
            dialect=given.dialect,
        )
    )


def of_profile(profile: str) -> Kind:
    async def open_answering(stack: AsyncExitStack, texts: Sequence[str]) -> Engine:
        provider = await stack.enter_async_context(playing(answering(profile, list(texts))))
        return endpoint(profile, provider.base_url)

    async def open_slow(stack: AsyncExitStack) -> Engine:
        provider = await stack.enter_async_context(playing(lambda _: Play(end="silence")))
        return endpoint(profile, provider.base_url)

    return Kind(open_answering=open_answering, open_slow=open_slow)


ENGINES: dict[str, Kind] = {
    "scripted": Kind(open_answering=open_scripted, open_slow=open_slow_scripted),
    "chain": Kind(open_answering=open_chain, open_slow=open_slow_chain),
    **{profile: of_profile(profile) for profile in PROFILES},
}


@pytest.fixture(params=ENGINES)
async def kind(request: pytest.FixtureRequest) -> AsyncIterator[Opening]:
    async with AsyncExitStack() as stack:
        yield Opening(kind=ENGINES[str(request.param)], stack=stack)


def soon(seconds: float = 30) -> Terms:
    return Terms(deadline=datetime.now(UTC) + timedelta(seconds=seconds))


async def test_the_answer_has_the_shape_that_was_asked_for(kind: Opening) -> None:
    engine = await kind.answering([GOOD])

    done = await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())

    assert done.answer == Reply(sentence="Thirty days.", evidence=["E1"])
    assert done.model
    assert done.engine
    assert done.cost >= 0
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
    kind: Opening, text: str, fields: tuple[str, ...]
) -> None:
    engine = await kind.answering([text])

    with pytest.raises(BadAnswer) as bad:
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())

    assert isinstance(bad.value, PassingError)
    assert bad.value.fields == fields
    assert "sorry" not in str(bad.value)
    assert bad.value.__cause__ is None


async def test_a_streamed_answer_is_the_same_answer_in_pieces(kind: Opening) -> None:
    engine = await kind.answering([GOOD])

    pieces = [p async for p in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon())]

    assert len(pieces) > 1
    assert Reply.model_validate_json("".join(pieces)).sentence == "Thirty days."


async def test_a_stream_of_another_shape_ends_with_a_passing_error(kind: Opening) -> None:
    engine = await kind.answering(["nonsense"])

    with pytest.raises(BadAnswer):
        async for _ in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon()):
            pass


async def test_after_a_bad_answer_the_engine_goes_on(kind: Opening) -> None:
    engine = await kind.answering(["nonsense", GOOD])
    with pytest.raises(BadAnswer):
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())

    assert (await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())).answer


async def test_a_call_is_given_up_at_its_deadline(kind: Opening) -> None:
    engine = await kind.slow()
    began = asyncio.get_running_loop().time()

    with pytest.raises(DeadlinePassed):
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon(0.05))

    assert asyncio.get_running_loop().time() - began < 5


async def test_a_deadline_that_is_over_is_not_waited_for(kind: Opening) -> None:
    engine = await kind.answering([GOOD])

    with pytest.raises(DeadlinePassed):
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon(-1))


async def test_a_call_can_be_cancelled(kind: Opening) -> None:
    engine = await kind.slow()
    call = asyncio.create_task(engine.complete(ASK, Reply, sampling=Sampling(), terms=soon()))
    await asyncio.sleep(0)

    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call


async def test_calls_run_side_by_side(kind: Opening) -> None:
    engine = await kind.answering([GOOD])

    done = await asyncio.gather(
        *(engine.complete(ASK, Reply, sampling=Sampling(), terms=soon()) for _ in range(20))
    )

    assert {one.answer.sentence for one in done} == {"Thirty days."}


async def test_the_same_seed_gives_the_same_answer(kind: Opening) -> None:
    engine = await kind.answering([GOOD])
    first, second = [
        await engine.complete(ASK, Reply, sampling=Sampling(seed=7), terms=soon()) for _ in range(2)
    ]

    assert first.answer == second.answer


async def test_a_closed_engine_ends_running_calls_and_takes_no_new_ones(kind: Opening) -> None:
    engine = await kind.slow()
    running = asyncio.create_task(engine.complete(ASK, Reply, sampling=Sampling(), terms=soon()))
    await asyncio.sleep(0)

    await engine.close()

    with pytest.raises(EngineDown):
        await running
    with pytest.raises(EngineDown):
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())


async def test_an_engine_says_how_it_is(kind: Opening) -> None:
    engine = await kind.answering([GOOD])
    assert await engine.health() is None

    await engine.close()

    assert await engine.health()


async def test_a_stream_that_is_left_early_gives_its_place_back(kind: Opening) -> None:
    engine = await kind.answering([GOOD])
    stream = engine.stream(ASK, Reply, sampling=Sampling(), terms=soon())

    first = await anext(aiter(stream))
    del stream

    assert first
    assert (await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())).answer


async def test_a_stream_is_given_up_at_its_deadline(kind: Opening) -> None:
    engine = await kind.slow()

    with pytest.raises(DeadlinePassed):
        async for _ in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon(0.05)):
            pass


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
