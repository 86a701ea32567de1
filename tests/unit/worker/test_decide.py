"""What becomes of a new row: every decision, by table."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent.domain.desk import Desk
from agent.domain.envelope import read
from agent.domain.events import BODY_LIMIT, TicketMessage
from agent.domain.ids import ConversationId, DeskName
from agent.domain.ticket import Assurance, Ticket
from agent.domain.triage import Priority, Triage
from agent.intake import Received
from agent.store.records import Bury, Close, Erase, InboxRow, Queue, Skip
from agent.worker.admit import Decider
from agent.worker.reader import SEVERAL_REQUESTERS, Reader
from tests.contract.store.values import NOW, a_record
from tests.unit.pipeline.small import a_desk

SHOP = DeskName("shop")


class WordTriage:
    """Plays a desk's triage: a thank-you needs no reply, a cry is urgent, a bug is a bug."""

    def triage(self, ticket: Ticket) -> Triage:
        if "bug" in ticket.text:
            raise LookupError("a defect of ours")
        return Triage(
            category="other",
            confidence=1.0,
            priority=Priority.URGENT if "!!" in ticket.text else Priority.NORMAL,
            no_reply="thanks" if "thank" in ticket.text else None,
        )


def a_shop() -> Desk:
    sla = {Priority.NORMAL: timedelta(hours=24), Priority.URGENT: timedelta(hours=2)}
    return replace(a_desk(), sla=sla)


def a_decider(**reader: Any) -> Decider:
    return Decider(
        desks={SHOP: a_shop()},
        triage={SHOP: WordTriage()},
        reader=Reader(**reader),
        max_age=timedelta(days=7),
    )


def a_message(**changes: Any) -> dict[str, Any]:
    return {
        "ticket_id": "T1",
        "desk": "shop",
        "requester": {"id": "C-1", "assurance": "verified"},
        "body": "How long can I return it?",
    } | changes


def a_row(
    data: Any, *, kind: str = "ticket.message", source: str = "shop-form", **record: Any
) -> InboxRow:
    value = data if isinstance(data, bytes) else json.dumps(data).encode()
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_type", kind.encode()),
        ("ce_source", source.encode()),
        ("ce_id", b"e1"),
    )
    made = a_record(0, value, **({"headers": headers} | record))
    return InboxRow(id=1, record=made, received_at=NOW)


def decided(data: Any, **row: Any) -> Any:
    return a_decider().decide(a_row(data, **row), NOW).decision


CLOSED = {"ticket_id": "T1", "desk": "shop"}
OLD = (NOW - timedelta(days=8)).isoformat()


