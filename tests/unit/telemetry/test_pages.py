"""What a library measures in a registry of its own stands on the same page."""

from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY, Counter

from agent import telemetry
from engine.vllm import vllm_metrics
from tests.unit.telemetry.conftest import TelemetrySettings


@pytest.fixture(autouse=True)
def measured() -> Iterator[None]:
    """The default registry as vLLM leaves it: its own measurements beside the process's."""
    counter = Counter("vllm:prompt_tokens", "As vLLM names it.")
    counter.inc(3)
    yield
    REGISTRY.unregister(counter)
    telemetry.shut_down()


def test_vllms_measurements_stand_on_our_page_and_no_others(settings: TelemetrySettings) -> None:
    telemetry.set_up(settings)

    telemetry.show_also(vllm_metrics)

    page = telemetry.render_metrics().decode()
    assert "vllm:prompt_tokens_total 3.0" in page
    assert "python_gc" not in page


def test_a_page_goes_with_what_was_set_up(settings: TelemetrySettings) -> None:
    telemetry.set_up(settings)
    telemetry.show_also(vllm_metrics)

    telemetry.set_up(settings)

    assert b"vllm:" not in telemetry.render_metrics()
