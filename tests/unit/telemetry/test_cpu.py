"""CPU time is counted for the stage whose own code took it, and for nobody else's."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from agent import observe, telemetry
from agent.observe.cpu import ONE_IN
from tests.unit.telemetry.conftest import TelemetrySettings
from tests.unit.telemetry.test_metrics import shown

BUSY_S = 0.03


@pytest.fixture(autouse=True)
def running(settings: TelemetrySettings) -> Iterator[None]:
    telemetry.set_up(settings)
    yield
    telemetry.shut_down()


def compute(seconds: float = BUSY_S) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def counted(stage: str) -> float:
    return shown().get(f'citedesk_stage_cpu_seconds_total{{stage="{stage}"}}', 0.0)


async def test_work_of_others_during_a_wait_is_not_counted() -> None:
    go, gone = asyncio.Event(), asyncio.Event()

    async def waits() -> None:
        compute()
        go.set()
        await gone.wait()

    async def others() -> None:
        await go.wait()
        compute(10 * BUSY_S)
        gone.set()

    await asyncio.gather(observe.metered("waits", waits()), others())

    assert BUSY_S <= counted("waits") < 5 * BUSY_S


async def test_a_stage_within_counts_for_itself_and_the_rest_for_the_whole() -> None:
    async def ticket() -> str:
        compute()
        with observe.stage("write"):
            compute(2 * BUSY_S)
            await asyncio.sleep(0)
        compute()
        return "done"

    assert await observe.metered("ticket", ticket()) == "done"
    assert 2 * BUSY_S <= counted("ticket") < 3 * BUSY_S
    assert 2 * BUSY_S <= counted("write") < 3 * BUSY_S


async def test_metered_work_within_metered_work_is_counted_once() -> None:
    async def inner() -> None:
        compute()

    async def outer() -> None:
        await observe.metered("inner", inner())

    await observe.metered("outer", outer())

    assert BUSY_S <= counted("inner") < 2 * BUSY_S
    assert counted("outer") < BUSY_S


async def test_a_task_that_is_started_within_is_not_taken_for_the_work_itself() -> None:
    async def child() -> None:
        with observe.stage("child"):
            compute()

    async def parent() -> None:
        await asyncio.create_task(child())

    await observe.metered("parent", parent())

    assert counted("parent") < BUSY_S


async def test_errors_and_cancellation_reach_the_work_and_come_out_of_it() -> None:
    seen: list[str] = []

    async def fails() -> None:
        await asyncio.sleep(0)
        raise LookupError

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            await asyncio.sleep(0)  # putting things in order may wait too
            seen.append("in order")
            raise

    with pytest.raises(LookupError):
        await observe.metered("fails", fails())
    task = asyncio.create_task(observe.metered("waits", waits()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert seen == ["cancelled", "in order"]


async def test_a_deadline_within_metered_work_holds() -> None:
    async def slow() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await observe.metered("slow", slow())


async def test_a_call_in_a_thread_counts_for_its_stage() -> None:
    async def admits() -> None:
        await asyncio.to_thread(observe.metered_call, "decide", compute)

    await observe.metered("admit", admits())

    assert BUSY_S <= counted("decide") < 2 * BUSY_S
    assert counted("admit") < BUSY_S


async def test_of_sampled_work_one_in_so_many_is_measured_and_stands_for_all() -> None:
    """Whatever the turn it starts at, any `ONE_IN` in a row hold one that is measured."""

    async def computes() -> None:
        compute()

    for _ in range(ONE_IN):
        await observe.sampled("some", computes())

    assert ONE_IN * BUSY_S <= counted("some") < 5 * ONE_IN * BUSY_S
