"""The contract of `tests/contract/test_engines.py`, held by a real vLLM, and what it adds.

The model is made to say the contract's texts; grammar, sampler and scheduler are vLLM's own. Of the
texts that do not fit the schema only those are played that the grammar lets through or ends.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from engine.base import Engine, Prompt, Sampling, Terms
from engine.errors import BadAnswer, CutOff, PassingError
from tests.contract import test_engines as contract
from tests.contract.test_engines import ASK, GOOD, Kind, Opening, Reply, soon
from tests.vllm.conftest import PLACES, NewEngine
from tests.vllm.measures import measured, until
from tests.vllm.plays import Sayings

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Plays texts that no grammar lets through; what vLLM makes of them is tested below.
NOT_HERE = "test_an_answer_of_another_shape_is_a_passing_error_without_its_text"
globals().update(
    {
        name: test
        for name, test in vars(contract).items()
        if name.startswith("test_") and name != NOT_HERE
    }
)

LONG = '{"sentence": "' + "and so on " * 400


@pytest_asyncio.fixture(loop_scope="session")
async def kind(new_engine: NewEngine, sayings: Sayings) -> AsyncIterator[Opening]:
    async def open_answering(_: AsyncExitStack, texts: Sequence[str]) -> Engine:
        engine = await new_engine()
        sayings.say(texts)
        return engine

    async def open_slow(stack: AsyncExitStack) -> Engine:
        return await open_answering(stack, [LONG])

    async with AsyncExitStack() as stack:
        yield Opening(kind=Kind(open_answering=open_answering, open_slow=open_slow), stack=stack)


@pytest.mark.parametrize(
    "text", ["I am sorry", '{"sentence": null}', '{"evidence": ["E1", 7]}', ""]
)
async def test_what_the_grammar_refuses_is_a_passing_error_without_its_text(
    kind: Opening, text: str
) -> None:
    engine = await kind.answering([text])

    with pytest.raises(BadAnswer) as bad:
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())

    assert isinstance(bad.value, PassingError)
    assert "sorry" not in str(bad.value)
    assert bad.value.__cause__ is None


async def test_an_answer_without_end_is_cut_and_told_with_its_tokens(kind: Opening) -> None:
    engine = await kind.answering([LONG])

    with pytest.raises(CutOff) as cut:
        await engine.complete(ASK, Reply, sampling=Sampling(max_tokens=20), terms=soon())

    assert cut.value.usage is not None
    assert cut.value.usage.completion == 20


async def test_the_model_speaks_in_the_schema_of_itself(new_engine: NewEngine) -> None:
    """Random weights, sixteen seeds: vLLM's grammar alone keeps the shape."""
    engine = await new_engine()

    for seed in range(16):
        sampling = Sampling(seed=seed, max_tokens=400)
        done = await engine.complete(ASK, Reply, sampling=sampling, terms=soon())
        assert done.usage.completion <= 400


async def test_a_second_prompt_with_the_same_front_is_read_from_the_cache(
    kind: Opening,
) -> None:
    engine = await kind.answering([GOOD])
    front = "The desk's instructions, its voice, its examples. " * 40
    first, second = [
        await engine.complete(Prompt(text=front + ticket), Reply, sampling=Sampling(), terms=soon())
        for ticket in ("Where is my lamp?", "May I bring my dog?")
    ]

    assert first.usage.cached == 0
    assert second.usage.cached > 0.8 * second.usage.prompt


async def a_long_call(engine: Engine, name: str, ended: list[str], terms: Terms) -> None:
    """A call of a hundred tokens that notes when it ended."""
    try:
        await engine.complete(ASK, Reply, sampling=Sampling(max_tokens=100), terms=terms)
    except CutOff:
        ended.append(name)


async def test_cancelled_calls_leave_the_batch_unfinished(kind: Opening) -> None:
    engine = await kind.slow()
    finished = measured("vllm:request_success_total")
    sampling = Sampling(max_tokens=4_000)
    calls = [
        asyncio.create_task(engine.complete(ASK, Reply, sampling=sampling, terms=soon(600)))
        for _ in range(PLACES)
    ]
    await until(lambda: measured("vllm:num_requests_running") == PLACES)

    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    await a_long_call(engine, "next", ended := [], soon(600))

    assert ended == ["next"]
    await until(lambda: measured("vllm:num_requests_running") == 0)
    assert measured("vllm:request_success_total", leaving_out="abort") == finished + 1


async def test_the_nearest_deadline_goes_first_among_the_calls_that_wait(kind: Opening) -> None:
    engine = await kind.slow()
    ended: list[str] = []
    running = [
        asyncio.create_task(a_long_call(engine, "running", ended, soon(500))) for _ in range(PLACES)
    ]
    await until(lambda: measured("vllm:num_requests_running") == PLACES)
    waiting = [
        asyncio.create_task(a_long_call(engine, "waiting", ended, soon(900)))
        for _ in range(2 * PLACES)
    ]
    await until(lambda: measured("vllm:num_requests_waiting") == 2 * PLACES)

    urgent = asyncio.create_task(a_long_call(engine, "urgent", ended, soon(300)))
    await asyncio.gather(*running, *waiting, urgent)

    # It came last, and ends with the first that get a place.
    assert ended.index("urgent") < 2 * PLACES
    assert len(ended) == 3 * PLACES + 1
