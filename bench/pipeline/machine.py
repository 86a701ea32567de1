"""Processes of a run: started, asked for their figures, stopped. Linux: CPU comes from /proc."""

import asyncio
import os
import platform
import signal
import sys
import urllib.request
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.pipeline.accounting import Page, parse_page, stat_ticks
from deploy.local import Kafka, Postgres
from deploy.local.process import free_ports

Say = Callable[[str], None]
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What every act uses: one broker, one database server, a folder for logs and caches."""

    kafka: Kafka
    postgres: Postgres
    folder: Path
    say: Say

    def environment(self, database: str, **settings: str) -> dict[str, str]:
        """Of a `citedesk` process; `settings` are names behind `CITEDESK_`."""
        return {
            **os.environ,
            "CITEDESK_KAFKA__BOOTSTRAP": self.kafka.bootstrap,
            "CITEDESK_DATABASE__URL": plain_url(self.postgres, database),
            "CITEDESK_DATA": str(self.folder / "data"),
            "CITEDESK_KAFKA__SESSION_TIMEOUT_MS": "6000",
            **{f"CITEDESK_{name.upper()}": value for name, value in settings.items()},
        }


def plain_url(postgres: Postgres, database: str) -> str:
    return postgres.url_of(database).replace("+asyncpg", "")


class Child:
    """A process of ours that ends with the run."""

    def __init__(self, process: Any, name: str) -> None:
        self._process = process
        self.name = name

    @classmethod
    async def start(
        cls, module: str, *arguments: str, log: Path, env: Mapping[str, str] | None = None
    ) -> "Child":
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module, *arguments), env=env, stdout=out, stderr=out
            )
        return cls(process, f"{module} {' '.join(arguments)} (log: {log.name})")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def kill(self) -> None:
        """kill -9."""
        if self.running:
            self._process.kill()
        await self._process.wait()

    async def wait_for_end(self) -> int:
        return await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, and the exit code."""
        if self.running:
            self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()


@asynccontextmanager
async def kept(*children: Child) -> AsyncGenerator[None]:
    """Whatever happens in the block, none of these outlives it."""
    try:
        yield
    finally:
        for child in children:
            await child.kill()


class Group:
    """Processes that are one service."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = tuple(children)

    async def kill(self) -> None:
        """kill -9, all at once."""
        await asyncio.gather(*(child.kill() for child in self.children))

    async def stop(self) -> None:
        await asyncio.gather(*(child.stop() for child in self.children))

    def cpu_seconds(self) -> float:
        return cpu_seconds(*(child.pid for child in self.children))


async def citedesk(*arguments: str, env: Mapping[str, str], log: Path) -> None:
    """Run a command to its end; raises `RuntimeError` when it fails."""
    child = await Child.start("agent.cli", *arguments, log=log, env=env)
    if code := await child.wait_for_end():
        raise RuntimeError(f"{child.name} ended with {code}")


async def fetch(port: int, path: str) -> str:
    """A page of a service's own web server; raises `OSError` when it does not answer with 200."""

    def get() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.read().decode()

    return await asyncio.to_thread(get)


async def metrics(port: int) -> Page:
    return parse_page(await fetch(port, "/metrics"))


async def ready(child: Child, port: int, seconds: float = 120) -> None:
    """Until the service says that it is ready."""

    async def answers() -> bool:
        try:
            await fetch(port, "/health/ready")
        except OSError:
            return False
        return True

    await until(answers, f"{child.name} to be ready", seconds, while_running=(child,))


async def until(
    condition: Callable[[], Awaitable[bool]],
    what: str,
    seconds: float,
    *,
    while_running: Sequence[Child] = (),
    every: float = 0.25,
) -> None:
    """Until the condition holds; raises `RuntimeError` when time is over or a process ended."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not await condition():
        for child in while_running:
            if not child.running:
                raise RuntimeError(f"{child.name} ended while the bench waited for {what}")
        if loop.time() > end:
            raise RuntimeError(f"waited {seconds:.0f} s in vain for {what}")
        await asyncio.sleep(every)


def port() -> int:
    return free_ports(1)[0]


def cpu_seconds(*pids: int | None) -> float:
    """CPU time of processes and of all their children, ended ones too."""
    stats = [stat for folder in Path("/proc").glob("[0-9]*") if (stat := _stat(folder))]
    known = {pid for pid in pids if pid is not None}
    own = {pid: ticks for pid, (_, ticks, _) in stats if pid in known}
    ended = sum(ended for pid, (_, _, ended) in stats if pid in known)
    children = sum(ticks for _, (parent, ticks, _) in stats if parent in known)
    return (sum(own.values()) + children + ended) / _TICK


def _stat(folder: Path) -> tuple[int, tuple[int, int, int]] | None:
    try:
        return int(folder.name), stat_ticks((folder / "stat").read_text())
    except (OSError, IndexError, ValueError):  # it ended meanwhile
        return None


def pin(cores: int) -> list[int]:
    """Keep this process and all it starts on so many cores; returns which."""
    mine = sorted(os.sched_getaffinity(0))[:cores]
    os.sched_setaffinity(0, mine)
    return mine


def described() -> str:
    """The machine in a few words."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{models[0] if models else platform.machine()}, Python {platform.python_version()}"
