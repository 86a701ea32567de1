"""An OpenAI-compatible server as an engine."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from engine.base import (
    A,
    Completion,
    Prompt,
    Sampling,
    Terms,
    Usage,
    assumed_usage,
    read_answer,
)
from engine.endpoint.asking import Message, body, first_turn, repair_turn
from engine.endpoint.client import Client
from engine.endpoint.faults import Refusal, error_of
from engine.endpoint.reading import NotAReply, Reply, bare_json, read_reply
from engine.endpoint.values import Endpoint, Wire
from engine.errors import (
    BadAnswer,
    CutOff,
    DeadlinePassed,
    EngineDown,
    EngineError,
    PromptRefused,
)

T = TypeVar("T")
TURNS: Final = 2
"""Requests that one call may make: the question, and one repair."""
_CUT_OFF: Final = frozenset({"length", "model_length"})
_FILTERED: Final = frozenset({"content_filter"})


class EndpointEngine:
    """Speaks to one server. A bad answer is repaired once within the same call.

    The deadline holds from the first byte sent to the last one read, repair included.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        wire: Wire | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.endpoint = endpoint
        self.name = endpoint.name
        self._names = endpoint.names
        self._clock = clock
        self._wire = wire or Client(
            endpoint.base_url, endpoint.key, connect_seconds=endpoint.connect_seconds
        )
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def complete(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        """The server's answer; asks again once when it does not fit the schema."""
        try:
            return await self._until(terms.deadline, self._talk(prompt, answer, sampling, terms))
        except DeadlinePassed as late:
            if late.usage is None:  # it was sent, and may be charged
                late.usage = assumed_usage(prompt, sampling)
            raise

    async def stream(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> AsyncIterator[str]:
        """The server's answer as it comes; what has gone out cannot be repaired."""
        said: list[str] = []
        last = Reply()
        async with aclosing(self._pieces(prompt, answer, sampling, terms)) as pieces:
            while (piece := await self._until(terms.deadline, _next(pieces))) is not None:
                last = piece
                if piece.text:
                    said.append(piece.text)
                    yield piece.text
        self._answer(replace(last, text="".join(said)), answer)

    async def health(self) -> str | None:
        return "is closed" if self._closed else None

    async def close(self) -> None:
        self._closed = True
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._wire.close()

    async def _talk(
        self, prompt: Prompt, answer: type[A], sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        turn = first_turn(prompt, answer, self.endpoint.dialect)
        used = Usage(prompt=0, completion=0)
        for left in reversed(range(TURNS)):
            reply = await self._ask(turn, answer, sampling, terms)
            used += reply.usage or _guessed(turn, reply)
            try:
                return self._completion(reply, self._answer(reply, answer), used)
            except EngineError as wrong:
                wrong.usage = used
                if not left or not isinstance(wrong, BadAnswer):
                    raise
                turn = repair_turn(turn, reply.text, wrong)
        raise AssertionError("the last turn returns or raises")

    def _answer(self, reply: Reply, answer: type[A]) -> A:
        """The answer of a reply; raises what the reply says in its place."""
        if reply.refused or reply.finish in _FILTERED:
            why = "its content filter stopped the answer" if not reply.refused else "it refused"
            raise PromptRefused(self.name, why)
        if reply.finish == "error":
            raise EngineDown(self.name, "broke off its answer with an error")
        try:
            return read_answer(self.name, bare_json(reply.text), answer)
        except BadAnswer:
            if reply.finish in _CUT_OFF:
                raise CutOff(self.name) from None
            raise

    def _completion(self, reply: Reply, answer: A, used: Usage) -> Completion[A]:
        return Completion(
            answer=answer,
            model=reply.model or self.endpoint.model,
            revision=reply.fingerprint,
            engine=self.name,
            usage=used,
        )

    async def _ask(
        self, turn: Sequence[Message], answer: type[BaseModel], sampling: Sampling, terms: Terms
    ) -> Reply:
        said = await self._wire.post(self._body(turn, answer, sampling, terms))
        if isinstance(said, str):
            raise EngineDown(self.name, f"{self._names.address}: {said}")
        if said.status >= 300:
            raise self._error(said.status, said.headers, said.body)
        try:
            return read_reply(said.body, said.headers.get("content-type", ""))
        except NotAReply as exc:
            raise self._not_a_reply(exc, said.status, said.headers, said.body) from None

    async def _pieces(
        self, prompt: Prompt, answer: type[BaseModel], sampling: Sampling, terms: Terms
    ) -> AsyncGenerator[Reply]:
        turn = first_turn(prompt, answer, self.endpoint.dialect)
        request = self._body(turn, answer, sampling, terms)
        if self.endpoint.dialect.stream_usage:
            request["stream_options"] = {"include_usage": True}
        last = Reply()
        async with aclosing(self._wire.stream(request)) as events:
            async for event in events:
                if isinstance(event, str):
                    raise EngineDown(self.name, f"{self._names.address}: {event}")
                if event.status >= 300:
                    raise self._error(event.status, event.headers, event.body)
                try:
                    piece = read_reply(event.body, "application/json")
                except NotAReply as exc:
                    raise self._not_a_reply(exc, 200, event.headers, event.body) from None
                last = replace(piece, finish=piece.finish or last.finish)
                yield last

    def _body(
        self, turn: Sequence[Message], answer: type[BaseModel], sampling: Sampling, terms: Terms
    ) -> dict[str, Any]:
        endpoint = self.endpoint
        return body(
            endpoint.model,
            turn,
            answer,
            dialect=endpoint.dialect,
            sampling=sampling,
            terms=terms,
        )

    def _error(self, status: int, headers: dict[str, str], said: bytes) -> EngineError:
        text = said.decode("utf-8", "replace")[:20_000]
        return error_of(
            Refusal(status=status, headers=headers, body=text), self._names, self._clock()
        )

    def _not_a_reply(
        self, exc: NotAReply, status: int, headers: dict[str, str], said: bytes
    ) -> EngineError:
        if exc.error:
            return self._error(status, headers, said)
        return EngineDown(self.name, f"{self._names.address} {exc.what}")

    async def _until(self, deadline: datetime, call: Coroutine[Any, Any, T]) -> T:
        """Run the call; given up at the deadline, and with `EngineDown` when the engine closes."""
        left = (deadline - self._clock()).total_seconds()
        if self._closed or left <= 0:
            call.close()
            raise self._over(left)
        task = asyncio.ensure_future(call)
        self._running.add(task)
        try:
            async with asyncio.timeout(left):
                return await task
        except TimeoutError:
            raise DeadlinePassed(self.name) from None
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if self._closed and not (current and current.cancelling()):
                raise EngineDown(self.name, "is closed") from None
            raise
        finally:
            self._running.discard(task)

    def _over(self, left: float) -> EngineError:
        if self._closed:
            return EngineDown(self.name, "is closed")
        late = DeadlinePassed(self.name)
        late.usage = Usage(prompt=0, completion=0)
        return late


async def _next(pieces: AsyncIterator[Reply]) -> Reply | None:
    return await anext(pieces, None)


def _guessed(turn: Sequence[Message], reply: Reply) -> Usage:
    """For a server that does not count: a token for three bytes."""
    asked = sum(len(message["content"].encode()) for message in turn)
    return Usage(prompt=asked // 3 + 1, completion=len(reply.text.encode()) // 3 + 1)
