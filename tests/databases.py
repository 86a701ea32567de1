"""Fresh Postgres databases for tests, on a server that stands."""

import asyncio
import re
import secrets
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


class Databases:
    """Makes empty databases and drops them again. `url` names a database it may connect to."""

    def __init__(self, url: str) -> None:
        self._server = make_url(url)

    @contextmanager
    def fresh(self, label: str) -> Generator[str]:
        """An empty database for as long as the block runs; `label` shows in its name."""
        stem = re.sub(r"\W+", "_", label.rpartition(".")[2].lower())[:30]
        name = f"t_{stem}_{secrets.token_hex(4)}"
        self._run(f'CREATE DATABASE "{name}"')
        try:
            yield self._url(self._server.set(database=name))
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        """In a thread of its own, since an event loop may be running in this one."""
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(asyncio.run, self._execute(statement)).result()

    async def _execute(self, statement: str) -> None:
        engine = create_async_engine(self._server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))

    @staticmethod
    def _url(url: URL) -> str:
        return url.render_as_string(hide_password=False)
