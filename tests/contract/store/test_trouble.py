"""A database that is away, full or of another version is told in words a caller can act on."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import event, text

from agent.store import Store, open_store
from agent.store.database import Database, masked_url
from agent.store.errors import StoreOutOfDate, StoreUnavailable
from agent.store.records import Admission, Outcome, State
from agent.store.schema import REVISION
from migrations import downgrade, upgrade
from tests.contract.store.values import NOW, Desk, a_record, an_identity, to_queue


@pytest.fixture
async def small_store(migrated_file: Path, tmp_path: Path) -> AsyncGenerator[Store]:
    """A store on a disk that is nearly full."""
    file = copyfile(migrated_file, tmp_path / "small.db")
    database = Database(f"sqlite:///{file}")

    def limit(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 80")

    event.listen(database.engine.sync_engine, "connect", limit)
    store = Store(database, lambda: NOW)
    yield store
    await store.close()


async def test_a_full_disk_is_unavailable_and_loses_nothing_that_was_written(
    small_store: Store,
) -> None:
    assert await small_store.ingest([a_record(1)], NOW) == 1

    with pytest.raises(StoreUnavailable, match="full"):
        await small_store.ingest([a_record(2), a_record(3, b"x" * 2_000_000)], NOW)

    assert [row.record.at.offset for row in await small_store.unread(10)] == [1]
    assert await small_store.ingest([a_record(2)], NOW) == 1


async def test_a_database_without_tables_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(StoreOutOfDate, match="run `citedesk migrate`"):
        await open_store(f"sqlite:///{tmp_path / 'new.db'}")


async def test_a_database_of_another_version_is_refused_with_both_revisions(url: str) -> None:
    database = Database(url, connections=1)
    await _execute(database, "UPDATE alembic_version SET version_num = '9999'")
    try:
        with pytest.raises(StoreOutOfDate, match=rf"'9999'.*'{REVISION}'"):
            await open_store(url)
    finally:
        await _execute(database, f"UPDATE alembic_version SET version_num = '{REVISION}'")
        await database.close()


async def test_a_database_that_was_migrated_away_is_out_of_date_not_gone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    await asyncio.to_thread(upgrade, url)
    store = await open_store(url)
    await asyncio.to_thread(downgrade, url)

    with pytest.raises(StoreOutOfDate):
        await store.ingest([a_record(1)], NOW)
    await store.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://me:hush@127.0.0.1:1/x", "127.0.0.1:1"),
        ("sqlite:////nowhere/at/all.db", "unable to open database file"),
        ("sqlite://", "SQLite needs a file"),
        ("mysql://me:hush@host/x", "'mysql' is not supported"),
        ("me:hush@host", "it is no URL"),
    ],
)
async def test_an_address_that_leads_nowhere_is_told_without_its_password(
    url: str, told: str
) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        await open_store(url)

    assert told in str(caught.value)
    assert "hush" not in str(caught.value)


async def test_a_wrong_password_is_unavailable_and_not_shown(postgres_url: str) -> None:
    user, _, rest = postgres_url.partition("://")[2].partition("@")
    wrong = f"postgresql://{user.partition(':')[0]}:hush@{rest}"

    with pytest.raises(StoreUnavailable, match="authentication failed") as caught:
        await open_store(wrong)

    assert "hush" not in str(caught.value)


def test_an_address_is_masked_for_the_screen() -> None:
    masked = masked_url("postgresql://me:hush@db:5432/desk?sslmode=require&password=hush")
    assert masked == "postgresql+asyncpg://me:***@db:5432/desk"


async def test_no_error_quotes_a_value(store: Store) -> None:
    broken = a_record(1, b"my secret", timestamp=datetime(2026, 1, 1))

    with pytest.raises(Exception, match="aware") as caught:
        await store.ingest([broken], NOW)

    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert not any("secret" in str(error) for error in chain)


async def test_an_event_the_database_refuses_is_buried_and_the_rest_is_admitted(
    desk: Desk,
) -> None:
    rows = await desk.receive(b"{}", b"{}", b"{}")
    bad = replace(to_queue("c2"), due_at=datetime(2026, 1, 1))
    batch = [
        Admission(row=row, identity=an_identity(f"e{row}"), decision=decision)
        for row, decision in zip(rows, (to_queue("c1"), bad, to_queue("c3")), strict=True)
    ]

    results = await desk.store.admit(batch, now=NOW)

    assert results == [State.QUEUED, Outcome.DEAD, State.QUEUED]
    assert [letter.reason for letter in await desk.store.dead(10)] == ["refused"]


async def test_updates_from_many_connections_lose_nothing(url: str) -> None:
    """Read-then-update from several connections: SQLite's default transactions lose some."""
    stores = [await open_store(url, connections=2) for _ in range(4)]
    desk = Desk(stores[0])
    rows = await desk.receive(*[b"{}"] * 80)

    async def admit(store: Store, row: int) -> None:
        one = Admission(row=row, identity=an_identity(f"e{row}"), decision=to_queue("same"))
        assert await store.admit([one], now=NOW) == [State.QUEUED]

    await asyncio.gather(*(admit(stores[n % 4], row) for n, row in enumerate(rows)))

    lease = await desk.lease_one()
    assert (lease.revision, len(lease.rows)) == (80, 80)
    for store in stores:
        await store.close()


async def _execute(database: Database, statement: str) -> None:
    await database.write(lambda connection: connection.execute(text(statement)))
