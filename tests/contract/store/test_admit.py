"""Admission: every new row is queued or ended, once, and drafts that are overtaken stand down."""

import asyncio
import json
from typing import Any

import pytest

from agent.domain.draft import Route
from agent.store import Store
from agent.store.records import Admission, Bury, Close, Outcome, Queue, State
from tests.contract.store.conftest import Peek
from tests.contract.store.values import (
    LATER,
    NOW,
    Desk,
    a_draft,
    an_identity,
    answered,
    outcomes,
    to_close,
    to_queue,
    to_skip,
)


async def test_a_ticket_waits_with_what_leasing_needs(desk: Desk) -> None:
    assert await desk.admit("e1", to_queue("c1")) is State.QUEUED

    lease = await desk.lease_one()

    assert (lease.conversation, lease.desk, lease.ticket) == ("c1", "support", "c1")
    assert (lease.revision, lease.attempt, lease.failures) == (1, 1, 0)
    assert lease.due_at == to_queue("c1").due_at
    assert [row.identity.event_id for row in lease.rows] == ["e1"]


async def test_the_same_event_again_is_a_duplicate_of_the_first_row(desk: Desk, peek: Peek) -> None:
    await desk.admit("e1", to_queue("c1"))

    assert await desk.admit("e1", to_queue("c1")) is Outcome.DUPLICATE

    assert await peek("SELECT duplicate_of FROM inbox WHERE outcome = 'duplicate'") == [(1,)]
    assert (await desk.lease_one()).revision == 1


async def test_a_duplicate_within_one_batch_is_found_too(desk: Desk) -> None:
    rows = await desk.receive(b"{}", b"{}")
    batch = [Admission(row=r, identity=an_identity("e1"), decision=to_queue("c1")) for r in rows]

    results = await desk.store.admit(batch, now=NOW)

    assert results == [State.QUEUED, Outcome.DUPLICATE]


async def test_the_same_id_from_another_source_is_another_event(desk: Desk) -> None:
    rows = await desk.receive(b"{}", b"{}")
    batch = [
        Admission(row=row, identity=an_identity("e1", source=source), decision=to_queue("c1"))
        for row, source in zip(rows, ("shop", "mail"), strict=True)
    ]

    assert await desk.store.admit(batch, now=NOW) == [State.QUEUED, State.QUEUED]


async def test_the_same_id_with_other_data_is_dead(desk: Desk) -> None:
    await desk.admit("e1", to_queue("c1"), data="one")

    assert await desk.admit("e1", to_queue("c1"), data="two") is Outcome.DEAD

    (letter,) = await desk.store.dead(10)
    assert (letter.reason, letter.event_id, letter.conversation) == ("id-reused", "e1", "c1")
    assert await desk.published_types("c1") == ["ticket.dead"]


async def test_results_come_in_the_order_given_and_rows_are_decided_in_inbox_order(
    desk: Desk,
) -> None:
    first, second = await desk.receive(b"{}", b"{}")
    late = Admission(row=second, identity=an_identity("e1"), decision=to_queue("c1"))
    early = Admission(row=first, identity=an_identity("e1"), decision=to_queue("c1"))

    assert await desk.store.admit([late, early], now=NOW) == [Outcome.DUPLICATE, State.QUEUED]


async def test_two_processes_that_admit_the_same_event_at_once_queue_it_once(
    desk: Desk, other_store: Store
) -> None:
    for round_ in range(8):
        rows = await desk.receive(*[b"{}"] * 6)
        identities = [an_identity(f"e{round_}-{n % 3}") for n in range(6)]
        batch = [
            Admission(row=row, identity=identity, decision=to_queue(f"c{round_}"))
            for row, identity in zip(rows, identities, strict=True)
        ]

        halves = await asyncio.gather(
            desk.store.admit(batch[:3], now=NOW), other_store.admit(batch[3:][::-1], now=NOW)
        )

        results = [str(result) for half in halves for result in half]
        assert sorted(results) == ["duplicate"] * 3 + ["queued"] * 3


async def test_two_processes_that_admit_the_same_rows_at_once_admit_them_once(
    desk: Desk, other_store: Store, peek: Peek
) -> None:
    rows = await desk.receive(*[b"{}"] * 40)
    batch = [
        Admission(row=row, identity=an_identity(f"e{row}"), decision=to_queue(f"c{row % 7}"))
        for row in rows
    ]

    both = await asyncio.gather(desk.store.admit(batch, now=NOW), other_store.admit(batch, now=NOW))

    assert both == [[State.QUEUED] * 40] * 2
    assert await peek("SELECT sum(revision) FROM conversations") == [(40,)]


