"""Whatever happens in whatever order: an effect at most once, and only as approved.

`CITEDESK_TEST_ORDERS=10000` runs as many on the real stores too; the seed is `CITEDESK_TEST_SEED`.
"""

import asyncio
import os

import pytest

from agent.store import open_store
from agent.store.database import Database
from migrations import upgrade
from tests.faults.approval_fuzz import fuzz, fuzz_in_memory

SEED = int(os.environ.get("CITEDESK_TEST_SEED", "20261125"))
ASKED_FOR = os.environ.get("CITEDESK_TEST_ORDERS")
ENDS = {"consumed+effect", "refused", "expired", "withdrawn"}  #: a run that lacks one tests little


@pytest.fixture(scope="module")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'store.db'}"
    upgrade(url)
    return url


@pytest.mark.timeout(300)
async def test_ten_thousand_orders_over_the_stores_promises(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", logger="citedesk")
    ends = await fuzz_in_memory(orders=10_000, seed=SEED)

    with capsys.disabled():
        print(f"\nfuzz in memory, seed {SEED}: {ends}")  # noqa: T201 - the figure that docs name
    assert set(ends) >= ENDS


@pytest.mark.timeout(3600 if ASKED_FOR else 300)
async def test_on_sqlite_every_effect_is_as_approved_and_at_most_once(
    migrated_sqlite: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = await _run(migrated_sqlite, int(ASKED_FOR or 120))

    with capsys.disabled():
        print(f"\nfuzz on SQLite, seed {SEED}: {ends}")  # noqa: T201 - the figure that docs name
    assert set(ends) >= ENDS


@pytest.mark.timeout(3600 if ASKED_FOR else 300)
async def test_on_postgres_too(postgres_url: str) -> None:
    await asyncio.to_thread(upgrade, postgres_url)

    ends = await _run(postgres_url, int(ASKED_FOR or 1_000) // 10)

    assert set(ends) >= ENDS


async def _run(url: str, orders: int) -> dict[str, int]:
    store = await open_store(url)
    database = Database(url, connections=2)
    try:
        return await fuzz(store, database, orders=orders, seed=SEED)
    finally:
        await database.close()
        await store.close()
