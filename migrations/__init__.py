"""Migrations of the store's tables, and the functions that run them without an `alembic.ini`.

They block; inside an event loop use `await asyncio.to_thread(upgrade, url)`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from agent.store.database import Database

_LOCK = 0x63697465  #: the advisory lock of everybody who migrates citedesk's tables


def config() -> Config:
    """Alembic's settings for the scripts beside this file, wherever they are installed."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return made


def head() -> str:
    """The newest revision."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    assert newest is not None
    return newest


def upgrade(url: str, revision: str = "head") -> str | None:
    """Bring a database to a revision and return it; safe from several processes at once.

    Raises `agent.store.errors.StoreUnavailable` when the database cannot be reached.
    """
    return asyncio.run(_run(url, lambda made: command.upgrade(made, revision)))


def downgrade(url: str, revision: str = "base") -> str | None:
    """Take a database back to a revision, None being empty. What newer tables held is lost."""
    return asyncio.run(_run(url, lambda made: command.downgrade(made, revision)))


async def _run(url: str, work: Callable[[Config], None]) -> str | None:
    database = Database(url, connections=1)

    def inside(connection: Connection) -> str | None:
        if connection.dialect.name == "postgresql":
            # Two processes that start together: the second one waits and finds nothing to do.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        made = config()
        made.attributes["connection"] = connection
        work(made)
        return MigrationContext.configure(connection).get_current_revision()

    try:
        return await database.write(lambda connection: connection.run_sync(inside))
    finally:
        await database.close()
