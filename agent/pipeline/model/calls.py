"""One call of a model: checkpointed, bounded in time and tries, its answer refused by code.

A step asks at most twice: again with another seed where the answer had no shape, again with what
was wrong behind the prompt where it said what it may not. What a crash interrupted is not paid
for twice: an answer is kept under (event, step, hash of everything that shapes it).
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Generic

from pydantic import BaseModel, ConfigDict, ValidationError

from agent import observe
from agent.domain.ticket import Ticket
from agent.pipeline.model.errors import AnswerRefused
from agent.pipeline.model.prompts import Prompted
from agent.pipeline.ports import Checkpoints, Clock, ModelCall, Run
from engine.base import A, Completion, Engine, Prompt, Sampling, Terms, Usage
from engine.errors import BadAnswer, DeadlinePassed

TRIES: Final = 2
_GRACE_S: Final = (
    0.5  #: an engine gives up at the deadline by itself; this is for one that does not
)
_SEEDS: Final = 2**31

Faults = Callable[[Any], Sequence[str]]
"""What is wrong with an answer that has the right shape, each in words that a model can act on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[A]):
    """What is asked of a model."""

    name: str
    prompt: Prompted
    answer: type[A]
    max_tokens: int
    share: float  #: of the time that is left until the attempt's deadline
    temperature: float = 0.3


class _Kept(BaseModel):
    """An answer as a checkpoint."""

    model_config = ConfigDict(extra="forbid")

    answer: dict[str, Any]
    engine: str
    model: str
    revision: str | None
    prompt_tokens: int
    completion_tokens: int
    cost: float


class Calls:
    """Asks an engine on behalf of one step of one ticket. Holds no state of a ticket."""

    def __init__(
        self, engine: Engine, *, clock: Clock, checkpoints: Checkpoints | None = None
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._checkpoints = checkpoints

    async def ask(self, step: Step[A], ticket: Ticket, run: Run, faults: Faults) -> A:
        """An answer without faults; raises `AnswerRefused` or what the engine raises."""
        asked, found, engine = step, ("",), self._engine.name
        until = self._until(step, run)
        for number in range(TRIES):
            try:
                done = await self._answer(asked, ticket, until, number)
            except BadAnswer:
                if number + 1 == TRIES:
                    raise
                continue
            run.calls.append(_call(step, done))
            engine = done.engine or engine
            found = tuple(faults(done.answer))
            if not found:
                return done.answer
            asked = replace(step, prompt=_told(step.prompt, found))
        raise AnswerRefused(step.name, engine, found)

    def _until(self, step: Step[A], run: Run) -> datetime:
        now = self._clock()
        return now + max(run.deadline - now, timedelta()) * step.share

    async def _answer(
        self, step: Step[A], ticket: Ticket, until: datetime, number: int
    ) -> Completion[A]:
        """The kept answer, or the engine's, kept from now on."""
        digest = input_hash(step, number)
        event = ticket.events[-1] if ticket.events else None
        if self._checkpoints is not None and event is not None:
            kept = _read(await self._checkpoints.get(event, step.name, digest), step.answer)
            if kept is not None:
                return kept
        done = await self._complete(step, ticket, until, int(digest[:8], 16) % _SEEDS)
        if self._checkpoints is not None and event is not None:
            await self._checkpoints.put(event, step.name, digest, _written(done))
        return done

    async def _complete(
        self, step: Step[A], ticket: Ticket, until: datetime, seed: int
    ) -> Completion[A]:
        left = (until - self._clock()).total_seconds()
        traceparent = observe.current_traceparent()
        terms = Terms(
            deadline=until,
            priority=int(until.timestamp()),
            desk=ticket.desk,
            headers={"traceparent": traceparent} if traceparent else {},
        )
        sampling = Sampling(temperature=step.temperature, max_tokens=step.max_tokens, seed=seed)
        try:
            async with asyncio.timeout(max(left, 0) + _GRACE_S):
                return await self._engine.complete(
                    Prompt(text=step.prompt.text), step.answer, sampling=sampling, terms=terms
                )
        except TimeoutError as exc:
            raise DeadlinePassed(self._engine.name) from exc


def input_hash(step: Step[A], number: int) -> str:
    """Of all that shapes an answer: prompt, its file's version, schema, sampling, which try."""
    sampled = f"{step.temperature}/{step.max_tokens}"
    parts = (step.prompt.label, step.prompt.text, _shape(step.answer), sampled)
    digest = hashlib.sha256(str(number).encode())
    for part in parts:
        digest.update(b"\0" + part.encode("utf-8", "replace"))
    return digest.hexdigest()


@lru_cache(maxsize=256)
def _shape(answer: type[BaseModel]) -> str:
    return json.dumps(answer.model_json_schema(), sort_keys=True)


def _told(prompt: Prompted, faults: Sequence[str]) -> Prompted:
    """The same prompt with what was wrong behind it, so that its front stays cached."""
    listed = "\n".join(f"- {fault}" for fault in dict.fromkeys(faults))
    text = f"{prompt.text}\nYour last answer was refused:\n{listed}\nAnswer again.\n"
    return replace(prompt, text=text)


def _call(step: Step[A], done: Completion[A]) -> ModelCall:
    return ModelCall(
        step=step.name,
        engine=done.engine,
        model=done.model,
        revision=done.revision,
        prompt=step.prompt.label,
        prompt_tokens=done.usage.prompt,
        completion_tokens=done.usage.completion,
        cost=done.cost,
    )


def _written(done: Completion[A]) -> dict[str, Any]:
    kept = _Kept(
        answer=done.answer.model_dump(mode="json"),
        engine=done.engine,
        model=done.model,
        revision=done.revision,
        prompt_tokens=done.usage.prompt,
        completion_tokens=done.usage.completion,
        cost=done.cost,
    )
    return kept.model_dump(mode="json")


def _read(value: Any, answer: type[A]) -> Completion[A] | None:
    """None for what is not there, or was written by another version of us."""
    if value is None:
        return None
    try:
        kept = _Kept.model_validate(value)
        return Completion(
            answer=answer.model_validate(kept.answer),
            engine=kept.engine,
            model=kept.model,
            revision=kept.revision,
            usage=Usage(prompt=kept.prompt_tokens, completion=kept.completion_tokens),
            cost=kept.cost,
        )
    except ValidationError:
        return None
