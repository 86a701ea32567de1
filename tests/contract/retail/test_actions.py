"""tau2-bench's retail tasks: every expected action, through registry, scope and approval.

The tables must end as each action says, and nothing else may have changed.
"""

import gzip
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from agent.approvals import Approvals, Executor
from agent.domain.draft import Proposal
from agent.store import Store
from agent.store.records import Settled, Settlement
from tests.contract.retail.shop import Shop, tools_of
from tests.contract.store.asking import ANNA, asking
from tests.contract.store.values import NOW, Desk
from tools.base import Effect, Scope, Warrant
from tools.errors import NeedsApproval, RetryCall, ToolFailed
from tools.registry import Registry
from tools.values import arguments_digest

pytestmark = pytest.mark.contract
SHARED = Path(os.environ.get("CITEDESK_SHARED_DATA") or Path(__file__).parents[4] / "shared/data")
FOLDER = SHARED / "tau2-bench"
needs_data = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="tau2-bench is not here: set CITEDESK_SHARED_DATA"
)
Action = Mapping[str, Any]


@cache
def tables() -> Mapping[str, Any]:
    return json.loads(gzip.decompress((FOLDER / "retail.db.json.gz").read_bytes()))


@cache
def tasks() -> Sequence[Mapping[str, Any]]:
    return json.loads(gzip.decompress((FOLDER / "retail.tasks.json.gz").read_bytes()))


def actions(task: Mapping[str, Any]) -> Sequence[Action]:
    return task["evaluation_criteria"]["actions"] or []


def requester_of(task: Mapping[str, Any]) -> str:
    """Whom intake would name: the account that the task's own actions identify."""
    named = (name for action in actions(task) for name in _accounts(action))
    return next(named, next(iter(tables()["users"])))


def _accounts(action: Action) -> list[str]:
    """The accounts that an action's arguments point to; none for a wrong address or name."""
    given, users = action["arguments"], tables()["users"]
    if action["name"] == "find_user_id_by_email":
        return [name for name, u in users.items() if u["email"].lower() == given["email"].lower()]
    if action["name"] == "find_user_id_by_name_zip":
        return [name for name, user in users.items() if _named(user, given)]
    if "order_id" in given:
        order = tables()["orders"].get(given["order_id"])
        return [str(order["user_id"])] if order else []
    return [str(given["user_id"])] if "user_id" in given else []


