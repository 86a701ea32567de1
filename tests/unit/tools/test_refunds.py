"""Until when an order can be sent back, as a table."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tools.orders import Order, OrderItem, OrderStatus, Shipment, ShipmentStatus
from tools.refunds import (
    RETURN_WINDOW,
    Refund,
    RefundStatus,
    ReturnReason,
    refund_data,
    refund_phrases,
    return_reason,
)
from tools.values import Money

DELIVERED_ON = date(2026, 11, 1)
EUROS = Money(amount=Decimal("84.90"), currency="EUR")
ITEM = OrderItem(sku="A-1", name="Shirt", quantity=1, price=EUROS, final_sale=False)
SALE = replace(ITEM, sku="A-2", name="Clearance scarf", final_sale=True)
ORDER = Order(
    id="10001",
    customer_id="C-1",
    status=OrderStatus.DELIVERED,
    placed_on=date(2026, 10, 28),
    paid_on=None,
    total=EUROS,
    payment_method="card",
    country="IE",
    delivery_window_from=None,
    delivery_window_to=None,
    items=(ITEM,),
)
SHIPMENT = Shipment(
    order_id="10001",
    carrier="DHL",
    tracking_number=None,
    status=ShipmentStatus.DELIVERED,
    shipped_on=None,
    expected_on=None,
    delivered_on=DELIVERED_ON,
    last_place=None,
)
LAST_DAY = DELIVERED_ON + RETURN_WINDOW


def a_refund(status: RefundStatus) -> Refund:
    return Refund(
        order_id="10001",
        status=status,
        amount=EUROS,
        requested_on=date(2026, 11, 3),
        refunded_on=None,
        method=None,
    )


@pytest.mark.parametrize(
    ("order", "shipment", "refund", "today", "reason"),
    [
        (ORDER, SHIPMENT, None, DELIVERED_ON, ReturnReason.IN_WINDOW),
        (ORDER, SHIPMENT, None, LAST_DAY, ReturnReason.IN_WINDOW),
        (ORDER, SHIPMENT, None, LAST_DAY + timedelta(days=1), ReturnReason.PAST_WINDOW),
        (ORDER, None, None, DELIVERED_ON, ReturnReason.NOT_DELIVERED),
        (
            ORDER,
            replace(SHIPMENT, delivered_on=None),
            None,
            DELIVERED_ON,
            ReturnReason.NOT_DELIVERED,
        ),
        (replace(ORDER, items=(SALE,)), SHIPMENT, None, DELIVERED_ON, ReturnReason.FINAL_SALE),
        (replace(ORDER, items=(SALE, ITEM)), SHIPMENT, None, DELIVERED_ON, ReturnReason.IN_WINDOW),
        (replace(ORDER, items=()), SHIPMENT, None, DELIVERED_ON, ReturnReason.IN_WINDOW),
        (
            replace(ORDER, status=OrderStatus.CANCELLED),
            SHIPMENT,
            None,
            DELIVERED_ON,
            ReturnReason.CANCELLED,
        ),
        (
            replace(ORDER, status=OrderStatus.RETURNED),
            SHIPMENT,
            None,
            DELIVERED_ON,
            ReturnReason.ALREADY_RETURNED,
        ),
        (ORDER, SHIPMENT, a_refund(RefundStatus.NONE), DELIVERED_ON, ReturnReason.IN_WINDOW),
        (
            ORDER,
            SHIPMENT,
            a_refund(RefundStatus.REQUESTED),
            DELIVERED_ON,
            ReturnReason.ALREADY_REQUESTED,
        ),
        (
            ORDER,
            SHIPMENT,
            a_refund(RefundStatus.RECEIVED),
            DELIVERED_ON,
            ReturnReason.ALREADY_RETURNED,
        ),
        (
            ORDER,
            SHIPMENT,
            a_refund(RefundStatus.REFUNDED),
            DELIVERED_ON,
            ReturnReason.ALREADY_RETURNED,
        ),
        (ORDER, SHIPMENT, a_refund(RefundStatus.REFUSED), DELIVERED_ON, ReturnReason.REFUSED),
    ],
)
def test_why_an_order_can_or_cannot_be_returned(
    order: Order,
    shipment: Shipment | None,
    refund: Refund | None,
    today: date,
    reason: ReturnReason,
) -> None:
    assert return_reason(order, shipment, refund, today) is reason

    data = refund_data(order, shipment, refund, today)

    assert data["reason"] == reason
    assert data["eligible"] is (reason is ReturnReason.IN_WINDOW)


def test_the_last_day_to_return_is_said_as_the_field_holds_it() -> None:
    data = refund_data(ORDER, SHIPMENT, None, DELIVERED_ON)

    said = [p for p in refund_phrases(data, "en") if p.topic == "eligibility"]

    assert data["return_by"] == "2026-12-01"
    assert [p.text for p in said] == ["You can return order 10001 until 1 December 2026."]
    assert said[0].fields == ("eligible", "reason", "order_id", "return_by")


def test_goods_on_final_sale_in_a_mixed_order_are_named() -> None:
    data = refund_data(replace(ORDER, items=(ITEM, SALE)), SHIPMENT, None, DELIVERED_ON)

    said = " ".join(p.text for p in refund_phrases(data, "en"))

    assert data["final_sale"] is False
    assert "final sale: Clearance scarf." in said


def test_an_order_past_its_window_is_never_said_to_be_returnable() -> None:
    data = refund_data(ORDER, SHIPMENT, None, LAST_DAY + timedelta(days=1))

    for language in ("en", "fr", "de", "es", "it", "nl", "pl"):
        texts = [p.text for p in refund_phrases(data, language) if p.topic == "eligibility"]
        assert len(texts) == 1

    assert [p.text for p in refund_phrases(data, "de") if p.topic == "eligibility"] == [
        "Die Rückgabefrist für Ihre Bestellung 10001 endete am 1. Dezember 2026."
    ]
