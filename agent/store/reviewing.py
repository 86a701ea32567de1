"""The review queue: rows that wait for a person, holds on them, and what was decided."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.ids import ConversationId, DeskName, DraftId, TicketId
from agent.domain.triage import Priority
from agent.store.codec import LEASED, to_leased, unpack_codes
from agent.store.conversation import Superseded, stands_no_more
from agent.store.queue import (
    Decided,
    Decision,
    Kind,
    QueueFilter,
    QueueItem,
    Standing,
    Tally,
    Under,
)
from agent.store.records import LeasedRow, State
from agent.store.schema import IS_UNDER_REVIEW, decisions, inbox, reviews
from agent.store.sql import note, pages, send
from agent.store.superseding import lock_conversations, write_conversations, write_superseded

Cursor = tuple[datetime, str]
"""`due_at` and draft id of the last row that was seen."""


async def queue(
    connection: AsyncConnection,
    wanted: QueueFilter,
    *,
    now: datetime,
    limit: int,
    after: Cursor | None,
) -> list[QueueItem]:
    """Waiting drafts, the earliest deadline first, behind a cursor."""
    statement = select(reviews).where(IS_UNDER_REVIEW, *_conditions(wanted, now))
    if after is not None:
        statement = statement.where(
            tuple_(reviews.c.due_at, reviews.c.draft_id) > tuple_(*_bound(after))
        )
    rows = await connection.execute(
        statement.order_by(reviews.c.due_at, reviews.c.draft_id).limit(limit)
    )
    return [_item(row) for row in rows]


def _bound(after: Cursor) -> tuple[Any, Any]:
    due, draft = after
    return literal(due, reviews.c.due_at.type), literal(draft)


def _conditions(wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    here = reviews.c
    put_off = and_(here.snoozed_until.is_not(None), here.snoozed_until > now)
    conditions: list[ColumnElement[bool]] = [put_off if wanted.snoozed else ~put_off]
    if wanted.desks is not None:
        conditions.append(here.desk.in_(wanted.desks))
    for column, value in (
        (here.desk, wanted.desk),
        (here.category, wanted.category),
        (here.language, wanted.language),
        (here.lane, wanted.priority),
    ):
        if value:
            conditions.append(column == value)
    if wanted.code:
        conditions.append(here.codes.contains(f"|{wanted.code}|", autoescape=True))
    if wanted.text:
        conditions.append(
            or_(
                here.title.icontains(wanted.text, autoescape=True),
                here.ticket == wanted.text,
                here.conversation == wanted.text,
            )
        )
    return conditions


async def tallies(connection: AsyncConnection, now: datetime) -> list[Tally]:
    """How the waiting drafts divide; snoozed ones are left out."""
    here = reviews.c
    columns = (here.desk, here.category, here.language, here.lane, here.codes)
    rows = await connection.execute(
        select(*columns, func.count().label("drafts"))
        .where(IS_UNDER_REVIEW, *_conditions(QueueFilter(), now))
        .group_by(*columns)
    )
    return [
        Tally(
            desk=row.desk,
            category=row.category,
            language=row.language,
            lane=row.lane,
            codes=unpack_codes(row.codes),
            count=row.drafts,
        )
        for row in rows
    ]


async def newest(connection: AsyncConnection) -> tuple[datetime | None, ...]:
    """Changes when the queue does: a draft came, was decided or superseded, was opened or left."""
    here = reviews.c
    opened = select(func.max(here.created_at)).where(IS_UNDER_REVIEW).scalar_subquery()
    closed = select(func.max(here.closed_at)).scalar_subquery()
    held = select(func.max(here.hold_until)).where(IS_UNDER_REVIEW).scalar_subquery()
    return tuple((await connection.execute(select(opened, closed, held))).one())


async def under_review(connection: AsyncConnection, draft_id: str) -> Under:
    """How a draft's review stands."""
    found = await connection.execute(select(reviews).where(reviews.c.draft_id == draft_id))
    row = found.one_or_none()
    if row is None:
        return Under(standing=Standing.ABSENT)
    return Under(standing=Standing(row.state), item=_item(row), superseded_by=row.superseded_by)


