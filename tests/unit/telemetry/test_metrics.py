"""What a Prometheus page shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from agent import observe, telemetry
from tests.unit.telemetry.conftest import TelemetrySettings


@dataclass(frozen=True, kw_only=True)
class Backlog:
    new: int = 1
    queued: int = 2
    leased: int = 3
    waiting: int = 4
    unpublished: int = 5


@pytest.fixture(autouse=True)
def running(settings: TelemetrySettings) -> Iterator[None]:
    telemetry.set_up(settings)
    yield
    telemetry.shut_down()


def shown() -> dict[str, float]:
    lines = telemetry.render_metrics().decode().splitlines()
    found = (re.fullmatch(r"(\w+(?:\{.*\})?) (\S+)", line) for line in lines)
    return {match[1]: float(match[2]) for match in found if match}


def test_each_measurement_has_its_line() -> None:
    metrics = observe.METRICS
    metrics.ingested(3)
    metrics.admitted("queue")
    metrics.settled("review")
    metrics.settled("review")
    metrics.retried("TimeoutError")
    metrics.published(7)
    metrics.backlog(Backlog())
    metrics.slots(12)
    metrics.latency(0.2)
    with observe.stage("write"):
        pass

    page = shown()
    assert page["citedesk_tickets_ingested_total"] == 3
    assert page['citedesk_tickets_admitted_total{decision="queue"}'] == 1
    assert page['citedesk_tickets_settled_total{outcome="review"}'] == 2
    assert page['citedesk_tickets_retried_total{error_type="TimeoutError"}'] == 1
    assert page["citedesk_relay_published_total"] == 7
    assert page['citedesk_backlog{state="unpublished"}'] == 5
    assert page["citedesk_slots_busy"] == 12
    assert page["citedesk_ticket_latency_seconds_count"] == 1
    assert page['citedesk_ticket_latency_seconds_bucket{le="0.25"}'] == 1
    assert page['citedesk_stage_duration_seconds_count{stage="write"}'] == 1


def test_a_stage_that_fails_is_timed_too() -> None:
    with pytest.raises(LookupError), observe.stage("research"):
        raise LookupError

    assert shown()['citedesk_stage_duration_seconds_count{stage="research"}'] == 1


def test_a_new_set_up_counts_from_zero(settings: TelemetrySettings) -> None:
    observe.METRICS.ingested(3)

    telemetry.set_up(settings)

    assert "citedesk_tickets_ingested_total" not in shown()
