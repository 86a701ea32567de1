"""Admission: one transaction for a batch of new rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.store.admission import (
    Arrived,
    Known,
    Plan,
    Planner,
    identity_digest,
    storable,
)
from agent.store.codec import coordinates
from agent.store.erasing import erase
from agent.store.records import Admission, Close, Erase, Outcome, Queue, State
from agent.store.schema import IS_QUEUED, IS_WORK, conversations, inbox
from agent.store.sql import pages, send, upsert
from agent.store.superseding import (
    ended,
    lock_conversations,
    write_conversations,
    write_superseded,
)
from agent.store.withdrawing import withdraw


async def admit(
    connection: AsyncConnection, admissions: Sequence[Admission], *, now: datetime, source: str
) -> list[Outcome | State]:
    """Carry out decisions about new rows, in inbox order; returns where each row stands now."""
    batch = sorted(map(storable, admissions), key=lambda admission: admission.row)
    desks = _desks(batch)
    await _make_conversations(connection, desks, now)
    locked = await lock_conversations(connection, desks)
    arrived, results = await _new_rows(connection, [admission.row for admission in batch])
    batch = [admission for admission in batch if admission.row in arrived]
    # An erasure reads what the rows before it wrote, so it divides the batch.
    for erases, run in groupby(batch, key=lambda admission: isinstance(admission.decision, Erase)):
        part = list(run)
        planner = Planner(
            arrived=arrived,
            known=await _known(connection, part),
            conversations=locked,
            now=now,
            source=source,
        )
        plan = planner.add(part)
        await _write(connection, plan, now)
        results |= plan.results
        if erases:
            for admission in part:
                if results[admission.row] is Outcome.APPLIED:
                    await erase(connection, admission, now=now, source=source)
            locked = await lock_conversations(connection, desks)
    return [results[admission.row] for admission in admissions]


async def _new_rows(
    connection: AsyncConnection, ids: Sequence[int]
) -> tuple[dict[int, Arrived], dict[int, Outcome | State]]:
    """Lock the rows that are still new; of the others, what another process made of them."""
    names = ("id", "cluster", "topic", "partition", "offset", "size", "sha256", "replays")
    arrived: dict[int, Arrived] = {}
    for page in pages(ids):
        rows = await connection.execute(
            select(*(inbox.c[name] for name in names))
            .where(inbox.c.id.in_(page), inbox.c.state == State.NEW.value)
            .order_by(inbox.c.id)
            .with_for_update()
        )
        for row in rows:
            arrived[row.id] = Arrived(
                id=row.id,
                at=coordinates(row),
                size=row.size,
                sha256=row.sha256,
                replays=row.replays,
            )
    return arrived, await _decided(connection, [row for row in ids if row not in arrived])


async def _decided(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Outcome | State]:
    """Where rows stand that somebody else admitted; one that was purged has ended."""
    stand: dict[int, Outcome | State] = dict.fromkeys(ids, State.ENDED)
    for page in pages(ids):
        rows = await connection.execute(
            select(inbox.c.id, inbox.c.state, inbox.c.outcome).where(inbox.c.id.in_(page))
        )
        for row in rows:
            stand[row.id] = Outcome(row.outcome) if row.outcome else State(row.state)
    return stand


async def _known(connection: AsyncConnection, batch: Sequence[Admission]) -> dict[str, Known]:
    digests = [identity_digest(a.identity) for a in batch if a.identity]
    known: dict[str, Known] = {}
    for page in pages(digests):
        rows = await connection.execute(
            select(inbox.c.id, inbox.c.identity, inbox.c.data_sha256).where(
                inbox.c.identity.in_(page)
            )
        )
        known.update({row.identity: Known(row=row.id, data_sha256=row.data_sha256) for row in rows})
    return known


def _desks(batch: Sequence[Admission]) -> dict[str, str]:
    """The conversations that the batch moves on, with the desk that each would belong to."""
    desks: dict[str, str] = {}
    for admission in batch:
        if isinstance(admission.decision, Queue | Close):
            desks.setdefault(admission.decision.conversation, admission.decision.desk)
    return desks


async def _make_conversations(
    connection: AsyncConnection, desks: Mapping[str, str], now: datetime
) -> None:
    if not desks:
        return
    await connection.execute(
        upsert(connection, conversations).on_conflict_do_nothing(),
        [
            {"conversation": name, "desk": desks[name], "revision": 0, "updated_at": now}
            for name in sorted(desks)
        ],
    )


async def _write(connection: AsyncConnection, plan: Plan, now: datetime) -> None:
    # Closing comes first: it ends what was queued before this batch, not what the batch queues.
    await _close(connection, plan.closed, now)
    if plan.moved:
        await withdraw(connection, plan.moved, now)
    await _hurry(connection, plan.hurried)
    await _write_rows(connection, list(plan.rows.values()))
    await write_superseded(connection, plan.superseded, now)
    await write_conversations(connection, list(plan.changed.values()), now)
    await send(connection, plan.messages, now)


async def _close(
    connection: AsyncConnection, closed: Sequence[tuple[str, str]], now: datetime
) -> None:
    if not closed:
        return
    await connection.execute(
        update(inbox)
        .where(inbox.c.conversation == bindparam("name"), IS_WORK)
        .values(
            superseded_by=bindparam("by"), reason="ticket-closed", **ended(Outcome.SUPERSEDED, now)
        ),
        [{"name": name, "by": by} for name, by in sorted(closed)],
    )


async def _hurry(connection: AsyncConnection, hurried: Mapping[str, datetime]) -> None:
    """A conversation is leased by its oldest row: an earlier deadline behind it counts too."""
    if not hurried:
        return
    await connection.execute(
        update(inbox)
        .where(
            inbox.c.conversation == bindparam("name"),
            IS_QUEUED,
            inbox.c.due_at > bindparam("due"),
        )
        .values(due_at=bindparam("due")),
        [{"name": name, "due": due} for name, due in sorted(hurried.items())],
    )


async def _write_rows(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    # Bound names must differ from the columns': SQLAlchemy keeps those for itself in an UPDATE.
    changes = {
        name: bindparam(f"new_{name}", type_=inbox.c[name].type)
        for name in rows[0]
        if name != "row"
    }
    await connection.execute(
        update(inbox).where(inbox.c.id == bindparam("row")).values(**changes),
        [{k if k == "row" else f"new_{k}": v for k, v in row.items()} for row in rows],
    )
