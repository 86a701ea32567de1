"""Questions that people and dashboards ask."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.draft import Draft
from agent.domain.ids import ConversationId, DeskName, DraftId, TicketId
from agent.domain.triage import Priority
from agent.store.codec import RECORD, to_record, unpack_draft
from agent.store.publishing import outbox_count
from agent.store.records import AuditEntry, Backlog, DeadLetter, Ending, OpenReview, Outcome, State
from agent.store.schema import (
    IS_DEAD,
    IS_ENDED,
    IS_LEASED,
    IS_NEW,
    IS_QUEUED,
    IS_UNDER_REVIEW,
    IS_WAITING,
    audit,
    drafts,
    inbox,
    reviews,
)

_DEAD = (
    *(inbox.c[name] for name in ("id", "event_id", "conversation", "desk", "reason", "detail")),
    *RECORD,
    inbox.c.received_at,
    inbox.c.ended_at,
)

_UNENDED = {
    State.NEW: IS_NEW,
    State.QUEUED: IS_QUEUED,
    State.LEASED: IS_LEASED,
    State.WAITING: IS_WAITING,
}


async def backlog(connection: AsyncConnection) -> Backlog:
    counts = await _by_state(connection)
    return Backlog(
        new=counts.get(State.NEW, 0),
        queued=counts.get(State.QUEUED, 0),
        leased=counts.get(State.LEASED, 0),
        waiting=counts.get(State.WAITING, 0),
        unpublished=await outbox_count(connection),
    )


async def outcomes(connection: AsyncConnection) -> dict[Outcome | State, int]:
    """How many events ended how, and how many are still under way in which state."""
    rows = await connection.execute(
        select(inbox.c.outcome, func.count().label("rows"))
        .where(IS_ENDED)
        .group_by(inbox.c.outcome)
    )
    ended: dict[Outcome | State, int] = {Outcome(row.outcome): row.rows for row in rows}
    return ended | await _by_state(connection)


async def _by_state(connection: AsyncConnection) -> dict[State, int]:
    counts = [
        select(func.count()).select_from(inbox).where(condition).scalar_subquery()
        for condition in _UNENDED.values()
    ]
    row = (await connection.execute(select(*counts))).one()
    return {state: number for state, number in zip(_UNENDED, row, strict=True) if number}


async def draft(connection: AsyncConnection, draft_id: str) -> Draft | None:
    """A draft by id; None when there is none or it was erased."""
    found = await connection.execute(select(drafts.c.payload).where(drafts.c.id == draft_id))
    payload = found.scalar_one_or_none()
    return unpack_draft(payload) if payload else None


async def drafts_of(connection: AsyncConnection, conversation: str) -> list[Draft]:
    """A conversation's drafts by revision, without erased ones."""
    rows = await connection.execute(
        select(drafts.c.payload)
        .where(drafts.c.conversation == conversation, drafts.c.payload != b"")
        .order_by(drafts.c.revision)
    )
    return [unpack_draft(row.payload) for row in rows]


async def open_reviews(
    connection: AsyncConnection, limit: int, desk: str | None
) -> list[OpenReview]:
    """Drafts that wait for a person, the earliest deadline first."""
    here = [] if desk is None else [reviews.c.desk == desk]
    rows = await connection.execute(
        select(reviews)
        .where(IS_UNDER_REVIEW, *here)
        .order_by(reviews.c.due_at, reviews.c.draft_id)
        .limit(limit)
    )
    return [
        OpenReview(
            draft_id=DraftId(row.draft_id),
            conversation=ConversationId(row.conversation),
            ticket=TicketId(row.ticket),
            revision=row.revision,
            desk=DeskName(row.desk),
            lane=Priority(row.lane),
            reasons=tuple(json.loads(row.reasons)),
            due_at=row.due_at,
            created_at=row.created_at,
        )
        for row in rows
    ]


async def endings(connection: AsyncConnection, limit: int) -> list[Ending]:
    """The latest events that ended, newest first."""
    rows = await connection.execute(
        select(inbox).where(IS_ENDED).order_by(inbox.c.id.desc()).limit(limit)
    )
    return [
        Ending(
            inbox_id=row.id,
            event_id=row.event_id,
            ticket=row.ticket,
            conversation=row.conversation,
            desk=row.desk,
            outcome=Outcome(row.outcome),
            reason=row.reason,
            draft_id=row.draft_id,
            superseded_by=row.superseded_by,
            received_at=row.received_at,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


async def dead(connection: AsyncConnection, limit: int, reason: str | None) -> list[DeadLetter]:
    """Dead letters, the newest first."""
    why = [] if reason is None else [inbox.c.reason == reason]
    rows = await connection.execute(
        select(*_DEAD).where(IS_DEAD, *why).order_by(inbox.c.id.desc()).limit(limit)
    )
    return [_letter(row) for row in rows]


async def dead_one(connection: AsyncConnection, inbox_id: int) -> DeadLetter | None:
    rows = await connection.execute(select(*_DEAD).where(IS_DEAD, inbox.c.id == inbox_id))
    row = rows.one_or_none()
    return _letter(row) if row else None


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(
        inbox_id=row.id,
        event_id=row.event_id,
        conversation=row.conversation,
        desk=row.desk,
        reason=row.reason,
        detail=row.detail or "",
        record=to_record(row),
        received_at=row.received_at,
        ended_at=row.ended_at,
    )


async def audit_of(
    connection: AsyncConnection, subject: str, limit: int
) -> list[tuple[datetime, AuditEntry]]:
    """What was noted about a subject, the oldest first."""
    rows = await connection.execute(
        select(audit).where(audit.c.subject == subject).order_by(audit.c.id).limit(limit)
    )
    return [
        (
            row.at,
            AuditEntry(
                action=row.action,
                actor=row.actor,
                subject=row.subject,
                details=json.loads(row.details),
            ),
        )
        for row in rows
    ]
