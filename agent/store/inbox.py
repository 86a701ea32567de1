"""The inbox: raw records in, once each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.store.codec import RECORD, record_values, to_record
from agent.store.records import InboxRow, RawRecord, State
from agent.store.schema import IS_NEW, inbox
from agent.store.sql import upsert


async def ingest(
    connection: AsyncConnection, records: Sequence[RawRecord], received_at: datetime
) -> int:
    """Write records that are not there yet; returns how many were new."""
    statement = (
        upsert(connection, inbox)
        .on_conflict_do_nothing(index_elements=["cluster", "topic", "partition", "offset"])
        .returning(inbox.c.id)
    )
    fixed = {"received_at": received_at, "state": State.NEW.value}
    written = await connection.execute(statement, [record_values(r) | fixed for r in records])
    return len(written.all())


async def unread(connection: AsyncConnection, limit: int) -> list[InboxRow]:
    rows = await connection.execute(
        select(inbox.c.id, inbox.c.received_at, *RECORD)
        .where(IS_NEW)
        .order_by(inbox.c.id)
        .limit(limit)
    )
    return [InboxRow(id=row.id, record=to_record(row), received_at=row.received_at) for row in rows]
