"""The embedded engine's decisions, over a runtime that is played: death, deadline, drain, close."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from pydantic import BaseModel

from engine.base import Prompt, Sampling, Terms
from engine.errors import (
    CutOff,
    DeadlinePassed,
    EngineDown,
    EngineError,
    EngineUnusable,
    PromptTooLong,
    RequestRefused,
)
from engine.vllm.engine import VllmEngine
from engine.vllm.errors import CallFailed, CallRefused, CannotStart, RuntimeDied
from engine.vllm.runtime import Call, Piece, Rendered, Runtime

GOOD = '{"sentence":"Thirty days."}'
ASK = Prompt(text="How long?")


class Reply(BaseModel):
    sentence: str


class PlayedRuntime:
    """Answers the same pieces each time, waits while `held`, dies when told."""

    def __init__(self, *pieces: Piece, held: bool = False, tokens: int = 10) -> None:
        self.pieces = pieces or (Piece(text=GOOD, tokens=7, cached=4, finish="stop"),)
        self.error: Exception | None = None
        self.calls: list[Call] = []
        self.left: list[str] = []  #: ids of calls that were given up
        self.shut = False
        self._held = held
        self._tokens = tokens
        self._over = asyncio.Event()

    @property
    def dead(self) -> bool:
        return self._over.is_set()

    def die(self) -> None:
        self._over.set()

    async def render(self, text: str) -> Rendered:
        return Rendered(tokens=tuple(range(self._tokens)), handle=text)

    async def generate(self, rendered: Rendered, call: Call) -> AsyncGenerator[Piece, None]:
        self.calls.append(call)
        try:
            if self._held and rendered.handle == ASK.text:
                await self._over.wait()
                raise RuntimeDied
            if self.error is not None:
                raise self.error
            for piece in self.pieces:
                yield piece
        except (asyncio.CancelledError, GeneratorExit):
            self.left.append(call.id)
            raise

    async def ended(self) -> None:
        await self._over.wait()

    def shut_down(self) -> None:
        self.shut = True


def engine(*runtimes: Runtime | Exception, **options: object) -> VllmEngine:
    """An engine whose launches give these in turn."""
    left = list(runtimes)

    def launch() -> Runtime:
        given = left.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    return VllmEngine(launch, model="tiny", revision="folder:1", max_model_len=600, **options)  # pyright: ignore[reportArgumentType] - any option of the class


def soon(seconds: float = 30) -> Terms:
    return Terms(deadline=datetime.now(UTC) + timedelta(seconds=seconds))


async def ask(one: VllmEngine, terms: Terms | None = None) -> str:
    done = await one.complete(ASK, Reply, sampling=Sampling(), terms=terms or soon())
    return done.answer.sentence


async def until(holds: Callable[[], bool]) -> None:
    """Give the loop turns until something holds; the test's own time-out is the limit."""
    while not holds():  # noqa: ASYNC110 - what is waited for has no event
        await asyncio.sleep(0.001)


async def test_an_answer_names_its_model_revision_and_tokens() -> None:
    one = engine(PlayedRuntime())
    await one.start()

    done = await one.complete(ASK, Reply, sampling=Sampling(), terms=soon())

    assert (done.engine, done.model, done.revision) == ("vllm", "tiny", "folder:1")
    assert (done.usage.prompt, done.usage.completion, done.usage.cached) == (10, 7, 4)
    await one.close()


async def test_every_schema_is_compiled_before_the_first_ticket() -> None:
    runtime = PlayedRuntime()
    one = engine(runtime, warm=(Reply,))

    await one.start()

    [warm] = runtime.calls
    assert warm.sampling.max_tokens == 1
    assert '"sentence"' in warm.schema
    await one.close()


async def test_a_schema_that_cannot_be_compiled_is_told_at_start_by_its_name() -> None:
    runtime = PlayedRuntime()
    runtime.error = CallRefused("vllm does not take the call (ValueError)")
    one = engine(runtime, warm=(Reply,))

    with pytest.raises(CannotStart, match="schema of 'Reply'"):
        await one.start()

    await one.close()
    assert runtime.shut


