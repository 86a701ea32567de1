"""The shapes that models answer in. Each is constant, or constant for a desk: a compiled grammar,
or a prompt's cache, serves all tickets.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, create_model

from agent.domain.desk import Desk
from agent.domain.triage import Priority, Sentiment

EVIDENCE_AT_MOST: Final = 24
QUESTIONS_AT_MOST: Final = 25
EvidenceKey = Literal[
    "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10", "E11", "E12",
    "E13", "E14", "E15", "E16", "E17", "E18", "E19", "E20", "E21", "E22", "E23", "E24",
]  # fmt: skip
Number = Annotated[int, Field(ge=1, le=QUESTIONS_AT_MOST)]
Line = Annotated[str, Field(max_length=300)]


class Shape(BaseModel):
    """Every key is known and none may be missing: what strict structured output asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sure(StrEnum):
    """How sure a model says it is; `combine` knows how often each is right."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


class Searched(Shape):
    question: Number
    queries: Annotated[list[Line], Field(max_length=4)]


class Missed(Shape):
    question: Line
    queries: Annotated[list[Line], Field(max_length=4)]


class TriageAnswer(Shape):
    """What a model makes of a ticket; `triage_answer` narrows the categories to a desk's."""

    reasons: Annotated[str, Field(max_length=600)]
    category: str
    or_else: str
    sure: Sure
    priority: Priority
    sentiment: Sentiment
    lookup: bool
    order_ids: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=12)]
    actions: Annotated[list[Line], Field(max_length=8)]
    questions: Annotated[list[Searched], Field(max_length=QUESTIONS_AT_MOST)]
    missed: Annotated[list[Missed], Field(max_length=6)]


class Said(Shape):
    question: Number
    evidence: Annotated[list[EvidenceKey], Field(max_length=6)]
    text: Annotated[str, Field(max_length=1_000)]


class Needs(StrEnum):
    ORDER_NUMBER = "order-number"
    DETAIL = "detail"
    PERSON = "person"


class Open(Shape):
    question: Number
    needs: Needs


class ReplyAnswer(Shape):
    """A reply's facts, each with its evidence, and the questions that stay open."""

    opening: Annotated[str, Field(max_length=400)]
    sentences: Annotated[list[Said], Field(max_length=40)]
    open: Annotated[list[Open], Field(max_length=QUESTIONS_AT_MOST)]


class SummaryAnswer(Shape):
    points: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=16)]


class Support(StrEnum):
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_SAID = "not-said"


class JudgeAnswer(Shape):
    quote: Annotated[str, Field(max_length=1_000)]
    reasons: Annotated[str, Field(max_length=600)]
    verdict: Support


class Enough(Shape):
    do: Literal["answer"]


class StepAnswer(Shape):
    """The next step of the tool loop; `step_answer` gives `next` its union of calls."""

    why: Line
    next: Any


def triage_answer(desk: Desk) -> type[TriageAnswer]:
    """The triage of this desk's categories."""
    return _triage_answer(tuple(category.id for category in desk.categories))


def step_answer(tools: Sequence[tuple[str, type[BaseModel]]]) -> type[StepAnswer]:
    """ "call NAME with its arguments" for each tool, or "answer": the same for every engine."""
    return _step_answer(tuple(tools))


def shapes(desk: Desk, tools: Sequence[tuple[str, type[BaseModel]]]) -> tuple[type[Shape], ...]:
    """Every shape that a desk's tickets are answered in, for an engine to warm up."""
    return (triage_answer(desk), step_answer(tools), ReplyAnswer, SummaryAnswer, JudgeAnswer)


@lru_cache(maxsize=256)
def _step_answer(tools: tuple[tuple[str, type[BaseModel]], ...]) -> type[StepAnswer]:
    calls = [
        create_model(
            f"Call_{name}",
            __base__=Shape,
            do=(cast(Any, Literal[f"call {name}"]), ...),
            arguments=(arguments, ...),
        )
        for name, arguments in tools
    ]
    union: Any = Enough
    for call in calls:
        union = union | call
    step = Annotated[union, Field(discriminator="do")] if calls else Enough
    return create_model("StepAnswer", __base__=StepAnswer, next=(cast(Any, step), ...))


@lru_cache(maxsize=256)
def _triage_answer(categories: tuple[str, ...]) -> type[TriageAnswer]:
    one: Any = Literal[categories]
    return create_model(
        "TriageAnswer", __base__=TriageAnswer, category=(one, ...), or_else=(one, ...)
    )
