"""One kill run against services that stand: send, kill, wait, read, check."""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from agent.bus.client import Producer, read_all
from bench.survive.checker import Found, Published, Report, check
from bench.survive.traffic import Traffic, make_traffic

Say = Callable[[str], None]
ENDED = "SELECT count(*) FROM inbox WHERE state = 'ended'"
_UNENDED = "SELECT count(*) FROM inbox WHERE state <> 'ended'"
_UNSENT = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
_OUTCOMES = """
    SELECT event_id, outcome FROM inbox
    WHERE outcome <> 'duplicate' AND event_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    tickets: int
    kills: int
    seed: int
    stall_seconds: float = 90  #: give up when nothing ends for this long


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    bootstrap: str
    database_url: str  #: postgresql+asyncpg://…, empty
    folder: Path  #: logs, caches


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    report: Report
    seconds: float
    kills: int
    duplicates: int
    exit_code: int  #: of the last process, which was asked to stop


async def survive(plan: Plan, services: Services, say: Say = lambda _: None) -> Result:
    """Run the plan; the report says what is broken."""
    traffic = make_traffic(plan.tickets, seed=plan.seed)
    env = _environment(services)
    for command in (("topics", "create"), ("migrate",)):
        await _citedesk(*command, env=env)
    started = time.monotonic()
    sending = asyncio.create_task(_send(services.bootstrap, traffic))
    service = _Process(env, services.folder)
    await service.start()
    try:
        await _kill(plan, services, service, say)
        await sending
        await _quiet(plan, services, len(traffic.records), say)
        seconds = time.monotonic() - started
        exit_code = await service.end(signal.SIGTERM)
    finally:
        await service.end(signal.SIGKILL)
    report = check(traffic.sent, await find(services))
    return Result(
        report=report,
        seconds=seconds,
        kills=plan.kills,
        duplicates=traffic.duplicates,
        exit_code=exit_code,
    )


async def _kill(plan: Plan, services: Services, service: "_Process", say: Say) -> None:
    """Kill -9 at random shares of the work done, and start again at once."""
    draw = random.Random(plan.seed)
    for number, share in enumerate(sorted(draw.uniform(0.03, 0.9) for _ in range(plan.kills)), 1):
        await _progress(plan, services, lambda ended, goal=share: ended >= goal * plan.tickets)
        await asyncio.sleep(draw.random() * 0.3)  # anywhere in a batch, not only at its end
        await service.end(signal.SIGKILL)
        say(f"kill {number}/{plan.kills} at {share:.0%} of the tickets")
        await service.start()


async def _progress(
    plan: Plan, services: Services, reached: Callable[[int], bool], *, sql: str = ENDED
) -> None:
    """Until a count is reached; raises `TimeoutError` when it does not move any more."""
    engine = create_async_engine(services.database_url)
    try:
        last, since = -1, time.monotonic()
        while True:
            async with engine.connect() as connection:
                count = int((await connection.execute(text(sql))).scalar_one())
            if reached(count):
                return
            if count != last:
                last, since = count, time.monotonic()
            elif time.monotonic() - since > plan.stall_seconds:
                raise TimeoutError(f"nothing moved for {plan.stall_seconds} s, at {count} rows")
            await asyncio.sleep(0.2)
    finally:
        await engine.dispose()


async def _quiet(plan: Plan, services: Services, records: int, say: Say) -> None:
    """Until every record is in the inbox and ended, and the outbox is empty."""
    await _progress(plan, services, lambda ended: ended >= records)
    try:
        await _progress(plan, services, lambda left: not left, sql=_UNSENT)
    except TimeoutError:
        say("the outbox did not run empty")  # the checker counts what is left


def _environment(services: Services) -> dict[str, str]:
    return {
        **os.environ,
        "CITEDESK_KAFKA__BOOTSTRAP": services.bootstrap,
        "CITEDESK_DATABASE__URL": services.database_url,
        "CITEDESK_DATA": str(services.folder / "data"),
        "CITEDESK_HTTP__PORT": "0",
        "CITEDESK_WEB__PORT": "0",
        "CITEDESK_WORKER__LEASE_SECONDS": "5",
        "CITEDESK_KAFKA__SESSION_TIMEOUT_MS": "6000",
    }


async def _citedesk(*arguments: str, env: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "agent.cli", *arguments, env=env, stdout=asyncio.subprocess.DEVNULL
    )
    if code := await process.wait():
        raise RuntimeError(f"citedesk {' '.join(arguments)} ended with {code}")


class _Process:
    """`citedesk serve`, which can be ended and started anew."""

    def __init__(self, env: dict[str, str], folder: Path) -> None:
        self._env = env
        self._log = folder / "serve.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "agent.cli", "serve", env=self._env, stdout=log, stderr=log
            )

    async def end(self, number: signal.Signals) -> int:
        """Send the signal, unless it has ended already; its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await self._process.wait()


async def _send(bootstrap: str, traffic: Traffic) -> None:
    async with Producer(bootstrap, max_message_bytes=8_388_608) as producer:
        acks = [
            await producer.send("tickets.v1", record.value, key=record.key.decode())
            for record in traffic.records
        ]
        await asyncio.gather(*acks)


async def find(services: Services) -> Found:
    """What the topics and the database hold, for the checker."""
    drafts = [
        Published(
            draft=data["draft_id"],
            conversation=data["conversation_id"],
            revision=data["revision"],
            answers=tuple(data["answers"]),
            partition=record.partition,
            offset=record.offset,
            value=record.value,
        )
        for record in await read_all(services.bootstrap, "drafts.v1")
        if record.header("ce_type") == "draft.created"
        for data in (json.loads(record.value),)
    ]
    dead = {
        data["inbox_id"]: data["reason"]
        for record in await read_all(services.bootstrap, "tickets.dead.v1")
        for data in (json.loads(record.value),)
    }
    engine = create_async_engine(services.database_url)
    async with engine.connect() as connection:
        rows = (await connection.execute(text(_OUTCOMES))).all()
        unended = (await connection.execute(text(_UNENDED))).scalar_one()
        unpublished = (await connection.execute(text(_UNSENT))).scalar_one()
    await engine.dispose()
    outcomes: dict[str, list[str]] = defaultdict(list)
    for event_id, outcome in rows:
        outcomes[event_id].append(outcome)
    return Found(
        drafts=drafts,
        outcomes=outcomes,
        dead=list(dead.values()),
        unended=unended,
        unpublished=unpublished,
    )
