"""Which tools a ticket's questions call for, decided from their words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.domain.desk import Desk
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.cues import Cues, cues, folded_text, weak_stems, without
from agent.pipeline.questions import Asked
from retrieval.text import tokens

#: What a tool can tell, by the topic that a question touches; the order in which it is asked.
TOOLS_FOR: Mapping[str, tuple[str, ...]] = {
    "delivery": ("order", "shipment"),
    "status": ("order", "shipment"),
    "tracking": ("order", "shipment"),
    "shipping": ("order", "shipment"),
    "cancel": ("order",),
    "refund": ("order", "refund_eligibility"),
    "eligibility": ("order", "refund_eligibility"),
    "payment": ("order",),
    "items": ("order",),
    "balance": ("leave_balance",),
}
ORDER_TOOLS = frozenset({"order", "shipment", "refund_eligibility"})
_LOOKUPS = frozenset(tool for tools in TOOLS_FOR.values() for tool in tools)
#: Only the order itself can answer these; the others a policy may answer too.
NEEDS_ORDER = frozenset({"delivery", "status", "tracking", "shipping", "payment", "items"})
_ORDERS_AT_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A call to make for a question."""

    tool: str
    arguments: Mapping[str, str]
    question: int

    @property
    def subject(self) -> str:
        return self.arguments.get("order_id", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A call that cannot be made, for want of an argument."""

    tool: str
    argument: str
    question: int


def planned(
    questions: Sequence[Asked], ticket: Ticket, triage: Triage, desk: Desk
) -> tuple[tuple[Lookup, ...], tuple[Missing, ...]]:
    """The calls of all questions, each made once, and what is missing for others."""
    table = cues(ticket.language)
    lookups: dict[tuple[str, str], Lookup] = {}
    missing: list[Missing] = []
    for n, question in enumerate(questions):
        tools = _tools(question, triage, desk, table)
        orders = _orders(question, triage)
        for tool in tools:
            if tool not in ORDER_TOOLS:
                lookups.setdefault((tool, ""), Lookup(tool=tool, arguments={}, question=n))
            for order in orders if tool in ORDER_TOOLS else ():
                call = Lookup(tool=tool, arguments={"order_id": order}, question=n)
                lookups.setdefault((tool, order), call)
        if not orders and _wants_order(question, tools, table):
            missing.append(Missing(tool=tools[0], argument="order_id", question=n))
    return tuple(lookups.values()), tuple(missing)


def topics(question: Asked, triage: Triage, desk: Desk, table: Cues) -> frozenset[str]:
    """What the question touches; where it touches nothing itself, what stands around it does.

    Beside an order number plainer words tell the topic ("61204 - is it here yet?").
    """
    found = _touched(question.text, table) or _touched(question.context, table)
    if _is_of_order(question, triage, table):
        found = found or _near(question.text, table) or _near(question.context, table)
        found = found or _usual(triage, desk)
        if "refund" in table.near.within(folded_text(question.text)) and "payment" not in found:
            return frozenset({"refund"})
    return found | {"balance"} if _asks_balance(question, table) else found


def _is_of_order(question: Asked, triage: Triage, table: Cues) -> bool:
    """It names an order, or can be of nothing else than the one named around it."""
    named = any(order in question.text for order in triage.entities.order_ids)
    if named or (question.only and _named_orders(question, triage)):
        return True
    matter = set(tokens(question.text, table.language)) - weak_stems(table.language)
    return bool(_named_orders(question, triage)) and len(matter) <= _LITTLE


_LITTLE = 1  #: words of matter


def _usual(triage: Triage, desk: Desk) -> frozenset[str]:
    """What a bare order number asks, where the category looks up parcels and no refunds."""
    category = desk.category(triage.category)
    tools = category.tools if category is not None else ()
    return _WHERE if "shipment" in tools and "refund_eligibility" not in tools else frozenset()


#: Where words of several topics meet, the first decides: who speaks of money means the refund.
_NEAR = ("refund", "eligibility", "payment", "items", "tracking", "delivery")


def _near(text: str, table: Cues) -> frozenset[str]:
    named = table.near.within(folded_text(text))
    return frozenset([topic for topic in _NEAR if topic in named][:1])


def _asks_balance(question: Asked, table: Cues) -> bool:
    """Leave, and how much of it is left; not what may be done with it."""
    named = table.near.within(folded_text(question.text))
    return {"leave", "left"} <= named and "other" not in named


def _touched(text: str, table: Cues) -> frozenset[str]:
    found = table.topics_of(text)
    return found | _WHERE if _asks_where(text, table) else found


def _asks_where(text: str, table: Cues) -> bool:
    """Whether it asks where a parcel is and nothing else; whoever does means their own."""
    folded = folded_text(text)
    if not {"where", "parcel"} <= table.own.within(folded):
        return False
    rest = without(folded, (table.own["where"], table.own["parcel"]))
    matter = set(tokens(rest, table.language)) - weak_stems(table.language)
    return not any(stem.isalpha() for stem in matter)


_WHERE = frozenset({"delivery"})


def is_personal(question: Asked, triage: Triage, table: Cues) -> bool:
    """Whether the question itself is about something of the requester's own."""
    named = any(order in question.text for order in triage.entities.order_ids)
    where = _asks_where(question.text, table)
    own = "order" in table.own.within(folded_text(question.text))
    return named or where or own or _points_back(question, triage, table)


def _points_back(question: Asked, triage: Triage, table: Cues) -> bool:
    """It says "it" of an order that the words around it name."""
    leans = table.leans.within(folded_text(question.text))
    return leans and _is_of_order(question, triage, table)


def _tools(question: Asked, triage: Triage, desk: Desk, table: Cues) -> list[str]:
    """Those of its topics; those of the category where the words say nothing but name an order."""
    touched = topics(question, triage, desk, table)
    if "balance" in touched and not _own(question, "balance", table):
        touched -= {"balance"}
    wanted = [tool for topic in TOOLS_FOR if topic in touched for tool in TOOLS_FOR[topic]]
    category = desk.category(triage.category)
    if not wanted and category is not None and _named_orders(question, triage):
        wanted = [tool for tool in category.tools if tool in _LOOKUPS]
    return [tool for tool in dict.fromkeys(wanted) if tool in desk.tools]


def _orders(question: Asked, triage: Triage) -> tuple[str, ...]:
    """The orders that the question names, else those of the whole ticket."""
    named = _named_orders(question, triage)
    return (named or triage.entities.order_ids)[:_ORDERS_AT_MOST]


def _named_orders(question: Asked, triage: Triage) -> tuple[str, ...]:
    return tuple(order for order in triage.entities.order_ids if order in question.query)


def _wants_order(question: Asked, tools: Sequence[str], table: Cues) -> bool:
    """Whether it is about an order of their own, which they did not name."""
    wanted = _asks_where(question.text, table) or _own(question, "order", table)
    return wanted and any(tool in ORDER_TOOLS for tool in tools)


def _own(question: Asked, what: str, table: Cues) -> bool:
    return what in table.own.within(folded_text(question.query))
