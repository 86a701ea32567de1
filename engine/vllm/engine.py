"""The engine itself: calls with deadlines, death and restart, drain and close."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel

from engine.base import A, Completion, Prompt, Sampling, Terms, Usage, read_answer
from engine.errors import BadAnswer, CutOff, DeadlinePassed, EngineDown, EngineError, RequestRefused
from engine.vllm.calls import queue_place, refuse_too_long, schema_of, trace_headers
from engine.vllm.errors import NAME, CallFailed, CallRefused, CannotStart, RuntimeDied
from engine.vllm.runtime import Call, Piece, Rendered, Runtime

T = TypeVar("T")
Launch = Callable[[], Runtime]
"""Starts vllm and returns when it can compute; blocks for a minute or so."""

WARM_TEXT = "Warm-up."
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=60)


class VllmEngine:
    """A language model that lives with this process and comes back when it dies.

    While it is away every call ends at once with `EngineDown`, so that a breaker before it opens
    and the next engine of the chain answers.
    """

    def __init__(
        self,
        launch: Launch,
        *,
        model: str,
        revision: str | None,
        max_model_len: int,
        warm: Sequence[type[BaseModel]] = (),
        notes: Sequence[str] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = NAME
        self.notes = tuple(notes)  #: what an operator should know about how it runs
        self.model = model
        self.revision = revision
        self.max_model_len = max_model_len
        self.restarts = 0
        self.in_flight = 0
        self._launch = launch
        self._warm = tuple(warm)
        self._clock = clock
        self._runtime: Runtime | None = None
        self._open = False
        self._why = "has not been started"
        self._limits: set[asyncio.Timeout] = set()  #: of the steps that wait for the model now
        self._ended: set[asyncio.Timeout] = set()  #: of those, the ones that we ended ourselves
        self._idle = asyncio.Event()
        # A thread of its own: a launch of a minute must not hold up others' short work.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vllm-launch")
        self._guard: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Launch, compile the schemas, then watch; raises `CannotStart` with the cause."""
        self._why = "is starting"
        try:
            await self._bring_up()
        except (RuntimeDied, CallRefused, CallFailed) as exc:
            raise CannotStart(f"it failed at its first call: {exc}") from exc
        self._open = True
        self._guard = asyncio.create_task(self._watch(), name="vllm-watch")

    async def complete(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        """An answer that fits the schema; `CutOff` when it ran into `max_tokens`."""
        runtime = self._up(terms)
        with self._counted():
            rendered = await self._rendered(runtime, prompt, sampling, terms)
            call = _call(answer, sampling, terms, stream=False)
            said = _Said(rendered)
            try:
                async for piece in self._pieces(runtime, rendered, call, terms):
                    said.add(piece)
                found = read_answer(self.name, said.text, answer)
            except EngineError as exc:
                exc.usage = said.usage
                raise
        return Completion(
            answer=found,
            model=self.model,
            usage=said.usage,
            revision=self.revision,
            engine=self.name,
        )

    async def stream(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> AsyncIterator[str]:
        """The same answer as the model makes it; leaving early takes the call out of the batch."""
        runtime = self._up(terms)
        with self._counted():
            rendered = await self._rendered(runtime, prompt, sampling, terms)
            call = _call(answer, sampling, terms, stream=True)
            said = _Said(rendered)
            async with aclosing(self._pieces(runtime, rendered, call, terms)) as pieces:
                async for piece in pieces:
                    said.add(piece)
                    if piece.text:
                        yield piece.text
        read_answer(self.name, said.text, answer)

    async def health(self) -> str | None:
        """None when calls are answered, else the reason in one sentence."""
        if self._open and self._runtime is not None and not self._runtime.dead:
            return None
        return self._why

    async def drain(self, seconds: float) -> bool:
        """Take no new calls and wait for the running ones; False when some are left."""
        self._open = False
        self._why = "is draining"
        try:
            async with asyncio.timeout(seconds):
                while self.in_flight:
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """End running calls with `EngineDown` and let the GPU go; again is allowed."""
        self._open = False
        self._why = "is closed"
        if self._guard is not None:
            self._guard.cancel()
            await asyncio.gather(self._guard, return_exceptions=True)
            self._guard = None
        await self._let_go()
        self._thread.shutdown(wait=False)

    def _up(self, terms: Terms) -> Runtime:
        """The runtime that takes a call now; else why none does."""
        if not self._open or self._runtime is None or self._runtime.dead:
            raise EngineDown(self.name, self._why)
        if terms.deadline <= self._clock():
            raise DeadlinePassed(self.name)
        return self._runtime

    @contextmanager
    def _counted(self) -> Generator[None]:
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self._idle.set()

    async def _rendered(
        self, runtime: Runtime, prompt: Prompt, sampling: Sampling, terms: Terms
    ) -> Rendered:
        rendered = await self._in_time(runtime.render(prompt.text), terms)
        refuse_too_long(len(rendered.tokens), sampling, self.max_model_len)
        return rendered

    async def _pieces(
        self, runtime: Runtime, rendered: Rendered, call: Call, terms: Terms
    ) -> AsyncGenerator[Piece, None]:
        """Each piece in time; `CutOff` at the end when the answer was not finished."""
        async with aclosing(runtime.generate(rendered, call)) as pieces:
            finish = None
            while finish is None:
                # The limit holds while the model is waited for, not while the caller has a piece.
                piece = await self._in_time(anext(pieces), terms)
                yield piece
                finish = piece.finish
        if finish == "length":
            raise CutOff(self.name)
        if finish == "error":  # the grammar did not take what the model said
            raise BadAnswer(self.name, ())
        if finish != "stop":
            raise EngineDown(self.name, f"gave the call up ({finish})")

    async def _in_time(self, step: Awaitable[T], terms: Terms) -> T:
        """One step of a call before its deadline; what goes wrong inside is told as our errors."""
        left = (terms.deadline - self._clock()).total_seconds()
        limit = asyncio.timeout(max(left, 0))
        try:
            async with limit:
                self._limits.add(limit)
                return await step
        except TimeoutError:
            if limit in self._ended:
                raise EngineDown(self.name, self._why) from None
            raise DeadlinePassed(self.name) from None
        except (RuntimeDied, CallRefused, CallFailed) as exc:
            raise self._told(exc) from None
        finally:
            self._limits.discard(limit)
            self._ended.discard(limit)

    def _told(self, exc: Exception) -> EngineError:
        if isinstance(exc, CallRefused):
            return RequestRefused(self.name, str(exc))
        return EngineDown(self.name, "died" if isinstance(exc, RuntimeDied) else str(exc))

    async def _let_go(self) -> None:
        """End what runs, then stop the processes of the runtime, if there is one."""
        now = asyncio.get_running_loop().time()
        for limit in self._limits:
            if not limit.expired():  # it ends by its own deadline in this very moment
                self._ended.add(limit)
                limit.reschedule(now)
        runtime, self._runtime = self._runtime, None
        if runtime is not None:
            await asyncio.wrap_future(self._thread.submit(runtime.shut_down))

    async def _bring_up(self) -> None:
        launching = self._thread.submit(self._launch)
        try:
            runtime = await asyncio.wrap_future(launching)
        except asyncio.CancelledError:
            # A launch cannot be stopped half-way: what it made is shut down when it ends.
            launching.add_done_callback(_shut_down)
            raise
        try:
            await self._compile(runtime)
        except BaseException:
            await asyncio.shield(asyncio.wrap_future(self._thread.submit(runtime.shut_down)))
            raise
        self._runtime = runtime
        self._why = "died and is being started again"  # if ever: told from its death on

    async def _compile(self, runtime: Runtime) -> None:
        """The first use of a schema costs up to a second: pay it before traffic comes."""
        rendered = await runtime.render(WARM_TEXT)
        terms = Terms(deadline=self._clock())
        for answer in self._warm:
            call = _call(answer, Sampling(max_tokens=1), terms, stream=False)
            try:
                async for _ in runtime.generate(rendered, call):
                    pass
            except CallRefused as exc:
                raise CannotStart(f"the schema of {answer.__name__!r}: {exc}") from exc

    async def _watch(self) -> None:
        """Wait for death and start again, for as long as the engine stands."""
        while True:
            if self._runtime is not None:
                await self._runtime.ended()
            await self._let_go()
            await self._come_back()

    async def _come_back(self) -> None:
        """Launch until it works, with pauses that grow."""
        pause = FIRST_PAUSE
        while self._runtime is None:
            try:
                await self._bring_up()
                self.restarts += 1
            except (CannotStart, RuntimeDied, CallRefused, CallFailed):
                await asyncio.sleep(pause.total_seconds())
                pause = min(pause * 2, LONGEST_PAUSE)


class _Said:
    """What came of a call so far."""

    def __init__(self, rendered: Rendered) -> None:
        self.text = ""
        self._prompt = len(rendered.tokens)
        self._tokens = 0
        self._cached = 0

    def add(self, piece: Piece) -> None:
        self.text += piece.text
        self._tokens += piece.tokens
        self._cached = max(self._cached, piece.cached)

    @property
    def usage(self) -> Usage:
        return Usage(prompt=self._prompt, completion=self._tokens, cached=self._cached)


def _call(answer: type[BaseModel], sampling: Sampling, terms: Terms, *, stream: bool) -> Call:
    return Call(
        id=uuid.uuid4().hex,
        schema=schema_of(answer),
        sampling=sampling,
        priority=queue_place(terms),
        headers=trace_headers(terms),
        stream=stream,
    )


def _shut_down(launched: Future[Runtime]) -> None:
    if not launched.cancelled() and launched.exception() is None:
        launched.result().shut_down()
