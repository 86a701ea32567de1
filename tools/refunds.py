"""Whether an order can still be sent back, and where its refund stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel

from tools.base import Effect, Phrase, Scope, ToolResult
from tools.orders import (
    Order,
    OrderArguments,
    OrderGateway,
    OrderStatus,
    Shipment,
    own_order,
)
from tools.phrases.catalogue import Line, speak
from tools.values import Data, Money, iso, money

RETURN_WINDOW = timedelta(days=30)  #: from the day of delivery; the last day counts


class RefundStatus(StrEnum):
    NONE = "none"
    REQUESTED = "requested"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REFUSED = "refused"


class ReturnReason(StrEnum):
    """Why an order can or cannot be sent back."""

    IN_WINDOW = "in_window"
    PAST_WINDOW = "past_window"
    FINAL_SALE = "final_sale"
    NOT_DELIVERED = "not_delivered"
    CANCELLED = "cancelled"
    ALREADY_RETURNED = "already_returned"
    ALREADY_REQUESTED = "already_requested"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    order_id: str
    status: RefundStatus
    amount: Money | None
    requested_on: date | None
    refunded_on: date | None
    method: str | None


class RefundGateway(Protocol):
    """The shop's refunds. Returns None when there is none; checks no rights."""

    async def refund(self, order_id: str) -> Refund | None: ...


class RefundEligibilityTool:
    name = "refund_eligibility"
    effect = Effect.READ
    description = "Whether and until when the requester's order can be returned; its refund."
    personal = True
    arguments: type[BaseModel] = OrderArguments

    def __init__(
        self, orders: OrderGateway, refunds: RefundGateway, today: Callable[[], date]
    ) -> None:
        self._orders = orders
        self._refunds = refunds
        self._today = today

    async def call(self, arguments: OrderArguments, scope: Scope) -> ToolResult:
        order = await own_order(self._orders, self.name, arguments.order_id, scope)
        shipment = await self._orders.shipment(order.id)
        refund = await self._refunds.refund(order.id)
        data = refund_data(order, shipment, refund, self._today())
        return ToolResult(tool=self.name, label=f"refund of order {order.id}", data=data)

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return refund_phrases(result.data, language)


def return_reason(
    order: Order, shipment: Shipment | None, refund: Refund | None, today: date
) -> ReturnReason:
    """Whether the order can be sent back on that day; only `IN_WINDOW` says yes."""
    if order.status is OrderStatus.CANCELLED:
        return ReturnReason.CANCELLED
    if under_way := _UNDER_WAY.get(refund.status if refund else RefundStatus.NONE):
        return under_way
    if order.status is OrderStatus.RETURNED:
        return ReturnReason.ALREADY_RETURNED
    delivered_on = shipment.delivered_on if shipment else None
    if order.items and all(item.final_sale for item in order.items):
        return ReturnReason.FINAL_SALE
    if delivered_on is None:
        return ReturnReason.NOT_DELIVERED
    in_window = today <= delivered_on + RETURN_WINDOW
    return ReturnReason.IN_WINDOW if in_window else ReturnReason.PAST_WINDOW


def refund_data(
    order: Order, shipment: Shipment | None, refund: Refund | None, today: date
) -> Data:
    reason = return_reason(order, shipment, refund, today)
    delivered_on = shipment.delivered_on if shipment else None
    excluded = [item.name for item in order.items if item.final_sale]
    return {
        "order_id": order.id,
        "eligible": reason is ReturnReason.IN_WINDOW,
        "reason": reason.value,
        "checked_on": iso(today),
        "delivered_on": iso(delivered_on),
        "return_window_days": RETURN_WINDOW.days,
        "return_by": iso(delivered_on + RETURN_WINDOW) if delivered_on else None,
        "final_sale": bool(order.items) and len(excluded) == len(order.items),
        "final_sale_items": "; ".join(excluded) or None,
        "refund_status": refund.status.value if refund else RefundStatus.NONE.value,
        "refund_amount": money(refund.amount) if refund else None,
        "refund_method": refund.method if refund else None,
        "requested_on": iso(refund.requested_on) if refund else None,
        "refunded_on": iso(refund.refunded_on) if refund else None,
    }


def refund_phrases(data: Data, language: str) -> tuple[Phrase, ...]:
    """What the fields say: the refund first when there is one, then the right to return."""
    status, reason = str(data.get("refund_status")), str(data.get("reason"))
    state = (f"refund_{status}_method", f"refund_{status}_on", f"refund_{status}")
    lines = [Line(keys=state, topic="refund", rests_on=("refund_status",))]
    rests_on = ("eligible", "reason")
    lines.append(Line(keys=(f"{reason}_full", reason), topic="eligibility", rests_on=rests_on))
    lines.append(Line(keys=("delivered_on",), topic="delivery"))
    if data.get("eligible") is True:
        excluded = Line(keys=("excluded",), topic="eligibility", rests_on=("eligible",))
        lines.append(excluded)
    return speak("refund_eligibility", data, language, lines)


_UNDER_WAY = {
    RefundStatus.REQUESTED: ReturnReason.ALREADY_REQUESTED,
    RefundStatus.RECEIVED: ReturnReason.ALREADY_RETURNED,
    RefundStatus.REFUNDED: ReturnReason.ALREADY_RETURNED,
    RefundStatus.REFUSED: ReturnReason.REFUSED,
}
