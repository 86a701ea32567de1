"""A local server that plays a provider over real HTTP, failures included.

What a provider answers stands in `tests/shapes.py` and `tests/refusals.py`; here is only how its
bytes come over the wire: whole, in drips, broken off, or never.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

_REASONS = {200: "OK", 400: "Bad Request", 429: "Too Many Requests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    path: str
    headers: Mapping[str, str]  #: names in lower case
    body: dict[str, Any]

    @property
    def turns(self) -> int:
        """Messages of the request: one for a question, three for a repair."""
        return len(self.body["messages"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One response."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    body: bytes = b""
    pause: float = 0.0  #: seconds before each piece of the body
    piece: int = 0  #: bytes in a piece; 0 sends the body at once
    end: Literal["whole", "reset", "short", "silence"] = "whole"
    """`reset`: the connection dies half-way through the body; `short`: it is closed there, with
    less than was announced; `silence`: not even a head comes."""


def answer_json(value: object, *, status: int = 200, **headers: str) -> Play:
    sent = {"content-type": "application/json"}
    sent |= {name.replace("_", "-"): text for name, text in headers.items()}
    return Play(status=status, headers=sent, body=json.dumps(value).encode())


class Provider:
    """The server while it runs; keeps every request it got."""

    def __init__(self, play: Callable[[Request], Play]) -> None:
        self._play = play
        self._calls: set[asyncio.Task[None]] = set()
        self.requests: list[Request] = []
        self.port = 0
        self.asked = asyncio.Event()
        self.left = asyncio.Event()  #: a client closed its connection before the answer was whole

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._calls.add(task)
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                self.asked.set()
                await _send(self._play(request), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left.set()
        finally:
            self._calls.discard(task)
            writer.close()

    async def close(self) -> None:
        for task in self._calls:
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)


@asynccontextmanager
async def playing(play: Callable[[Request], Play]) -> AsyncGenerator[Provider]:
    """A provider on a free port of this machine."""
    provider = Provider(play)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.port = server.sockets[0].getsockname()[1]
    try:
        yield provider
    finally:
        server.close()
        await provider.close()


def in_turn(plays: Sequence[Play]) -> Callable[[Request], Play]:
    """One after the other, the last for ever."""
    left = list(plays)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    headers = {
        name.lower(): text.strip() for name, _, text in (one.partition(":") for one in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(path=first.split(" ")[1], headers=headers, body=json.loads(body))


async def _send(play: Play, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if play.end == "silence":
        await reader.read()  # until the client gives up
        raise ConnectionResetError
    writer.write(_head(play))
    body = play.body if play.end == "whole" else play.body[: len(play.body) // 2]
    for piece in _pieces(body, play.piece):
        if play.pause:
            await asyncio.sleep(play.pause)
        writer.write(piece)
        await writer.drain()
    if play.end == "reset":
        writer.transport.abort()
    if play.end != "whole":
        raise ConnectionResetError


def _head(play: Play) -> bytes:
    headers = {**play.headers, "content-length": str(len(play.body))}
    lines = [f"HTTP/1.1 {play.status} {_REASONS.get(play.status, 'Status')}"]
    lines += [f"{name}: {text}" for name, text in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _pieces(body: bytes, size: int) -> list[bytes]:
    step = size or max(len(body), 1)
    return [body[at : at + step] for at in range(0, len(body), step)]
