"""Events in, drafts out, on real Kafka and Postgres."""

import hashlib
import json

import pytest

from agent.domain.events import BODY_LIMIT, TicketDead
from agent.store.records import Outcome
from tests.broker import read_all
from tests.integration.service.town import Town, a_message, a_name, header

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_event_in_binary_mode_becomes_one_draft_with_its_proof(town: Town) -> None:
    ticket = a_name()
    await town.tell(a_message(ticket))

    (ending,) = await town.ended(ticket)
    (record,) = await town.published(ticket)
    draft = json.loads(record.value)

    assert ending.outcome in (Outcome.READY, Outcome.REVIEW)
    assert (draft["draft_id"], draft["revision"]) == (ending.draft_id, 1)
    assert header(record, "ce_id") == ending.draft_id
    assert header(record, "ce_type") == "draft.created"
    for claim in draft["claims"]:
        assert draft["body"][claim["start"] : claim["end"]] == claim["text"]


async def test_structured_mode_and_plain_json_are_accepted(town: Town) -> None:
    structured, labelled, plain = a_name(), a_name(), a_name()
    envelope = {"specversion": "1.0", "type": "ticket.message", "source": "test"}
    by_header = [("content-type", b"application/cloudevents+json; charset=utf-8")]

    await town.record(
        json.dumps(envelope | {"id": structured, "data": a_message(structured)}).encode()
    )
    await town.record(
        json.dumps(envelope | {"id": labelled, "data": a_message(labelled)}).encode(),
        headers=by_header,
    )
    await town.record(json.dumps(a_message(plain, message_no=1)).encode())

    for ticket in (structured, labelled, plain):
        (ending,) = await town.ended(ticket)
        assert ending.draft_id
    assert (await town.endings(structured))[0].event_id == structured
    assert (await town.endings(plain))[0].event_id == f"{plain}/1"


async def test_an_event_delivered_ten_times_gives_one_draft(town: Town) -> None:
    ticket = a_name()
    await town.tell(a_message(ticket), event=ticket, times=10)

    endings = await town.ended(ticket, 10)

    outcomes = [ending.outcome for ending in endings]
    assert outcomes.count(Outcome.DUPLICATE) == 9
    assert len(await town.published(ticket)) == 1


async def test_an_id_that_comes_again_with_other_data_is_dead_lettered(town: Town) -> None:
    ticket = a_name()
    await town.tell(a_message(ticket), event=ticket)
    await town.ended(ticket)
    other = json.dumps(a_message(ticket, "Something else?")).encode()
    await town.tell(other, event=ticket)

    letter = await town.buried(other)

    assert letter.reason == "id-reused"
    assert len(await town.published(ticket)) == 1


async def test_garbage_is_dead_lettered_and_what_is_behind_it_lives(town: Town) -> None:
    """All on one key, hence one partition: a poison record must not block it."""
    ticket, last = a_name(), a_name()
    unique = ticket.encode()
    garbage = {
        b"{not json " + unique: "invalid-json",
        b"\xff\xfe\x00" + unique: "wrong-charset",
        b'["' + unique + b'"]': "invalid-json",
        b'{"ticket_id": "' + unique + b'\\u0000"}': "invalid-event",
        json.dumps(a_message(ticket, desk="nowhere")).encode(): "unknown-desk",
        json.dumps(a_message(ticket, requester=7)).encode(): "invalid-event",
        json.dumps(a_message(ticket, body=" ")).encode(): "invalid-event",
        b'{"n": ' + b"1" * 5_000 + b', "u": "' + unique + b'"}': "invalid-json",
        b"[" * 50_000 + unique: "invalid-json",
    }
    await town.record(*garbage)
    await town.record(b"{\x00" + unique, headers=[("ce_type", b"\x00\xff"), ("x", b"\xff")])
    await town.record(json.dumps(a_message(last)).encode())

    assert (await town.ended(last))[0].draft_id
    for value, reason in garbage.items():
        assert (await town.buried(value)).reason == reason
    assert (await town.buried(b"{\x00" + unique)).reason == "invalid-json"


