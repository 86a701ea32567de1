"""A function becomes a tool by one decorator: typed arguments, docstring, scope from code."""

from collections.abc import Mapping
from typing import Any

import pytest

from tools.base import Effect, Scalar, Scope, Warrant
from tools.errors import NeedsApproval, RetryCall, ToolFailed
from tools.functions import FunctionTool, NotATool, tool
from tools.registry import Registry
from tools.values import arguments_digest

ADA = Scope(requester="C-1", verified=True, desk="support")


@tool
async def parcel_weight(order_id: str, rounded: bool = False, *, scope: Scope) -> dict[str, Scalar]:
    """The weight of the requester's parcel, in grams.

    A second paragraph is for people who read code.
    """
    return {"order_id": order_id, "grams": 800 if rounded else 812, "of": scope.requester}


async def test_arguments_are_typed_and_the_docstring_describes_it() -> None:
    registry = Registry([parcel_weight])

    found = await registry.call("parcel_weight", {"order_id": "1", "rounded": "true"}, ADA)

    assert found.data == {"order_id": "1", "grams": 800, "of": "C-1"}
    assert parcel_weight.description == "The weight of the requester's parcel, in grams."
    with pytest.raises(RetryCall, match="order_id"):
        await registry.call("parcel_weight", {}, ADA)


@pytest.mark.parametrize("smuggled", ["scope", "key", "requester"])
async def test_whose_it_is_cannot_be_given_as_an_argument(smuggled: str) -> None:
    with pytest.raises(RetryCall, match=smuggled):
        await Registry([parcel_weight]).call(
            "parcel_weight", {"order_id": "1", smuggled: "C-2"}, ADA
        )


async def test_a_side_effect_is_prepared_and_runs_for_a_warrant_alone() -> None:
    done: dict[str, Mapping[str, Scalar]] = {}

    async def look_up(key: str) -> Mapping[str, Scalar] | None:
        return done.get(key)

    @tool(effect=Effect.WRITE, done=look_up)
    async def extend(order_id: str, days: int, *, scope: Scope, key: str) -> dict[str, Scalar]:
        """Give the requester more days."""
        return dict(done.setdefault(key, {"state": "done", "order_id": order_id, "days": days}))

    registry = Registry([extend])
    given: dict[str, Any] = {"order_id": "1", "days": "7"}
    with pytest.raises(NeedsApproval):
        await registry.call("extend", given, ADA)
    prepared = await registry.prepare("extend", given, ADA)
    warrant = Warrant(
        tool="extend",
        arguments=prepared.arguments,
        digest=arguments_digest(prepared.arguments),
        requester="C-1",
        key="k",
    )

    assert prepared.arguments == {"order_id": "1", "days": 7}
    assert done == {}
    assert (await registry.execute(warrant, ADA)).data["state"] == "done"
    assert await registry.done("extend", "k") is not None
    with pytest.raises(ToolFailed):
        await registry.execute(warrant, Scope(requester="C-2", verified=True, desk="support"))


async def undescribed(order_id: str) -> dict[str, Scalar]:
    return {"order_id": order_id}


async def anything(**given: str) -> dict[str, Scalar]:
    """Names no argument."""
    return dict(given)


def not_async(order_id: str) -> dict[str, Scalar]:
    """Would hold the event loop."""
    return {"order_id": order_id}


@pytest.mark.parametrize(
    ("function", "told"),
    [(undescribed, "docstring"), (anything, "takes anything"), (not_async, "async def")],
)
def test_what_cannot_be_a_tool_is_told_at_once(function: Any, told: str) -> None:
    with pytest.raises(NotATool, match=told):
        tool(function)


def test_a_side_effect_must_take_its_key_and_scope() -> None:
    with pytest.raises(NotATool, match="idempotency"):
        FunctionTool(parcel_weight._function, effect=Effect.WRITE)  # pyright: ignore[reportPrivateUsage] # the function itself
