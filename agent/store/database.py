"""The engine, its transactions, and its errors in our words.

Durability: SQLite runs in WAL mode with `synchronous=FULL`, so a commit is on the disk before
`ingest` returns and Kafka's offsets move. Writes are grouped, so it is one fsync a batch. Postgres
keeps its own default (`synchronous_commit=on`), which says the same.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from agent.store.errors import (
    StoreConflict,
    StoreError,
    StoreOutOfDate,
    StoreRefused,
    StoreUnavailable,
)
from agent.store.schema import REVISION

T = TypeVar("T")
_TRIES = 8
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_READS = "citedesk_reads"
#: SQLSTATE classes that mean "not now": connection, login, no such database, resources, object in
#: use, operator, system, internal; and a server that was made read-only (a failover)
_NOT_NOW = ("08", "25006", "28", "3D", "53", "55", "57", "58", "XX")
_NO_TABLE = ("42P01", "42703")


def database_url(url: str) -> URL:
    """The address with the driver we use; `sqlite:///FILE` and `postgresql://…` are enough."""
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        mend = "it is no URL; write `sqlite:///FILE` or `postgresql://USER@HOST/NAME`"
        raise StoreUnavailable("(unreadable)", mend) from exc
    name = parsed.drivername.partition("+")[0]
    if name not in _DRIVERS:
        known = "known: 'postgresql', 'sqlite'"
        raise StoreUnavailable(shown(parsed), f"{name!r} is not supported ({known})")
    if name == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreUnavailable(shown(parsed), "SQLite needs a file, as in `sqlite:///citedesk.db`")
    query = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return parsed.set(drivername=_DRIVERS[name], query=query)


def masked_url(url: str) -> str:
    """An address as a screen or a log may carry it."""
    return shown(database_url(url))


def shown(url: URL) -> str:
    """The address as a log may carry it."""
    return url.set(query={}).render_as_string(hide_password=True)


def make_engine(url: URL, *, connections: int = 10) -> AsyncEngine:
    """An engine whose SQLite transactions are real ones and whose errors hide all values."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, hide_parameters=True, pool_size=connections)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        connect_args={
            "timeout": 10,
            "command_timeout": 60,
            "server_settings": {"application_name": "citedesk", "jit": "off"},
        },
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin late and lose updates between processes: switch them off.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


class Database:
    """Runs transactions; every error that leaves is a `StoreError`."""

    def __init__(self, url: str, *, connections: int = 10) -> None:
        self.url = database_url(url)
        self.shown = shown(self.url)
        if self.sqlite:
            self._try_file()
        self.engine = make_engine(self.url, connections=connections)
        # SQLite has one writer. Queueing for it here is fair; its own busy wait sleeps and starves.
        self._turn = asyncio.Lock() if self.sqlite else None

    @property
    def sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction that only reads."""
        with self._errors():
            async with self.engine.connect() as connection:
                await connection.execution_options(**{_READS: True})
                async with connection.begin():
                    yield connection

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run `work` in one transaction; again from the start when it lost against another."""
        for tries_left in reversed(range(_TRIES)):
            try:
                async with self._turn or nullcontext():
                    with self._errors():
                        async with self.engine.begin() as connection:
                            return await work(connection)
            except StoreConflict:
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    async def close(self) -> None:
        await self.engine.dispose()

    def _try_file(self) -> None:
        """Open the file once: a connection that fails in the driver's thread fails there too."""
        try:
            sqlite3.connect(self.url.database or "").close()
        except sqlite3.Error as exc:
            raise StoreUnavailable(self.shown, _first_line(exc)) from exc

    @contextmanager
    def _errors(self) -> Generator[None]:
        try:
            yield
        except DBAPIError as exc:
            raise self._told(exc) from exc
        except StatementError as exc:  # a value that its column's type refuses
            raise StoreRefused(self.shown, _first_line(exc.orig or exc)) from exc
        except (PoolTimeout, TimeoutError, OSError) as exc:
            raise StoreUnavailable(self.shown, _first_line(exc)) from exc

    def _told(self, error: DBAPIError) -> StoreError:
        detail = _first_line(error.orig or error)
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if state.startswith("40"):
            return StoreConflict(self.shown, detail)
        if state in _NO_TABLE or "no such table" in detail or "no such column" in detail:
            return StoreOutOfDate(self.shown, found=None, needed=REVISION)
        if error.connection_invalidated or state.startswith(_NOT_NOW):
            return StoreUnavailable(self.shown, detail)
        if isinstance(error, IntegrityError):
            return StoreRefused(self.shown, detail)
        if isinstance(error, OperationalError) or not state:
            bad_value = isinstance(getattr(error.orig, "__cause__", None), ValueError)
            kind = StoreRefused if bad_value else StoreUnavailable
            return kind(self.shown, detail)
        return StoreRefused(self.shown, detail)


def _first_line(error: BaseException) -> str:
    """The driver's own words without its DETAIL, which may quote a row."""
    lines = str(error).splitlines() or [type(error).__name__]
    return f"{lines[0].partition('>: ')[2] or lines[0]}"[:200]
