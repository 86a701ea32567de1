"""Settlements are written in groups, and each caller learns what became of its own."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from agent.store import Store
from agent.store.errors import StoreConflict, StoreUnavailable
from agent.store.records import Lease, Settled, Settlement
from agent.worker import Settler
from tests.contract.store.values import NOW, SOON, Desk, answered


@dataclass(slots=True)
class Watched:
    """The store, with the groups it was handed, and what it says before it answers."""

    store: Store
    groups: list[list[str]] = field(default_factory=list[list[str]])
    troubles: list[StoreUnavailable] = field(default_factory=list[StoreUnavailable])

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> list[Settled]:
        self.groups.append([one.lease.conversation for one in settlements])
        if self.troubles:
            raise self.troubles.pop()
        return await self.store.settle(settlements, now=now)


@asynccontextmanager
async def settling(watched: Watched, *, window: float) -> AsyncGenerator[tuple[Settler, list[int]]]:
    rung: list[int] = []
    settler = Settler(
        watched, window_seconds=window, clock=lambda: NOW, ring=lambda: rung.append(1)
    )
    task = asyncio.create_task(settler.run())
    try:
        yield settler, rung
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def leased(store: Store, *conversations: str) -> list[Lease]:
    await Desk(store).queue(*conversations)
    return await store.lease("w1", limit=100, now=NOW, until=SOON)


async def test_what_ends_within_the_window_is_one_transaction(store: Store) -> None:
    leases = await leased(store, "a", "b", "c")
    watched = Watched(store)

    async with settling(watched, window=0.2) as (settler, rung):
        results = await asyncio.gather(*(settler.settle(answered(one)) for one in leases))

    assert results == [Settled.DONE] * 3
    assert sorted(watched.groups[0]) == ["a", "b", "c"]
    assert rung == [1]  # the relay is woken once a group


async def test_each_caller_learns_what_became_of_its_own(store: Store) -> None:
    one, other = await leased(store, "a", "b")
    await store.release([other])

    async with settling(Watched(store), window=0.05) as (settler, _):
        results = await asyncio.gather(
            settler.settle(answered(one)), settler.settle(answered(other))
        )

    assert results == [Settled.DONE, Settled.LOST]


async def test_no_group_is_larger_than_the_limit(store: Store) -> None:
    leases = await leased(store, *(f"c{n}" for n in range(7)))
    watched = Watched(store)

    async with settling(watched, window=0.1) as (settler, _):
        settler.LIMIT = 3
        await asyncio.gather(*(settler.settle(answered(one)) for one in leases))

    assert [len(group) for group in watched.groups] == [3, 3, 1]


async def test_a_group_is_written_again_until_the_database_is_back(store: Store) -> None:
    (lease,) = await leased(store, "a")
    watched = Watched(store)
    watched.troubles = [StoreConflict("db", "deadlock"), StoreUnavailable("db", "unplugged")]

    async with settling(watched, window=0) as (settler, _):
        assert await settler.settle(answered(lease)) is Settled.DONE

    assert watched.groups == [["a"]] * 3


async def test_a_caller_who_went_away_does_not_stop_the_others(store: Store) -> None:
    one, other = await leased(store, "a", "b")

    async with settling(Watched(store), window=0.1) as (settler, _):
        gone = asyncio.create_task(settler.settle(answered(one)))
        await asyncio.sleep(0)
        gone.cancel()
        assert await settler.settle(answered(other)) is Settled.DONE
