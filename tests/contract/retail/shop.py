"""The tools of tau2-bench's retail desk on our Tool API, over its tables in memory."""

import ast
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from tools.base import Effect, Scalar, Scope
from tools.errors import ToolFailed
from tools.functions import FunctionTool, tool

Table = dict[str, dict[str, Any]]
Data = Mapping[str, Scalar]


class Shop:
    """The tables; what a task changes is changed in a copy of its own."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.products = tables["products"]
        self._orders, self._users = tables["orders"], tables["users"]
        self.orders: Table = {}  #: changed or read for changing
        self.users: Table = {}
        self.effects: dict[str, Data] = {}

    def order(self, order_id: str, scope: Scope) -> dict[str, Any]:
        """The requester's own; another's is not there."""
        found = self.orders.get(order_id) or self._orders.get(order_id)
        if found is None or found["user_id"] != scope.requester:
            raise ToolFailed("order", "not-found", f"the requester has no order {order_id!r}")
        return self.orders.setdefault(order_id, deepcopy(found))

    def user(self, scope: Scope) -> dict[str, Any]:
        found = self.users.get(scope.requester) or self._users.get(scope.requester)
        if found is None:
            raise ToolFailed("user", "not-found", "the requester is not known")
        return self.users.setdefault(scope.requester, deepcopy(found))

    def pending(self, order_id: str, scope: Scope) -> dict[str, Any]:
        return self._in_status("pending", order_id, scope)

    def delivered(self, order_id: str, scope: Scope) -> dict[str, Any]:
        return self._in_status("delivered", order_id, scope)

    def _in_status(self, status: str, order_id: str, scope: Scope) -> dict[str, Any]:
        order = self.order(order_id, scope)
        if order["status"] != status:
            raise ToolFailed("order", "refused", f"order {order_id!r} is not {status}")
        return order

    def method(self, method_id: str, scope: Scope) -> dict[str, Any]:
        """One of the requester's own ways to pay."""
        methods = self.user(scope)["payment_methods"]
        if method_id not in methods:
            raise ToolFailed("payment", "not-found", f"the requester has no {method_id!r}")
        return methods[method_id]

    def move_money(self, method_id: str, amount: float, scope: Scope) -> None:
        """Onto a gift card, or off it; other ways to pay keep no balance here."""
        method = self.method(method_id, scope)
        if method["source"] == "gift_card":
            if method["balance"] + amount < 0:
                raise ToolFailed("payment", "refused", "the gift card does not hold enough")
            method["balance"] = round(method["balance"] + amount, 2)

    def variant(self, product: str, item: str) -> dict[str, Any]:
        found = self.products[product]["variants"].get(item)
        if found is None or not found["available"]:
            raise ToolFailed("item", "refused", f"item {item!r} is not available")
        return found

    def once(self, key: str, does: Callable[[], None], told: Data) -> Data:
        if key not in self.effects:
            does()
            self.effects[key] = told
        return self.effects[key]

    async def own(self, *, scope: Scope, order_id: str, **_: Any) -> Data:
        """What a side effect on an order begins with: it is the requester's."""
        return {"state": "requested", "order_id": self.order(order_id, scope)["order_id"]}

    async def done(self, key: str) -> Data | None:
        return self.effects.get(key)


def tools_of(shop: Shop) -> list[FunctionTool]:
    """Every tool of the desk. Who the requester is, no argument says."""
    return [*_lookups(shop), *_orders(shop), *_items(shop)]


