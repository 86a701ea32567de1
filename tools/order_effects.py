"""What can be done to an order: cancel it, refund it, send it elsewhere, send it again."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Protocol

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tools.base import Prepared, Scope, ToolResult
from tools.effects import REQUESTED, Ledger, SideEffect
from tools.errors import ToolFailed
from tools.orders import (
    Order,
    OrderArguments,
    OrderGateway,
    OrderItem,
    OrderStatus,
    ShipmentStatus,
    own_order,
)
from tools.refunds import RefundGateway, RefundStatus
from tools.values import Data, Money, money

#: Not handed to the carrier yet.
UNSENT = frozenset({OrderStatus.PLACED, OrderStatus.PACKED})
Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
Country = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")]


class OrderEffects(Ledger, Protocol):
    """The shop's back office. Each does its thing once a key, and gives what it did.

    Raises `ToolFailed` with the code `refused` when the order is not in a state for it any more.
    """

    async def cancel(self, order_id: str, key: str) -> Data: ...

    async def pay_back(self, order_id: str, amount: Money, key: str) -> Data: ...

    async def readdress(self, order_id: str, address: str, key: str) -> Data: ...

    async def send_again(self, order_id: str, skus: Sequence[str], key: str) -> Data: ...


class _OrderEffect(SideEffect):
    """An effect on the requester's own order."""

    def __init__(self, orders: OrderGateway, effects: OrderEffects) -> None:
        super().__init__(effects)
        self._orders = orders
        self._effects = effects

    async def _own(self, order_id: str, scope: Scope) -> Order:
        return await own_order(self._orders, self.name, order_id, scope)

    def _refuse(self, order: Order, why: str) -> ToolFailed:
        return ToolFailed(self.name, "refused", f"order {order.id!r} {why}")


class CancelArguments(OrderArguments):
    """Which order."""


class CancelOrderTool(_OrderEffect):
    name = "cancel_order"
    description = "Cancel the requester's order, while it is not handed to the carrier."
    arguments: type[BaseModel] = CancelArguments

    async def prepare(self, arguments: CancelArguments, scope: Scope) -> Prepared:
        order = await self._own(arguments.order_id, scope)
        if order.status not in UNSENT:
            raise self._refuse(order, f"is {order.status.value}, so it cannot be cancelled")
        data = {"state": REQUESTED, "order_id": order.id, "total": money(order.total)}
        return Prepared(arguments={"order_id": order.id}, result=self.told(data))

    async def execute(self, arguments: CancelArguments, scope: Scope, key: str) -> ToolResult:
        order = await self._own(arguments.order_id, scope)
        return self.told(await self._effects.cancel(order.id, key))


def _is_money(text: str) -> str:
    if Money.parse(text).amount <= 0:
        raise ValueError("must be more than nothing")
    return str(Money.parse(text))


class RefundArguments(OrderArguments):
    """Which order, and how much; by default all that was paid."""

    amount: Annotated[str, AfterValidator(_is_money)] | None = Field(
        None, description="such as `84.90 EUR`; default: the whole order"
    )


