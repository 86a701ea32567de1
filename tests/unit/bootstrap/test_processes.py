"""Processes of one service: what becomes of one that ends, and signals."""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.bootstrap.processes import (
    Again,
    Down,
    Ended,
    Member,
    Processes,
    parts_of,
    what_now,
)
from agent.bootstrap.signals import stop_with_parent
from agent.settings import Settings
from agent.web.server import listen

ROOT = Path(__file__).parents[3]
DRAINS_FOR_EVER = """
import asyncio
from agent.bootstrap.signals import stop_on_signals

async def main():
    stop = asyncio.Event()
    stop_on_signals(stop)
    print("up", flush=True)
    await stop.wait()
    print("draining", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_the_first_process_runs_all_parts_and_the_others_share_the_work() -> None:
    parts = ("ingest", "work", "relay")

    assert [parts_of(n, parts) for n in range(3)] == [parts, ("work",), ("work",)]


@pytest.mark.parametrize("code", [-signal.SIGKILL, 70, 0, 137])
def test_a_process_that_was_killed_or_has_a_defect_is_started_again(code: int) -> None:
    assert what_now(Ended(code=code, quickly=1)) == Again(seconds=0.5)


def test_each_quick_end_makes_the_pause_longer_until_the_service_goes_down() -> None:
    found = [what_now(Ended(code=-signal.SIGKILL, quickly=n)) for n in range(1, 6)]

    pauses = [each.seconds for each in found[:-1] if isinstance(each, Again)]
    assert pauses == sorted(set(pauses))
    assert len(pauses) == 4
    assert found[-1] == Down(code=70)


@pytest.mark.parametrize("code", [2, 3])
def test_what_only_a_person_can_mend_takes_the_service_down_with_its_own_code(code: int) -> None:
    """A broken desk, a wrong setting, a database that does not answer: it would end again."""
    assert what_now(Ended(code=code, quickly=1)) == Down(code=code)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_second_signal_ends_a_process_that_still_drains(number: int, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DRAINS_FOR_EVER],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "draining\n"

        process.send_signal(number)

        assert process.wait(timeout=60) == code
        assert "ended without draining" in process.stderr.read()


async def test_a_process_drains_when_its_parent_is_gone() -> None:
    stop = asyncio.Event()
    ours, parents = os.pipe()
    stop_with_parent(stop, ours)
    os.write(parents, b"still here")
    await asyncio.sleep(0)
    assert not stop.is_set()

    os.close(parents)

    await asyncio.wait_for(stop.wait(), 10)
    os.close(ours)


class Small(Member):
    """A process that runs a script, and tells which it was."""

    def __init__(self, number: int, script: str) -> None:
        super().__init__(number, Settings(), ("work",))
        self.script = script
        self.started: asyncio.Queue[Process] = asyncio.Queue()

    @property
    def command(self) -> tuple[str, ...]:
        return (sys.executable, "-c", self.script)

    async def start(self) -> Process:
        process = await super().start()
        self.started.put_nowait(process)
        return process


#: The signal is blocked before anything else could happen to it.
WAITS = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
signal.sigwait({signal.SIGTERM})
"""


@pytest.fixture
def two() -> Iterator[list[Small]]:
    members = [Small(0, WAITS), Small(1, WAITS)]
    yield members
    for member in members:
        member.kill()
        member.close()


async def test_a_killed_process_is_started_again_and_all_are_stopped_together(
    two: list[Small],
) -> None:
    stop = asyncio.Event()
    with closing(listen("127.0.0.1", 0)) as http:
        running = asyncio.create_task(Processes(two).run(stop, http))
        first, second = await two[0].started.get(), await two[1].started.get()

        second.kill()

        again = await asyncio.wait_for(two[1].started.get(), 60)
        assert first.returncode is None
        stop.set()
        assert await asyncio.wait_for(running, 60) == 0
    assert again.returncode is not None
    assert first.returncode is not None


async def test_a_process_that_cannot_start_takes_the_others_down_with_it(two: list[Small]) -> None:
    two[1].script = "raise SystemExit(2)"
    with closing(listen("127.0.0.1", 0)) as http:
        code = await asyncio.wait_for(Processes(two).run(asyncio.Event(), http), 60)

    assert code == 2
    assert (await two[0].started.get()).returncode is not None