def _lookups(shop: Shop) -> Iterator[FunctionTool]:
    @tool
    async def find_user_id_by_email(email: str, *, scope: Scope) -> Data:
        """Whether the requester is the one with this address."""
        return _is_me(shop.user(scope)["email"].lower() == email.lower(), scope)

    @tool
    async def find_user_id_by_name_zip(
        first_name: str, last_name: str, zip: str, *, scope: Scope
    ) -> Data:
        """Whether the requester is the one of this name and place."""
        user = shop.user(scope)
        name = {k: v.lower() for k, v in user["name"].items()}
        given = {"first_name": first_name.lower(), "last_name": last_name.lower()}
        return _is_me((name, user["address"]["zip"]) == (given, zip), scope)

    @tool
    async def get_user_details(*, scope: Scope) -> Data:
        """The requester's own profile."""
        user = shop.user(scope)
        return {"user_id": user["user_id"], "email": user["email"], "orders": len(user["orders"])}

    @tool
    async def get_order_details(order_id: str, *, scope: Scope) -> Data:
        """The requester's own order."""
        order = shop.order(order_id, scope)
        return {"order_id": order_id, "status": order["status"], "items": len(order["items"])}

    @tool(personal=False)
    async def get_product_details(product_id: str) -> Data:
        """A product and how many variants it has."""
        product = shop.products.get(product_id)
        if product is None:
            raise ToolFailed("product", "not-found", f"no product {product_id!r}")
        return {"name": product["name"], "variants": len(product["variants"])}

    @tool(personal=False)
    async def get_item_details(item_id: str) -> Data:
        """One variant: its price, and whether it is there."""
        for product in shop.products.values():
            if found := product["variants"].get(item_id):
                return {"price": found["price"], "available": found["available"]}
        raise ToolFailed("item", "not-found", f"no item {item_id!r}")

    @tool(personal=False)
    async def calculate(expression: str) -> Data:
        """A sum."""
        return {"result": f"{_value(ast.parse(expression, mode='eval').body):.2f}"}

    @tool(personal=False)
    async def transfer_to_human_agents(summary: str) -> Data:
        """Hand over to a person."""
        return {"state": "handed over"}

    yield from (find_user_id_by_email, find_user_id_by_name_zip, get_user_details)
    yield from (get_order_details, get_product_details, get_item_details)
    yield from (calculate, transfer_to_human_agents)


def _is_me(holds: bool, scope: Scope) -> Data:
    if not holds:
        raise ToolFailed("user", "not-found", "the requester is somebody else")
    return {"user_id": scope.requester}


_SIGNS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return _SIGNS[type(node.op)](_value(node.left), _value(node.right))
    raise ToolFailed("calculate", "refused", "only + - * / of numbers")


def _orders(shop: Shop) -> Iterator[FunctionTool]:
    @tool(effect=Effect.WRITE, prepare=shop.own, done=shop.done)
    async def cancel_pending_order(order_id: str, reason: str, *, scope: Scope, key: str) -> Data:
        """Cancel an order that is pending, and give back what was paid."""

        def does() -> None:
            order = shop.pending(order_id, scope)
            if reason not in ("no longer needed", "ordered by mistake"):
                raise ToolFailed("order", "refused", "no reason to cancel")
            back: list[dict[str, Any]] = [
                {**p, "transaction_type": "refund"}
                for p in order["payment_history"]
                if p["transaction_type"] == "payment"
            ]
            for payment in back:
                shop.move_money(payment["payment_method_id"], payment["amount"], scope)
            order["payment_history"] += back
            order |= {"status": "cancelled", "cancel_reason": reason}

        return shop.once(key, does, {"state": "done", "order_id": order_id})

    @tool(effect=Effect.WRITE, prepare=shop.own, done=shop.done)
    async def modify_pending_order_address(
        order_id: str,
        address1: str,
        address2: str,
        city: str,
        state: str,
        country: str,
        zip: str,
        *,
        scope: Scope,
        key: str,
    ) -> Data:
        """Send a pending order elsewhere."""
        address = _address(address1, address2, city, state, country, zip)

        def does() -> None:
            order = shop.order(order_id, scope)
            if "pending" not in order["status"]:
                raise ToolFailed("order", "refused", f"order {order_id!r} is not pending")
            order["address"] = address

        return shop.once(key, does, {"state": "done", "order_id": order_id})

    @tool(effect=Effect.WRITE, prepare=shop.own, done=shop.done)
    async def modify_pending_order_payment(
        order_id: str, payment_method_id: str, *, scope: Scope, key: str
    ) -> Data:
        """Pay a pending order in another way."""

        def does() -> None:
            order = shop.pending(order_id, scope)
            (paid,) = order["payment_history"]
            if paid["payment_method_id"] == payment_method_id:
                raise ToolFailed("payment", "refused", "it is paid so already")
            shop.move_money(payment_method_id, -paid["amount"], scope)
            shop.move_money(paid["payment_method_id"], paid["amount"], scope)
            order["payment_history"] += [
                {**paid, "payment_method_id": payment_method_id},
                {**paid, "transaction_type": "refund"},
            ]

        return shop.once(key, does, {"state": "done", "order_id": order_id})

    @tool(effect=Effect.WRITE, done=shop.done)
    async def modify_user_address(
        address1: str,
        address2: str,
        city: str,
        state: str,
        country: str,
        zip: str,
        *,
        scope: Scope,
        key: str,
    ) -> Data:
        """Change the requester's own address."""
        address = _address(address1, address2, city, state, country, zip)

        def does() -> None:
            shop.user(scope)["address"] = address

        return shop.once(key, does, {"state": "done"})

    yield from (cancel_pending_order, modify_pending_order_address)
    yield from (modify_pending_order_payment, modify_user_address)