def test_a_ticket_is_queued_in_its_lane_with_its_deadline() -> None:
    urgent = decided(a_message(body="My parcel is on fire!!", in_reply_to="T0"))

    assert isinstance(urgent, Queue)
    assert (urgent.conversation, urgent.ticket, urgent.requester) == ("T0", "T1", "C-1")
    assert (urgent.lane, urgent.due_at) == (Priority.URGENT, NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (a_message(sent_at=OLD), "stale"),
        (a_message(body="thank you"), "thanks"),
        (a_message(headers={"Auto-Submitted": "auto-replied"}), "auto-submitted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nobody_answers(data: dict[str, Any], reason: str) -> None:
    decision = decided(data)

    assert isinstance(decision, Skip)
    assert decision.reason == reason


def test_a_record_without_a_date_is_as_old_as_kafka_says() -> None:
    old = decided(a_message(), timestamp=NOW - timedelta(days=8))

    assert isinstance(old, Skip)
    assert old.reason == "stale"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"{no json", "invalid-json"),
        (b"[" * 100_000, "invalid-json"),
        (b'{"ticket_id": %s}' % (b"1" * 5_000), "invalid-json"),
        (b"\xff\xfe", "wrong-charset"),
        ([1, 2], "invalid-json"),
        (a_message(ticket_id="T\x001"), "invalid-event"),
        (a_message(requester="C-1"), "invalid-event"),
        (a_message(body="", subject=" "), "invalid-event"),
        (a_message(body="x" * (BODY_LIMIT + 1)), "too-large"),
        (a_message(desk="nowhere"), "unknown-desk"),
        (a_message(body="a bug"), "admission-failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_handled_is_buried_with_its_reason(data: Any, reason: str) -> None:
    decision = decided(data)

    assert isinstance(decision, Bury)
    assert decision.reason == reason
    assert decision.detail


def test_a_burial_tells_who_wrote_where_that_can_be_told() -> None:
    decision = decided(a_message(desk="nowhere"))

    assert isinstance(decision, Bury)
    assert decision.requester == a_message()["requester"]["id"]


def test_a_record_over_the_topics_limit_is_buried_with_its_size() -> None:
    """Ingest keeps size and hash of such a record, not the value."""
    decision = decided(b"", size=9_000_000)

    assert isinstance(decision, Bury)
    assert decision.reason == "too-large"
    assert "9000000 bytes" in decision.detail


def test_a_type_that_is_not_read_is_buried() -> None:
    decision = decided(a_message(), kind="ticket.poked")

    assert isinstance(decision, Bury)
    assert decision.reason == "unknown-type"


def test_a_closed_ticket_closes_its_conversation() -> None:
    closed = decided(CLOSED | {"conversation_id": "T0"}, kind="ticket.closed")

    assert closed == Close(conversation=ConversationId("T0"), desk=SHOP)


def test_an_erased_customer_is_erased_at_every_desk() -> None:
    assert decided({"requester_id": "C-1"}, kind="customer.erased") == Erase(requester="C-1")


def test_a_detail_never_repeats_the_ticket() -> None:
    for data in (b'{"body": "secret', a_message(requester="secret"), a_message(body="secret bug")):
        assert "secret" not in decided(data).detail


# ── the reader: what a source may vouch for ─────────────────────────────────────────────────


def a_ticket_of(reader: Reader, *messages: dict[str, Any], source: str = "shop-form") -> Ticket:
    received = [_received(reader, message, source) for message in messages]
    return reader.ticket(received, a_shop(), ConversationId("T1"))


def _received(reader: Reader, message: dict[str, Any], source: str) -> Received:
    row = a_row(message, source=source)
    incoming = read(row.record.value, row.record.headers, row.record.at)
    assert isinstance(incoming.event, TicketMessage)
    return reader.message(incoming, incoming.event, NOW)


@pytest.mark.parametrize(
    ("sources", "default", "trusted"),
    [
        ({}, Assurance.VERIFIED, Assurance.VERIFIED),
        ({}, Assurance.CLAIMED, Assurance.CLAIMED),
        ({"shop-form": Assurance.CLAIMED}, Assurance.VERIFIED, Assurance.CLAIMED),
        ({"shop-form": Assurance.VERIFIED}, Assurance.CLAIMED, Assurance.VERIFIED),
        ({"other": Assurance.VERIFIED}, Assurance.CLAIMED, Assurance.CLAIMED),
    ],
)
def test_a_source_vouches_for_no_more_than_it_is_configured_to(
    sources: dict[str, Assurance], default: Assurance, trusted: Assurance
) -> None:
    reader = Reader(sources=sources, default_assurance=default)

    assert a_ticket_of(reader, a_message()).requester.assurance is trusted


def test_no_source_turns_a_claimed_requester_into_a_verified_one() -> None:
    reader = Reader(sources={"shop-form": Assurance.VERIFIED})
    claimed = a_message(requester={"id": "C-1", "assurance": "claimed"})

    assert a_ticket_of(reader, claimed).requester.assurance is Assurance.CLAIMED


def test_of_several_requesters_in_one_conversation_none_is_vouched_for() -> None:
    other = a_message(requester={"id": "C-2", "assurance": "verified"})

    ticket = a_ticket_of(Reader(), a_message(), other)

    assert ticket.requester.id == "C-2"
    assert ticket.requester.assurance is Assurance.CLAIMED
    assert SEVERAL_REQUESTERS in ticket.tags
