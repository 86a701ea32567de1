"""An ASGI app on a port, without taking over the process's signals."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn


class PortTaken(Exception):
    """The address cannot be listened on."""

    def __init__(self, host: str, port: int, why: str, setting: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port}: {why}; set {setting} (0 picks a free one)"
        )


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals belong to the service, which drains before it stops this server."""
        yield


def listen(host: str, port: int, *, setting: str = "CITEDESK_HTTP__PORT") -> socket.socket:
    """A bound socket; raises `PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen()  # else a second process could bind it too, and fail only when it serves
    except OSError as exc:
        bound.close()
        raise PortTaken(host, port, exc.strerror or type(exc).__name__, setting) from exc
    return bound


async def serve_http(app: Any, bound: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,  # a client that reads slowly must not hold up the drain
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    await stop.wait()
    server.should_exit = True
    await serving
