"""Leases: a conversation in one worker's hands at a time, the most urgent first."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import count

from agent.domain.draft import Route
from agent.domain.events import TicketClosed
from agent.store import Store, open_store
from agent.store.records import Admission, Bury, Identity, Lease, Settlement
from tests.contract.store.conftest import Peek
from tests.contract.store.values import (
    LATER,
    NOW,
    SOON,
    Desk,
    an_identity,
    answered,
    rows_of,
    to_close,
    to_queue,
)

MINUTE = timedelta(minutes=1)


async def test_the_earliest_deadline_is_leased_first(desk: Desk) -> None:
    for name, hours in (("late", 8), ("urgent", 1), ("normal", 4)):
        await desk.admit(name, to_queue(name, due=timedelta(hours=hours)))

    assert [lease.conversation for lease in await desk.lease(limit=2)] == ["urgent", "normal"]
    assert [lease.conversation for lease in await desk.lease(limit=2)] == ["late"]
    assert await desk.lease() == []


async def test_an_urgent_message_pulls_its_whole_conversation_forward(desk: Desk) -> None:
    await desk.admit("a1", to_queue("a", due=timedelta(hours=8)))
    await desk.admit("b1", to_queue("b", due=timedelta(hours=4)))
    await desk.admit("a2", to_queue("a", due=timedelta(hours=1)))

    leases = await desk.lease()

    assert [lease.conversation for lease in leases] == ["a", "b"]
    assert leases[0].due_at == NOW + timedelta(hours=1)


async def test_all_waiting_messages_of_a_conversation_come_in_one_lease_oldest_first(
    desk: Desk,
) -> None:
    await desk.queue("a", "b", "a", "a")

    leases = {str(lease.conversation): lease for lease in await desk.lease()}

    assert {name: len(lease.rows) for name, lease in leases.items()} == {"a": 3, "b": 1}
    assert rows_of([leases["a"]]) == sorted(rows_of([leases["a"]]))
    assert leases["a"].revision == 3


async def test_a_conversation_in_somebodys_hands_is_not_given_out(desk: Desk) -> None:
    await desk.queue("a")
    await desk.lease_one("w1")
    await desk.queue("a")

    assert await desk.lease("w2") == []


async def test_a_lease_that_ran_out_is_given_to_the_next_with_a_new_token(desk: Desk) -> None:
    await desk.queue("a")
    first = await desk.lease_one("w1", now=NOW)
    assert await desk.lease("w2", now=NOW + MINUTE) == []

    second = await desk.lease_one("w2", now=NOW + MINUTE + timedelta(seconds=1))

    assert (first.attempt, second.attempt) == (1, 2)
    assert (first.failures, second.failures) == (0, 1)


async def test_a_failed_conversation_waits_for_its_moment_and_blocks_its_later_messages(
    desk: Desk, peek: Peek
) -> None:
    await desk.queue("a")
    lease = await desk.lease_one()
    await desk.store.retry_later([(lease, LATER, "engine-timeout")])
    await desk.queue("a", "b")

    early = await desk.lease(now=LATER - MINUTE, until=LATER)
    assert [lease.conversation for lease in early] == ["b"]

    (again,) = await desk.lease(now=LATER)
    assert (again.conversation, len(again.rows), again.failures) == ("a", 2, 1)
    assert again.attempt == lease.attempt + 1
    assert ("engine-timeout",) in await peek("SELECT error FROM inbox")


async def test_a_released_conversation_is_free_at_once_and_has_not_failed(desk: Desk) -> None:
    await desk.queue("a", "b")
    await desk.store.release(await desk.lease("w1"))

    leases = await desk.lease("w2")

    assert [(lease.attempt, lease.failures) for lease in leases] == [(2, 0), (2, 0)]


async def test_giving_back_a_lease_that_was_taken_over_changes_nothing(desk: Desk) -> None:
    await desk.queue("a")
    lost = await desk.lease_one("w1")
    held = await desk.lease_one("w2", now=LATER)

    await desk.store.release([lost])
    await desk.store.retry_later([(lost, NOW, "late")])

    assert await desk.lease("w3", now=LATER) == []
    assert await desk.store.heartbeat("w2", [held], LATER) == set(rows_of([held]))


async def test_a_heartbeat_prolongs_what_is_held_and_tells_what_is_lost(desk: Desk) -> None:
    await desk.queue("a", "b", "c")
    kept, closed, lost = await desk.lease("w1")
    await desk.admit("closing", to_close(closed.conversation))
    await desk.store.release([lost])
    await desk.lease_one("w2")

    held = await desk.store.heartbeat("w1", [kept, closed, lost], LATER)

    assert held == set(rows_of([kept]))
    assert [lease.conversation for lease in await desk.lease("w3", now=LATER)] == [
        lost.conversation
    ]


async def test_a_heartbeat_with_an_old_token_of_ones_own_holds_nothing(desk: Desk) -> None:
    await desk.queue("a")
    old = await desk.lease_one("w1", now=NOW)
    await desk.lease_one("w1", now=LATER)

    assert await desk.store.heartbeat("w1", [old], LATER) == set()


async def test_eight_workers_never_hold_one_conversation_twice(url: str) -> None:
    """Messages keep coming while eight workers lease, settle and give back."""
    stores = [await open_store(url, connections=3) for _ in range(4)]
    desk = Desk(stores[0])
    names = [f"c{n}" for n in range(6)]
    fed = asyncio.Event()
    batches = [asyncio.Event() for _ in range(15)]
    held: Counter[str] = Counter()
    twice: list[str] = []
    answered_by: dict[int, set[int]] = {number: set() for number in range(8)}

    async def feed() -> None:
        for batch in batches:
            await desk.queue(*names)
            batch.set()
        fed.set()

    async def carry(number: int, store: Store, leases: list[Lease], give_back: bool) -> None:
        """Every second lease is held until later messages of its conversations are in line."""
        held.update(lease.conversation for lease in leases)
        twice.extend(lease.conversation for lease in leases if held[lease.conversation] > 1)
        if number % 2 and (coming := [batch for batch in batches if not batch.is_set()]):
            await coming[0].wait()
        await store.backlog()  # others lease meanwhile
        held.subtract(lease.conversation for lease in leases)
        if give_back:
            await store.release(leases)
            return
        results = await store.settle([answered(lease) for lease in leases], now=NOW)
        for lease, result in zip(leases, results, strict=True):
            if result == "done":
                assert answered_by[number].isdisjoint(rows_of([lease]))
                answered_by[number].update(rows_of([lease]))

    async def work(number: int) -> None:
        store = stores[number % len(stores)]
        for round_ in count():
            done = fed.is_set()
            leases = await store.lease(f"w{number}", limit=2, now=NOW, until=LATER)
            await carry(number, store, leases, give_back=(number + round_) % 4 == 0)
            if done and not leases:
                return

    async with asyncio.TaskGroup() as group:
        group.create_task(feed())
        for number in range(8):
            group.create_task(work(number))
    left = await stores[0].backlog()
    for store in stores:
        await store.close()

    assert twice == []
    assert (left.queued, left.leased) == (0, 0)
    rows = [row for mine in answered_by.values() for row in mine]
    assert len(rows) == len(set(rows)) == len(batches) * len(names)
    assert sum(bool(mine) for mine in answered_by.values()) > 1


async def test_processes_that_lease_at_once_share_the_conversations(
    desk: Desk, other_store: Store
) -> None:
    await desk.queue(*[f"c{n}" for n in range(60)])

    halves = await asyncio.gather(
        *(
            store.lease(f"w{n}", limit=20, now=NOW, until=SOON)
            for n, store in enumerate([desk.store, other_store, desk.store, other_store])
        )
    )

    names = [lease.conversation for half in halves for lease in half]
    assert len(names) == len(set(names)) >= 40


async def test_a_replayed_row_waits_while_a_later_message_is_in_hand(desk: Desk) -> None:
    await desk.queue("a")
    dead = await desk.lease_one()
    await desk.settle(
        Settlement(lease=dead, draft=None, bury=Bury(reason="engine", detail="try later"))
    )
    await desk.queue("a", "b")
    assert len(await desk.lease("w1")) == 2
    assert await desk.store.replay(rows_of([dead]), NOW) == 1
    (row,) = await desk.store.unread(1)
    again = Admission(row=row.id, identity=an_identity("e-1"), decision=to_queue("a"))
    await desk.store.admit([again], now=NOW)

    assert await desk.lease("w2") == []


async def test_a_lease_brings_the_last_ten_earlier_messages(desk: Desk) -> None:
    for _ in range(12):
        await desk.answer("a")
    await desk.answer("b")
    await desk.queue("a", "a")

    lease = await desk.lease_one()

    earlier = [row.id for row in lease.history]
    assert len(earlier) == 10
    assert earlier == sorted(earlier)
    assert max(earlier) < min(rows_of([lease]))


async def test_history_holds_messages_only_and_no_duplicate(desk: Desk) -> None:
    await desk.answer("a", Route.REVIEW)
    (row,) = await desk.receive(b"{}")
    closing = Identity(
        source="shop", event_id=an_identity("x").event_id, data_sha256="0", type=TicketClosed.TYPE
    )
    await desk.store.admit([Admission(row=row, identity=closing, decision=to_close("a"))], now=NOW)
    await desk.admit("e9", to_queue("a"))
    await desk.admit("e9", to_queue("a"))

    lease = await desk.lease_one()

    assert [row.identity.type for row in lease.history] == ["ticket.message"]


async def test_a_limit_of_nothing_leases_nothing(desk: Desk) -> None:
    await desk.queue("a")
    leases: list[Lease] = await desk.lease(limit=0)
    assert leases == []
