"""The same tests on SQLite (a file of the test's own) and on Postgres (emptied before each)."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import text

from agent.store import Store, open_store
from agent.store.database import Database
from agent.store.schema import metadata
from migrations import upgrade
from tests.contract.store.values import Desk

Peek = Callable[[str], Coroutine[Any, Any, Sequence[Any]]]
_EMPTY = f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY CASCADE"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file to copy from."""
    file = tmp_path_factory.mktemp("store") / "empty.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="module")
def migrated_postgres(postgres_url: str) -> str:
    upgrade(postgres_url)
    return postgres_url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_file")
        return f"sqlite:///{copyfile(template, tmp_path / 'store.db')}"
    address: str = request.getfixturevalue("migrated_postgres")
    asyncio.run(_run(address, _EMPTY))
    return address


@pytest.fixture
async def store(url: str) -> AsyncGenerator[Store]:
    opened = await open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
async def other_store(url: str) -> AsyncGenerator[Store]:
    """Another process's view of the same database."""
    opened = await open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


@pytest.fixture
async def peek(url: str) -> AsyncGenerator[Peek]:
    """Looks into the tables past the store."""
    database = Database(url, connections=1)

    async def look(query: str) -> Sequence[Any]:
        async with database.read() as connection:
            return (await connection.execute(text(query))).all()

    yield look
    await database.close()


@pytest.fixture
async def alter(url: str) -> AsyncGenerator[Peek]:
    """Changes the tables past the store, as an intruder would."""
    database = Database(url, connections=1)

    async def change(statement: str) -> Sequence[Any]:
        await database.write(lambda connection: connection.execute(text(statement)))
        return ()

    yield change
    await database.close()


async def _run(address: str, statement: str) -> None:
    database = Database(address, connections=1)
    try:
        await database.write(lambda connection: connection.execute(text(statement)))
    finally:
        await database.close()
