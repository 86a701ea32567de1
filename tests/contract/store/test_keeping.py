"""Upkeep: replays, checkpoints, purges, and the numbers on the dashboard."""

from datetime import timedelta

from agent.domain.draft import Route
from agent.domain.envelope import sha256
from agent.store import Store
from agent.store.records import Admission, Backlog, Bury, Outcome, Settled, Settlement, State
from tests.contract.store.conftest import Peek
from tests.contract.store.values import (
    LATER,
    NOW,
    Desk,
    a_record,
    an_identity,
    answered,
    outcomes,
    rows_of,
    to_queue,
)

DAY = timedelta(days=1)
BROKEN = Bury(reason="engine-down", detail="every engine failed; replay it later")


async def _dead(desk: Desk, event: str, conversation: str) -> int:
    await desk.admit(event, to_queue(conversation))
    lease = await desk.lease_one()
    await desk.settle(Settlement(lease=lease, draft=None, bury=BROKEN))
    return rows_of([lease])[0]


async def test_a_replayed_ticket_is_new_again_and_no_duplicate_of_itself(desk: Desk) -> None:
    row = await _dead(desk, "e1", "a")

    assert await desk.store.replay([row], NOW) == 1

    assert await desk.store.dead_one(row) is None
    assert [r.id for r in await desk.store.unread(10)] == [row]
    again = Admission(row=row, identity=an_identity("e1"), decision=to_queue("a"))
    assert await desk.store.admit([again], now=NOW) == [State.QUEUED]
    lease = await desk.lease_one()
    assert (lease.failures, lease.revision) == (0, 2)
    assert lease.attempt == 2  # an older lease must not fit
    assert await desk.settle(answered(lease)) == [Settled.DONE]
    ((_, entry),) = await desk.store.audit(f"inbox/{row}")
    assert entry.action == "dead.replayed"


async def test_a_ticket_that_dies_again_sends_a_letter_of_its_own(desk: Desk) -> None:
    row = await _dead(desk, "e1", "a")
    await desk.store.replay([row], NOW)
    again = Admission(row=row, identity=an_identity("e1"), decision=BROKEN)
    assert await desk.store.admit([again], now=NOW) == [Outcome.DEAD]

    letters = await desk.store.unpublished(range(64), 10)

    ids = [dict(letter.message.headers)["ce_id"] for letter in letters]
    assert ids == [f"inbox/{row}/dead/1".encode(), f"inbox/{row}/dead/2".encode()]


async def test_only_dead_rows_whose_value_was_kept_can_be_replayed(
    desk: Desk, store: Store
) -> None:
    await desk.queue("a")
    await store.ingest([a_record(999, b"", size=9_000_000, sha256=sha256(b"big"))], NOW)
    (big,) = await store.unread(1)
    too_large = Bury(reason="too-large", detail="9 MB; send less")
    await store.admit([Admission(row=big.id, identity=None, decision=too_large)], now=NOW)

    assert await store.replay([1, big.id, 12_345], NOW) == 0

    assert await outcomes(store) == {"queued": 1, "dead": 1}


async def test_a_checkpoint_is_found_by_event_step_and_input_only(store: Store) -> None:
    answer = {"text": "thirty days\x00", "scores": [0.5, None]}
    await store.checkpoint_put("e1", "write", "h1", answer)
    await store.checkpoint_put("e1", "write", "h1", "paid for twice")

    assert await store.checkpoint_get("e1", "write", "h1") == answer
    assert await store.checkpoint_get("e1", "write", "h2") is None
    assert await store.checkpoint_get("e1", "repair", "h1") is None


async def test_a_purge_takes_what_ended_and_was_sent_and_leaves_all_else(
    desk: Desk, peek: Peek
) -> None:
    await desk.answer("old", Route.READY)
    sent = await desk.store.unpublished(range(64), 10)
    await desk.store.mark_published([row.id for row in sent], NOW)
    await desk.answer("waits-for-a-person", Route.REVIEW)
    await _dead(desk, "e-dead", "buried")
    await desk.queue("queued")
    await desk.receive(b"{}")

    assert await desk.store.purge(NOW) == 0
    assert await desk.store.purge(NOW + DAY) > 0

    assert await outcomes(desk.store) == {"review": 1, "queued": 1, "new": 1}
    assert await desk.store.drafts("old") == []
    assert len(await desk.store.drafts("waits-for-a-person")) == 1
    assert len(await desk.store.reviews(10)) == 1
    assert await desk.store.outbox_count() == 2
    assert await peek("SELECT count(*) FROM outbox WHERE published_at IS NOT NULL") == [(0,)]
    assert await desk.store.purge(NOW + DAY) == 0


async def test_a_draft_whose_rows_were_purged_is_still_superseded(desk: Desk) -> None:
    await desk.answer("a", Route.READY)
    await desk.store.purge(NOW + DAY)

    await desk.queue("a")

    assert await desk.published_types("a") == ["draft.created", "draft.superseded"]
    assert (await desk.lease_one()).revision == 2


async def test_the_backlog_counts_what_has_not_ended(desk: Desk) -> None:
    await desk.answer("a")
    await desk.queue("b", "c", "c")
    await desk.lease(limit=1, until=LATER)
    await desk.receive(b"{}", b"{}")

    assert await desk.store.backlog() == Backlog(
        new=2, queued=2, leased=1, waiting=0, unpublished=1
    )
    assert await outcomes(desk.store) == {"ready": 1, "queued": 2, "leased": 1, "new": 2}


async def test_an_answering_database_can_be_pinged(store: Store) -> None:
    await store.ping()
