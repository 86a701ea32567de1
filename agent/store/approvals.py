"""Approvals in the database: what may change is judged by a callback, under the lock.

Every change of an approval is made while its conversation is locked, so that a decision, a later
message and the start of the effect cannot cross.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.approval import Approval, ApprovalState
from agent.domain.draft import Proposal
from agent.domain.ids import ApprovalId, ConversationId, DeskName, DraftId, TicketId
from agent.store.conversation import Conversation, stands_no_more
from agent.store.database import Database
from agent.store.records import ApprovalChange, AuditEntry, State
from agent.store.schema import IS_UNSETTLED, IS_WAITING, approvals, inbox
from agent.store.sql import note, pages, send
from agent.store.superseding import lock_conversations, write_conversations, write_superseded
from tools.base import ToolResult

Judge = Callable[[Approval, int | None], ApprovalChange]
"""Given an approval and its conversation's revision now, what becomes of it; or raises."""


class ApprovalRows:
    """Approvals as the service for them needs them; each method is one transaction."""

    def __init__(self, database: Database, *, source: str = "citedesk") -> None:
        self._database = database
        self._source = source

    async def get(self, approval_id: str) -> Approval | None:
        async with self._database.read() as connection:
            found = await _select(connection, approvals.c.id == approval_id)
        return found[0] if found else None

    async def listed(
        self,
        *,
        states: Collection[ApprovalState] | None = None,
        desk: str | None = None,
        limit: int = 100,
    ) -> list[Approval]:
        """The most pressing first: by expiry where they wait, else the newest first."""
        waiting = states is not None and all(state.open for state in states)
        where: list[Any] = [] if desk is None else [approvals.c.desk == desk]
        if waiting:
            where.append(IS_UNSETTLED)
        if states is not None:
            where.append(approvals.c.state.in_([state.value for state in states]))
        order = approvals.c.expires_at if waiting else approvals.c.requested_at.desc()
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(approvals).where(*where).order_by(order, approvals.c.id).limit(limit)
            )
            return [to_approval(row) for row in rows]

    async def of(self, conversation: str) -> list[Approval]:
        """A conversation's approvals, oldest first."""
        async with self._database.read() as connection:
            return await _select(connection, approvals.c.conversation == conversation)

    async def due(self, now: datetime, limit: int) -> list[Approval]:
        """What somebody must act on: approved, left behind by a worker that is gone, overdue."""
        begun_by_none = approvals.c.state == ApprovalState.APPROVED.value
        left = (approvals.c.state == ApprovalState.RESERVED.value) & (
            approvals.c.reserved_until <= now
        )
        overdue = (approvals.c.state == ApprovalState.PENDING.value) & (
            approvals.c.expires_at <= now
        )
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(approvals)
                .where(IS_UNSETTLED, or_(begun_by_none, left, overdue))
                .order_by(approvals.c.expires_at, approvals.c.id)
                .limit(limit)
            )
            return [to_approval(row) for row in rows]

    async def decided_count(self, by: str, since: datetime, *, requester: str | None = None) -> int:
        """How many were decided by this name since a moment, of all or of one requester."""
        own = [] if requester is None else [approvals.c.requester == requester]
        async with self._database.read() as connection:
            counted = await connection.execute(
                select(func.count())
                .select_from(approvals)
                .where(approvals.c.decided_by == by, approvals.c.decided_at >= since, *own)
            )
            return counted.scalar_one()

    async def add(self, requested: Approval, change: ApprovalChange, now: datetime) -> bool:
        """Write a request of the conversation's present revision; False when it stands already.

        Raises `LookupError` when the conversation is at another revision.
        """
        return await self._database.write(lambda c: _add(c, requested, change, now))

    async def change(self, approval_id: str, judge: Judge, now: datetime) -> Approval | None:
        """Judge an approval under its conversation's lock and write what the judge says.

        Returns it as it stands afterwards, None when there is none; what the judge raises leaves
        everything as it was. Once nothing of the conversation waits any more it is queued again.
        """
        return await self._database.write(
            lambda c: _change(c, approval_id, judge, now, self._source)
        )

    async def note(self, entries: Sequence[AuditEntry], now: datetime) -> None:
        await self._database.write(lambda c: note(c, entries, now))


