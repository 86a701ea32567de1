"""Telemetry set up into memory, and taken down again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from agent import telemetry


@dataclass(frozen=True, kw_only=True)
class TelemetrySettings:
    otlp_endpoint: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"


@pytest.fixture
def settings() -> TelemetrySettings:
    return TelemetrySettings()


@pytest.fixture
def exported(settings: TelemetrySettings) -> Iterator[Callable[[], list[ReadableSpan]]]:
    """Tracing into memory; call it for the spans that ended, in the order of their ends."""
    exporter = InMemorySpanExporter()
    telemetry.set_up(settings, exporter=exporter)

    def spans() -> list[ReadableSpan]:
        telemetry.flush()
        return list(exporter.get_finished_spans())

    yield spans
    telemetry.shut_down()
