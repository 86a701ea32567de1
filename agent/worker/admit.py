"""Admission: new rows are read, triaged without a model, and put in line. Decisions are pure."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from agent import observe
from agent.domain.desk import Desk
from agent.domain.envelope import BadRecord, Incoming, read
from agent.domain.events import CustomerErased, TicketClosed, TicketMessage, utc
from agent.domain.ids import ConversationId, DeskName, TicketId
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.observe import names
from agent.store.errors import StoreUnavailable
from agent.store.records import (
    Admission,
    Bury,
    Close,
    Erase,
    Identity,
    InboxRow,
    Outcome,
    Queue,
    Skip,
    State,
)
from agent.worker.reader import Reader
from agent.worker.readings import Reading, Readings


class FastTriage(Protocol):
    """The model-free triage of one desk: about a millisecond a ticket. Pure."""

    def triage(self, ticket: Ticket) -> Triage: ...


class AdmitStore(Protocol):
    async def acquire(
        self, names: Sequence[str], owner: str, until: datetime, now: datetime
    ) -> set[str]: ...

    async def give_up(self, names: Sequence[str], owner: str) -> None: ...

    async def unread(self, limit: int) -> list[InboxRow]: ...

    async def admit(
        self, admissions: Sequence[Admission], *, now: datetime
    ) -> Sequence[Outcome | State]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitSettings:
    batch: int
    lock: timedelta = timedelta(seconds=15)


class Decides(Protocol):
    def decide(self, row: InboxRow, now: datetime) -> Admission: ...


class Decider:
    """What becomes of a new row. Pure: the same row, desk and time give the same decision."""

    def __init__(
        self,
        *,
        desks: Mapping[DeskName, Desk],
        triage: Mapping[DeskName, FastTriage],
        reader: Reader,
        max_age: timedelta,
        readings: Readings | None = None,
    ) -> None:
        self._desks = desks
        self._triage = triage
        self._reader = reader
        self._max_age = max_age
        self._readings = readings

    def decide(self, row: InboxRow, now: datetime) -> Admission:
        """Never raises: an event that we fail to handle must not stop those behind it."""
        try:
            return self._admission(row, now)
        except BadRecord as bad:
            bury = Bury(reason=bad.code, detail=bad.detail)
        except Exception as exc:
            kind = type(exc).__name__
            observe.log.error("admit.failed", inbox=row.id, error=kind)
            bury = Bury(
                reason="admission-failed",
                detail=f"{kind}: a defect of this version; upgrade, then `citedesk dead replay`",
            )
        return Admission(row=row.id, identity=None, decision=bury)

    def _admission(self, row: InboxRow, now: datetime) -> Admission:
        incoming = self._read(row)
        return Admission(
            row=row.id,
            identity=Identity(
                source=incoming.source,
                event_id=incoming.id,
                data_sha256=incoming.data_sha256,
                type=incoming.event.TYPE,
            ),
            decision=self._decision(incoming, row, now),
            traceparent=incoming.traceparent
            or observe.new_traceparent(f"{incoming.source} {incoming.id}"),
        )

    def _read(self, row: InboxRow) -> Incoming:
        record = row.record
        if record.size and not record.value:
            raise BadRecord("too-large", f"the record holds {record.size} bytes; send less")
        return read(record.value, record.headers, record.at)

    def _decision(
        self, incoming: Incoming, row: InboxRow, now: datetime
    ) -> Queue | Skip | Close | Erase | Bury:
        event = incoming.event
        if isinstance(event, CustomerErased):
            return Erase(requester=event.requester_id)
        if not isinstance(event, TicketMessage | TicketClosed):
            return Bury(reason="unknown-type", detail=f"{event.TYPE!r} is not read from this topic")
        desk = self._desks.get(DeskName(event.desk))
        if desk is None:
            known = ", ".join(repr(str(name)) for name in sorted(self._desks))
            return Bury(
                reason="unknown-desk",
                detail=f"desk {event.desk!r} is not loaded (known: {known})",
                requester=event.requester.id if isinstance(event, TicketMessage) else None,
            )
        conversation = ConversationId(event.conversation)
        if isinstance(event, TicketClosed):
            return Close(conversation=conversation, desk=desk.name)
        return self._message(incoming, event, desk, conversation, row, now)

    def _message(
        self,
        incoming: Incoming,
        event: TicketMessage,
        desk: Desk,
        conversation: ConversationId,
        row: InboxRow,
        now: datetime,
    ) -> Queue | Skip:
        def skip(reason: str) -> Skip:
            return Skip(
                conversation=conversation,
                ticket=TicketId(event.ticket_id),
                desk=desk.name,
                requester=event.requester.id,
                reason=reason,
            )

        if now - utc(event.sent_at or row.record.timestamp) > self._max_age:
            return skip("stale")
        if reason := self._reader.no_reply(event):
            return skip(reason)
        ticket = self._reader.ticket(
            [self._reader.message(incoming, event, row.received_at)], desk, conversation
        )
        triage = self._triage[desk.name].triage(ticket)
        if triage.no_reply:
            return skip(triage.no_reply)
        if self._readings is not None:
            reading = Reading(data_sha256=incoming.data_sha256, ticket=ticket, triage=triage)
            self._readings.keep(row.id, reading)
        return Queue(
            conversation=conversation,
            ticket=ticket.id,
            desk=desk.name,
            requester=event.requester.id,
            lane=triage.priority,
            due_at=row.received_at + desk.sla[triage.priority],
        )


class Admitter:
    """Takes new rows in order, a batch at a time. One process admits; the others stand by."""

    LOCK = "admit"

    def __init__(
        self,
        settings: AdmitSettings,
        *,
        owner: str,
        store: AdmitStore,
        decider: Decides,
        clock: Callable[[], datetime],
        ring: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._owner = owner
        self._store = store
        self._decider = decider
        self._clock = clock
        self._ring = ring

    async def step(self) -> int:
        """Admit one batch; how many rows it held."""
        return await observe.metered(names.STAGE_ADMIT, self._step())

    async def _step(self) -> int:
        now = self._clock()
        lock = await self._store.acquire([self.LOCK], self._owner, now + self._settings.lock, now)
        if not lock:
            return 0
        rows = await self._store.unread(self._settings.batch)
        if not rows:
            return 0
        # In a thread: a batch takes a tenth of a second, and Kafka's heartbeat must not wait.
        admissions = await asyncio.to_thread(
            observe.metered_call, names.STAGE_ADMIT, self._decide, rows, now
        )
        traces = [admission.traceparent for admission in admissions]
        with observe.batch_span(names.ADMIT, traces, {names.BATCH: len(rows)}):
            await self._store.admit(admissions, now=self._clock())
        for admission in admissions:
            observe.METRICS.admitted(type(admission.decision).__name__.lower())
        self._ring()
        return len(rows)

    async def give_up(self) -> None:
        """Let another process admit."""
        with suppress(StoreUnavailable):  # the lock runs out by itself
            await self._store.give_up([self.LOCK], self._owner)

    def _decide(self, rows: Sequence[InboxRow], now: datetime) -> list[Admission]:
        return [self._decider.decide(row, now) for row in rows]
