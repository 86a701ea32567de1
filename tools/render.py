"""Phrases of a stored result, for a check that has no backend at hand."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from tools.base import Described, Phrase
from tools.effects import effect_phrases
from tools.leave import LeaveBalanceTool, leave_phrases
from tools.leave_effects import BookLeaveTool
from tools.order_effects import (
    CancelOrderTool,
    ChangeAddressTool,
    RefundTool,
    SendReplacementTool,
)
from tools.orders import OrderTool, ShipmentTool, order_phrases, shipment_phrases
from tools.phrases.catalogue import catalogue
from tools.refunds import RefundEligibilityTool, refund_phrases
from tools.values import Data

_EFFECTS = (
    CancelOrderTool.name,
    RefundTool.name,
    ChangeAddressTool.name,
    SendReplacementTool.name,
    BookLeaveTool.name,
)
_PHRASES: Mapping[str, Callable[[Data, str], tuple[Phrase, ...]]] = {
    OrderTool.name: order_phrases,
    ShipmentTool.name: shipment_phrases,
    RefundEligibilityTool.name: refund_phrases,
    LeaveBalanceTool.name: leave_phrases,
    **{name: partial(effect_phrases, name) for name in _EFFECTS},
}

TOOL_NAMES = tuple(sorted(_PHRASES))  #: every tool that a desk may name


def render_phrases(tool: str, data: Data, language: str) -> tuple[Phrase, ...]:
    """What the tool would say of `data`; nothing for a tool or a language that is not known."""
    say = _PHRASES.get(tool)
    return say(data, language) if say else ()


def renderer(
    described: Iterable[Described],
) -> Callable[[str, Data, str], tuple[Phrase, ...]]:
    """`render_phrases` that also knows the tools which a desk describes itself."""
    own = {one.name: one for one in described}

    def render(tool: str, data: Data, language: str) -> tuple[Phrase, ...]:
        known = own.get(tool)
        return known.phrases(data, language) if known else render_phrases(tool, data, language)

    return render


def render_label(tool: str, data: Data, language: str) -> str | None:
    """What a reader of that language calls the result; None where the catalogue has no word."""
    words = catalogue(language)
    return words.label(tool, data) if words else None