async def _select(connection: AsyncConnection, *where: Any) -> list[Approval]:
    rows = await connection.execute(
        select(approvals).where(*where).order_by(approvals.c.requested_at, approvals.c.id)
    )
    return [to_approval(row) for row in rows]


async def of_conversations(
    connection: AsyncConnection, names: Sequence[str]
) -> dict[str, list[Approval]]:
    """The approvals of conversations, oldest first."""
    found: dict[str, list[Approval]] = {}
    for page in pages(names):
        for approval in await _select(connection, approvals.c.conversation.in_(page)):
            found.setdefault(approval.conversation, []).append(approval)
    return found


async def insert_requests(connection: AsyncConnection, requested: Sequence[Approval]) -> None:
    if requested:
        await connection.execute(insert(approvals), [_values(one) for one in requested])


async def _add(
    connection: AsyncConnection, requested: Approval, change: ApprovalChange, now: datetime
) -> bool:
    locked = await lock_conversations(connection, [requested.conversation])
    conversation = locked.get(requested.conversation)
    if conversation is None or conversation.revision != requested.revision:
        raise LookupError(requested.conversation)
    if await _select(connection, approvals.c.id == requested.id):
        return False
    await insert_requests(connection, [requested])
    await send(connection, change.messages, now)
    await note(connection, change.audit, now)
    return True


async def _change(
    connection: AsyncConnection, approval_id: str, judge: Judge, now: datetime, source: str
) -> Approval | None:
    mine = approvals.c.id == approval_id
    name = (await connection.execute(select(approvals.c.conversation).where(mine))).scalar()
    if name is None:
        return None
    locked = await lock_conversations(connection, [name])
    row = (await connection.execute(select(approvals).where(mine).with_for_update())).one_or_none()
    if row is None:
        return None
    before = to_approval(row)
    conversation = locked.get(name)
    change = judge(before, conversation.revision if conversation else None)
    after = change.approval
    if after != before:
        values = _moving(after) if row.payload else _moving(after) | {"result": None}
        await connection.execute(update(approvals).where(mine).values(**values))
    await send(connection, change.messages, now)
    await note(connection, change.audit, now)
    if conversation and before.state.open and not after.state.open:
        await _queue_again(connection, conversation, after, now, source)
    return after


async def _queue_again(
    connection: AsyncConnection,
    conversation: Conversation,
    settled: Approval,
    now: datetime,
    source: str,
) -> None:
    """The next revision tells how it ended, once nothing of this conversation waits any more."""
    left = await connection.execute(
        select(func.count())
        .select_from(approvals)
        .where(IS_UNSETTLED, approvals.c.conversation == conversation.name)
    )
    if left.scalar_one():
        return
    rows = await _to_answer(connection, conversation)
    if not rows:
        return  # a person closed the ticket meanwhile, or its requester was erased
    by = f"approval/{settled.id}"
    conversation.revision += 1
    gone = stands_no_more(conversation, by, "decision")
    if gone is not None:
        await write_superseded(connection, [gone], now)
        await send(connection, [gone.packed(now, source, settled.traceparent)], now)
    await write_conversations(connection, [conversation], now)
    await queue_rows(connection, rows, now)


async def _to_answer(connection: AsyncConnection, conversation: Conversation) -> list[int]:
    """The rows that are answered anew: those parked, and those that the standing draft answers.

    Rows in line or in a worker's hands are of the next draft anyway; the new revision makes a
    lease on them stale, so that it is written with the result.
    """
    standing = (inbox.c.draft_id == conversation.standing_draft) & inbox.c.outcome.in_(
        ("ready", "review")
    )
    rows = await connection.execute(
        select(inbox.c.id, inbox.c.state)
        .where(
            inbox.c.conversation == conversation.name,
            or_(
                inbox.c.state.in_((State.WAITING.value, State.QUEUED.value, State.LEASED.value)),
                standing,
            ),
        )
        .order_by(inbox.c.id)
        .with_for_update()
    )
    return [row.id for row in rows]


