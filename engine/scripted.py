"""A shipped fake: a local function plays the model. For tests, the demo's acts and benchmarks."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from engine.base import A, Completion, Prompt, Sampling, Terms, Usage, read_answer
from engine.errors import DeadlinePassed, EngineBusy, EngineDown

Script = Callable[[Prompt, Sampling], str]
"""Plays the model: JSON text for a prompt, or an `EngineError` raised."""


class ScriptedEngine:
    """Answers what the script says, after `seconds`, up to `places` calls at a time."""

    def __init__(
        self,
        script: Script,
        *,
        seconds: float = 0,
        places: int | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = "scripted"
        self._script = script
        self._seconds = seconds
        self._places = places
        self._clock = clock
        self._closed = asyncio.Event()
        self.in_flight = 0

    async def complete(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        """The script's answer; words are counted where a model counts tokens."""
        text = await self._say(prompt, sampling, terms)
        return Completion(
            answer=read_answer(self.name, text, answer),
            model=self.name,
            engine=self.name,
            usage=Usage(prompt=len(prompt.text.split()), completion=len(text.split())),
        )

    async def stream(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> AsyncIterator[str]:
        """The script's answer word by word."""
        text = await self._say(prompt, sampling, terms)
        for piece in re.findall(r"\s*\S+\s*", text):
            yield piece
        read_answer(self.name, text, answer)

    async def health(self) -> str | None:
        return "is closed" if self._closed.is_set() else None

    async def close(self) -> None:
        self._closed.set()

    async def _say(self, prompt: Prompt, sampling: Sampling, terms: Terms) -> str:
        if self._places is not None and self.in_flight >= self._places:
            raise EngineBusy(self.name)
        self.in_flight += 1
        try:
            await self._think(terms.deadline)
            return self._script(prompt, sampling)
        finally:
            self.in_flight -= 1

    async def _think(self, deadline: datetime) -> None:
        """Take the time a model takes, as far as the deadline allows."""
        left = (deadline - self._clock()).total_seconds()
        if not self._closed.is_set() and min(left, self._seconds) > 0:
            try:
                async with asyncio.timeout(min(left, self._seconds)):
                    await self._closed.wait()
            except TimeoutError:
                pass  # the time is over, and nobody closed the engine meanwhile
        if self._closed.is_set():
            raise EngineDown(self.name, "is closed")
        if left <= 0 or left < self._seconds:
            raise DeadlinePassed(self.name)