async def test_nul_characters_in_a_text_are_no_obstacle(town: Town) -> None:
    ticket = a_name()
    await town.tell(a_message(ticket, "How long does\x00 a refund take?\x00", subject="\x00"))

    (ending,) = await town.ended(ticket)

    assert ending.draft_id
    assert b"\\u0000" not in (await town.published(ticket))[0].value


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 5_000_000])
async def test_a_body_over_the_limit_is_dead_lettered_with_size_and_hash(
    town: Town, size: int
) -> None:
    ticket, neighbour = a_name(), a_name()
    value = json.dumps(a_message(ticket, "x" * size)).encode()
    await town.tell(a_message(neighbour))
    await town.record(value)

    letter = await town.buried(value)
    (ending,) = await town.ended(neighbour)
    digest = hashlib.sha256(value).hexdigest()
    (told,) = [
        json.loads(record.value)
        for record in await read_all(town.kafka, TicketDead.TOPIC)
        if digest.encode() in record.value
    ]

    assert (letter.reason, told["reason"], told["size"]) == ("too-large", "too-large", len(value))
    assert ending.draft_id


async def test_a_second_message_supersedes_the_draft_of_the_first(town: Town) -> None:
    ticket = a_name()
    await town.tell(a_message(ticket), event=f"{ticket}/a")
    await town.ended(ticket)
    await town.tell(
        a_message(f"{ticket}-2", "And who pays for the return?", in_reply_to=ticket),
        event=f"{ticket}/b",
    )

    first, second = await town.ended(ticket, 2)
    kinds = [header(record, "ce_type") for record in await town.published(ticket)]
    old, gone, new = (json.loads(record.value) for record in await town.published(ticket))

    assert kinds == ["draft.created", "draft.superseded", "draft.created"]
    assert (first.outcome, first.superseded_by) == (Outcome.SUPERSEDED, f"{ticket}/b")
    assert (old["revision"], gone["draft_id"], new["revision"]) == (1, old["draft_id"], 2)
    assert new["draft_id"] == second.draft_id


async def test_a_closed_ticket_takes_its_draft_down(town: Town) -> None:
    ticket = a_name()
    await town.tell(a_message(ticket))
    await town.ended(ticket)
    await town.tell({"ticket_id": ticket, "desk": "support"}, kind="ticket.closed", event=ticket)

    message, closed = await town.ended(ticket, 2)
    gone = json.loads((await town.published(ticket))[-1].value)

    assert (message.outcome, closed.outcome) == (Outcome.SUPERSEDED, Outcome.APPLIED)
    assert (gone["reason"], gone["superseded_by"]) == ("ticket-closed", ticket)


async def test_an_erased_customer_leaves_no_text_behind(town: Town) -> None:
    ticket, customer = a_name(), a_name()
    who = {"id": customer, "assurance": "verified"}
    await town.tell(a_message(ticket, requester=who))
    (ending,) = await town.ended(ticket)
    assert ending.draft_id
    await town.tell({"requester_id": customer}, kind="customer.erased")

    gone = await _superseded(town, ticket)

    assert gone["reason"] == "erased"
    assert await town.store.draft(ending.draft_id) is None


async def test_a_ticket_and_its_draft_are_one_trace(town: Town) -> None:
    ticket, trace = a_name(), "4bf92f3577b34da6a3ce929d0e0e4736"
    await town.tell(a_message(ticket), traceparent=f"00-{trace}-00f067aa0ba902b7-01")

    await town.ended(ticket)
    (record,) = await town.published(ticket)

    assert header(record, "traceparent").split("-")[1] == trace


async def test_nobody_answers_what_nobody_should(town: Town) -> None:
    old, robot, thanks = a_name(), a_name(), a_name()
    await town.tell(a_message(old, sent_at="2020-01-01T00:00:00Z"))
    await town.tell(a_message(robot, headers={"Auto-Submitted": "auto-replied"}))
    await town.tell(a_message(thanks, "Just wanted to say thank you, all sorted."))

    for ticket, reason in ((old, "stale"), (robot, "auto-submitted"), (thanks, "thanks")):
        (ending,) = await town.ended(ticket)
        assert (ending.outcome, ending.reason) == (Outcome.NO_REPLY, reason)
        assert await town.published(ticket) == []


async def _superseded(town: Town, ticket: str) -> dict[str, str]:
    while True:
        records = await town.published(ticket)
        if len(records) > 1:
            return json.loads(records[-1].value)
