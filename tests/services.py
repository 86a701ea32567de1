"""A local HTTP server that answers as a test says, whole or broken."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    target: str  #: path and query, still encoded
    headers: Mapping[str, str]  #: names in lower case
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    never: bool = False  #: the connection stays open and nothing comes
    drips: bool = False  #: a byte at a time, without an end


def told(value: object, status: int = 200, **headers: str) -> Answer:
    """A JSON answer; header names take `_` for `-`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status=status, body=json.dumps(value).encode(), headers=named)


class Service:
    """The server while it runs: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.port = 0
        self.answer: Callable[[Asked], Answer] = lambda _: Answer(status=404)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def says(self, *answers: Answer) -> None:
        """These answers in turn, the last one from then on."""
        left = list(answers)
        self.answer = lambda _: left.pop(0) if len(left) > 1 else left[0]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(_END)).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            pairs = (line.partition(": ") for line in head[1:] if line)
            headers = {name.lower(): text for name, _, text in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            asked = Asked(method=method, target=target, headers=headers, body=body)
            self.asked.append(asked)
            await _send(self.answer(asked), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left
        finally:
            self._tasks.discard(task)
            writer.close()

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()


async def _send(answer: Answer, writer: asyncio.StreamWriter) -> None:
    if answer.never:
        await asyncio.Event().wait()
    headers = {"content-type": "application/json", "connection": "close"} | dict(answer.headers)
    if not answer.drips:
        headers.setdefault("content-length", str(len(answer.body)))
    lines = [f"HTTP/1.1 {answer.status} X", *(f"{name}: {text}" for name, text in headers.items())]
    writer.write("\r\n".join(lines).encode() + _END + answer.body)
    await writer.drain()
    while answer.drips:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


@asynccontextmanager
async def service() -> AsyncGenerator[Service]:
    made = Service()
    server = await asyncio.start_server(made._serve, "127.0.0.1", 0)  # pyright: ignore[reportPrivateUsage] -- its own
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.stop()
        await server.wait_closed()