async def test_before_its_start_and_after_its_end_every_call_is_told_so() -> None:
    one = engine(PlayedRuntime())
    with pytest.raises(EngineDown, match="has not been started"):
        await ask(one)
    await one.start()
    await one.close()

    with pytest.raises(EngineDown, match="is closed"):
        await ask(one)
    assert "is closed" in str(await one.health())


async def test_an_answer_cut_at_its_limit_is_told_with_what_it_used() -> None:
    cut = Piece(text='{"sentence":"Thi', tokens=5, cached=0, finish="length")
    one = engine(PlayedRuntime(cut))
    await one.start()

    with pytest.raises(CutOff) as told:
        await ask(one)

    assert told.value.usage is not None
    assert told.value.usage.completion == 5
    await one.close()


async def test_an_answer_cut_at_its_limit_is_refused_even_when_it_reads_well() -> None:
    one = engine(PlayedRuntime(Piece(text=GOOD, tokens=5, cached=0, finish="length")))
    await one.start()

    with pytest.raises(CutOff):
        await ask(one)
    await one.close()


async def test_a_prompt_that_leaves_no_room_for_the_answer_is_refused_before_it_is_sent() -> None:
    runtime = PlayedRuntime(tokens=89)
    one = engine(runtime)
    await one.start()

    with pytest.raises(PromptTooLong, match="600 tokens"):
        await ask(one)  # 89 + 512

    assert runtime.calls == []
    await one.close()


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        (RuntimeDied(), EngineDown),
        (CallFailed("the call failed inside vllm"), EngineDown),
        (CallRefused("vllm does not take the call"), RequestRefused),
    ],
)
async def test_what_goes_wrong_inside_is_told_as_the_engines_errors(
    inside: Exception, outside: type[EngineError]
) -> None:
    runtime = PlayedRuntime()
    one = engine(runtime)
    await one.start()
    runtime.error = inside

    with pytest.raises(outside):
        await ask(one)
    await one.close()


async def test_a_call_past_its_deadline_leaves_the_batch() -> None:
    runtime = PlayedRuntime(held=True)
    one = engine(runtime)
    await one.start()

    with pytest.raises(DeadlinePassed):
        await ask(one, soon(0.02))

    assert runtime.left == [runtime.calls[-1].id]
    assert one.in_flight == 0
    await one.close()


async def test_a_cancelled_call_leaves_the_batch() -> None:
    runtime = PlayedRuntime(held=True)
    one = engine(runtime)
    await one.start()
    call = asyncio.create_task(ask(one))
    await until(lambda: len(runtime.calls) == 1)

    call.cancel()
    await asyncio.gather(call, return_exceptions=True)

    assert runtime.left == [runtime.calls[0].id]
    await one.close()


async def test_a_stream_that_is_left_early_leaves_the_batch() -> None:
    pieces = [Piece(text=text, tokens=1, cached=0) for text in ('{"', "sentence", '"')]
    runtime = PlayedRuntime(*pieces)
    one = engine(runtime)
    await one.start()
    stream = one.stream(ASK, Reply, sampling=Sampling(), terms=soon())

    first = await anext(stream)
    await cast(AsyncGenerator[str, None], stream).aclose()

    assert first == '{"'
    assert runtime.left == [runtime.calls[0].id]
    assert one.in_flight == 0
    await one.close()


async def test_the_time_a_caller_takes_over_a_piece_does_not_count() -> None:
    pieces = (
        Piece(text='{"sentence":', tokens=1, cached=0),
        Piece(text='"Ja."}', tokens=1, cached=0, finish="stop"),
    )
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    one = engine(PlayedRuntime(*pieces), clock=lambda: clock[0])
    await one.start()
    terms = Terms(deadline=clock[0] + timedelta(seconds=1))

    said = [piece async for piece in one.stream(ASK, Reply, sampling=Sampling(), terms=terms)]

    assert "".join(said) == '{"sentence":"Ja."}'
    await one.close()


