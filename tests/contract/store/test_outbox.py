"""The outbox in order, divided by key range, and the locks that divide it."""

from datetime import timedelta

from agent.store import SHARDS, Store
from agent.store.codec import shard_of
from tests.contract.store.values import LATER, NOW, SOON, Desk, answered

EVERY = range(SHARDS)


async def _publishable(desk: Desk, count: int) -> list[str]:
    names = [f"c{n}" for n in range(count)]
    await desk.queue(*names)
    await desk.settle(*[answered(lease) for lease in await desk.lease()])
    return names


async def test_rows_come_out_oldest_first_as_they_were_packed(desk: Desk) -> None:
    await desk.queue("a", "b")
    leases = await desk.lease()
    settlements = [answered(lease) for lease in leases]
    await desk.settle(*settlements)

    rows = await desk.store.unpublished(EVERY, 10)

    assert [row.message for row in rows] == [s.messages[0] for s in settlements]
    assert [row.id for row in await desk.store.unpublished(EVERY, 1)] == [rows[0].id]


async def test_a_key_range_gets_its_own_conversations_only(desk: Desk) -> None:
    names = await _publishable(desk, 20)
    low, high = range(SHARDS // 2), range(SHARDS // 2, SHARDS)

    halves = [[r.message.key for r in await desk.store.unpublished(h, 99)] for h in (low, high)]

    assert sorted(halves[0] + halves[1]) == sorted(names)
    assert all(shard_of(key) in low for key in halves[0])
    assert halves[0]
    assert halves[1]
    assert await desk.store.unpublished([], 99) == []


async def test_a_published_row_is_not_sent_again_and_not_deleted(desk: Desk) -> None:
    await _publishable(desk, 3)
    first, *others = await desk.store.unpublished(EVERY, 10)

    await desk.store.mark_published([first.id], NOW)

    assert await desk.store.unpublished(EVERY, 10) == others
    assert await desk.store.outbox_count() == 2
    assert await desk.store.purge(NOW) == 0


async def test_a_lock_is_held_by_one_until_it_runs_out(store: Store, other_store: Store) -> None:
    assert await store.acquire(["a", "b"], "w1", SOON, NOW) == {"a", "b"}
    assert await other_store.acquire(["b", "c"], "w2", SOON, NOW) == {"c"}
    assert await store.acquire(["a", "c"], "w1", LATER, NOW) == {"a"}

    after = SOON + timedelta(seconds=1)
    assert await other_store.acquire(["a", "b"], "w2", LATER, after) == {"b"}


async def test_a_lock_that_is_given_up_is_free_and_only_its_owner_can_do_it(store: Store) -> None:
    await store.acquire(["a", "b"], "w1", SOON, NOW)
    await store.give_up(["a"], "w2")
    assert await store.acquire(["a"], "w2", SOON, NOW) == set()

    await store.give_up(["a"], "w1")
    assert await store.acquire(["a", "b"], "w2", SOON, NOW) == {"a"}
