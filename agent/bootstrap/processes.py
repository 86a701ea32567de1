"""Several processes as one service: started together, watched, drained together.

A Python process computes on one core. The first process runs every part; the others run `work`,
and share it through the database. Health and metrics of all are on the parent's port.
"""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass

import httpx

from agent import observe, telemetry, waiting
from agent.bootstrap.signals import stop_on_signals
from agent.settings import Settings
from agent.web.health import Check, health_app
from agent.web.merging import merged
from agent.web.server import listen, serve_http

SHARED = "work"  #: the part that every process runs
_DEADLINE_S = 5.0  #: of a process's answer about its health: it asks Kafka and the database
_DEFECT = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A process that ended though nobody told it to."""

    code: int  #: of its exit; negative for the signal that killed it
    quickly: int  #: how many times in a row, this one too, it ended within `SETTLED_S`


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Start it anew after a pause."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """Take the whole service down."""

    code: int


SETTLED_S = 60.0
_QUICK_ENDS = 5
_MENDED_BY_A_PERSON = range(1, _DEFECT)  #: exit codes of a wrong setting, a desk, an outage


def what_now(ended: Ended) -> Again | Down:
    """A process that was killed or has a defect is started again, unless it goes on like that."""
    if ended.code in _MENDED_BY_A_PERSON:
        return Down(code=ended.code)
    if ended.quickly >= _QUICK_ENDS:
        return Down(code=_DEFECT)
    return Again(seconds=min(0.5 * 2 ** max(ended.quickly - 1, 0), 10.0))


def parts_of(number: int, parts: Sequence[str]) -> tuple[str, ...]:
    """What process `number` runs, from 0."""
    return tuple(parts) if number == 0 else (SHARED,)


class Member:
    """One process of the service; the socket of its health outlives it."""

    def __init__(
        self, number: int, settings: Settings, parts: Sequence[str], engines: Sequence[str] = ()
    ) -> None:
        self.number = number
        self._engines = engines
        self._settings = settings
        self._parts = parts
        self._http = listen("127.0.0.1", 0)
        self._process: Process | None = None

    def close(self) -> None:
        self._http.close()

    @property
    def command(self) -> tuple[str, ...]:
        """What it runs."""
        only = [word for part in self._parts for word in ("--only", part)]
        engines = [word for name in self._engines for word in ("--engine", name)]
        fd = str(self._http.fileno())
        return (sys.executable, "-m", "agent.cli", "serve", *only, *engines, "--health-fd", fd)

    async def start(self) -> Process:
        """Its standard input is a pipe of ours: when we are killed, it notices, and drains."""
        self._process = await asyncio.create_subprocess_exec(
            *self.command,
            env=os.environ | self._variables(),
            stdin=asyncio.subprocess.PIPE,
            pass_fds=(self._http.fileno(),),
            start_new_session=True,  # Ctrl-C is the parent's to handle, once
        )
        return self._process

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def drain(self) -> int:
        """SIGTERM, and its exit code; killed when it takes far longer than it may."""
        process = self._process
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            limit = self._settings.worker.drain_seconds + _SLACK_S
            return await asyncio.wait_for(process.wait(), limit)
        except TimeoutError:
            process.kill()
            return await process.wait()

    async def ready(self) -> str | None:
        """None when it is ready, else why not."""
        try:
            answer = await self._get("/health/ready")
        except httpx.HTTPError as exc:
            return f"no answer: {type(exc).__name__}"
        if answer.is_success:
            return None
        checks: dict[str, str] = answer.json()["checks"]
        return "; ".join(f"{name}: {why}" for name, why in checks.items() if why != "ok")

    async def metrics(self) -> str:
        """Its page; empty while it does not answer."""
        try:
            return (await self._get("/metrics")).text
        except httpx.HTTPError:
            return ""

    async def _get(self, path: str) -> httpx.Response:
        port = self._http.getsockname()[1]
        async with httpx.AsyncClient(trust_env=False, timeout=_DEADLINE_S) as client:
            return await client.get(f"http://127.0.0.1:{port}{path}")

    def _variables(self) -> dict[str, str]:
        instance = self._settings.kafka.instance
        name = instance if self.number == 0 else f"{instance}-{self.number}"
        return {"CITEDESK_WORKER__PROCESSES": "1", "CITEDESK_KAFKA__INSTANCE": name}


_SLACK_S = 30.0  #: beyond the time that a drain may take: the flush of what was settled


class Processes:
    """Keeps every member running until told to stop; ends when all have."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self._code = 0

    async def run(self, stop: asyncio.Event, http: socket.socket) -> int:
        """The exit code: 0 after a drain, or of the process that took the service down."""
        over = asyncio.Event()
        app = health_app(self._checks(), self._metrics, deadline_s=_DEADLINE_S)
        async with asyncio.TaskGroup() as group:
            group.create_task(serve_http(app, http, over))
            async with asyncio.TaskGroup() as keeping:
                for member in self._members:
                    keeping.create_task(self._keep(member, stop))
            over.set()
        return self._code

    def kill(self) -> None:
        for member in self._members:
            member.kill()

    async def _keep(self, member: Member, stop: asyncio.Event) -> None:
        loop, quickly = asyncio.get_running_loop(), 0
        while not stop.is_set():
            began = loop.time()
            code = await self._run_once(member, stop)
            if stop.is_set():
                return
            quickly = quickly + 1 if loop.time() - began < SETTLED_S else 1
            match what_now(Ended(code=code, quickly=quickly)):
                case Again(seconds=pause):
                    observe.log.warning(
                        "process.ended", process=member.number, code=code, starts_in_s=pause
                    )
                    await waiting.first(stop, seconds=pause)
                case Down(code=final):
                    observe.log.error(
                        "process.ended", process=member.number, code=code, service="goes down"
                    )
                    self._code = final
                    stop.set()

    async def _run_once(self, member: Member, stop: asyncio.Event) -> int:
        """Until the process ends by itself, or `stop` is set and it has drained."""
        process = await member.start()
        observe.log.info("process.started", process=member.number, pid=process.pid)
        stopped = asyncio.ensure_future(stop.wait())
        ended = asyncio.ensure_future(process.wait())
        await asyncio.wait((stopped, ended), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        return await member.drain()

    def _checks(self) -> dict[str, Check]:
        return {f"process-{member.number}": member.ready for member in self._members}

    async def _metrics(self) -> bytes:
        pages = await asyncio.gather(*(member.metrics() for member in self._members))
        by_process = {str(m.number): page for m, page in zip(self._members, pages, strict=True)}
        return merged(by_process).encode()


async def run_processes(
    settings: Settings, parts: Sequence[str], count: int, *, engines: Sequence[str] = ()
) -> int:
    """`citedesk serve --processes N`: 0 after a drain of all."""
    telemetry.set_up(settings.telemetry)
    stop = asyncio.Event()
    try:
        async with AsyncExitStack() as stack:
            http = stack.enter_context(closing(listen(settings.http.host, settings.http.port)))
            members = [Member(n, settings, parts_of(n, parts), engines) for n in range(count)]
            for member in members:
                stack.callback(member.close)
            processes = Processes(members)
            stack.callback(processes.kill)
            stop_on_signals(stop, before_the_end=processes.kill)
            host, port = http.getsockname()[:2]
            observe.log.info("http.listening", address=f"{host}:{port}", processes=count)
            return await processes.run(stop, http)
    finally:
        telemetry.shut_down()
