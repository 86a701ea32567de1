"""Leases: a conversation in one worker's hands at a time.

A lease is taken under the conversation's lock: candidates are chosen without waiting (`SKIP
LOCKED`), then their rows are read again under the lock, so that what another worker committed in
between is seen. Choosing and taking in one statement lets a conversation out twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.events import TicketMessage
from agent.domain.ids import ConversationId, DeskName, TicketId
from agent.domain.triage import Priority
from agent.store.approvals import of_conversations
from agent.store.codec import LEASED, to_leased
from agent.store.records import Lease, LeasedRow, Outcome, State
from agent.store.reviewing import rewrite_notes
from agent.store.schema import IS_LEASED, IS_OPEN, IS_QUEUED, OPEN, conversations, inbox
from agent.store.sql import pages

HISTORY = 10  #: earlier messages that travel with a lease
_TOLD = (Outcome.READY, Outcome.REVIEW, Outcome.NO_REPLY, Outcome.SUPERSEDED)
GIVEN_BACK = {"state": State.QUEUED.value, "owner": None, "lease_until": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A row that its lease still holds."""

    id: int
    replays: int


async def lease(
    connection: AsyncConnection, owner: str, *, limit: int, now: datetime, until: datetime
) -> list[Lease]:
    """Take up to `limit` conversations, the most urgent first."""
    await _reclaim(connection, now)
    chosen = await _choose(connection, limit, now)
    if not chosen:
        return []
    rows_of = await _open_rows(connection, chosen)
    leases = [
        made
        for name, revision in chosen.items()
        if (made := _lease(owner, revision, rows_of[name], now)) is not None
    ]
    await _take(connection, leases, until)
    leases = await _with_history(connection, leases)
    return await _with_notes(connection, await _with_approvals(connection, leases))


async def _with_notes(connection: AsyncConnection, leases: list[Lease]) -> list[Lease]:
    """What a person asked of this draft when they sent the last one back."""
    later = [(lease.conversation, lease.revision) for lease in leases if lease.revision > 1]
    notes = await rewrite_notes(connection, later) if later else {}
    return [
        replace(lease, note=notes[lease.conversation]) if lease.conversation in notes else lease
        for lease in leases
    ]


async def _reclaim(connection: AsyncConnection, now: datetime) -> None:
    """Queue what leases that ran out still hold. It counts as a failure: a ticket that kills its
    worker must come to an end too.
    """
    ran_out = (
        select(inbox.c.id)
        .where(IS_LEASED, inbox.c.lease_until < now)
        .with_for_update(skip_locked=True)
    )
    await connection.execute(
        update(inbox)
        .where(inbox.c.id.in_(ran_out))
        .values(failures=inbox.c.failures + 1, error="lease-ran-out", **GIVEN_BACK)
    )


async def _choose(connection: AsyncConnection, limit: int, now: datetime) -> dict[str, int]:
    """Conversations whose head is free, by its deadline, locked; with their revisions."""
    other = inbox.alias("other")
    blocked = exists().where(
        other.c.conversation == inbox.c.conversation,
        text(f"other.{OPEN}"),
        or_(other.c.id < inbox.c.id, other.c.state == State.LEASED.value),
    )
    chosen = await connection.execute(
        select(conversations.c.conversation, conversations.c.revision)
        .join_from(inbox, conversations, conversations.c.conversation == inbox.c.conversation)
        .where(IS_QUEUED, inbox.c.not_before <= now, ~blocked)
        .order_by(inbox.c.due_at, inbox.c.id)
        .limit(limit)
        .with_for_update(of=conversations, skip_locked=True)
    )
    return {row.conversation: row.revision for row in chosen}


async def _open_rows(
    connection: AsyncConnection, names: Iterable[str]
) -> defaultdict[str, list[Row[Any]]]:
    rows = await connection.execute(
        select(
            *LEASED,
            *(inbox.c[name] for name in ("conversation", "ticket", "desk", "lane", "due_at")),
            *(inbox.c[name] for name in ("state", "attempt", "failures", "not_before")),
        )
        .where(inbox.c.conversation.in_(list(names)), IS_OPEN)
        .order_by(inbox.c.id)
        .with_for_update()
    )
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.conversation].append(row)
    return found


def _lease(owner: str, revision: int, rows: list[Row[Any]], now: datetime) -> Lease | None:
    """The lease on a locked conversation; None when somebody holds it or it is in back-off."""
    if not rows or any(row.state == State.LEASED for row in rows) or rows[0].not_before > now:
        return None
    head = rows[0]
    return Lease(
        owner=owner,
        conversation=ConversationId(head.conversation),
        desk=DeskName(head.desk),
        ticket=TicketId(rows[-1].ticket),
        revision=revision,
        attempt=max(row.attempt for row in rows) + 1,
        failures=max(row.failures for row in rows),
        rows=tuple(to_leased(row) for row in rows),
        history=(),
        due_at=min(row.due_at for row in rows),
        lane=Priority(min(rows, key=lambda row: row.due_at).lane),
    )


