"""A small shop for the tests of research and writing: three policies, two tools, two languages."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from agent.domain.desk import Category, Desk, Thresholds, Voice
from agent.domain.ids import ConversationId, DeskName, EventId, TicketId
from agent.domain.ticket import Assurance, Author, Channel, Message, Requester, Ticket
from agent.domain.triage import Entities, Priority, Triage
from agent.pipeline.ports import Brief, Research
from agent.pipeline.research import Indexes, research
from retrieval.corpus import Policy
from tools.base import Effect, Phrase, ToolResult
from tools.base import Scope as ToolScope
from tools.errors import ToolFailed
from tools.registry import Registry

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

RETURNS = """# Returning an item

## How long you have
You can return an item within 30 days of delivery.
Items marked Final sale cannot be returned, unless they are faulty.

## What it costs
A return costs €3.90.
"""
WARRANTY = """# Warranty

## How long the warranty lasts
The warranty on every item lasts 2 years from delivery.
A broken zip is repaired free of charge.
"""
DELIVERY = """# Delivery

## Standard delivery
Standard delivery to Germany takes 2 to 3 working days.
Standard delivery to Ireland takes 4 to 6 working days.
"""
RUECKGABE = """# Einen Artikel zurückgeben

## Wie lange Sie Zeit haben
Sie können einen Artikel innerhalb von 30 Tagen nach der Zustellung zurückgeben.
"""

_FRAMES = {
    "greeting": "Hello,",
    "greeting_name": "Hello {name},",
    "thanks": "Thank you for your message.",
    "closing": "Kind regards,",
    "signature": "The shop",
    "anything_else": "Just reply to this message.",
    "ask_order": "Which order is it about?",
    "ask_detail": "Could you tell us more?",
    "hand_over": "A colleague will reply to you.",
    "hand_over_part": "A colleague will answer the rest.",
    "sign_in": "Please write to us from your account.",
    "not_found": "We could not find that order.",
    "requested": "We have passed your request on.",
    "sources": "Sources:",
}


def a_policy(name: str, text: str, language: str = "en", **given: Any) -> Policy:
    policy = Policy(
        id=name,
        language=language,
        title=text.splitlines()[0].lstrip("# "),
        file=f"policies/{language}/{name}.md",
        text=text,
        body_start=0,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )
    return replace(policy, **given)


def a_desk(*policies: Policy, glossary: Sequence[Sequence[str]] = ()) -> Desk:
    voices = {lang: Voice(language=lang, frames=_FRAMES) for lang in ("en", "de")}
    known = policies or (
        a_policy("returns", RETURNS),
        a_policy("warranty", WARRANTY),
        a_policy("delivery", DELIVERY),
        a_policy("returns", RUECKGABE, "de"),
    )
    return Desk(
        name=DeskName("shop"),
        title="Shop",
        languages=("en", "de"),
        understands=("en", "de", "nl"),
        default_language="en",
        audience="customer",
        categories=(Category(id="order_status", title="Where is it", tools=("order",)),),
        rules=(),
        tools=("order", "leave_balance"),
        voices=MappingProxyType(voices),
        sla={Priority.NORMAL: timedelta(hours=24)},
        thresholds=Thresholds(answer_above=0.5),
        policies=known,
        examples=(),
        glossary=tuple(tuple(group) for group in glossary),
    )


def a_ticket(
    *bodies: str,
    subject: str = "",
    language: str = "en",
    verified: bool = True,
    country: str | None = "IE",
    requester: str = "C-1",
    name: str | None = None,
) -> Ticket:
    messages = tuple(
        Message(
            event_id=EventId(f"e{n}"),
            author=Author.CUSTOMER,
            sent_at=NOW,
            subject=subject,
            body=body,
        )
        for n, body in enumerate(bodies)
    )
    return Ticket(
        id=TicketId("t1"),
        conversation=ConversationId("t1"),
        desk=DeskName("shop"),
        channel=Channel.EMAIL,
        requester=Requester(
            id=requester,
            assurance=Assurance.VERIFIED if verified else Assurance.CLAIMED,
            country=country,
            name=name,
        ),
        language=language,
        messages=messages,
        received_at=NOW,
    )


def a_triage(*orders: str, category: str = "unsure") -> Triage:
    return Triage(
        category=category,
        confidence=0.9,
        priority=Priority.NORMAL,
        entities=Entities(order_ids=orders),
    )


class _OrderArguments(BaseModel):
    order_id: str


class OrderBook:
    """A tool over a table of orders; the owner alone may see one."""

    name = "order"
    effect = Effect.READ
    description = "orders"
    personal = True
    arguments: type[BaseModel] = _OrderArguments

    def __init__(self, orders: Mapping[str, str], *, down: bool = False) -> None:
        self._owners = orders
        self._down = down
        self.calls: list[str] = []

    async def call(self, arguments: _OrderArguments, scope: ToolScope) -> ToolResult:
        self.calls.append(arguments.order_id)
        if self._down:
            raise ToolFailed(self.name, "backend", "the backend failed")
        if self._owners.get(arguments.order_id) != scope.requester:
            raise ToolFailed(self.name, "not-found", "the requester has no such order")
        data = {"order_id": arguments.order_id, "status": "shipped", "total": "42.00 EUR"}
        return ToolResult(tool=self.name, label=f"order {arguments.order_id}", data=data)

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        order = result.data["order_id"]
        return (
            Phrase(text=f"Order {order} is on its way.", fields=("status",), topic="status"),
            Phrase(text=f"Order {order} cost €42.00.", fields=("total",), topic="payment"),
        )


def a_registry(*tools: OrderBook) -> Registry:
    return Registry(tools or (OrderBook({"48213": "C-1"}),))


async def looked_up(
    ticket: Ticket,
    *,
    desk: Desk | None = None,
    triage: Triage | None = None,
    registry: Registry | None = None,
) -> Research:
    desk = desk or a_desk()
    return await research(
        ticket,
        triage or a_triage(),
        desk,
        index=Indexes()(desk),
        registry=registry or a_registry(),
    )


async def a_brief(
    ticket: Ticket,
    *,
    desk: Desk | None = None,
    triage: Triage | None = None,
    registry: Registry | None = None,
) -> Brief:
    desk, triage = desk or a_desk(), triage or a_triage()
    return Brief(
        ticket=ticket,
        desk=desk,
        triage=triage,
        research=await looked_up(ticket, desk=desk, triage=triage, registry=registry),
        deadline=NOW + timedelta(seconds=30),
    )
