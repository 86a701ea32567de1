"""Kafka to inbox on a real broker: nothing is lost, nothing is doubled, nothing blocks."""

import asyncio
import hashlib
import signal
import sys
from pathlib import Path

from agent.store import Store
from tests.broker import send
from tests.integration.bus.reading import Watched, an_ingest, reading, until

ROOT = Path(__file__).parents[3]


async def rows(store: Store) -> list[bytes]:
    return [row.record.value for row in await store.unread(10_000)]


async def test_a_kill_between_write_and_commit_delivers_again_and_keeps_one_row(
    kafka: str, topic: str, store: Store, url: str
) -> None:
    """Kill point: after the insert, before the offsets. Checker: rows and deliveries counted."""
    await send(kafka, topic, b"one", b"two")
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.bus.reading", kafka, topic, url), cwd=ROOT
    )
    assert await killed.wait() == -signal.SIGKILL
    assert await rows(store) == [b"one", b"two"]

    watched = Watched(store)
    async with reading(an_ingest(kafka, topic, watched)):
        await until(lambda: len(watched.seen) >= 2)
        await send(kafka, topic, b"three")
        await until(lambda: len(watched.seen) >= 3)

    assert await rows(store) == [b"one", b"two", b"three"]


async def test_what_was_committed_is_not_read_again(kafka: str, topic: str, store: Store) -> None:
    await send(kafka, topic, b"one")
    first, second = Watched(store), Watched(store)
    async with reading(an_ingest(kafka, topic, first)):
        await until(lambda: len(first.seen) == 1)

    await send(kafka, topic, b"two")
    async with reading(an_ingest(kafka, topic, second)):
        await until(lambda: bool(second.seen))

    assert [record.value for record in second.seen] == [b"two"]


async def test_a_database_that_is_away_loses_nothing_and_is_told(
    kafka: str, topic: str, store: Store
) -> None:
    watched = Watched(store, away=3)
    await send(kafka, topic, b"one", b"two")

    async with reading(an_ingest(kafka, topic, watched)) as ingest:
        await until(lambda: ingest.last_error is not None)
        await until(lambda: len(watched.seen) == 2)
        await until(lambda: ingest.last_error is None)

    assert await rows(store) == [b"one", b"two"]


async def test_a_record_over_the_limit_keeps_size_and_hash_and_its_neighbours_live(
    kafka: str, topic: str, store: Store
) -> None:
    big = b"x" * 5_000_000
    await send(kafka, topic, b"before", big, b"after")

    watched = Watched(store)
    async with reading(an_ingest(kafka, topic, watched, limit=1_048_576)):
        await until(lambda: len(watched.seen) == 3)

    kept = {row.record.value: row.record for row in await store.unread(10)}
    assert set(kept) == {b"before", b"", b"after"}
    assert kept[b""].size == len(big)
    assert kept[b""].sha256 == hashlib.sha256(big).hexdigest()


async def test_bytes_of_any_kind_are_kept_as_they_came(
    kafka: str, topic: str, store: Store
) -> None:
    odd = (b"\x00nul", bytes(range(256)), b"\xff\xfe")
    headers = [("ce_id", b"\x00\xff"), ("content-type", b"application/json"), ("empty", b"")]
    await send(kafka, topic, *odd, key=b"\x00key", headers=headers)

    watched = Watched(store)
    async with reading(an_ingest(kafka, topic, watched)):
        await until(lambda: len(watched.seen) == 3)

    kept = [row.record for row in await store.unread(10)]
    assert tuple(record.value for record in kept) == odd
    assert {record.key for record in kept} == {b"\x00key"}
    assert {record.headers for record in kept} == {tuple(headers)}


async def test_above_the_high_water_mark_reading_pauses_and_resumes_below_it(
    kafka: str, topic: str, store: Store
) -> None:
    watched = Watched(store, waiting=101)
    stop = asyncio.Event()
    async with reading(an_ingest(kafka, topic, watched, high_water=100)) as ingest:
        pressure = asyncio.create_task(ingest.watch_pressure(stop, every=0.05))
        await until(lambda: ingest.paused)
        await send(kafka, topic, *(b"%d" % n for n in range(20)))
        await asyncio.sleep(0.5)  # long enough to read twenty records ten times over
        assert watched.seen == []

        watched.waiting = 90  # below the mark, yet not below three quarters of it
        await asyncio.sleep(0.2)
        assert ingest.paused

        watched.waiting = 70
        await until(lambda: len(watched.seen) == 20)
        stop.set()
        await pressure
