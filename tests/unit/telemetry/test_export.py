"""Spans leave over OTLP/HTTP, to a collector that runs here."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from agent import observe, telemetry
from tests.unit.telemetry.conftest import TelemetrySettings


class Collector(ThreadingHTTPServer):
    """Keeps what is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Posted)
        self.posts: list[tuple[str, bytes]] = []


class Posted(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802: the name that http.server calls
        body = self.rfile.read(int(self.headers["content-length"]))
        assert isinstance(self.server, Collector)
        self.server.posts.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_spans_reach_the_collector_before_the_process_ends(collector: Collector) -> None:
    endpoint = f"127.0.0.1:{collector.server_address[1]}"
    telemetry.set_up(TelemetrySettings(otlp_endpoint=endpoint))

    with observe.span("citedesk.settle", {"citedesk.group": 3}):
        pass
    telemetry.shut_down()

    ((path, body),) = collector.posts
    assert path == "/v1/traces"
    assert b"citedesk.settle" in body
    assert b"service.name" in body
