"""Settling: a group of leased conversations ends in one transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.draft import Draft, Route
from agent.store.admission import Arrived, dead_letter
from agent.store.approvals import insert_requests
from agent.store.codec import pack_codes, pack_draft
from agent.store.conversation import Conversation
from agent.store.leasing import Held, give_back, held_rows
from agent.store.records import (
    Bury,
    Lease,
    LeasedRow,
    Outcome,
    Settled,
    Settlement,
    State,
)
from agent.store.schema import drafts, inbox, reviews
from agent.store.sql import note, send
from agent.store.superseding import ended, lock_conversations, write_conversations

_OUTCOMES = {
    Route.READY: Outcome.READY,
    Route.REVIEW: Outcome.REVIEW,
    Route.NO_REPLY: Outcome.NO_REPLY,
}


async def settle(
    connection: AsyncConnection, group: Sequence[Settlement], *, now: datetime, source: str
) -> list[Settled]:
    """Write what still may be written; returns what became of each, in the same order."""
    for settlement in group:
        _check(settlement)
    locked = await lock_conversations(connection, (s.lease.conversation for s in group))
    held = await held_rows(connection, [s.lease for s in group])
    verdicts = [_judge(s.lease, locked.get(s.lease.conversation), held) for s in group]
    by = {v: [s for s, its in zip(group, verdicts, strict=True) if its is v] for v in Settled}
    stale = [row.id for s in by[Settled.STALE] for row in s.lease.rows if row.id in held]
    await give_back(connection, stale)
    answered = [(s, s.draft) for s in by[Settled.DONE] if s.draft is not None]
    buried = [(s, s.bury) for s in by[Settled.DONE] if s.bury is not None]
    await _answer(connection, answered, locked, now)
    await _bury(connection, buried, held, now=now, source=source)
    await note(connection, [entry for s in by[Settled.DONE] for entry in s.audit], now)
    return verdicts


def _check(settlement: Settlement) -> None:
    """A settlement that says two things, or speaks of another revision, is a mistake of ours."""
    lease, draft = settlement.lease, settlement.draft
    if (draft is None) == (settlement.bury is None):
        raise ValueError(f"{lease.conversation!r}: settle with a draft or a burial, not both")
    if draft and (draft.conversation, draft.revision) != (lease.conversation, lease.revision):
        raise ValueError(
            f"{lease.conversation!r}: the draft is of revision {draft.revision}, "
            f"the lease of {lease.revision}"
        )


def _judge(lease: Lease, conversation: Conversation | None, held: Mapping[int, Held]) -> Settled:
    mine = [row.id in held for row in lease.rows]
    if conversation is None or not any(mine):
        return Settled.LOST
    if not all(mine) or conversation.revision != lease.revision:
        return Settled.STALE
    return Settled.DONE


async def _answer(
    connection: AsyncConnection,
    answered: Sequence[tuple[Settlement, Draft]],
    locked: Mapping[str, Conversation],
    now: datetime,
) -> None:
    if not answered:
        return
    await connection.execute(insert(drafts), [_draft(draft) for _, draft in answered])
    await _end(connection, [pair for pair in answered if not pair[0].approvals], now)
    await _park(connection, [pair for pair in answered if pair[0].approvals])
    waiting = [_review(s, draft, now) for s, draft in answered if draft.route is Route.REVIEW]
    if waiting:
        await connection.execute(insert(reviews), waiting)
    standing: list[Conversation] = []
    for _, draft in answered:
        if draft.route is not Route.NO_REPLY:
            conversation = locked[draft.conversation]
            conversation.standing_draft = draft.id
            conversation.standing_revision = draft.revision
            standing.append(conversation)
    await write_conversations(connection, standing, now)
    await send(connection, [message for s, _ in answered for message in s.messages], now)


async def _end(
    connection: AsyncConnection, answered: Sequence[tuple[Settlement, Draft]], now: datetime
) -> None:
    if not answered:
        return
    values: dict[str, Any] = ended(Outcome.READY, now) | {"outcome": bindparam("end")}
    await connection.execute(
        update(inbox)
        .where(inbox.c.id == bindparam("row"))
        .values(draft_id=bindparam("draft"), **values),
        [
            {"row": row.id, "draft": draft.id, "end": _OUTCOMES[draft.route].value}
            for s, draft in answered
            for row in s.lease.rows
        ],
    )


async def _park(connection: AsyncConnection, asking: Sequence[tuple[Settlement, Draft]]) -> None:
    """The rows wait for a person's decision, as long as the requests last."""
    if not asking:
        return
    await insert_requests(connection, [one for s, _ in asking for one in s.approvals])
    await connection.execute(
        update(inbox)
        .where(inbox.c.id == bindparam("row"))
        .values(
            draft_id=bindparam("draft"),
            state=State.WAITING.value,
            owner=None,
            lease_until=None,
            not_before=None,
        ),
        [{"row": row.id, "draft": draft.id} for s, draft in asking for row in s.lease.rows],
    )


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "conversation": draft.conversation,
        "revision": draft.revision,
        "ticket": draft.ticket,
        "desk": draft.desk,
        "route": draft.route.value,
        "payload": pack_draft(draft),
        "created_at": draft.created_at,
        "writer": draft.written_by.model or draft.written_by.writer,
        "tokens": draft.written_by.prompt_tokens + draft.written_by.completion_tokens,
        "cost": draft.written_by.cost,
        **_counted(draft),
    }


def _counted(draft: Draft) -> dict[str, Any]:
    """What pages filter and count by."""
    return {
        "language": draft.language,
        "category": draft.triage.category,
        "confidence": draft.triage.confidence,
        "codes": pack_codes(draft.reasons),
    }


def _review(settlement: Settlement, draft: Draft, now: datetime) -> dict[str, Any]:
    return {
        "draft_id": draft.id,
        "conversation": draft.conversation,
        "revision": draft.revision,
        "ticket": draft.ticket,
        "desk": draft.desk,
        "lane": settlement.lease.lane.value,
        "reasons": json.dumps(draft.reasons),
        "due_at": settlement.lease.due_at,
        "state": "open",
        "created_at": now,
        "title": settlement.title,
        **_counted(draft),
    }


async def _bury(
    connection: AsyncConnection,
    buried: Sequence[tuple[Settlement, Bury]],
    held: Mapping[int, Held],
    *,
    now: datetime,
    source: str,
) -> None:
    if not buried:
        return
    await connection.execute(
        update(inbox)
        .where(inbox.c.id == bindparam("row"))
        .values(
            reason=bindparam("why"),
            detail=bindparam("told", type_=inbox.c.detail.type),
            **ended(Outcome.DEAD, now),
        ),
        [
            {"row": row.id, "why": bury.reason, "told": bury.detail}
            for s, bury in buried
            for row in s.lease.rows
        ],
    )
    letters = [
        dead_letter(_arrived(row, held), _dead(s.lease, row, bury), now=now, source=source)
        for s, bury in buried
        for row in s.lease.rows
    ]
    await send(connection, letters, now)
    await send(connection, [message for s, _ in buried for message in s.messages], now)


def _arrived(row: LeasedRow, held: Mapping[int, Held]) -> Arrived:
    return Arrived(
        id=row.id,
        at=row.record.at,
        size=row.record.size,
        sha256=row.record.sha256,
        replays=held[row.id].replays,
    )


def _dead(lease: Lease, row: LeasedRow, bury: Bury) -> dict[str, Any]:
    return {
        "event_id": row.identity.event_id,
        "conversation": lease.conversation,
        "desk": lease.desk,
        "reason": bury.reason,
        "detail": bury.detail,
        "traceparent": row.traceparent,
    }
