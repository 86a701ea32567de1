"""What every engine promises; `tests/contract/test_engines.py` holds each of them to it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from engine.errors import BadAnswer

A = TypeVar("A", bound=BaseModel)
"""The shape of an answer. Its JSON schema is what the model is held to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One user message, stable text first, so that a prefix cache holds."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    temperature: float = 0.3
    max_tokens: int = 512
    seed: int | None = None  #: the same prompt and seed give the same answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a call runs; an engine without a queue of its own ignores the priority."""

    deadline: datetime  #: UTC; no answer before it is `DeadlinePassed`
    priority: int = 0  #: lower goes first where calls queue
    desk: str = ""  #: whose budget pays
    headers: Mapping[str, str] = field(default_factory=dict[str, str])  #: W3C trace context


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call."""

    prompt: int
    completion: int
    cached: int = 0  #: of the prompt's, how many were not computed again

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt=self.prompt + other.prompt,
            completion=self.completion + other.completion,
            cached=self.cached + other.cached,
        )


NOTHING = Usage(prompt=0, completion=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion(Generic[A]):
    """An answer of the shape that was asked for, and what made it."""

    answer: A
    model: str
    usage: Usage
    revision: str | None = None  #: of the model's weights, where it is known
    engine: str = ""  #: name of the engine that answered; of a chain, the one of its engines
    cost: float = 0.0  #: in the price table's currency, with what failed tries cost before it


class Engine(Protocol):
    """A language model. Calls run side by side; cancelling one gives its place back at once."""

    @property
    def name(self) -> str: ...

    async def complete(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        """An answer that fits `answer`'s schema, before the deadline; else an `EngineError`."""
        ...

    def stream(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> AsyncIterator[str]:
        """The same answer as JSON text, piece by piece; checked against the schema at its end.

        Leaving the loop early gives the call's place back.
        """
        ...

    async def health(self) -> str | None:
        """None while the engine can take a call, else why not; asks no model."""
        ...

    async def close(self) -> None:
        """Let go of what the engine holds; running calls end with `EngineDown`."""
        ...


def assumed_usage(prompt: Prompt, sampling: Sampling) -> Usage:
    """What a call is taken to have used when nobody says: a token for three bytes, a full answer.

    Much more than European text needs, so that what was not told is not spent twice.
    """
    return Usage(prompt=len(prompt.text.encode()) // 3 + 1, completion=sampling.max_tokens)


def read_answer(engine: str, text: str, answer: type[A]) -> A:
    """A model's text as the shape that was asked for; raises `BadAnswer`."""
    try:
        return answer.model_validate_json(text)
    except ValidationError as exc:
        faults = exc.errors(include_url=False, include_context=False, include_input=False)
        places = (".".join(str(part) for part in fault["loc"]) for fault in faults)
        # Not `from exc`: its message quotes the answer.
        raise BadAnswer(engine, tuple(dict.fromkeys(filter(None, places)))) from None
