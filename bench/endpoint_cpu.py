"""CPU of our side of one endpoint call: the engine alone, and the `openai` client with its HTTP.

    python -m bench.endpoint_cpu [--calls 400] [--json]

Two figures side by side, in one process and one thread, so that they share what the machine does
meanwhile: an engine whose wire is a function (rendering, schema, reading, validation), and the
same engine over HTTP to a server on this machine. The server runs in a process of its own. Beside
both stands the HTTP client alone, sending and reading the same bytes.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import httpx
from pydantic import BaseModel, Field

from engine.base import Engine, Prompt, Sampling, Terms
from engine.endpoint.engine import EndpointEngine
from engine.endpoint.values import Endpoint, Said
from engine.failover import Chain
from engine.link import Link


class Sentence(BaseModel):
    text: str
    evidence: list[str] = Field(default_factory=list)


class Reply(BaseModel):
    sentences: list[Sentence]


SENTENCES = [{"text": "You can return it within 30 days.", "evidence": ["E1"]}] * 6
ANSWER = json.dumps({"sentences": SENTENCES})
BODY = json.dumps(
    {
        "model": "m",
        "choices": [{"index": 0, "message": {"content": ANSWER}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1_200, "completion_tokens": 150},
    }
).encode()
PROMPT = Prompt(text="You can return an item within 30 days of the day it came. " * 85)
"""About 1,200 tokens."""


class Function:
    """A wire that is no wire."""

    async def post(self, body: dict[str, Any]) -> Said | str:
        return Said(status=200, headers={"content-type": "application/json"}, body=BODY)

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Said | str]:
        yield await self.post(body)

    async def close(self) -> None:
        return None


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    while True:
        try:
            asked = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        length = next(
            int(line.split(b":")[1])
            for line in asked.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        await reader.readexactly(length)
        writer.write(head % len(BODY) + BODY)
        await writer.drain()


def serve(told: Connection) -> None:
    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def milliseconds(call: Callable[[], Awaitable[object]], calls: int) -> list[float]:
    """CPU of each call in this process, after some to warm up."""
    for _ in range(20):
        await call()
    spent: list[float] = []
    for _ in range(calls):
        began = time.process_time_ns()
        await call()
        spent.append((time.process_time_ns() - began) / 1e6)
    return spent


def asking(engine: Engine) -> Callable[[], Awaitable[object]]:
    async def ask() -> object:
        terms = Terms(deadline=datetime.now(UTC) + timedelta(seconds=30))
        return await engine.complete(PROMPT, Reply, sampling=Sampling(), terms=terms)

    return ask


async def measure(port: int, calls: int) -> dict[str, list[float]]:
    url = f"http://127.0.0.1:{port}/v1"
    there = Endpoint(name="there", base_url=url, model="m")
    plain = httpx.AsyncClient(trust_env=False)
    sent = json.dumps({"messages": [{"role": "user", "content": PROMPT.text}]})

    async def bare() -> object:
        return (await plain.post(f"{url}/chat/completions", content=sent)).content

    engines: dict[str, Engine] = {
        "engine": EndpointEngine(there, wire=Function()),
        "engine in a chain": Chain([Link(engine=EndpointEngine(there, wire=Function()))]),
        "engine over HTTP": EndpointEngine(there),
    }
    found = {name: await milliseconds(asking(one), calls) for name, one in engines.items()}
    found["HTTP alone (httpx)"] = await milliseconds(bare, calls)
    for engine in engines.values():
        await engine.close()
    await plain.aclose()
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--calls", type=int, default=400)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    try:
        found = asyncio.run(measure(here.recv(), given.calls))
    finally:
        server.terminate()
    show(found, as_json=given.json)


def show(found: dict[str, list[float]], *, as_json: bool) -> None:
    rows = {
        name: {"p50_ms": statistics.median(spent), "p95_ms": sorted(spent)[int(len(spent) * 0.95)]}
        for name, spent in found.items()
    }
    if as_json:
        print(json.dumps(rows))
        return
    print(f"{'CPU of one call':24} {'p50':>8} {'p95':>8}")
    for name, row in rows.items():
        print(f"{name:24} {row['p50_ms']:5.2f} ms {row['p95_ms']:5.2f} ms")
    ratio = rows["engine over HTTP"]["p50_ms"] / rows["HTTP alone (httpx)"]["p50_ms"]
    print(f"an engine's call costs {ratio:.1f} times its HTTP alone")


if __name__ == "__main__":
    main()
