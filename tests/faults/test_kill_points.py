"""kill -9 at every named point of a ticket's way, and two workers on one SQLite file."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from agent.bus import topics
from agent.bus.topics import NAMES, TopicSpec
from agent.store import open_store
from bench.survive.checker import Sent, check
from bench.survive.run import Services, find
from deploy.local import Kafka
from migrations import upgrade
from tests.broker import remove_topics, send
from tests.faults.killed_at import POINTS, serve, settings_for

ROOT = Path(__file__).parents[2]
SPEC = TopicSpec(
    partitions=2, replication=1, retention=timedelta(days=7), max_message_bytes=8_388_608
)


async def test_nothing_is_lost_or_doubled_when_the_process_dies_at_any_point(
    kafka_server: Kafka, tmp_path: Path, learnt: Path
) -> None:
    """Kill points: `killed_at.POINTS`, each once, on one database and one broker.

    Before each death eight conversations of two messages come in; a last process, which is not
    killed, ends what is left. Checker: `bench.survive.checker`.
    """
    bootstrap, url = kafka_server.bootstrap, f"sqlite+aiosqlite:///{tmp_path / 'store.db'}"
    await fresh(bootstrap, url)
    sent: list[Sent] = []
    for point in POINTS:
        sent += await send_some(bootstrap, point)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.killed_at"),
            *(point, "1", bootstrap, url, str(learnt)),
            cwd=ROOT,
        )
        async with asyncio.timeout(60):
            assert await child.wait() == -signal.SIGKILL, point

    await finish(bootstrap, url, learnt, len(sent))
    report = check(
        sent, await find(Services(bootstrap=bootstrap, database_url=url, folder=tmp_path))
    )

    assert report.faults == []
    assert report.resent >= 1  # at `relay-sent` Kafka had what the outbox did not know


async def test_two_processes_that_work_on_one_sqlite_file_are_safe(
    kafka_server: Kafka, tmp_path: Path, learnt: Path
) -> None:
    """SQLite has one writer at a time; two processes share the work and double none of it."""
    bootstrap, url = kafka_server.bootstrap, f"sqlite+aiosqlite:///{tmp_path / 'store.db'}"
    await fresh(bootstrap, url)
    env = {
        "CITEDESK_KAFKA__BOOTSTRAP": bootstrap,
        "CITEDESK_DATABASE__URL": url,
        "CITEDESK_DATA": str(learnt),
        "CITEDESK_HTTP__PORT": "0",
        "CITEDESK_WEB__PORT": "0",
    }
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agent.cli", "serve", "--only", "work", "--only", "relay"),
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    logs = await started(other)
    sent = [event for n in range(5) for event in await send_some(bootstrap, f"share-{n}")]
    await finish(bootstrap, url, learnt, len(sent))
    other.send_signal(signal.SIGTERM)

    assert await other.wait() == 0
    await logs
    found = await find(Services(bootstrap=bootstrap, database_url=url, folder=tmp_path))
    assert check(sent, found).faults == []


async def started(process: Process) -> "asyncio.Task[bytes]":
    """Returns when the service says that it runs; the task reads what it says from then on."""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while b"service.started" not in (line := await process.stderr.readline()):
            assert line, "the service ended before it had started"
    return asyncio.create_task(process.stderr.read())


async def fresh(bootstrap: str, url: str) -> None:
    """Empty topics and an empty database."""
    await remove_topics(bootstrap, NAMES)
    await topics.create(bootstrap, SPEC)
    await asyncio.to_thread(upgrade, url)


async def send_some(bootstrap: str, name: str) -> Sequence[Sent]:
    """Eight conversations of two messages, in order."""
    sent: list[Sent] = []
    for number in (0, 1):
        for n in range(8):
            conversation = f"{name}-{n}"
            value = {
                "ticket_id": conversation,
                "message_no": number,
                "desk": "support",
                "requester": {"id": "C-5001", "assurance": "verified", "country": "IE"},
                "body": ("How long does a refund take?", "And who pays for it?")[number],
            }
            key = conversation.encode()
            await send(bootstrap, topics.TICKETS, json.dumps(value).encode(), key=key)
            sent.append(
                Sent(id=f"{conversation}/{number}", conversation=conversation, number=number)
            )
    return sent


async def finish(bootstrap: str, url: str, data: Path, events: int) -> None:
    """A service that is not killed, until every event has ended and everything was sent."""
    store = await open_store(url)
    stop = asyncio.Event()
    running = asyncio.create_task(serve(settings_for(bootstrap, url, data), store, stop))
    try:
        async with asyncio.timeout(120):
            while not running.done():
                left = await store.backlog()
                ended = len(await store.endings(10_000))
                if ended >= events and not left.unpublished:
                    break
                await asyncio.sleep(0.1)
    finally:
        stop.set()
        await running
        await store.close()
