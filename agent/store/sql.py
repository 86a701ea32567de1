"""The few statements that several repositories need."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.envelope import Packed
from agent.store.codec import audit_values, outbox_values
from agent.store.records import AuditEntry
from agent.store.schema import audit, outbox

T = TypeVar("T")
PAGE = 1_000  #: values in one IN list; both engines stop at about 32,000


def pages(values: Sequence[T], size: int = PAGE) -> Iterator[Sequence[T]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def upsert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that takes ON CONFLICT; the two engines spell it alike."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


async def send(connection: AsyncConnection, messages: Sequence[Packed], now: datetime) -> None:
    """Put records into the outbox, in this order."""
    if messages:
        await connection.execute(insert(outbox), [outbox_values(m, now) for m in messages])


async def note(connection: AsyncConnection, entries: Sequence[AuditEntry], now: datetime) -> None:
    if entries:
        await connection.execute(insert(audit), [audit_values(entry, now) for entry in entries])