_ANEW: Mapping[str, Any] = {
    "state": State.QUEUED.value,
    "outcome": None,
    "reason": None,
    "draft_id": None,
    "superseded_by": None,
    "ended_at": None,
    "owner": None,
    "lease_until": None,
    "failures": 0,
}


async def queue_rows(connection: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """Put rows in line that were parked or answered; a leased one is left to its worker."""
    for page in pages(ids):
        await connection.execute(
            update(inbox)
            .where(
                inbox.c.id.in_(page),
                inbox.c.state.in_((State.WAITING.value, State.ENDED.value)),
            )
            .values(not_before=now, **_ANEW)
        )


async def parked_rows(connection: AsyncConnection, names: Sequence[str]) -> list[int]:
    """The rows of these conversations that wait for an approval."""
    ids: list[int] = []
    for page in pages(names):
        rows = await connection.execute(
            select(inbox.c.id)
            .where(IS_WAITING, inbox.c.conversation.in_(page))
            .order_by(inbox.c.id)
            .with_for_update()
        )
        ids += [row.id for row in rows]
    return ids


# --- rows and values ---------------------------------------------------------------------------


@cache
def _proposals() -> TypeAdapter[Proposal]:
    return TypeAdapter(Proposal)


@cache
def _results() -> TypeAdapter[ToolResult]:
    return TypeAdapter(ToolResult)


def to_approval(row: Row[Any]) -> Approval:
    """The approval of a row; one that was erased has an empty proposal and never runs."""
    return Approval(
        id=ApprovalId(row.id),
        desk=DeskName(row.desk),
        conversation=ConversationId(row.conversation),
        ticket=TicketId(row.ticket),
        revision=row.revision,
        draft=DraftId(row.draft_id),
        requester=row.requester or "",
        language=row.language,
        proposal=_proposals().validate_json(row.payload) if row.payload else _erased(row),
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        state=ApprovalState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note=row.note,
        owner=row.owner,
        reserved_until=row.reserved_until,
        attempt=row.attempt,
        result=_results().validate_json(row.result) if row.result else None,
        failure=row.failure,
        ended_at=row.ended_at,
        traceparent=row.traceparent,
    )


def _erased(row: Row[Any]) -> Proposal:
    return Proposal(
        tool=row.tool,
        arguments={},
        digest=row.digest,
        label="",
        reason="erased",
        asked=ToolResult(tool=row.tool, label="", data={}),
    )


def _values(approval: Approval) -> dict[str, Any]:
    return {
        "id": approval.id,
        "desk": approval.desk,
        "conversation": approval.conversation,
        "ticket": approval.ticket,
        "revision": approval.revision,
        "draft_id": approval.draft,
        "requester": approval.requester,
        "language": approval.language,
        "tool": approval.proposal.tool,
        "digest": approval.proposal.digest,
        "payload": _proposals().dump_json(approval.proposal),
        "requested_at": approval.requested_at,
        "expires_at": approval.expires_at,
        "traceparent": approval.traceparent,
        **_moving(approval),
    }


def _moving(approval: Approval) -> dict[str, Any]:
    """The columns that change in an approval's life."""
    result = approval.result
    return {
        "state": approval.state.value,
        "decided_by": approval.decided_by,
        "decided_at": approval.decided_at,
        "note": approval.note,
        "owner": approval.owner,
        "reserved_until": approval.reserved_until,
        "attempt": approval.attempt,
        "result": _results().dump_json(result) if result is not None else None,
        "failure": approval.failure,
        "ended_at": approval.ended_at,
    }