async def thread(connection: AsyncConnection, conversation: str) -> list[LeasedRow]:
    """The conversation's messages that are still kept, oldest first."""
    rows = await connection.execute(
        select(*LEASED)
        .where(
            inbox.c.conversation == conversation,
            inbox.c.type == "ticket.message",
            inbox.c.duplicate_of.is_(None),
            inbox.c.value != b"",
        )
        .order_by(inbox.c.id)
    )
    return [to_leased(row) for row in rows]


async def answered(
    connection: AsyncConnection, draft_ids: Sequence[str]
) -> dict[str, list[LeasedRow]]:
    """By draft, the messages that it answers, oldest first; without those that were erased."""
    found: dict[str, list[LeasedRow]] = {}
    for page in pages(sorted(draft_ids)):
        rows = await connection.execute(
            select(*LEASED, inbox.c.draft_id)
            .where(inbox.c.draft_id.in_(page), inbox.c.value != b"")
            .order_by(inbox.c.id)
        )
        for row in rows:
            found.setdefault(row.draft_id, []).append(to_leased(row))
    return found


async def hold(
    connection: AsyncConnection, draft_id: str, person: str, *, now: datetime, until: datetime
) -> bool:
    """Take or renew a hold; False when somebody else has it, or the draft waits no more."""
    free = or_(
        reviews.c.hold_by.is_(None), reviews.c.hold_by == person, reviews.c.hold_until <= now
    )
    taken = await connection.execute(
        update(reviews)
        .where(reviews.c.draft_id == draft_id, IS_UNDER_REVIEW, free)
        .values(hold_by=person, hold_until=until)
    )
    return taken.rowcount > 0


async def let_go(connection: AsyncConnection, draft_id: str, person: str) -> None:
    await connection.execute(
        update(reviews)
        .where(reviews.c.draft_id == draft_id, reviews.c.hold_by == person)
        .values(hold_by=None, hold_until=None)
    )


async def snooze(connection: AsyncConnection, draft_id: str, until: datetime | None) -> bool:
    """Put a draft off; None brings it back. The deadline stays as it is."""
    done = await connection.execute(
        update(reviews)
        .where(reviews.c.draft_id == draft_id, IS_UNDER_REVIEW)
        .values(snoozed_until=until, hold_by=None, hold_until=None)
    )
    return done.rowcount > 0


async def decide(
    connection: AsyncConnection, decision: Decision, *, now: datetime, source: str
) -> Under:
    """Carry out a decision by compare-and-set on the revision.

    Returns how the review stood before: `OPEN` means that the decision was carried out.
    """
    before = await under_review(connection, decision.draft_id)
    if before.item is None:
        return before
    locked = await lock_conversations(connection, [before.item.conversation])
    conversation = locked[before.item.conversation]
    before = await under_review(connection, decision.draft_id)
    if before.standing is not Standing.OPEN or before.item is None:
        return before
    if decision.revision != before.item.revision or conversation.revision != decision.revision:
        return Under(standing=Standing.SUPERSEDED, item=before.item)
    item = before.item
    await _write_down(connection, item, decision, now)
    if decision.kind is Kind.CORRECTED:
        await _recategorise(connection, item, decision)
    else:
        await connection.execute(
            update(reviews)
            .where(reviews.c.draft_id == item.draft_id)
            .values(state="decided", closed_at=now, hold_by=None, hold_until=None)
        )
    if decision.kind is Kind.REWRITE:
        conversation.revision += 1
        gone = stands_no_more(conversation, f"review/{item.draft_id}", "decision")
        await _again(connection, item, now)
        await _take_down(connection, gone, now, source)
        await write_conversations(connection, [conversation], now)
    await send(connection, decision.messages, now)
    await note(connection, decision.audit, now)
    return before


async def _take_down(
    connection: AsyncConnection, gone: Superseded | None, now: datetime, source: str
) -> None:
    if gone is None:
        return
    await write_superseded(connection, [gone], now)
    await send(connection, [gone.packed(now, source, None)], now)