class RefundTool(_OrderEffect):
    name = "refund"
    description = "Pay money back for the requester's order that came back or was cancelled."
    arguments: type[BaseModel] = RefundArguments

    def __init__(self, orders: OrderGateway, refunds: RefundGateway, effects: OrderEffects) -> None:
        super().__init__(orders, effects)
        self._refunds = refunds

    async def prepare(self, arguments: RefundArguments, scope: Scope) -> Prepared:
        order, amount = await self._checked(arguments, scope)
        data = {
            "state": REQUESTED,
            "order_id": order.id,
            "amount": str(amount),
            "method": order.payment_method,
        }
        done = {"order_id": order.id, "amount": str(amount)}
        return Prepared(arguments=done, result=self.told(data))

    async def execute(self, arguments: RefundArguments, scope: Scope, key: str) -> ToolResult:
        order, amount = await self._within(arguments, scope)
        return self.told(await self._effects.pay_back(order.id, amount, key))

    async def _checked(self, arguments: RefundArguments, scope: Scope) -> tuple[Order, Money]:
        order, amount = await self._within(arguments, scope)
        refund = await self._refunds.refund(order.id)
        status = refund.status if refund else RefundStatus.NONE
        if status in (RefundStatus.REFUNDED, RefundStatus.REFUSED):
            raise self._refuse(order, f"has a refund already, which is {status.value}")
        back = order.status is OrderStatus.CANCELLED or status is RefundStatus.RECEIVED
        if not back:
            raise self._refuse(order, "has not come back, so nothing is paid back yet")
        return order, amount

    async def _within(self, arguments: RefundArguments, scope: Scope) -> tuple[Order, Money]:
        order = await self._own(arguments.order_id, scope)
        refund = await self._refunds.refund(order.id)
        most = refund.amount if refund and refund.amount else order.total
        amount = Money.parse(arguments.amount) if arguments.amount else most
        if order.paid_on is None:
            raise self._refuse(order, "was not paid")
        if amount.currency != most.currency or not Decimal(0) < amount.amount <= most.amount:
            raise self._refuse(order, f"can be refunded up to {most}")
        return order, amount


class AddressArguments(OrderArguments):
    """Which order, and where it should go."""

    street: Line
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12)] = ""
    city: Line
    country: Country


class ChangeAddressTool(_OrderEffect):
    name = "change_address"
    description = "Send the requester's order to another address, while it is not sent."
    arguments: type[BaseModel] = AddressArguments

    async def prepare(self, arguments: AddressArguments, scope: Scope) -> Prepared:
        order = await self._own(arguments.order_id, scope)
        if order.status not in UNSENT:
            raise self._refuse(order, f"is {order.status.value}, so its address is settled")
        data = {"state": REQUESTED, "order_id": order.id, "address": address_of(arguments)}
        given = arguments.model_dump()
        return Prepared(arguments=given, result=self.told(data))

    async def execute(self, arguments: AddressArguments, scope: Scope, key: str) -> ToolResult:
        order = await self._own(arguments.order_id, scope)
        done = await self._effects.readdress(order.id, address_of(arguments), key)
        return self.told(done)


def address_of(arguments: AddressArguments) -> str:
    """On one line: `Rua Augusta 12, 1100-048 Lisboa, PT`."""
    town = f"{arguments.postal_code} {arguments.city}".strip()
    return f"{arguments.street}, {town}, {arguments.country}"


class ReplacementArguments(OrderArguments):
    """Which order, and which article of it; by default all of it."""

    sku: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,39}$")] | None = None


class SendReplacementTool(_OrderEffect):
    name = "send_replacement"
    description = "Send articles of the requester's order again, lost, damaged or faulty ones."
    arguments: type[BaseModel] = ReplacementArguments

    async def prepare(self, arguments: ReplacementArguments, scope: Scope) -> Prepared:
        order, items = await self._wanted(arguments, scope)
        shipment = await self._orders.shipment(order.id)
        arrived = order.status is OrderStatus.DELIVERED
        lost = shipment is not None and shipment.status is ShipmentStatus.LOST
        if not arrived and not lost:
            raise self._refuse(order, "is neither delivered nor lost")
        data = {
            "state": REQUESTED,
            "order_id": order.id,
            "items": "; ".join(f"{item.quantity} × {item.name}" for item in items),
        }
        given = {"order_id": order.id, "sku": arguments.sku}
        return Prepared(arguments=given, result=self.told(data))

    async def execute(self, arguments: ReplacementArguments, scope: Scope, key: str) -> ToolResult:
        order, items = await self._wanted(arguments, scope)
        done = await self._effects.send_again(order.id, [item.sku for item in items], key)
        return self.told(done)

    async def _wanted(
        self, arguments: ReplacementArguments, scope: Scope
    ) -> tuple[Order, Sequence[OrderItem]]:
        order = await self._own(arguments.order_id, scope)
        items = [i for i in order.items if arguments.sku in (None, i.sku)]
        if not items:
            raise self._refuse(order, f"has no article {arguments.sku!r}")
        return order, items
