"""Live, ready and metrics, asked as an HTTP server would ask."""

import asyncio
import json
from typing import Any

from starlette.applications import Starlette

from agent.web.health import health_app


async def well() -> str | None:
    return None


async def down() -> str | None:
    return "no connection to the database"


async def broken() -> str | None:
    raise RuntimeError("secret")


async def stuck() -> str | None:
    await asyncio.Event().wait()
    return None


async def get(app: Starlette, path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one GET."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])


def no_metrics() -> bytes:
    return b""


async def test_ready_when_every_check_is_well() -> None:
    app = health_app({"database": well, "relay": well}, no_metrics)

    status, _, body = await get(app, "/health/ready")

    assert status == 200
    assert json.loads(body) == {
        "status": "ready",
        "checks": {"database": "ok", "relay": "ok"},
    }


async def test_one_failing_check_makes_it_unready_and_says_why() -> None:
    app = health_app({"database": down, "relay": well}, no_metrics)

    status, _, body = await get(app, "/health/ready")

    assert status == 503
    assert json.loads(body) == {
        "status": "not-ready",
        "checks": {"database": "no connection to the database", "relay": "ok"},
    }


async def test_a_check_that_breaks_or_hangs_is_a_failing_one() -> None:
    app = health_app({"a": broken, "b": stuck}, no_metrics, deadline_s=0.05)

    status, _, body = await get(app, "/health/ready")

    assert status == 503
    assert json.loads(body)["checks"] == {
        "a": "the check failed: RuntimeError",
        "b": "no answer within 0.05 s",
    }


async def test_live_asks_no_check() -> None:
    status, _, body = await get(health_app({"database": down}, no_metrics), "/health/live")

    assert (status, json.loads(body)) == (200, {"status": "live"})


async def test_the_metrics_page_is_prometheus_text() -> None:
    status, headers, body = await get(health_app({}, lambda: b"up 1\n"), "/metrics")

    assert (status, body) == (200, b"up 1\n")
    assert headers["content-type"].startswith("text/plain; version=0.0.4")


async def test_another_path_is_not_found() -> None:
    status, _, _ = await get(health_app({}, no_metrics), "/health")

    assert status == 404