async def test_when_it_dies_every_call_ends_at_once_and_it_comes_back() -> None:
    first, second = PlayedRuntime(held=True), PlayedRuntime()
    one = engine(first, second)
    await one.start()
    running = [asyncio.create_task(ask(one)) for _ in range(8)]
    await until(lambda: len(first.calls) == 8)

    first.die()
    ended = await asyncio.gather(*running, return_exceptions=True)
    await until(lambda: one.restarts == 1)

    assert all(isinstance(error, EngineDown) for error in ended)
    assert first.shut
    assert await ask(one) == "Thirty days."
    assert await one.health() is None
    await one.close()


async def test_while_it_is_away_calls_are_refused_at_once_with_the_reason() -> None:
    first = PlayedRuntime()
    one = engine(first, CannotStart("no memory"), PlayedRuntime())
    await one.start()

    first.die()

    with pytest.raises(EngineDown, match="being started again"):
        await ask(one)
    assert "being started again" in str(await one.health())
    await one.close()


async def test_a_failed_restart_is_tried_again() -> None:
    first, third = PlayedRuntime(), PlayedRuntime()
    one = engine(first, CannotStart("no memory"), third)
    await one.start()

    first.die()
    await until(lambda: one.restarts == 1)

    assert await ask(one) == "Thirty days."
    await one.close()


async def test_draining_lets_running_calls_end_and_takes_no_new_ones() -> None:
    runtime = PlayedRuntime(held=True)
    one = engine(runtime)
    await one.start()
    running = asyncio.create_task(ask(one))
    await until(lambda: len(runtime.calls) == 1)

    assert not await one.drain(0.01)
    with pytest.raises(EngineDown, match="draining"):
        await ask(one)
    drained = asyncio.create_task(one.drain(30))
    running.cancel()

    assert await drained
    await one.close()


async def test_closing_ends_running_calls_and_lets_the_processes_go() -> None:
    runtime = PlayedRuntime(held=True)
    one = engine(runtime)
    await one.start()
    running = asyncio.create_task(ask(one))
    await until(lambda: len(runtime.calls) == 1)

    await one.close()

    with pytest.raises(EngineDown, match="is closed"):
        await running
    assert runtime.shut
    await one.close()


async def test_a_start_that_fails_is_a_setting_to_mend() -> None:
    one = engine(CannotStart("no GPU"))

    with pytest.raises(EngineUnusable, match="no GPU"):
        await one.start()
    await one.close()


async def test_a_launch_that_is_given_up_is_shut_down_when_it_ends() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    runtime = PlayedRuntime()

    def launch() -> Runtime:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return runtime

    one = VllmEngine(launch, model="tiny", revision=None, max_model_len=600)
    starting = asyncio.create_task(one.start())
    await begun.wait()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    closing = asyncio.create_task(one.close())

    go_on.set()
    await closing

    await until(lambda: runtime.shut)


async def test_the_nearer_deadline_goes_first_and_an_asked_priority_before_both() -> None:
    runtime = PlayedRuntime()
    one = engine(runtime)
    await one.start()
    soonest, later = soon(10), soon(600)
    urgent = Terms(deadline=later.deadline, priority=-1)

    for terms in (later, soonest, urgent):
        await ask(one, terms)

    late, near, first = [call.priority for call in runtime.calls]
    assert first < near < late
    await one.close()


async def test_trace_headers_are_passed_on_and_no_others() -> None:
    runtime = PlayedRuntime()
    one = engine(runtime)
    await one.start()
    headers = {"Traceparent": "00-1-2-01", "authorization": "secret"}

    await ask(one, Terms(deadline=soon().deadline, headers=headers))

    assert runtime.calls[0].headers == {"traceparent": "00-1-2-01"}
    await one.close()