async def test_a_row_that_was_admitted_before_is_left_as_it_was_decided(desk: Desk) -> None:
    (row,) = await desk.receive(b"{}")
    skip = Admission(row=row, identity=an_identity("e1"), decision=to_skip("c1"))
    queue = Admission(row=row, identity=an_identity("e1"), decision=to_queue("c1"))
    await desk.store.admit([skip], now=NOW)

    assert await desk.store.admit([queue], now=NOW) == [Outcome.NO_REPLY]
    assert await desk.lease() == []


@pytest.mark.parametrize("route", [Route.REVIEW, Route.READY])
async def test_a_later_message_supersedes_the_draft_that_stands(
    desk: Desk, peek: Peek, route: Route
) -> None:
    draft = await desk.answer("c1", route)
    assert len(await desk.store.reviews(10)) == (route is Route.REVIEW)

    assert await desk.admit("later", to_queue("c1")) is State.QUEUED

    assert await desk.store.reviews(10) == []
    assert await outcomes(desk.store) == {"superseded": 1, "queued": 1}
    assert await peek("SELECT superseded_by, reason FROM inbox WHERE outcome = 'superseded'") == [
        ("later", "later-message")
    ]
    assert await peek("SELECT superseded_by FROM drafts") == [("later",)]
    *_, told = await desk.store.unpublished(range(64), 10)
    assert told.message.key == "c1"
    assert dict(told.message.headers)["ce_id"].decode() == f"{draft.id}/superseded"
    fields = json.loads(told.message.value)
    assert (fields["draft_id"], fields["revision"]) == (draft.id, draft.revision)
    assert (fields["superseded_by"], fields["reason"]) == ("later", "later-message")


async def test_a_draft_is_superseded_once_however_many_messages_follow(desk: Desk) -> None:
    await desk.answer("c1", Route.REVIEW)

    await desk.queue("c1", "c1", "c1")
    await desk.queue("c1")

    assert await desk.published_types("c1") == ["draft.created", "draft.superseded"]
    assert (await desk.lease_one()).revision == 5


async def test_a_message_nobody_answers_leaves_the_draft_standing(desk: Desk) -> None:
    await desk.answer("c1", Route.REVIEW)

    assert await desk.admit("thanks", to_skip("c1", "thanks")) is Outcome.NO_REPLY

    assert [review.revision for review in await desk.store.reviews(10)] == [1]
    assert await desk.published_types("c1") == ["draft.created"]


async def test_a_skipped_message_does_not_make_a_draft_in_flight_stale(desk: Desk) -> None:
    await desk.queue("c1")
    lease = await desk.lease_one()
    await desk.admit("thanks", to_skip("c1"))

    assert [str(done) for done in await desk.settle(answered(lease))] == ["done"]


async def test_closing_ends_what_waits_and_what_flies_and_names_the_event(
    desk: Desk, peek: Peek
) -> None:
    await desk.queue("c1")
    lease = await desk.lease_one()
    await desk.queue("c1", "c2")

    assert await desk.admit("closing", to_close("c1")) is Outcome.APPLIED

    assert await outcomes(desk.store) == {"superseded": 2, "applied": 1, "queued": 1}
    rows = await peek("SELECT superseded_by, reason FROM inbox WHERE outcome = 'superseded'")
    assert rows == [("closing", "ticket-closed")] * 2
    assert [str(done) for done in await desk.settle(answered(lease))] == ["lost"]
    assert await desk.published_types("c1") == []


async def test_closing_takes_the_standing_draft_down(desk: Desk) -> None:
    draft = await desk.answer("c1", Route.REVIEW)

    await desk.admit("closing", to_close("c1"))

    assert await desk.store.reviews(10) == []
    *_, told = await desk.store.unpublished(range(64), 10)
    fields = json.loads(told.message.value)
    assert (fields["draft_id"], fields["reason"]) == (draft.id, "ticket-closed")


