"""Outbox to Kafka on a real broker: the same bytes again after a crash, in order always."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from agent.bus import topics
from agent.bus.relay import OutboxStore, Relay
from agent.bus.topics import TopicSpec
from agent.domain.draft import Route
from agent.domain.events import DraftCreated, TicketDead
from agent.store import SHARDS, Store
from agent.store.records import Bury, OutboxRow
from tests.broker import Read, read_all
from tests.contract.store.values import NOW, Desk, answered, to_close
from tests.integration.bus.reading import until

SPEC = TopicSpec(
    partitions=2, replication=1, retention=timedelta(days=7), max_message_bytes=8_388_608
)


@pytest.fixture
async def bootstrap(kafka: str) -> str:
    await topics.create(kafka, SPEC)
    return kafka


@pytest.fixture
def name() -> str:
    """A conversation that no other test knows."""
    return f"c-{secrets.token_hex(4)}"


@dataclass(slots=True)
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def a_relay(
    bootstrap: str, store: OutboxStore, *, owner: str = "r1", clock: Clock | None = None
) -> Relay:
    return Relay(
        bootstrap,
        store=store,
        owner=owner,
        shards=SHARDS,
        clock=clock or Clock(),
        max_message_bytes=8_388_608,
        bell=asyncio.Event(),
    )


@asynccontextmanager
async def running(*relays: Relay) -> AsyncGenerator[asyncio.Event]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for relay in relays:
            await relay.start()
            group.create_task(relay.run(stop, poll_seconds=0.02))
        yield stop
        stop.set()
    for relay in relays:
        await relay.stop()


async def sent(bootstrap: str, conversation: str, topic: str = DraftCreated.TOPIC) -> list[Read]:
    return [r for r in await read_all(bootstrap, topic) if r.key == conversation.encode()]


async def empty(store: Store) -> bool:
    return not await store.outbox_count()


class NeverMarks:
    """The store of a relay that is killed after its sends, before their mark."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def acquire(
        self, names: Sequence[str], owner: str, until: datetime, now: datetime
    ) -> set[str]:
        return await self._store.acquire(names, owner, until, now)

    async def give_up(self, names: Sequence[str], owner: str) -> None:
        """A killed process gives nothing up."""

    async def unpublished(self, shards: Sequence[int], limit: int) -> list[OutboxRow]:
        return await self._store.unpublished(shards, limit)

    async def mark_published(self, ids: Sequence[int], now: datetime) -> None:
        raise Killed


class Killed(BaseException):
    """Between the acknowledgement and the mark."""


async def test_a_re_send_after_a_crash_repeats_id_headers_and_bytes(
    bootstrap: str, store: Store, name: str
) -> None:
    """Kill point: after Kafka's acknowledgement, before the mark."""
    draft = await Desk(store).answer(name)
    clock = Clock()
    first = a_relay(bootstrap, NeverMarks(store), owner="killed", clock=clock)
    await first.start()
    with pytest.raises(Killed):
        await first.step()
    await first.stop()

    clock.now += timedelta(seconds=Relay.LOCK_SECONDS + 1)
    async with running(a_relay(bootstrap, store, clock=clock)):
        await until(lambda: empty(store))

    one, again = await sent(bootstrap, name)
    assert dict(one.headers)["ce_id"] == draft.id.encode()
    assert (one.value, one.headers, one.partition) == (again.value, again.headers, again.partition)


async def test_two_relays_never_swap_the_order_of_a_conversation(
    bootstrap: str, store: Store
) -> None:
    """Both run at once over 20 conversations of 4 revisions; one is killed on the way."""
    desk = Desk(store)
    names = [f"c-{secrets.token_hex(4)}" for _ in range(20)]
    for _ in range(4):
        for name in names:
            await desk.answer(name, Route.REVIEW)
    clock = Clock()
    killed, second = (a_relay(bootstrap, store, owner=o, clock=clock) for o in ("r1", "r2"))
    await killed.start()
    await killed.step()  # holds every key range, has sent the first of each conversation

    async with running(second):
        await until(lambda: second.last_error is None)
        clock.now += timedelta(seconds=Relay.LOCK_SECONDS + 1)  # the dead one's locks run out
        await until(lambda: empty(store))

    records = await read_all(bootstrap, DraftCreated.TOPIC)
    for name in names:
        kinds = [
            (dict(r.headers)["ce_type"].decode(), dict(r.headers)["ce_id"].decode())
            for r in records
            if r.key == name.encode()
        ]
        drafts = [draft.id for draft in await store.drafts(name)]
        expected = [("draft.created", drafts[0])]
        for gone, new in pairwise(drafts):
            expected += [("draft.superseded", f"{gone}/superseded"), ("draft.created", new)]
        assert kinds == expected
    await killed.stop()


async def test_while_one_relay_holds_a_key_range_another_sends_nothing_of_it(
    bootstrap: str, store: Store, name: str
) -> None:
    await Desk(store).answer(name)
    holder, other = (a_relay(bootstrap, store, owner=owner) for owner in ("r1", "r2"))
    await store.acquire([f"relay-{n}" for n in range(SHARDS)], "r1", NOW + timedelta(5), NOW)

    await other.start()
    assert await other.step() == 0
    await other.stop()
    assert await sent(bootstrap, name) == []

    await holder.start()
    assert await holder.step() == 1
    await holder.stop()


async def test_a_record_that_kafka_refuses_holds_up_its_own_key_alone(
    bootstrap: str, store: Store, name: str
) -> None:
    desk = Desk(store)
    await desk.queue(name, f"{name}-other")
    big, small = await desk.lease()
    await desk.settle(answered(big, body="x" * 9_000_000), answered(small))
    relay = a_relay(bootstrap, store)

    async with running(relay):
        await until(lambda: relay.last_error is not None)
        await until(lambda: one_left(store))

    assert len(await sent(bootstrap, f"{name}-other")) == 1
    assert relay.last_error is not None
    assert "MessageSizeTooLargeError" in relay.last_error
    assert "drafts.v1" in relay.last_error


async def one_left(store: Store) -> bool:
    return await store.outbox_count() == 1


async def test_a_stop_sends_first_what_the_outbox_holds(
    bootstrap: str, store: Store, name: str
) -> None:
    desk = Desk(store)
    for n in range(30):
        await desk.answer(f"{name}-{n}")
    relay = a_relay(bootstrap, store)
    stop = asyncio.Event()
    stop.set()

    await relay.start()
    await relay.run(stop, poll_seconds=1)
    await relay.stop()

    assert await store.outbox_count() == 0


async def test_a_dead_letter_carries_size_and_hash_and_never_the_text(
    bootstrap: str, store: Store
) -> None:
    desk = Desk(store)
    value = f"secret-{secrets.token_hex(8)}".encode()
    await desk.admit(secrets.token_hex(4), Bury(reason="too-large", detail="d"), value=value)
    await desk.admit(secrets.token_hex(4), to_close("nothing"))

    async with running(a_relay(bootstrap, store)):
        await until(lambda: empty(store))

    digest = hashlib.sha256(value).hexdigest()
    (letter,) = [
        json.loads(r.value)
        for r in await read_all(bootstrap, TicketDead.TOPIC)
        if digest.encode() in r.value
    ]
    assert (letter["reason"], letter["size"]) == ("too-large", len(value))
    assert value not in json.dumps(letter).encode()
