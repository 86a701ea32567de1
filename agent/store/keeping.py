"""Upkeep: dead letters replayed, checkpoints kept, old rows purged."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.store.records import AuditEntry, Outcome, State
from agent.store.schema import (
    approvals,
    audit,
    checkpoints,
    decisions,
    drafts,
    inbox,
    outbox,
    reviews,
)
from agent.store.sql import note, pages, upsert

PURGED_AT_ONCE = 2_000  #: rows a transaction, so that nobody waits long for SQLite's one writer


async def replay(
    connection: AsyncConnection, inbox_ids: Collection[int], *, now: datetime, actor: str
) -> int:
    """Make dead rows new again; returns how many. A row whose value was not kept stays dead.

    Its identity is let go, so that it is not taken for a duplicate of itself. The fencing token
    goes on counting: a worker that still holds an old lease must not settle the replay.
    """
    replayed: list[int] = []
    for page in pages(sorted(inbox_ids)):
        rows = await connection.execute(
            update(inbox)
            .where(
                inbox.c.id.in_(page),
                inbox.c.outcome == Outcome.DEAD.value,
                func.length(inbox.c.value) == inbox.c.size,
            )
            .values(
                state=State.NEW.value,
                replays=inbox.c.replays + 1,
                failures=0,
                **dict.fromkeys(_FORGOTTEN),
            )
            .returning(inbox.c.id)
        )
        replayed.extend(row.id for row in rows)
    entries = [
        AuditEntry(action="dead.replayed", actor=actor, subject=f"inbox/{row}", details={})
        for row in sorted(replayed)
    ]
    await note(connection, entries, now)
    return len(replayed)


_FORGOTTEN = (
    "identity",
    "outcome",
    "reason",
    "detail",
    "error",
    "duplicate_of",
    "ended_at",
    "owner",
    "lease_until",
    "not_before",
)


async def checkpoint_get(
    connection: AsyncConnection, event: str, step: str, input_hash: str
) -> Any | None:
    found = await connection.execute(
        select(checkpoints.c.value).where(
            checkpoints.c.event == event,
            checkpoints.c.step == step,
            checkpoints.c.input_hash == input_hash,
        )
    )
    value = found.scalar_one_or_none()
    return None if value is None else json.loads(value)


async def checkpoint_put(
    connection: AsyncConnection, event: str, step: str, input_hash: str, value: Any, now: datetime
) -> None:
    """Keep an answer; the first one stays, since a crash may already have acted on it."""
    await connection.execute(
        upsert(connection, checkpoints).on_conflict_do_nothing(),
        {
            "event": event,
            "step": step,
            "input_hash": input_hash,
            "value": json.dumps(value).encode(),
            "created_at": now,
        },
    )


def purgeable(before: datetime) -> tuple[tuple[Table, Any], ...]:
    """What is old enough to go, table by table: never what is not ended, sent or decided."""
    undecided = exists().where(reviews.c.state == "open")
    return (
        (
            inbox,
            select(inbox.c.id).where(
                inbox.c.ended_at < before,
                inbox.c.state == State.ENDED.value,
                ~undecided.where(reviews.c.draft_id == inbox.c.draft_id),
            ),
        ),
        (outbox, select(outbox.c.id).where(outbox.c.published_at < before)),
        (
            drafts,
            select(drafts.c.id).where(
                drafts.c.created_at < before, ~undecided.where(reviews.c.draft_id == drafts.c.id)
            ),
        ),
        (approvals, select(approvals.c.id).where(approvals.c.ended_at < before)),
        (audit, select(audit.c.id).where(audit.c.at < before)),
        (decisions, select(decisions.c.id).where(decisions.c.at < before)),
    )


async def purge_some(connection: AsyncConnection, table: Table, old: Any) -> int:
    """Delete one portion; returns how many rows went."""
    portion = old.limit(PURGED_AT_ONCE)
    gone = await connection.execute(delete(table).where(table.c.id.in_(portion)))
    return gone.rowcount


async def purge_checkpoints(connection: AsyncConnection, before: datetime) -> int:
    gone = await connection.execute(delete(checkpoints).where(checkpoints.c.created_at < before))
    return gone.rowcount