async def test_closing_in_the_batch_of_a_ticket_ends_it_and_a_later_one_is_queued(
    desk: Desk,
) -> None:
    rows = await desk.receive(b"{}", b"{}", b"{}")
    decisions: list[Queue | Close] = [to_queue("c1"), to_close("c1"), to_queue("c1")]
    batch = [
        Admission(row=row, identity=an_identity(f"e{row}"), decision=decision)
        for row, decision in zip(rows, decisions, strict=True)
    ]

    results = await desk.store.admit(batch, now=NOW)

    assert results == [Outcome.SUPERSEDED, Outcome.APPLIED, State.QUEUED]
    lease = await desk.lease_one()
    assert ([row.id for row in lease.rows], lease.revision) == ([rows[2]], 3)


async def test_closing_an_unknown_conversation_changes_nothing_else(desk: Desk) -> None:
    assert await desk.admit("closing", to_close("nobody")) is Outcome.APPLIED
    assert (await desk.store.backlog()).unpublished == 0


async def test_garbage_is_dead_with_its_reason_and_without_its_text(desk: Desk) -> None:
    (row,) = await desk.receive(b"my secret \x00")
    bury = Bury(reason="invalid-json", detail="line 1 column 1: \x00 expected; send JSON")

    results = await desk.store.admit([Admission(row=row, identity=None, decision=bury)], now=NOW)

    assert results == [Outcome.DEAD]
    letter = await desk.store.dead_one(row)
    assert letter is not None
    assert (letter.reason, letter.event_id, letter.record.value) == (
        "invalid-json",
        None,
        b"my secret \x00",
    )
    assert letter.detail == "line 1 column 1: ? expected; send JSON"
    (sent,) = await desk.store.unpublished(range(64), 10)
    assert sent.message.topic == "tickets.dead.v1"
    fields: dict[str, Any] = json.loads(sent.message.value)
    assert b"secret" not in sent.message.value
    assert (fields["inbox_id"], fields["data_sha256"]) == (row, letter.record.sha256)
    assert (fields["size"], fields["offset"]) == (11, letter.record.at.offset)


@pytest.mark.parametrize("bad", ["c\x00", "c\ud800", "c" * 300])
async def test_an_id_that_cannot_be_stored_is_dead_and_its_neighbours_are_queued(
    desk: Desk, bad: str
) -> None:
    rows = await desk.receive(b"{}", b"{}", b"{}")
    batch = [
        Admission(row=row, identity=an_identity(f"e{row}"), decision=to_queue(conversation))
        for row, conversation in zip(rows, ("c1", bad, "c2"), strict=True)
    ]

    results = await desk.store.admit(batch, now=NOW)

    assert results == [State.QUEUED, Outcome.DEAD, State.QUEUED]
    (letter,) = await desk.store.dead(10)
    assert letter.reason == "invalid-event"
    assert "conversation" in letter.detail


async def test_an_event_id_that_cannot_be_stored_is_dead_too(desk: Desk) -> None:
    assert await desk.admit("e" * 257, to_queue("c1")) is Outcome.DEAD


async def test_ids_beyond_ascii_and_at_the_limit_are_kept(desk: Desk) -> None:
    name = "☃" * 256
    assert await desk.admit("é" * 256, to_queue(name, requester="Zoë\u00a0K")) is State.QUEUED
    assert (await desk.lease_one()).conversation == name


async def test_a_conversation_is_not_shared_between_desks(desk: Desk) -> None:
    await desk.queue("c1")

    assert await desk.admit("e9", to_queue("c1", desk="hr")) is Outcome.DEAD

    (letter,) = await desk.store.dead(10)
    assert letter.reason == "other-desk"
    assert (await desk.lease_one()).revision == 1


async def test_a_draft_that_came_too_late_leaves_the_later_one_standing(desk: Desk) -> None:
    """A slow worker settles revision 1 after revision 2 was admitted, leased and answered."""
    await desk.queue("c1")
    slow = await desk.lease_one("slow")
    await desk.queue("c1")
    fast = (await desk.lease("fast", now=LATER))[0]
    assert [str(s) for s in await desk.settle(answered(fast, Route.REVIEW))] == ["done"]

    assert [str(s) for s in await desk.settle(answered(slow, Route.REVIEW))] == ["lost"]

    assert [d.revision for d in await desk.store.drafts("c1")] == [2]
    assert [review.draft_id for review in await desk.store.reviews(10)] == [a_draft(fast).id]