async def _take(connection: AsyncConnection, leases: Sequence[Lease], until: datetime) -> None:
    # Nearly all leases are a first attempt: one statement.
    taken: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for made in leases:
        taken[made.owner, made.attempt].extend(row.id for row in made.rows)
    for (owner, attempt), ids in taken.items():
        for page in pages(ids):
            await connection.execute(
                update(inbox)
                .where(inbox.c.id.in_(page))
                .values(state=State.LEASED.value, owner=owner, lease_until=until, attempt=attempt)
            )


async def _with_history(connection: AsyncConnection, leases: list[Lease]) -> list[Lease]:
    """Add the last messages that ended before the lease's first row."""
    told = await _history(connection, {lease.conversation for lease in leases})
    return [
        replace(lease, history=tuple(earlier))
        if (earlier := [row for row in told[lease.conversation] if row.id < lease.rows[0].id])
        else lease
        for lease in leases
    ]


async def _history(
    connection: AsyncConnection, names: Iterable[str]
) -> defaultdict[str, list[LeasedRow]]:
    place = func.row_number().over(partition_by=inbox.c.conversation, order_by=inbox.c.id.desc())
    last = (
        select(inbox.c.id, place.label("place"))
        .where(
            inbox.c.conversation.in_(list(names)),
            inbox.c.outcome.in_([outcome.value for outcome in _TOLD]),
            inbox.c.type == TicketMessage.TYPE,
            inbox.c.value != b"",
        )
        .subquery()
    )
    rows = await connection.execute(
        select(*LEASED, inbox.c.conversation)
        .join_from(last, inbox, inbox.c.id == last.c.id)
        .where(last.c.place <= HISTORY)
        .order_by(inbox.c.id)
    )
    found: defaultdict[str, list[LeasedRow]] = defaultdict(list)
    for row in rows:
        found[row.conversation].append(to_leased(row))
    return found


async def _with_approvals(connection: AsyncConnection, leases: list[Lease]) -> list[Lease]:
    """Add what was asked for in the conversation; a first revision asked for nothing yet."""
    later = [lease.conversation for lease in leases if lease.revision > 1]
    if not later:
        return leases
    found = await of_conversations(connection, later)
    return [
        replace(lease, approvals=tuple(found[lease.conversation]))
        if lease.conversation in found
        else lease
        for lease in leases
    ]


async def heartbeat(
    connection: AsyncConnection, owner: str, leases: Sequence[Lease], until: datetime
) -> set[int]:
    """Prolong leases; returns the rows that are still this owner's."""
    mine = await held_rows(connection, [lease for lease in leases if lease.owner == owner])
    for page in pages(sorted(mine)):
        await connection.execute(
            update(inbox).where(inbox.c.id.in_(page)).values(lease_until=until)
        )
    return set(mine)


async def retry_later(
    connection: AsyncConnection, failed: Sequence[tuple[Lease, datetime, str]]
) -> None:
    """Queue failed conversations again, not before their moment."""
    held = await held_rows(connection, [lease for lease, _, _ in failed])
    changes = [
        {"row": row.id, "moment": not_before, "code": error}
        for lease, not_before, error in failed
        for row in lease.rows
        if row.id in held
    ]
    if changes:
        await connection.execute(
            update(inbox)
            .where(inbox.c.id == bindparam("row"))
            .values(
                not_before=bindparam("moment"),
                error=bindparam("code"),
                failures=inbox.c.failures + 1,
                **GIVEN_BACK,
            ),
            changes,
        )


async def release(connection: AsyncConnection, leases: Sequence[Lease]) -> None:
    """Queue conversations again at once; it does not count as a failure."""
    await give_back(connection, sorted(await held_rows(connection, leases)))


async def give_back(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Queue rows again that the caller holds."""
    for page in pages(ids):
        await connection.execute(update(inbox).where(inbox.c.id.in_(page)).values(**GIVEN_BACK))


async def held_rows(connection: AsyncConnection, leases: Sequence[Lease]) -> dict[int, Held]:
    """The rows that are still fenced by their own lease, locked by id like everywhere."""
    tokens = {row.id: (lease.owner, lease.attempt) for lease in leases for row in lease.rows}
    held: dict[int, Held] = {}
    for page in pages(sorted(tokens)):
        rows = await connection.execute(
            select(inbox.c.id, inbox.c.owner, inbox.c.attempt, inbox.c.replays)
            .where(inbox.c.id.in_(page), inbox.c.state == State.LEASED.value)
            .order_by(inbox.c.id)
            .with_for_update()
        )
        for row in rows:
            if tokens[row.id] == (row.owner, row.attempt):
                held[row.id] = Held(id=row.id, replays=row.replays)
    return held
