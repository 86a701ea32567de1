"""The outbox as the relay sees it, and the leased locks that divide it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.envelope import Packed
from agent.store.codec import unpack_headers
from agent.store.records import OutboxRow
from agent.store.schema import IS_UNPUBLISHED, SHARDS, locks, outbox
from agent.store.sql import pages, upsert


async def unpublished(
    connection: AsyncConnection, shards: Collection[int], limit: int
) -> list[OutboxRow]:
    """The oldest rows of these key ranges that were not sent.

    Ids of one conversation are in order: they are drawn while its lock is held.
    """
    mine = [] if len(set(shards)) == SHARDS else [outbox.c.shard.in_(sorted(set(shards)))]
    rows = await connection.execute(
        select(outbox.c.id, outbox.c.topic, outbox.c.key, outbox.c.headers, outbox.c.value)
        .where(IS_UNPUBLISHED, *mine)
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [
        OutboxRow(
            id=row.id,
            message=Packed(
                topic=row.topic,
                key=row.key,
                headers=unpack_headers(row.headers),
                value=row.value,
            ),
        )
        for row in rows
    ]


async def mark_published(connection: AsyncConnection, ids: Collection[int], now: datetime) -> None:
    for page in pages(sorted(ids)):
        await connection.execute(
            update(outbox).where(outbox.c.id.in_(page), IS_UNPUBLISHED).values(published_at=now)
        )


async def outbox_count(connection: AsyncConnection) -> int:
    """How many rows were not sent yet."""
    count = select(func.count()).select_from(outbox).where(IS_UNPUBLISHED)
    return (await connection.execute(count)).scalar_one()


async def acquire(
    connection: AsyncConnection,
    names: Collection[str],
    owner: str,
    until: datetime,
    now: datetime,
) -> set[str]:
    """Take or renew locks; returns those that are now this owner's."""
    statement = upsert(connection, locks)
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": statement.excluded.owner, "until": statement.excluded.until},
        where=or_(locks.c.owner == owner, locks.c.until < now),
    ).returning(locks.c.name)
    wanted = [{"name": name, "owner": owner, "until": until} for name in sorted(set(names))]
    taken = await connection.execute(statement, wanted)
    return {row.name for row in taken}


async def give_up(connection: AsyncConnection, names: Sequence[str], owner: str) -> None:
    for page in pages(sorted(names)):
        await connection.execute(
            delete(locks).where(locks.c.name.in_(page), locks.c.owner == owner)
        )