def _named(user: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    name = (user["name"]["first_name"].lower(), user["name"]["last_name"].lower())
    asked = (given["first_name"].lower(), given["last_name"].lower())
    return (name, user["address"]["zip"]) == (asked, given["zip"])


def arguments_of(action: Action) -> dict[str, Any]:
    """Without the user, whom no argument names here."""
    return {name: value for name, value in action["arguments"].items() if name != "user_id"}


@dataclass(slots=True)
class Case:
    """One task: its customer, its shop, and what it wants done."""

    name: str
    wanted: list[Action]
    shop: Shop
    scope: Scope
    registry: Registry
    proposals: list[Proposal]
    refused: list[Action] = field(default_factory=list[Action])


@needs_data
@pytest.mark.timeout(300)
async def test_all_expected_actions_of_all_tasks_end_in_the_expected_tables(store: Store) -> None:
    cases = [await _asked(task) for task in tasks()]
    asking_cases = {f"task-{case.name}": case for case in cases if case.proposals}
    desk = Desk(store)
    await desk.queue(*asking_cases)
    settlements = [
        asking(lease, *case.proposals, requester=case.scope.requester)
        for lease in await desk.lease(limit=200)
        for case in [asking_cases[lease.conversation]]
    ]
    assert set(await desk.settle(*settlements)) == {Settled.DONE}
    for settlement in settlements:
        await _approved(settlement, asking_cases[settlement.lease.conversation], store)
    for case in cases:
        _check(case.shop, case.wanted, case.scope)
    refused = [action for case in cases for action in case.refused]
    assert [_impossible(action) for action in refused] == ["not delivered", "too little money"]
    writes = sum(len(case.wanted) for case in cases) + len(refused)
    reads = sum(len(actions(task)) for task in tasks()) - writes
    assert (len(tasks()), reads, writes) == (114, 374, 176)


async def _asked(task: Mapping[str, Any]) -> Case:
    """Look up what the task looks up, and propose what it wants done."""
    shop = Shop(tables())
    scope = Scope(requester=requester_of(task), verified=True, desk="support")
    case = Case(
        name=task["id"],
        wanted=[],
        shop=shop,
        scope=scope,
        registry=Registry(tools_of(shop)),
        proposals=[],
    )
    for action in actions(task):
        if case.registry.get(action["name"]).effect is Effect.READ:
            await _looked_up(action, case.registry, scope)
        else:
            case.wanted.append(action)
            case.proposals.append(await _proposed(action, case.registry, scope))
    return case


async def _proposed(action: Action, registry: Registry, scope: Scope) -> Proposal:
    with pytest.raises(NeedsApproval):
        await registry.call(action["name"], arguments_of(action), scope)
    prepared = await registry.prepare(action["name"], arguments_of(action), scope)
    return Proposal(
        tool=action["name"],
        arguments=prepared.arguments,
        digest=arguments_digest(prepared.arguments),
        label=action["name"],
        reason="the customer confirmed it",
        asked=prepared.result,
    )


async def _approved(settlement: Settlement, case: Case, store: Store) -> None:
    """A person approves each, a worker carries each out, in order."""
    approvals = Approvals(store.approvals, clock=lambda: NOW)
    executor = Executor(approvals, case.registry, owner="w1", clock=lambda: NOW)
    for action, approval in zip(tuple(case.wanted), settlement.approvals, strict=True):
        digest = approval.proposal.digest
        approved = await approvals.decide(approval.id, "approved", approver=ANNA, digest=digest)
        done = await executor.carry_out(approved)
        assert done is not None, approval.proposal.tool
        if done.result is None:  # a task tries what its shop itself will not do
            assert done.failure == "refused"
            case.refused.append(action)
            case.wanted.remove(action)


def _impossible(action: Action) -> str:
    """Why the shop's own rules forbid an exchange, from the tables alone."""
    given = action["arguments"]
    order = tables()["orders"][given["order_id"]]
    methods = tables()["users"][order["user_id"]]["payment_methods"]
    if order["status"] != "delivered":
        return "not delivered"
    variants = {k: v for p in tables()["products"].values() for k, v in p["variants"].items()}
    prices = {item["item_id"]: item["price"] for item in order["items"]}
    dearer = sum(variants[i]["price"] for i in given["new_item_ids"]) - sum(
        prices[i] for i in given["item_ids"]
    )
    card = methods[given["payment_method_id"]]
    return "too little money" if card.get("balance", dearer) < dearer else "nothing forbids it"


async def _looked_up(action: Action, registry: Registry, scope: Scope) -> None:
    """A lookup; one that names nobody, as some tasks try first, is not found."""
    product = action["arguments"].get("product_id")
    nothing = product is not None and product not in tables()["products"]
    personal = registry.get(action["name"]).personal and action["arguments"]
    if nothing or (personal and scope.requester not in _accounts(action)):
        with pytest.raises(ToolFailed, match="not-found"):
            await registry.call(action["name"], arguments_of(action), scope)
        return
    await registry.call(action["name"], arguments_of(action), scope)


def _check(shop: Shop, wanted: Sequence[Action], scope: Scope) -> None:
    """The last word on each record is that of its actions; all other records are as they were."""
    touched = {a["arguments"]["order_id"] for a in wanted if "order_id" in a["arguments"]}
    for order_id, order in shop.orders.items():
        before = tables()["orders"][order_id]
        mine = [a for a in wanted if a["arguments"].get("order_id") == order_id]
        if order_id not in touched:
            assert order == before
        for action in mine:
            EXPECTED[action["name"]](order, before, action["arguments"])
    user_before: Mapping[str, Any] = tables()["users"][scope.requester]
    user: Mapping[str, Any] = shop.users.get(scope.requester) or user_before
    moved = [a["arguments"] for a in wanted if a["name"] == "modify_user_address"]
    assert user["address"] == (_address(moved[-1]) if moved else user_before["address"])
    assert user["email"] == user_before["email"]
    assert set(shop.users) <= {scope.requester}
    assert _held(user) == pytest.approx(_held(user_before) + _given_back(shop, user))


def _held(user: Mapping[str, Any]) -> float:
    cards = user["payment_methods"].values()
    return sum(card["balance"] for card in cards if card["source"] == "gift_card")


def _given_back(shop: Shop, user: Mapping[str, Any]) -> float:
    """What the orders' new transactions moved onto gift cards."""
    total = 0.0
    for order_id, order in shop.orders.items():
        old = len(tables()["orders"][order_id]["payment_history"])
        for payment in order["payment_history"][old:]:
            method = user["payment_methods"][payment["payment_method_id"]]
            if method["source"] == "gift_card":
                sign = 1 if payment["transaction_type"] == "refund" else -1
                total += sign * payment["amount"]
    return total


def _address(given: Mapping[str, Any]) -> dict[str, Any]:
    names = ("address1", "address2", "city", "state", "country", "zip")
    return {name: given[name] for name in names}


def _cancelled(order: Any, before: Any, given: Any) -> None:
    assert (order["status"], order["cancel_reason"]) == ("cancelled", given["reason"])
    paid = sum(p["amount"] for p in before["payment_history"])
    back = [p for p in order["payment_history"] if p["transaction_type"] == "refund"]
    assert sum(p["amount"] for p in back) == pytest.approx(paid)


def _sent_elsewhere(order: Any, before: Any, given: Any) -> None:
    assert order["address"] == _address(given)


def _paid_otherwise(order: Any, before: Any, given: Any) -> None:
    ways = [(p["transaction_type"], p["payment_method_id"]) for p in order["payment_history"]]
    paid = before["payment_history"][0]["payment_method_id"]
    assert ways[-2:] == [("payment", given["payment_method_id"]), ("refund", paid)]


def _other_items(order: Any, before: Any, given: Any) -> None:
    assert order["status"] == "pending (item modified)"
    now = sorted(item["item_id"] for item in order["items"])
    kept = [item["item_id"] for item in before["items"]]
    for item in given["item_ids"]:
        kept.remove(item)
    assert now == sorted([*kept, *given["new_item_ids"]])
    difference = sum(i["price"] for i in order["items"]) - sum(i["price"] for i in before["items"])
    last = order["payment_history"][-1]
    assert last["amount"] == pytest.approx(abs(difference))
    assert last["transaction_type"] == ("payment" if difference > 0 else "refund")
    assert last["payment_method_id"] == given["payment_method_id"]


def _taken_back(order: Any, before: Any, given: Any) -> None:
    assert order["status"] == "return requested"
    assert order["return_items"] == sorted(given["item_ids"])
    assert order["return_payment_method_id"] == given["payment_method_id"]
    assert order["items"] == before["items"]


def _exchanged(order: Any, before: Any, given: Any) -> None:
    assert order["status"] == "exchange requested"
    assert order["exchange_items"] == sorted(given["item_ids"])
    assert order["exchange_new_items"] == sorted(given["new_item_ids"])
    variants = {k: v for p in tables()["products"].values() for k, v in p["variants"].items()}
    prices = {item["item_id"]: item["price"] for item in before["items"]}
    difference = sum(variants[i]["price"] for i in given["new_item_ids"]) - sum(
        prices[i] for i in given["item_ids"]
    )
    assert order["exchange_price_difference"] == pytest.approx(difference)


EXPECTED: Mapping[str, Any] = {
    "cancel_pending_order": _cancelled,
    "modify_pending_order_address": _sent_elsewhere,
    "modify_pending_order_payment": _paid_otherwise,
    "modify_pending_order_items": _other_items,
    "return_delivered_order_items": _taken_back,
    "exchange_delivered_order_items": _exchanged,
}


@needs_data
@pytest.mark.timeout(300)
async def test_every_action_on_another_customers_order_is_refused_in_code() -> None:
    """Each expected action with an order, tried by a customer whose order it is not."""
    tried = 0
    for task in tasks():
        owner = requester_of(task)
        stranger = next(name for name in tables()["users"] if name != owner)
        shop = Shop(tables())
        registry = Registry(tools_of(shop))
        scope = Scope(requester=stranger, verified=True, desk="support")
        for action in (a for a in actions(task) if "order_id" in a["arguments"]):
            await _refused(action, registry, scope, owner)
            tried += 1
        assert (shop.orders, shop.effects) == ({}, {})
    assert tried == 333


async def _refused(action: Action, registry: Registry, scope: Scope, owner: str) -> None:
    name, given = action["name"], arguments_of(action)
    smuggled = {**given, "user_id": owner}
    with pytest.raises(RetryCall):
        await registry.call(name, smuggled, scope)
    if registry.get(name).effect is Effect.READ:
        with pytest.raises(ToolFailed):
            await registry.call(name, given, scope)
        return
    with pytest.raises(ToolFailed):
        await registry.prepare(name, given, scope)
    digest = arguments_digest(given)
    stolen = Warrant(tool=name, arguments=given, digest=digest, requester=owner, key="k")
    with pytest.raises(ToolFailed):
        await registry.execute(stolen, scope)
    with pytest.raises(ToolFailed):
        await registry.execute(replace(stolen, requester=scope.requester), scope)
