"""Spans: one trace a ticket, carried as W3C `traceparent` through Kafka's headers and the inbox.

Without a tracer nothing is recorded, and a ticket's `traceparent` is handed on as it came.
"""

import hashlib
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from agent.observe import names
from agent.observe.cpu import of_stage
from agent.observe.measure import METRICS
from agent.observe.values import Scalar, safe

_W3C = TraceContextTextMapPropagator()
_KEY = "traceparent"


@dataclass(slots=True)
class _Target:
    """Where spans go; `agent.telemetry` sets it."""

    tracer: Tracer | None = None


TARGET = _Target()


class Leased(Protocol):
    """What a ticket's span says about it."""

    @property
    def ticket(self) -> str: ...
    @property
    def conversation(self) -> str: ...
    @property
    def desk(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def attempt(self) -> int: ...


@contextmanager
def span(
    name: str,
    attributes: Mapping[str, object] | None = None,
    *,
    traceparent: str | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
) -> Generator[None]:
    """A span of the current trace, or of `traceparent`'s when it is given.

    An error is noted by its type only: its message and stack could hold a ticket's text.
    """
    if TARGET.tracer is None:
        yield
        return
    with TARGET.tracer.start_as_current_span(
        name,
        context=_parent(traceparent),
        kind=kind,
        attributes=_attributes(attributes),
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield
        except BaseException as error:
            _failed(current, error)
            raise


@contextmanager
def ticket_span(traceparent: str | None, lease: Leased) -> Generator[str | None]:
    """The span of one attempt at a ticket; gives the `traceparent` for what the ticket causes."""
    attributes = {
        names.TICKET_ID: lease.ticket,
        names.CONVERSATION: lease.conversation,
        names.DESK: lease.desk,
        names.REVISION: lease.revision,
        names.ATTEMPT: lease.attempt,
    }
    with span(names.TICKET, attributes, traceparent=traceparent, kind=SpanKind.CONSUMER):
        yield current_traceparent() or traceparent


@contextmanager
def batch_span(
    name: str, traceparents: Iterable[str | None], attributes: Mapping[str, object] | None = None
) -> Generator[None]:
    """One step that serves many tickets: a span for the step, and one in each ticket's own trace.

    The tickets' spans have the step's start and end; those without a `traceparent` have none.
    """
    if TARGET.tracer is None:
        yield
        return
    started = time.time_ns()
    with span(name, attributes):
        yield
    for traceparent in traceparents:
        if traceparent:
            of_ticket = TARGET.tracer.start_span(
                name, context=_parent(traceparent), start_time=started
            )
            of_ticket.end()


@contextmanager
def stage(name: str) -> Generator[None]:
    """A stage of one ticket: a span of its trace, its time and its CPU time in the metrics."""
    started = time.perf_counter()
    try:
        with span(names.STAGE + name), of_stage(name):
            yield
    finally:
        METRICS.stage(name, time.perf_counter() - started)


def traceparent_of(headers: Iterable[tuple[str, bytes]]) -> str | None:
    """What a record's headers say of its trace; None when they say nothing."""
    return next((raw.decode("ascii", "replace") for name, raw in headers if name == _KEY), None)


def current_traceparent() -> str | None:
    """The `traceparent` header that makes another process continue the current span."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get(_KEY)


def new_traceparent(seed: str) -> str | None:
    """The start of a trace for an event that came without one; None when nothing is traced.

    The same seed (an event's source and id) gives the same trace, so that a redelivery and a
    restart stay in it.
    """
    if TARGET.tracer is None:
        return None
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return f"00-{digest[:32]}-{digest[32:48]}-01"


def _parent(traceparent: str | None) -> Context | None:
    """None keeps the current context; a malformed `traceparent` starts a new trace."""
    return _W3C.extract({_KEY: traceparent}, context=Context()) if traceparent else None


def _attributes(values: Mapping[str, object] | None) -> dict[str, Scalar]:
    told = ((key, safe(value)) for key, value in (values or {}).items())
    return {key: value for key, value in told if value is not None}


def _failed(current: Span, error: BaseException) -> None:
    current.set_attribute(names.ERROR, type(error).__name__)
    current.set_status(StatusCode.ERROR)


def connect(tracer: Tracer | None) -> None:
    """Send spans to this tracer; None stops tracing."""
    TARGET.tracer = None if isinstance(tracer, trace.NoOpTracer) else tracer