def _address(*parts: str) -> dict[str, str]:
    names = ("address1", "address2", "city", "state", "country", "zip")
    return dict(zip(names, parts, strict=True))


def _items(shop: Shop) -> Iterator[FunctionTool]:
    @tool(effect=Effect.WRITE, prepare=shop.own, done=shop.done)
    async def modify_pending_order_items(
        order_id: str,
        item_ids: list[str],
        new_item_ids: list[str],
        payment_method_id: str,
        *,
        scope: Scope,
        key: str,
    ) -> Data:
        """Other variants in a pending order, the difference paid or given back."""

        def does() -> None:
            order = shop.pending(order_id, scope)
            pairs = _pairs(shop, order, item_ids, new_item_ids)
            difference = round(sum(new["price"] - old["price"] for old, new in pairs), 2)
            shop.move_money(payment_method_id, -difference, scope)
            kind = "payment" if difference > 0 else "refund"
            order["payment_history"].append(
                {
                    "transaction_type": kind,
                    "amount": abs(difference),
                    "payment_method_id": payment_method_id,
                }
            )
            for old, new in pairs:
                old |= {name: new[name] for name in ("item_id", "price", "options")}
            order["status"] = "pending (item modified)"

        return shop.once(key, does, {"state": "done", "order_id": order_id})

    @tool(effect=Effect.WRITE, prepare=shop.own, done=shop.done)
    async def return_delivered_order_items(
        order_id: str, item_ids: list[str], payment_method_id: str, *, scope: Scope, key: str
    ) -> Data:
        """Take articles of a delivered order back."""

        def does() -> None:
            order = shop.delivered(order_id, scope)
            _chosen(order, item_ids)
            paid = order["payment_history"][0]["payment_method_id"]
            card = shop.method(payment_method_id, scope)["source"] == "gift_card"
            if payment_method_id != paid and not card:
                raise ToolFailed("payment", "refused", "only as it was paid, or to a gift card")
            order |= {
                "status": "return requested",
                "return_items": sorted(item_ids),
                "return_payment_method_id": payment_method_id,
            }

        return shop.once(key, does, {"state": "done", "order_id": order_id})

    @tool(effect=Effect.WRITE, prepare=shop.own, done=shop.done)
    async def exchange_delivered_order_items(
        order_id: str,
        item_ids: list[str],
        new_item_ids: list[str],
        payment_method_id: str,
        *,
        scope: Scope,
        key: str,
    ) -> Data:
        """Other variants for articles of a delivered order."""

        def does() -> None:
            order = shop.delivered(order_id, scope)
            pairs = _pairs(shop, order, item_ids, new_item_ids)
            difference = round(sum(new["price"] - old["price"] for old, new in pairs), 2)
            method = shop.method(payment_method_id, scope)
            if method["source"] == "gift_card" and method["balance"] < difference:
                raise ToolFailed("payment", "refused", "the gift card does not hold enough")
            order |= {
                "status": "exchange requested",
                "exchange_items": sorted(item_ids),
                "exchange_new_items": sorted(new_item_ids),
                "exchange_payment_method_id": payment_method_id,
                "exchange_price_difference": difference,
            }

        return shop.once(key, does, {"state": "done", "order_id": order_id})

    yield from (modify_pending_order_items, return_delivered_order_items)
    yield exchange_delivered_order_items


def _chosen(order: dict[str, Any], item_ids: list[str]) -> list[dict[str, Any]]:
    """The order's own articles with these numbers, each once."""
    left = list(order["items"])
    chosen: list[dict[str, Any]] = []
    for item_id in item_ids:
        found = next((item for item in left if item["item_id"] == item_id), None)
        if found is None:
            raise ToolFailed("item", "not-found", f"the order has no item {item_id!r}")
        left.remove(found)
        chosen.append(found)
    return chosen


def _pairs(
    shop: Shop, order: dict[str, Any], item_ids: list[str], new_item_ids: list[str]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    if len(item_ids) != len(new_item_ids):
        raise ToolFailed("item", "refused", "each item is exchanged for one")
    chosen = _chosen(order, item_ids)
    return [
        (old, shop.variant(old["product_id"], new))
        for old, new in zip(chosen, new_item_ids, strict=True)
    ]