async def _again(connection: AsyncConnection, item: QueueItem, now: datetime) -> None:
    """The messages that the draft answered wait again; the next draft is a later revision."""
    await connection.execute(
        update(inbox)
        .where(inbox.c.draft_id == item.draft_id, inbox.c.value != b"")
        .values(
            state=State.QUEUED.value,
            not_before=now,
            outcome=None,
            reason=None,
            draft_id=None,
            ended_at=None,
            failures=0,
            owner=None,
            lease_until=None,
        )
    )


async def _recategorise(connection: AsyncConnection, item: QueueItem, decision: Decision) -> None:
    await connection.execute(
        update(reviews)
        .where(reviews.c.draft_id == item.draft_id)
        .values(category=decision.corrected)
    )


async def _write_down(
    connection: AsyncConnection, item: QueueItem, decision: Decision, now: datetime
) -> None:
    await connection.execute(
        insert(decisions).values(
            draft_id=item.draft_id,
            conversation=item.conversation,
            revision=item.revision,
            ticket=item.ticket,
            desk=item.desk,
            language=item.language,
            category=item.category,
            corrected=decision.corrected,
            confidence=item.confidence,
            kind=decision.kind.value,
            actor=decision.actor,
            reason_code=decision.reason_code,
            note=decision.note,
            distance=decision.distance,
            length=decision.length,
            waited_s=max(0.0, (now - item.created_at).total_seconds()),
            at=now,
        )
    )


async def rewrite_notes(
    connection: AsyncConnection, revisions: Collection[tuple[str, int]]
) -> dict[str, str]:
    """What a person asked of these revisions when they sent the ones before them back."""
    wanted = dict(revisions)
    notes: dict[str, str] = {}
    for page in pages(sorted(wanted)):
        rows = await connection.execute(
            select(decisions.c.conversation, decisions.c.revision, decisions.c.note)
            .where(
                decisions.c.conversation.in_(page),
                decisions.c.kind == Kind.REWRITE.value,
                decisions.c.note != "",
            )
            .order_by(decisions.c.id)
        )
        for row in rows:
            if row.revision == wanted[row.conversation] - 1:
                notes[row.conversation] = row.note
    return notes


async def decided(
    connection: AsyncConnection, since: datetime, *, desks: Collection[str] | None = None
) -> list[Decided]:
    """Decisions since a moment, oldest first."""
    here = [] if desks is None else [decisions.c.desk.in_(list(desks))]
    rows = await connection.execute(
        select(decisions).where(decisions.c.at >= since, *here).order_by(decisions.c.id)
    )
    return [_decided(row) for row in rows]


async def mark_learned(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    for page in pages(sorted(ids)):
        await connection.execute(
            update(decisions).where(decisions.c.id.in_(page)).values(learned_at=now)
        )


def _item(row: Row[Any]) -> QueueItem:
    return QueueItem(
        draft_id=DraftId(row.draft_id),
        conversation=ConversationId(row.conversation),
        ticket=TicketId(row.ticket),
        revision=row.revision,
        desk=DeskName(row.desk),
        lane=Priority(row.lane),
        language=row.language,
        category=row.category,
        confidence=row.confidence,
        title=row.title,
        reasons=tuple(json.loads(row.reasons)),
        codes=unpack_codes(row.codes),
        due_at=row.due_at,
        created_at=row.created_at,
        snoozed_until=row.snoozed_until,
        hold_by=row.hold_by,
        hold_until=row.hold_until,
    )


def _decided(row: Row[Any]) -> Decided:
    return Decided(
        id=row.id,
        draft_id=row.draft_id,
        conversation=row.conversation,
        ticket=row.ticket,
        desk=row.desk,
        language=row.language,
        category=row.category,
        corrected=row.corrected,
        confidence=row.confidence,
        kind=Kind(row.kind),
        actor=row.actor,
        reason_code=row.reason_code,
        note=row.note,
        distance=row.distance,
        length=row.length,
        waited_s=row.waited_s,
        at=row.at,
        learned_at=row.learned_at,
    )
