"""A model's call is a span of the ticket's trace and a measurement, without a word of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from agent import observe, telemetry
from agent.observe.log import EVENT
from agent.observe.models import model_call
from engine.base import Usage
from engine.link import Call

Spans = Callable[[], list[ReadableSpan]]
BEGAN = datetime(2026, 11, 25, 9, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Lease:
    ticket: str = "T-1"
    conversation: str = "C-1"
    desk: str = "support"
    revision: int = 1
    attempt: int = 1


@dataclass(frozen=True, kw_only=True)
class Told:
    outcome: str = "ok"
    usage: Usage = field(default_factory=lambda: Usage(prompt=700, completion=60, cached=512))

    def call(self) -> Call:
        return Call(
            engine="ovhcloud",
            model="Mistral-Nemo-Instruct-2407" if self.outcome == "ok" else "",
            desk="support",
            began=BEGAN,
            seconds=1.5,
            outcome=self.outcome,
            why="" if self.outcome == "ok" else "put a valid key into KEY",
            usage=self.usage,
            cost=0.25,
        )


def test_the_span_stands_in_the_tickets_trace_with_the_times_of_the_call(exported: Spans) -> None:
    with observe.ticket_span(None, Lease()):
        model_call(Told().call())

    span, ticket = exported()
    assert span.name == "chat Mistral-Nemo-Instruct-2407"
    assert span.kind is SpanKind.CLIENT
    assert span.parent is not None
    assert ticket.context is not None
    assert span.parent.span_id == ticket.context.span_id
    assert span.start_time == int(BEGAN.timestamp()) * 1_000_000_000
    assert (span.end_time or 0) - (span.start_time or 0) == 1_500_000_000


def test_it_says_who_answered_and_what_it_used(exported: Spans) -> None:
    model_call(Told().call())

    (span,) = exported()
    told = dict(span.attributes or {})
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.provider.name"] == "ovhcloud"
    assert told["gen_ai.usage.input_tokens"] == 700
    assert told["gen_ai.usage.output_tokens"] == 60
    assert told["gen_ai.usage.cache_read.input_tokens"] == 512
    assert told["citedesk.model.cost"] == 0.25
    assert told["citedesk.desk"] == "support"


def test_a_failed_call_is_an_error_by_its_class(exported: Spans) -> None:
    model_call(Told(outcome="EngineBusy").call())

    (span,) = exported()
    assert span.name == "chat ovhcloud"
    assert span.status.status_code is StatusCode.ERROR
    assert dict(span.attributes or {})["error.type"] == "EngineBusy"


def test_tokens_time_and_cost_are_measured_by_engine(exported: Spans) -> None:
    model_call(Told().call())
    model_call(Told(outcome="EngineDown", usage=Usage(prompt=0, completion=0)).call())

    page = telemetry.render_metrics().decode()
    assert 'gen_ai_provider_name="ovhcloud",gen_ai_token_type="input"} 700.0' in page
    assert 'gen_ai_provider_name="ovhcloud",gen_ai_token_type="output"} 60.0' in page
    assert "citedesk_model_cost_total" in page
    assert 'error_type="EngineDown"' in page


def test_what_a_person_has_to_mend_is_a_warning_with_the_variable(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, logger="citedesk"):
        for outcome in ("ok", "EngineDown", "EngineUnusable"):
            model_call(Told(outcome=outcome).call())

    levels = [record.levelname for record in caplog.records]
    assert levels == ["DEBUG", "INFO", "WARNING"]
    assert getattr(caplog.records[2], EVENT)["why"] == "put a valid key into KEY"
