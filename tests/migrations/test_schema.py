"""The migrations lead from an empty database to the models and back, on both engines."""

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

import migrations
from agent.store import open_store
from agent.store.database import Database
from agent.store.schema import REVISION, metadata
from migrations import downgrade, head, upgrade

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    address: str = request.getfixturevalue("postgres_url")
    downgrade(address)
    return address


def _inside(url: str, look: Any) -> Any:
    async def run() -> Any:
        database = Database(url, connections=1)
        try:
            async with database.read() as connection:
                return await connection.run_sync(look)
        finally:
            await database.close()

    return asyncio.run(run())


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, metadata)


def test_an_empty_database_is_brought_to_the_models(url: str) -> None:
    assert upgrade(url) == head()

    assert _inside(url, _tables) == set(metadata.tables)
    assert _inside(url, _differences) == []


def test_partial_indexes_keep_their_conditions(url: str) -> None:
    """Alembic does not compare them, and without them a lease reads the whole inbox."""
    upgrade(url)

    def conditions(connection: Connection) -> dict[str, str]:
        dialect = connection.dialect.name
        return {
            str(index["name"]): re.sub(r"\W+", " ", str(condition))
            for table in metadata.tables
            for index in inspect(connection).get_indexes(table)
            if (condition := index.get("dialect_options", {}).get(f"{dialect}_where")) is not None
        }

    found = _inside(url, conditions)
    wanted = {
        str(index.name): index.dialect_options["postgresql"]["where"].text
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["postgresql"]["where"] is not None
    }
    assert set(found) == set(wanted)
    for name, condition in wanted.items():
        words = set(re.findall(r"\w+", condition)) - {"IN"}
        assert words <= set(found[name].split()), name


def test_upgrading_again_changes_nothing(url: str) -> None:
    upgrade(url)
    assert upgrade(url) == head()


def test_the_way_back_leaves_nothing(url: str) -> None:
    upgrade(url)

    assert downgrade(url) is None

    assert _inside(url, _tables) == set()
    assert upgrade(url) == head()


def test_processes_that_migrate_at_once_both_succeed(url: str) -> None:
    with ThreadPoolExecutor(max_workers=3) as threads:
        assert set(threads.map(upgrade, [url] * 3)) == {head()}


async def test_a_migrated_database_can_be_opened_from_a_running_loop(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    await asyncio.to_thread(upgrade, url)
    store = await open_store(url)
    await store.ping()
    await store.close()


def test_the_store_expects_the_newest_revision() -> None:
    assert head() == REVISION


def test_migration_files_are_dated_and_named_for_their_revision() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    for script in ScriptDirectory.from_config(migrations.config()).walk_revisions():
        name = Path(script.path).relative_to(folder).name
        assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d_{script.revision}_\w+\.py", name)


def test_alembic_itself_runs_them_from_the_project_settings(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    command = [sys.executable, "-m", "alembic", "-x", f"url={url}"]

    subprocess.run([*command, "upgrade", "head"], cwd=ROOT, check=True, capture_output=True)
    checked = subprocess.run(
        [*command, "check"], cwd=ROOT, check=False, capture_output=True, text=True
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
