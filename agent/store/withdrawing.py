"""Requests of a conversation that moved on: what nobody began is withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.approval import Approval, ApprovalState
from agent.domain.approval_records import decided_record
from agent.store.approvals import parked_rows, queue_rows, to_approval
from agent.store.conversation import Why
from agent.store.records import AuditEntry
from agent.store.schema import IS_UNBEGUN, approvals
from agent.store.sql import note, pages, send


async def withdraw(
    connection: AsyncConnection, moved: Mapping[str, tuple[str, Why]], now: datetime
) -> None:
    """Withdraw what these conversations asked for, and put the rows that waited for it in line.

    `moved` says of each, which the caller has locked, the event that moved it on and why. What a
    worker has begun goes on: its result makes a revision of its own.
    """
    names = sorted(moved)
    gone: list[Approval] = []
    for page in pages(names):
        rows = await connection.execute(
            select(approvals)
            .where(approvals.c.conversation.in_(page), IS_UNBEGUN)
            .order_by(approvals.c.id)
            .with_for_update()
        )
        gone += [to_approval(row) for row in rows]
    await _write(connection, [approval.id for approval in gone], now)
    events = [decided_record(approval, "withdrawn", by="citedesk", at=now) for approval in gone]
    await send(connection, events, now)
    await note(connection, [_entry(one, *moved[one.conversation]) for one in gone], now)
    await queue_rows(connection, await parked_rows(connection, names), now)


async def _write(connection: AsyncConnection, ids: Sequence[str], now: datetime) -> None:
    for page in pages(ids):
        await connection.execute(
            update(approvals)
            .where(approvals.c.id.in_(page))
            .values(state=ApprovalState.WITHDRAWN.value, ended_at=now)
        )


def _entry(approval: Approval, by: str, why: Why) -> AuditEntry:
    return AuditEntry(
        action="approval.withdrawn",
        actor="citedesk",
        subject=f"approval/{approval.id}",
        details={"tool": approval.proposal.tool, "by": by, "why": why},
    )


async def blank(connection: AsyncConnection, names: Sequence[str]) -> None:
    """Forget what was asked for in these conversations, and by whom."""
    for page in pages(names):
        await connection.execute(
            update(approvals)
            .where(approvals.c.conversation.in_(page))
            .values(payload=b"", result=None, note="", requester=None)
        )
