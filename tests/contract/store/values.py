"""Short words for the store's values, so that a test shows only what it is about."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from agent.domain.draft import Draft, Route, WrittenBy
from agent.domain.envelope import Coordinates, pack, sha256
from agent.domain.events import DraftCreated, TicketMessage
from agent.domain.ids import ConversationId, DeskName, EventId, TicketId, draft_id
from agent.domain.triage import Priority, Triage
from agent.store import Store
from agent.store.records import (
    Admission,
    AuditEntry,
    Bury,
    Close,
    Erase,
    Identity,
    Lease,
    Outcome,
    Queue,
    RawRecord,
    Settled,
    Settlement,
    Skip,
    State,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=60)
LATER = NOW + timedelta(hours=1)

Decision = Queue | Skip | Close | Erase | Bury


def a_record(offset: int, value: bytes = b'{"body": "hello"}', **changes: object) -> RawRecord:
    fields: dict[str, object] = {
        "at": Coordinates(cluster="test", topic="tickets.v1", partition=0, offset=offset),
        "key": b"c",
        "value": value,
        "headers": (("ce_id", b"e"), ("traceparent", b"\x00\xff")),
        "timestamp": NOW,
        "size": len(value),
        "sha256": sha256(value),
    }
    return RawRecord(**(fields | changes))  # type: ignore[arg-type] # a factory's fields


def an_identity(event: str, data: str = "", source: str = "shop") -> Identity:
    return Identity(
        source=source,
        event_id=EventId(event),
        data_sha256=hashlib.sha256((data or event).encode()).hexdigest(),
        type=TicketMessage.TYPE,
    )


def to_queue(
    conversation: str,
    *,
    due: timedelta = timedelta(hours=4),
    requester: str = "r-1",
    desk: str = "support",
) -> Queue:
    return Queue(
        conversation=ConversationId(conversation),
        ticket=TicketId(conversation),
        desk=DeskName(desk),
        requester=requester,
        lane=Priority.NORMAL,
        due_at=NOW + due,
    )


def to_skip(conversation: str, reason: str = "thanks") -> Skip:
    return Skip(
        conversation=ConversationId(conversation),
        ticket=TicketId(conversation),
        desk=DeskName("support"),
        requester="r-1",
        reason=reason,
    )


def to_close(conversation: str) -> Close:
    return Close(conversation=ConversationId(conversation), desk=DeskName("support"))


def a_draft(lease: Lease, route: Route = Route.READY, body: str = "Within 30 days.") -> Draft:
    return Draft(
        id=draft_id(lease.conversation, lease.revision),
        conversation=lease.conversation,
        ticket=lease.ticket,
        revision=lease.revision,
        desk=lease.desk,
        language="en",
        route=route,
        reasons=() if route is Route.READY else ("a number is not proved",),
        body=body,
        claims=(),
        sources=(),
        triage=Triage(category="returns", confidence=0.9, priority=lease.lane),
        answers=tuple(row.identity.event_id for row in lease.rows),
        written_by=WrittenBy(writer="model-free"),
        created_at=NOW,
    )


def answered(lease: Lease, route: Route = Route.READY, body: str = "Within 30 days.") -> Settlement:
    """A settlement with a draft, its record for the outbox and its audit entry."""
    draft = a_draft(lease, route, body)
    event = DraftCreated(
        draft_id=draft.id,
        conversation_id=draft.conversation,
        ticket_id=draft.ticket,
        revision=draft.revision,
        desk=draft.desk,
        language=draft.language,
        route=draft.route,
        reasons=draft.reasons,
        body=draft.body,
        claims=draft.claims,
        sources=draft.sources,
        triage=draft.triage,
        answers=draft.answers,
        written_by=draft.written_by,
        created_at=draft.created_at,
    )
    message = pack(event, key=draft.conversation, event_id=draft.id, at=NOW)
    entry = AuditEntry(
        action="draft.routed", actor="test", subject=draft.id, details={"route": route.value}
    )
    return Settlement(lease=lease, draft=draft, messages=(message,), audit=(entry,))


@dataclass(slots=True)
class Desk:
    """Drives a store the way the service does, one step a method."""

    store: Store
    offsets: "count[int]" = field(default_factory=count)

    async def receive(self, *values: bytes) -> list[int]:
        """Ingest records; returns the ids of their rows."""
        records = [a_record(next(self.offsets), value) for value in values]
        assert await self.store.ingest(records, NOW) == len(records)
        fresh = {record.at for record in records}
        rows = await self.store.unread(100_000)
        return [row.id for row in rows if row.record.at in fresh]

    async def admit(
        self, event: str, decision: Decision, *, data: str = "", value: bytes = b"{}"
    ) -> Outcome | State:
        (row,) = await self.receive(value)
        admission = Admission(row=row, identity=an_identity(event, data), decision=decision)
        (result,) = await self.store.admit([admission], now=NOW)
        return result

    async def queue(self, *conversations: str) -> None:
        """One message for each conversation named, in one batch."""
        rows = await self.receive(*[b"{}"] * len(conversations))
        admissions = [
            Admission(row=row, identity=an_identity(f"e-{row}"), decision=to_queue(conversation))
            for row, conversation in zip(rows, conversations, strict=True)
        ]
        results = await self.store.admit(admissions, now=NOW)
        assert set(results) == {State.QUEUED}

    async def lease(
        self, owner: str = "w1", *, limit: int = 100, now: datetime = NOW, until: datetime = SOON
    ) -> list[Lease]:
        return await self.store.lease(owner, limit=limit, now=now, until=until)

    async def lease_one(self, owner: str = "w1", *, now: datetime = NOW) -> Lease:
        (lease,) = await self.lease(owner, now=now, until=now + timedelta(seconds=60))
        return lease

    async def settle(self, *settlements: Settlement) -> list[Settled]:
        return await self.store.settle(settlements, now=NOW)

    async def answer(self, conversation: str, route: Route = Route.READY) -> Draft:
        """A new message of the conversation, carried to its draft."""
        await self.queue(conversation)
        lease = await self.lease_one()
        settlement = answered(lease, route)
        assert await self.settle(settlement) == [Settled.DONE]
        assert settlement.draft is not None
        return settlement.draft

    async def published_types(self, key: str) -> list[str]:
        """The types of the conversation's records in the outbox, in order."""
        rows = await self.store.unpublished(range(64), 10_000)
        return [
            dict(row.message.headers)["ce_type"].decode() for row in rows if row.message.key == key
        ]


async def outcomes(store: Store) -> dict[str, int]:
    return {str(name): number for name, number in (await store.outcomes()).items()}


def rows_of(leases: Sequence[Lease]) -> list[int]:
    return [row.id for lease in leases for row in lease.rows]
