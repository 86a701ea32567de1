"""The schema that is sent, in the form that strict providers take."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, cast

import jsonschema
import pytest
from pydantic import BaseModel, Field

from engine.schema import strict_schema


class Lane(StrEnum):
    FAST = "fast"
    SLOW = "slow"


class Part(BaseModel):
    """A nested model that is used twice."""

    text: str = Field(min_length=1)
    evidence: list[str] = Field(default_factory=list)


class Call(BaseModel):
    kind: Literal["call"]
    tool: str


class Done(BaseModel):
    kind: Literal["done"]


class Answer(BaseModel):
    title: str  # the names of properties are no keywords
    lane: Lane = Lane.SLOW
    first: Part
    rest: list[Part]
    note: str | None = None
    step: Annotated[Call | Done, Field(discriminator="kind")]


class Tree(BaseModel):
    name: str
    under: "tuple[Tree, ...]" = ()


GOOD: dict[str, Any] = {
    "title": "t",
    "lane": "fast",
    "first": {"text": "a", "evidence": ["E1"]},
    "rest": [],
    "note": None,
    "step": {"kind": "call", "tool": "order"},
}


def nodes(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield cast(dict[str, Any], schema)
        for value in cast(dict[str, Any], schema).values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in cast(list[Any], schema):
            yield from nodes(value)


def fits(answer: type[BaseModel], value: dict[str, Any]) -> bool:
    try:
        jsonschema.validate(value, dict(strict_schema(answer)))
    except jsonschema.ValidationError:
        return False
    return True


def test_every_object_is_closed_and_wants_all_its_fields() -> None:
    objects = [node for node in nodes(dict(strict_schema(Answer))) if "properties" in node]

    assert len(objects) == 5
    for node in objects:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])


def test_a_definition_stands_where_it_is_used() -> None:
    assert not [node for node in nodes(dict(strict_schema(Answer))) if "$ref" in node]
    assert "$defs" not in strict_schema(Answer)


def test_what_the_schema_takes_our_reader_takes_too() -> None:
    jsonschema.Draft202012Validator.check_schema(dict(strict_schema(Answer)))

    assert fits(Answer, GOOD)
    assert Answer.model_validate(GOOD).step == Call(kind="call", tool="order")


@pytest.mark.parametrize(
    "wrong",
    [
        {**GOOD, "more": 1},
        {key: value for key, value in GOOD.items() if key != "note"},
        {**GOOD, "lane": "middling"},
        {**GOOD, "first": {"text": "", "evidence": []}},
        {**GOOD, "step": {"kind": "jump"}},
    ],
)
def test_what_does_not_fit_is_told(wrong: dict[str, Any]) -> None:
    assert not fits(Answer, wrong)


def test_a_model_that_contains_itself_keeps_its_definition() -> None:
    leaf: dict[str, Any] = {"name": "b", "under": []}

    assert fits(Tree, {"name": "a", "under": [leaf]})
    assert not fits(Tree, {"name": "a", "under": [{"name": "b"}]})


def test_a_property_may_have_the_name_of_a_keyword() -> None:
    assert "title" in strict_schema(Answer)["properties"]


def test_the_same_class_gives_the_same_schema() -> None:
    assert strict_schema(Answer) is strict_schema(Answer)
    assert json.dumps(strict_schema(Answer)) == json.dumps(strict_schema(Answer))
