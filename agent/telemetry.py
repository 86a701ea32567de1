"""Sets up logs, metrics and traces for one process. Read only by `bootstrap` and `cli`.

Rooms speak through `agent.observe`; where it goes is decided here: log lines to standard error,
metrics to a Prometheus page, and, when an endpoint is set, traces to it over OTLP/HTTP.
"""

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TextIO, cast

from agent.observe import METRICS, names, trace
from agent.observe.log import EVENT, LOGGER
from agent.observe.values import safe

if TYPE_CHECKING:  # the SDK takes half a second to import, and most commands do without
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from prometheus_client import CollectorRegistry

TALKS_OF_BROKERS_ONLY: Final = ("aiokafka",)
"""Libraries whose messages hold addresses and codes, never a payload. Of the others only the
place and the error's type are logged."""


class Settings(Protocol):
    @property
    def otlp_endpoint(self) -> str | None: ...
    @property
    def log_level(self) -> str: ...
    @property
    def log_format(self) -> Literal["text", "json"]: ...


@dataclass(slots=True)
class _Running:
    """What `set_up` started and `shut_down` ends."""

    meters: "MeterProvider | None" = None
    tracers: "TracerProvider | None" = None
    registry: "CollectorRegistry | None" = None
    handlers: list[logging.Handler] = field(default_factory=list[logging.Handler])
    pages: list[Callable[[], bytes]] = field(default_factory=list[Callable[[], bytes]])


_running = _Running()


def set_up(settings: Settings, *, exporter: "SpanExporter | None" = None) -> None:
    """Connect logs, metrics and traces; what was connected before is shut down first.

    `exporter` takes the spans in place of the endpoint of the settings.
    """
    shut_down()
    set_up_logs(settings)
    resource = _resource()
    _set_up_metrics(resource)
    if exporter is not None or settings.otlp_endpoint:
        _set_up_traces(resource, exporter or _otlp(settings.otlp_endpoint or ""))


def shut_down() -> None:
    """Send what is still held back, and disconnect."""
    trace.connect(None)
    METRICS.disconnect()
    if _running.tracers is not None:
        _running.tracers.shutdown()
    if _running.meters is not None:
        _running.meters.shutdown()
    for handler in _running.handlers:
        logging.getLogger().removeHandler(handler)
    _running.tracers, _running.meters, _running.registry = None, None, None
    _running.handlers.clear()
    _running.pages.clear()


def flush() -> None:
    """Send the spans that ended and are still held back."""
    if _running.tracers is not None:
        _running.tracers.force_flush()


def render_metrics() -> bytes:
    """All metrics of this process in Prometheus' text format; empty before `set_up`."""
    if _running.registry is None:
        return b""
    from prometheus_client import generate_latest

    return b"".join([generate_latest(_running.registry), *(page() for page in _running.pages)])


def show_also(page: Callable[[], bytes]) -> None:
    """Add what a library measures in a registry of its own, until `shut_down`."""
    _running.pages.append(page)


def set_up_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Log lines to standard error; of libraries only warnings, and without their words."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Formatter(json_lines=settings.log_format == "json"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(LOGGER).setLevel(settings.log_level.upper())
    _running.handlers.append(handler)


def _resource() -> "Resource":
    from opentelemetry.sdk.resources import Resource

    return Resource.create({"service.name": names.SERVICE})


def _set_up_metrics(resource: "Resource") -> None:
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from opentelemetry.sdk.metrics import MeterProvider
    from prometheus_client import CollectorRegistry

    _running.registry = CollectorRegistry()
    reader = PrometheusMetricReader(registry=_running.registry, scope_info_enabled=False)
    _running.meters = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
    METRICS.connect(_running.meters.get_meter(names.SERVICE))


def _set_up_traces(resource: "Resource", exporter: "SpanExporter") -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    _running.tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
    _running.tracers.add_span_processor(BatchSpanProcessor(exporter))
    trace.connect(_running.tracers.get_tracer(names.SERVICE))


def _otlp(endpoint: str) -> "SpanExporter":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=traces_url(endpoint))


def traces_url(endpoint: str) -> str:
    """Where traces go: `collector:4318` and `http://collector:4318` mean its `/v1/traces`."""
    url = endpoint if "://" in endpoint else f"http://{endpoint}"
    _, _, path = url.partition("://")[2].partition("/")
    return url if path else f"{url.rstrip('/')}/v1/traces"


class _Formatter(logging.Formatter):
    """One line an event: `time level event key=value …`, or one JSON object."""

    def __init__(self, *, json_lines: bool) -> None:
        super().__init__()
        self._json = json_lines

    def format(self, record: logging.LogRecord) -> str:
        event, values = _event(record)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        at = at.replace("+00:00", "Z")
        if self._json:
            line = {"at": at, "level": record.levelname.lower(), "event": event}
            return json.dumps({**line, **values, **line}, ensure_ascii=False)
        told = " ".join(f"{key}={_quoted(value)}" for key, value in values.items())
        return f"{at} {record.levelname:<7} {event} {told}".rstrip()


def _event(record: logging.LogRecord) -> tuple[str, dict[str, Any]]:
    ours = getattr(record, EVENT, None)
    if ours is not None:
        return record.msg, cast(dict[str, Any], ours)
    values: dict[str, Any] = {"logger": record.name, "at": f"{record.module}:{record.lineno}"}
    if record.exc_info and record.exc_info[0]:
        values["error"] = record.exc_info[0].__name__
    if record.name.partition(".")[0] in TALKS_OF_BROKERS_ONLY:
        values["message"] = safe(record.getMessage())
    return "library", values


def _quoted(value: object) -> str:
    """A value that holds no space stands bare."""
    text = str(value)
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)
