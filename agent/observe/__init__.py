"""What the rooms say about their work: log lines, spans, measurements.

    observe.log.info("draft.routed", ticket=ticket.id, route=route)
    with observe.span(names.RELAY, {names.BATCH: len(rows)}): ...
    observe.METRICS.published(len(rows))

Nothing is exported until `agent.telemetry` sets it up: until then spans and measurements cost a
function call. Values are ids, sizes, hashes and short codes, never a ticket's text.
"""

from agent.observe.cpu import metered, metered_call, sampled
from agent.observe.log import log
from agent.observe.measure import METRICS
from agent.observe.trace import (
    batch_span,
    current_traceparent,
    new_traceparent,
    span,
    stage,
    ticket_span,
    traceparent_of,
)

__all__ = [
    "METRICS",
    "batch_span",
    "current_traceparent",
    "log",
    "metered",
    "metered_call",
    "new_traceparent",
    "sampled",
    "span",
    "stage",
    "ticket_span",
    "traceparent_of",
]
