"""Erasure: nothing of what a requester wrote, or was drafted for them, is left."""

import json
from dataclasses import replace

import pytest

from agent.domain.draft import Route
from agent.store.records import Admission, Bury, Erase, Outcome, Settled
from tests.contract.store.conftest import Peek
from tests.contract.store.values import NOW, Desk, an_identity, answered, outcomes, to_queue

SECRET = b'{"body": "I am Ada, my IBAN is on the form"}'


async def _message(desk: Desk, event: str, conversation: str, requester: str) -> None:
    decision = to_queue(conversation, requester=requester)
    await desk.admit(event, decision, value=SECRET)


async def _erase(desk: Desk, requester: str, event: str = "erasing") -> Outcome:
    value = json.dumps({"requester_id": requester}).encode()
    result = await desk.admit(event, Erase(requester=requester), value=value)
    assert isinstance(result, Outcome)
    return result


@pytest.mark.parametrize("published", [True, False])
async def test_records_drafts_and_reviews_are_blanked(
    desk: Desk, peek: Peek, published: bool
) -> None:
    await _message(desk, "e1", "a", "ada")
    lease = await desk.lease_one()
    await desk.settle(answered(lease, Route.REVIEW, body="Dear Ada"))
    if published:
        sent = await desk.store.unpublished(range(64), 10)
        await desk.store.mark_published([row.id for row in sent], NOW)

    assert await _erase(desk, "ada") is Outcome.APPLIED

    assert await peek("SELECT count(*) FROM inbox WHERE length(value) > 0") == [(0,)]
    assert await peek("SELECT count(*) FROM inbox WHERE key IS NOT NULL") == [(0,)]
    assert await peek("SELECT count(*) FROM inbox WHERE requester IS NOT NULL") == [(0,)]
    assert await peek("SELECT length(payload), superseded_by FROM drafts") == [(0, "erasing")]
    assert await peek("SELECT state, reasons FROM reviews") == [("superseded", "[]")]
    assert await desk.store.drafts("a") == []
    assert await desk.published_types("a") == ["draft.superseded"]
    (told,) = await desk.store.unpublished(range(64), 10)
    assert json.loads(told.message.value)["reason"] == "erased"
    assert await outcomes(desk.store) == {"superseded": 1, "applied": 1}


async def test_a_dead_letter_whose_writer_is_known_is_blanked_too(desk: Desk, peek: Peek) -> None:
    dead = Bury(reason="unknown-desk", detail="desk 'x' is not loaded", requester="ada")
    await desk.admit("e1", dead, value=SECRET)
    await desk.admit("e2", replace(dead, requester="bob"), value=SECRET)

    await _erase(desk, "ada")

    kept = await peek("SELECT event_id FROM inbox WHERE length(value) > 0")
    assert kept == [("e2",)]


async def test_what_waits_ends_and_what_flies_is_not_published(desk: Desk) -> None:
    await _message(desk, "e1", "a", "ada")
    lease = await desk.lease_one()
    await _message(desk, "e2", "a", "ada")
    await _message(desk, "e3", "b", "ada")

    await _erase(desk, "ada")

    assert await outcomes(desk.store) == {"superseded": 3, "applied": 1}
    assert await desk.settle(answered(lease)) == [Settled.LOST]
    assert await desk.published_types("a") == []


async def test_others_in_the_conversation_are_answered_without_the_erased_words(
    desk: Desk,
) -> None:
    await _message(desk, "e1", "a", "ada")
    await _message(desk, "e2", "a", "bob")
    lease = await desk.lease_one()

    await _erase(desk, "ada")

    assert await desk.settle(answered(lease)) == [Settled.STALE]
    again = await desk.lease_one()
    assert [row.identity.event_id for row in again.rows] == ["e2"]
    assert again.history == ()


async def test_other_requesters_keep_everything(desk: Desk, peek: Peek) -> None:
    await _message(desk, "e1", "b", "bob")
    await desk.settle(answered(await desk.lease_one(), Route.REVIEW))

    await _erase(desk, "ada")

    assert len(await desk.store.drafts("b")) == 1
    assert len(await desk.store.reviews(10)) == 1
    assert await peek("SELECT count(*) FROM inbox WHERE length(value) > 0") == [(1,)]


async def test_messages_before_it_in_the_same_batch_are_erased_and_later_ones_are_not(
    desk: Desk,
) -> None:
    rows = await desk.receive(SECRET, b"{}", SECRET)
    decisions = (to_queue("a", requester="ada"), Erase(requester="ada"))
    batch = [
        Admission(row=row, identity=an_identity(f"e{row}"), decision=decision)
        for row, decision in zip(rows, (*decisions, decisions[0]), strict=True)
    ]

    await desk.store.admit(batch, now=NOW)

    lease = await desk.lease_one()
    assert [row.id for row in lease.rows] == [rows[2]]
    assert lease.history == ()
    assert lease.rows[0].record.value == SECRET


async def test_an_erasure_is_noted_without_the_name_of_the_erased(desk: Desk, peek: Peek) -> None:
    await _message(desk, "e1", "a", "ada")
    await desk.store.checkpoint_put("e1", "write", "h", {"text": "Dear Ada"})

    await _erase(desk, "ada")

    ((action, subject, details),) = await peek("SELECT action, subject, details FROM audit")
    assert action == "customer.erased"
    assert "ada" not in subject
    assert json.loads(details) == {"conversations": 1, "event": "erasing", "rows": 2}
    assert await desk.store.checkpoint_get("e1", "write", "h") is None


async def test_an_erasure_delivered_twice_is_carried_out_once(desk: Desk, peek: Peek) -> None:
    await _message(desk, "e1", "a", "ada")
    await _erase(desk, "ada")

    assert await _erase(desk, "ada") is Outcome.DUPLICATE
    assert await peek("SELECT count(*) FROM audit") == [(1,)]
