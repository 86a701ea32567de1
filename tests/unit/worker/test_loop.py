"""The worker's loop on a real SQLite store: what is kept, retried, given back, given up."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.store import Store
from agent.store.errors import StoreUnavailable
from agent.store.records import Lease, Outcome, Settled
from tests.contract.store.values import NOW, answered
from tests.unit.worker.bench import Bench, do_nothing, fail, running


async def test_a_raw_row_ends_as_a_draft(bench: Bench) -> None:
    await bench.receive("c1", "c2")

    async with running(bench.worker(do_nothing)):
        await bench.until_ended(2)

    assert {e.outcome for e in (await bench.endings()).values()} == {Outcome.READY}


async def test_never_more_tickets_are_in_flight_than_there_are_slots(bench: Bench) -> None:
    gate = asyncio.Event()

    async def wait(lease: Lease) -> None:
        await gate.wait()

    await bench.queue(*(f"c{n}" for n in range(12)))
    worker = bench.worker(wait, slots=4)

    async with running(worker):
        await bench.until(lambda: _is(worker.in_flight == 4))
        gate.set()
        await bench.until_ended(12)

    assert bench.most_in_hand == 4


async def test_the_event_loop_gets_its_turn_between_the_tickets_of_a_lease(bench: Bench) -> None:
    """Tickets compute: begun all at once they would hold up heartbeats and lookups for seconds."""
    turns = 0
    begun_at: list[int] = []

    async def note(lease: Lease) -> None:
        begun_at.append(turns)

    async def count() -> None:
        nonlocal turns
        while len(begun_at) < 20:
            turns += 1
            await asyncio.sleep(0)

    await bench.queue(*(f"c{n}" for n in range(20)))
    counting = asyncio.create_task(count())

    async with running(bench.worker(note, slots=20)):
        await bench.until_ended(20)

    await counting
    assert len(set(begun_at)) == 20


async def test_a_failed_ticket_waits_in_its_row_for_half_to_all_of_its_back_off(
    bench: Bench,
) -> None:
    """First back-off 10 s, doubled each time, drawn from its upper half: draw 0.5 gives 7.5 s."""
    await bench.queue("c1")

    async with running(bench.worker(fail, draw=0.5)):
        await bench.until_tried(1)
        bench.clock.advance(seconds=7.4)
        await asyncio.sleep(0.1)  # ten looks of the worker: none may find it
        assert len(bench.leases) == 1
        bench.clock.advance(seconds=0.2)
        await bench.until_tried(2)
        bench.clock.advance(seconds=14.9)
        await asyncio.sleep(0.1)
        assert len(bench.leases) == 2


async def test_after_the_last_attempt_a_ticket_is_dead_with_its_reason(bench: Bench) -> None:
    await bench.queue("c1")

    async with running(bench.worker(fail, attempts=3)):
        for tried in (1, 2, 3):
            await bench.until_tried(tried)
            bench.clock.advance(seconds=60)
        await bench.until_ended(1)

    (letter,) = await bench.store.dead(10)
    assert letter.reason == "attempts-exhausted"
    assert "failed 3 times, last with RuntimeError" in letter.detail
    assert "trouble" not in letter.detail  # an error's text may hold the ticket's


async def test_what_was_given_back_is_not_counted_as_a_failure(bench: Bench) -> None:
    """A drain, or a later message, ends a lease through no fault of the ticket."""
    await bench.queue("c1")
    for _ in range(6):  # more leases than attempts
        (lease,) = await bench.store.lease(
            "w0", limit=1, now=bench.clock(), until=bench.clock() + timedelta(seconds=60)
        )
        await bench.store.release([lease])

    async with running(bench.worker(fail, attempts=3)):
        await bench.until_tried(1)

    assert await bench.store.dead(10) == []


async def test_a_ticket_that_ends_its_process_every_time_ends_dead(bench: Bench) -> None:
    await bench.queue("c1")
    for _ in range(3 + 3):  # attempts, and three more that it is granted
        (_lease,) = await bench.store.lease(
            "killed", limit=1, now=bench.clock(), until=bench.clock() + timedelta(seconds=5)
        )
        bench.clock.advance(seconds=6)

    async with running(bench.worker(do_nothing, attempts=3)):
        await bench.until_ended(1)

    (letter,) = await bench.store.dead(10)
    assert letter.reason == "crashed"
    assert bench.leases == []


async def test_the_heartbeat_keeps_a_lease_that_takes_long(bench: Bench) -> None:
    gate = asyncio.Event()

    async def wait(lease: Lease) -> None:
        await gate.wait()

    beats = Beats(bench.store)
    await bench.queue("c1")
    async with running(bench.worker(wait, leases=beats, lease_seconds=0.3)):
        await bench.until(lambda: _is(bench.in_hand == 1))
        taken_until = bench.clock() + timedelta(seconds=0.3)
        bench.clock.advance(seconds=0.2)
        await bench.until(lambda: _is(beats.last > taken_until))
        later = taken_until + timedelta(seconds=0.1)
        assert await bench.store.lease("w2", limit=1, now=later, until=later) == []
        gate.set()
        await bench.until_ended(1)

    assert (await bench.endings())["c1"].outcome is Outcome.READY


async def test_a_ticket_whose_lease_was_taken_over_stops_and_settles_nothing(bench: Bench) -> None:
    stopped = asyncio.Event()

    async def wait(lease: Lease) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    await bench.queue("c1")
    worker = bench.worker(wait, lease_seconds=0.3)
    async with running(worker):
        await bench.until(lambda: _is(bench.in_hand == 1))
        later = bench.clock() + timedelta(seconds=1)
        (taken,) = await bench.store.lease(
            "w2", limit=1, now=later, until=later + timedelta(seconds=60)
        )
        async with asyncio.timeout(5):
            await stopped.wait()
        assert await bench.store.settle([answered(taken)], now=later) == [Settled.DONE]

    assert len(await bench.store.drafts("c1")) == 1


async def test_a_ticket_over_its_deadline_is_a_failed_attempt(bench: Bench) -> None:
    async def wait(lease: Lease) -> None:
        await asyncio.Event().wait()

    await bench.queue("c1")
    async with running(bench.worker(wait, attempts=1, deadline_seconds=0.05)):
        await bench.until_ended(1)

    (letter,) = await bench.store.dead(10)
    assert "TimeoutError" in letter.detail


async def test_a_drain_waits_for_what_is_in_flight(bench: Bench) -> None:
    gate = asyncio.Event()

    async def wait(lease: Lease) -> None:
        await gate.wait()

    await bench.queue("c1")
    async with running(bench.worker(wait)) as stop:
        await bench.until(lambda: _is(bench.in_hand == 1))
        await bench.receive("c2")
        stop.set()
        gate.set()

    ended = await bench.endings()
    assert ended["c1"].outcome is Outcome.READY
    assert "c2" not in ended  # nothing new was begun


async def test_a_drain_that_takes_too_long_gives_the_rest_back_at_once(bench: Bench) -> None:
    async def wait(lease: Lease) -> None:
        await asyncio.Event().wait()

    await bench.queue("c1")
    async with running(bench.worker(wait, drain_seconds=0.05)):
        await bench.until(lambda: _is(bench.in_hand == 1))

    (lease,) = await bench.store.lease(
        "w2", limit=1, now=bench.clock(), until=bench.clock() + timedelta(seconds=60)
    )
    assert (lease.conversation, lease.failures) == ("c1", 0)


async def test_a_message_that_comes_while_a_draft_is_made_is_answered_with_it(
    bench: Bench,
) -> None:
    gate = asyncio.Event()

    async def wait(lease: Lease) -> None:
        if len(bench.leases) == 1:
            await gate.wait()

    await bench.queue("c1")
    async with running(bench.worker(wait)):
        await bench.until(lambda: _is(bench.in_hand == 1))
        await bench.receive("c1")
        await bench.until(lambda: _no_new_rows(bench))
        gate.set()
        await bench.until_ended(2)

    (draft,) = await bench.store.drafts("c1")
    assert (draft.revision, len(draft.answers)) == (2, 2)


async def test_a_database_that_is_away_pauses_the_worker_and_is_told(bench: Bench) -> None:
    away = Away(bench.store)
    worker = bench.worker(do_nothing, leases=away)
    await bench.queue("c1")

    async with running(worker):
        await bench.until(lambda: _is(worker.last_error is not None))
        away.gone = False
        await bench.until_ended(1)
        assert worker.last_error is None


class Through:
    """The store as the worker sees it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def lease(self, owner: str, *, limit: int, now: datetime, until: datetime) -> list[Lease]:
        return await self._store.lease(owner, limit=limit, now=now, until=until)

    async def heartbeat(self, owner: str, leases: Sequence[Lease], until: datetime) -> set[int]:
        return await self._store.heartbeat(owner, leases, until)

    async def release(self, leases: Sequence[Lease]) -> None:
        await self._store.release(leases)

    async def retry_later(self, failed: Sequence[tuple[Lease, datetime, str]]) -> None:
        await self._store.retry_later(failed)


class Away(Through):
    """Out of reach until `gone` is set to False."""

    gone = True

    async def lease(self, owner: str, *, limit: int, now: datetime, until: datetime) -> list[Lease]:
        if self.gone:
            raise StoreUnavailable("test.db", "unplugged")
        return await super().lease(owner, limit=limit, now=now, until=until)


class Beats(Through):
    """Notes until when the last heartbeat prolonged."""

    last = NOW

    async def heartbeat(self, owner: str, leases: Sequence[Lease], until: datetime) -> set[int]:
        kept = await super().heartbeat(owner, leases, until)
        self.last = until
        return kept


async def _is(true: bool) -> bool:
    return true


async def _no_new_rows(bench: Bench) -> bool:
    return (await bench.store.backlog()).new == 0
