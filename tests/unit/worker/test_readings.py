"""A ticket that admission read is not read again, and never another ticket in its place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.domain.desk import Desk
from agent.domain.draft import Draft, Route, WrittenBy
from agent.domain.ids import ConversationId, DeskName, EventId, TicketId, draft_id
from agent.domain.ticket import Assurance, Channel, Requester, Ticket
from agent.domain.triage import Priority, Triage
from agent.pipeline.ports import Run, Work
from agent.store.records import Lease, LeasedRow, Queue
from agent.worker.admit import Decider
from agent.worker.handle import Handler
from agent.worker.reader import Reader
from agent.worker.readings import KnownTriage, Reading, Readings
from tests.contract.store.values import NOW, a_record, an_identity
from tests.unit.worker.test_decide import SHOP, WordTriage, a_message, a_shop
from tests.unit.worker.test_decide import a_row as an_inbox_row

TRIAGE = Triage(category="returns", confidence=0.9, priority=Priority.HIGH)
OTHER = Triage(category="other", confidence=0.1, priority=Priority.LOW)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Asks:
    """A triager that is asked where nothing is known."""

    async def triage(self, ticket: Ticket, desk: Desk, *, run: Run | None = None) -> Triage:
        return OTHER


def a_ticket() -> Ticket:
    return Ticket(
        id=TicketId("T"),
        conversation=ConversationId("T"),
        desk=SHOP,
        channel=Channel.API,
        requester=Requester(id="C-1", assurance=Assurance.CLAIMED),
        language="en",
        messages=(),
        received_at=NOW,
    )


def a_row(row: int = 1, data: str = "d") -> LeasedRow:
    return LeasedRow(
        id=row,
        record=a_record(row),
        identity=an_identity("e", data),
        received_at=NOW,
        traceparent=None,
    )


def a_lease(*rows: LeasedRow) -> Lease:
    return Lease(
        owner="o",
        conversation=ConversationId("T"),
        desk=SHOP,
        ticket=TicketId("T"),
        revision=1,
        attempt=1,
        rows=rows or (a_row(),),
        history=(),
        due_at=NOW,
        lane=Priority.NORMAL,
    )


def a_reading(data: str = "d") -> Reading:
    digest = an_identity("e", data).data_sha256
    return Reading(data_sha256=digest, ticket=a_ticket(), triage=TRIAGE)


async def test_what_was_kept_is_taken_once_with_its_triage() -> None:
    readings, reading = Readings(), a_reading()
    readings.keep(1, reading)

    ticket = readings.take(a_lease())

    assert ticket is not None
    assert ticket is reading.ticket
    triager = KnownTriage(readings, Asks())
    assert await triager.triage(ticket, a_shop()) == TRIAGE
    assert readings.take(a_lease()) is None
    readings.put_down(ticket)
    assert await triager.triage(ticket, a_shop()) == OTHER


async def test_an_equal_ticket_that_was_not_taken_is_triaged_anew() -> None:
    readings = Readings()
    readings.keep(1, a_reading())
    readings.take(a_lease())

    assert await KnownTriage(readings, Asks()).triage(a_ticket(), a_shop()) == OTHER


@pytest.mark.parametrize(
    "lease",
    [
        a_lease(a_row(1), a_row(2)),
        replace(a_lease(), history=(a_row(0),)),
        a_lease(a_row(2)),
        a_lease(a_row(1, data="replaced")),
        a_lease(replace(a_row(1), record=a_record(1, value=b""))),
    ],
    ids=["several messages", "a history", "another row", "other data", "an erased row"],
)
def test_a_lease_on_something_else_is_read_anew(lease: Lease) -> None:
    readings = Readings()
    readings.keep(1, a_reading())

    assert readings.take(lease) is None


def test_when_full_the_oldest_stay_until_they_are_stale() -> None:
    clock = Clock()
    readings = Readings(clock)
    for row in range(Readings.LIMIT):
        readings.keep(row, a_reading())

    readings.keep(90_000, a_reading())
    assert readings.take(a_lease(a_row(90_000))) is None

    clock.now = Readings.STALE_S + 1
    readings.keep(90_001, a_reading())
    assert readings.take(a_lease(a_row(90_001))) is not None
    assert readings.take(a_lease(a_row(0))) is None
    assert readings.take(a_lease(a_row(1))) is not None


class Notes:
    """A pipeline that notes what it is given."""

    def __init__(self) -> None:
        self.works: list[Work] = []

    async def handle(self, work: Work) -> Draft:
        self.works.append(work)
        return Draft(
            id=draft_id(work.conversation, work.revision),
            conversation=work.conversation,
            ticket=work.ticket.id,
            revision=work.revision,
            desk=work.desk.name,
            language="en",
            route=Route.REVIEW,
            reasons=(),
            body="",
            claims=(),
            sources=(),
            triage=TRIAGE,
            answers=work.ticket.events,
            written_by=WrittenBy(writer="notes"),
            created_at=NOW,
        )


async def test_a_ticket_is_the_same_whether_it_was_kept_or_is_read_again() -> None:
    readings, reader, seen = Readings(), Reader(), Notes()
    desks = {SHOP: a_shop()}
    decider = Decider(
        desks=desks,
        triage={SHOP: WordTriage()},
        reader=reader,
        max_age=timedelta(days=7),
        readings=readings,
    )
    row = an_inbox_row(a_message())
    admission = decider.decide(row, NOW)
    assert isinstance(admission.decision, Queue)
    assert admission.identity is not None
    leased = LeasedRow(
        id=row.id,
        record=row.record,
        identity=admission.identity,
        received_at=row.received_at,
        traceparent=None,
    )
    lease = replace(a_lease(leased), conversation=admission.decision.conversation)

    await Handler(desks=desks, reader=reader, pipeline=seen, readings=readings)(lease, NOW)
    await Handler(desks=desks, reader=reader, pipeline=seen)(lease, NOW)

    kept, again = seen.works
    assert kept.ticket == again.ticket
    assert kept.ticket.events == (EventId(admission.identity.event_id),)
    assert DeskName(kept.desk.name) == SHOP
