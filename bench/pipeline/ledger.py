"""The service's database as the bench looks at it."""

# asyncpg ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from bench.pipeline.machine import Services, plain_url

_UNENDED = "SELECT count(*) FROM inbox WHERE state <> 'ended'"
_ENDED = "SELECT count(*) FROM inbox WHERE state = 'ended'"
_NEW = "SELECT count(*) FROM inbox WHERE state = 'new'"
_QUEUED = "SELECT count(*) FROM inbox WHERE state IN ('new', 'queued')"
_ROWS = "SELECT count(*) FROM inbox"
_UNSENT = "SELECT count(*) FROM outbox WHERE published_at IS NULL"


class Ledger:
    """What the service's database says about a run's progress."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def value(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.fetchval(sql, *arguments)

    async def waiting(self) -> int:
        return await self.value(_UNENDED)

    async def rows(self) -> int:
        return await self.value(_ROWS)

    async def unread(self) -> int:
        """Tickets that wait for admission."""
        return await self.value(_NEW)

    async def queued(self) -> int:
        """Tickets that wait for a slot."""
        return await self.value(_QUEUED)

    async def ended(self) -> int:
        return await self.value(_ENDED)

    async def all_done(self, rows: int) -> bool:
        """Whether so many rows came in, all ended, and all that they caused was published."""
        if await self.rows() < rows or await self.waiting():
            return False
        return await self.value(_UNSENT) == 0


@asynccontextmanager
async def ledger(services: Services, database: str) -> AsyncGenerator[Ledger]:
    connection = await asyncpg.connect(plain_url(services.postgres, database))
    try:
        yield Ledger(connection)
    finally:
        await connection.close()
