"""Looking up an order and its shipment."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints

from tools.base import Effect, Phrase, Scope, ToolResult
from tools.errors import ToolFailed
from tools.phrases.catalogue import Line, speak
from tools.values import Data, Money, iso, money


class OrderStatus(StrEnum):
    PLACED = "placed"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class ShipmentStatus(StrEnum):
    LABEL_CREATED = "label_created"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    AT_PICKUP_POINT = "at_pickup_point"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem:
    sku: str
    name: str
    quantity: int
    price: Money
    final_sale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    id: str
    customer_id: str
    status: OrderStatus
    placed_on: date
    paid_on: date | None
    total: Money
    payment_method: str | None
    country: str | None
    delivery_window_from: date | None
    delivery_window_to: date | None
    items: tuple[OrderItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    order_id: str
    carrier: str
    tracking_number: str | None
    status: ShipmentStatus
    shipped_on: date | None
    expected_on: date | None
    delivered_on: date | None
    last_place: str | None


class OrderGateway(Protocol):
    """The shop's orders. Returns None for what does not exist; checks no rights."""

    async def order(self, order_id: str) -> Order | None: ...

    async def shipment(self, order_id: str) -> Shipment | None: ...


class OrderArguments(BaseModel):
    """Which order. Whose it is comes from the scope, so a customer id is refused here."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    order_id: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$"
        ),
    ]


async def own_order(orders: OrderGateway, tool: str, order_id: str, scope: Scope) -> Order:
    """The requester's own order; another's fails with the very words of one that is missing."""
    order = await orders.order(order_id)
    if order is None or order.customer_id != scope.requester:
        raise ToolFailed(tool, "not-found", f"the requester has no order {order_id!r}")
    return order


class OrderTool:
    name = "order"
    effect = Effect.READ
    description = "Status, date, total, payment and contents of the requester's order."
    personal = True
    arguments: type[BaseModel] = OrderArguments

    def __init__(self, orders: OrderGateway) -> None:
        self._orders = orders

    async def call(self, arguments: OrderArguments, scope: Scope) -> ToolResult:
        order = await own_order(self._orders, self.name, arguments.order_id, scope)
        return ToolResult(tool=self.name, label=f"order {order.id}", data=order_data(order))

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return order_phrases(result.data, language)


class ShipmentTool:
    name = "shipment"
    effect = Effect.READ
    description = "Carrier, tracking number, dates and whereabouts of the requester's parcel."
    personal = True
    arguments: type[BaseModel] = OrderArguments

    def __init__(self, orders: OrderGateway) -> None:
        self._orders = orders

    async def call(self, arguments: OrderArguments, scope: Scope) -> ToolResult:
        order = await own_order(self._orders, self.name, arguments.order_id, scope)
        shipment = await self._orders.shipment(order.id)
        if shipment is None:
            raise ToolFailed(self.name, "not-found", f"order {order.id!r} has no shipment")
        label = f"shipment of order {order.id}"
        return ToolResult(tool=self.name, label=label, data=shipment_data(shipment))

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return shipment_phrases(result.data, language)


def order_data(order: Order) -> Data:
    return {
        "order_id": order.id,
        "status": order.status.value,
        "placed_on": iso(order.placed_on),
        "paid_on": iso(order.paid_on),
        "total": money(order.total),
        "payment_method": order.payment_method,
        "country": order.country,
        "delivery_window_from": iso(order.delivery_window_from),
        "delivery_window_to": iso(order.delivery_window_to),
        "items": "; ".join(f"{item.quantity} × {item.name}" for item in order.items) or None,
    }


def shipment_data(shipment: Shipment) -> Data:
    return {
        "order_id": shipment.order_id,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "status": shipment.status.value,
        "shipped_on": iso(shipment.shipped_on),
        "expected_on": iso(shipment.expected_on),
        "delivered_on": iso(shipment.delivered_on),
        "last_place": shipment.last_place,
    }


def order_phrases(data: Data, language: str) -> tuple[Phrase, ...]:
    """What an order's fields say, most asked first."""
    status = str(data.get("status"))
    lines = [
        Line(keys=(status,), topic="status", rests_on=("status",)),
        Line(keys=("placed_on",), topic="order"),
        Line(keys=("total_paid_on", "total_method", "total"), topic="payment"),
        Line(keys=("items",), topic="items"),
    ]
    if status in _ON_ITS_WAY:
        lines.insert(1, Line(keys=("window",), topic="delivery", rests_on=("status",)))
    return speak("order", data, language, lines)


def shipment_phrases(data: Data, language: str) -> tuple[Phrase, ...]:
    """What a shipment's fields say, most asked first."""
    status = str(data.get("status"))
    state = (f"{status}_full", f"{status}_carrier", status)
    lines = [Line(keys=state, topic="delivery", rests_on=("status",))]
    if status in _MOVING:
        lines.append(Line(keys=("expected_on",), topic="delivery", rests_on=("status",)))
    lines.append(Line(keys=("tracking", "tracking_bare"), topic="tracking"))
    lines.append(Line(keys=("shipped_on",), topic="shipping"))
    if status in _SEEN:
        lines.append(Line(keys=("last_place",), topic="tracking", rests_on=("status",)))
    return speak("shipment", data, language, lines)


_ON_ITS_WAY = frozenset({OrderStatus.PLACED, OrderStatus.PACKED, OrderStatus.SHIPPED})
_SEEN = frozenset({ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY, ShipmentStatus.LOST})
_MOVING = frozenset(
    {ShipmentStatus.LABEL_CREATED, ShipmentStatus.IN_TRANSIT, ShipmentStatus.OUT_FOR_DELIVERY}
)
