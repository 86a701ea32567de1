"""Health, readiness and metrics on a small ASGI app."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[str | None]]
"""None when all is well, else the reason in one sentence: no text of a ticket."""

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
DEADLINE_S = 2.0


def health_app(
    checks: Mapping[str, Check],
    metrics: Callable[[], bytes | Awaitable[bytes]],
    *,
    deadline_s: float = DEADLINE_S,
) -> Starlette:
    """`/health/live` answers while the loop runs; `/health/ready` asks every check (503 when one
    fails or is slow) and says why; `/metrics` is the Prometheus page."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> Response:
        reasons = await _ask_all(checks, deadline_s)
        well = not any(reasons.values())
        body = {
            "status": "ready" if well else "not-ready",
            "checks": {name: reason or "ok" for name, reason in reasons.items()},
        }
        return JSONResponse(body, status_code=200 if well else 503)

    async def page(_: Request) -> Response:
        told = metrics()
        body = told if isinstance(told, bytes) else await told
        return Response(body, media_type=PROMETHEUS)

    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", page),
        ]
    )


async def _ask_all(checks: Mapping[str, Check], deadline_s: float) -> dict[str, str | None]:
    answers = await asyncio.gather(*(_ask(check, deadline_s) for check in checks.values()))
    return dict(zip(checks, answers, strict=True))


async def _ask(check: Check, deadline_s: float) -> str | None:
    try:
        return await asyncio.wait_for(check(), deadline_s)
    except TimeoutError:
        return f"no answer within {deadline_s:g} s"
    except Exception as error:  # whatever a check runs into, readiness answers
        return f"the check failed: {type(error).__name__}"
