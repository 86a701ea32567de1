"""One trace a ticket, no text on a span, nothing recorded without an exporter."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from agent import observe, telemetry

INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
Spans = Callable[[], list[ReadableSpan]]


@dataclass(frozen=True, kw_only=True)
class Lease:
    ticket: str = "T-1"
    conversation: str = "C-1"
    desk: str = "support"
    revision: int = 2
    attempt: int = 1


def trace_of(span: ReadableSpan) -> str:
    return f"{span.context.trace_id:032x}" if span.context else ""


def test_a_tickets_stages_stay_in_the_trace_it_came_with(exported: Spans) -> None:
    with observe.ticket_span(INCOMING, Lease()) as outgoing, observe.stage("write"):
        pass

    stage, ticket = exported()
    assert (stage.name, ticket.name) == ("citedesk.stage.write", "citedesk.ticket")
    assert {trace_of(stage), trace_of(ticket)} == {"0af7651916cd43dd8448eb211c80319c"}
    assert stage.parent is not None
    assert ticket.context is not None
    assert stage.parent.span_id == ticket.context.span_id
    assert outgoing == f"00-{trace_of(ticket)}-{ticket.context.span_id:016x}-01"


def test_without_an_exporter_the_traceparent_is_handed_on_as_it_came() -> None:
    with observe.ticket_span(INCOMING, Lease()) as outgoing:
        assert outgoing == INCOMING
    with observe.ticket_span(None, Lease()) as outgoing:
        assert outgoing is None


@pytest.mark.parametrize("bad", ["", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01"])
def test_a_malformed_traceparent_starts_a_new_trace(exported: Spans, bad: str) -> None:
    with observe.ticket_span(bad, Lease()) as outgoing:
        pass

    (ticket,) = exported()
    assert ticket.parent is None
    assert outgoing is not None
    assert trace_of(ticket) in outgoing


def test_an_error_is_noted_by_its_type_and_not_by_its_words(exported: Spans) -> None:
    with pytest.raises(ValueError, match="secret"), observe.span("citedesk.settle"):
        raise ValueError("the secret text of a ticket")

    (span,) = exported()
    assert span.attributes == {"error.type": "ValueError"}
    assert "secret" not in span.to_json()


def test_a_text_that_is_too_long_becomes_its_length(exported: Spans) -> None:
    with observe.span("citedesk.settle", {"note": "x" * 201, "id": "x" * 200}):
        pass

    (span,) = exported()
    assert span.attributes == {"note": "<201 characters>", "id": "x" * 200}


def test_a_step_for_many_tickets_shows_in_each_ones_trace(exported: Spans) -> None:
    other = "00-11111111111111111111111111111111-2222222222222222-01"

    with observe.batch_span("citedesk.relay", [INCOMING, None, other], {"rows": 3}):
        pass

    step, *of_tickets = exported()
    assert step.attributes == {"rows": 3}
    assert [trace_of(span) for span in of_tickets] == [INCOMING[3:35], other[3:35]]
    assert all(
        step.start_time and span.start_time <= step.start_time
        for span in of_tickets
        if span.start_time
    )


def test_an_event_without_a_trace_gets_the_same_one_each_time(exported: Spans) -> None:
    first, again, another = map(observe.new_traceparent, ("shop/1", "shop/1", "shop/2"))

    assert first == again != another
    with observe.ticket_span(first, Lease()):
        pass
    assert trace_of(exported()[0]) in str(first)


def test_no_trace_is_made_up_when_nothing_is_traced() -> None:
    assert observe.new_traceparent("shop/1") is None


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("collector:4318", "http://collector:4318/v1/traces"),
        ("http://collector:4318/", "http://collector:4318/v1/traces"),
        ("https://traces.example/otlp/v1/traces", "https://traces.example/otlp/v1/traces"),
    ],
)
def test_an_endpoint_may_be_given_short(given: str, url: str) -> None:
    assert telemetry.traces_url(given) == url
