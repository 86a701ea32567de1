"""The review queue on both databases: what waits, who holds it, what was decided once."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from agent.domain.draft import Draft, Route
from agent.domain.envelope import pack
from agent.domain.events import ReplyReleased
from agent.store import Store
from agent.store.errors import StoreRefused
from agent.store.people import Session, User
from agent.store.queue import Decision, Kind, QueueFilter, QueueItem, Standing
from agent.store.records import AuditEntry
from agent.store.review_store import ReviewStore
from tests.contract.store.conftest import Peek
from tests.contract.store.values import LATER, NOW, SOON, Desk, a_draft, answered, to_close

EVERYTHING = QueueFilter()


@pytest.fixture
def queue(store: Store) -> ReviewStore:
    return store.review_queue()


def released(draft: Draft, *, kind: Kind = Kind.USED, revision: int | None = None) -> Decision:
    reply = ReplyReleased(
        draft_id=draft.id,
        conversation_id=draft.conversation,
        ticket_id=draft.ticket,
        revision=draft.revision,
        desk=draft.desk,
        language="en",
        body=draft.body,
        released_by="anna",
        released_at=NOW,
    )
    message = pack(reply, key=draft.conversation, event_id=f"{draft.id}/released", at=NOW)
    return Decision(
        draft_id=draft.id,
        revision=draft.revision if revision is None else revision,
        kind=kind,
        actor="anna",
        messages=(message,) if kind is Kind.USED else (),
        audit=(AuditEntry(action="tested", actor="anna", subject=draft.id, details={}),),
    )


async def waiting(queue: ReviewStore, wanted: QueueFilter = EVERYTHING) -> Sequence[QueueItem]:
    return await queue.queue(wanted, now=NOW, limit=100)


async def test_drafts_wait_by_deadline_and_every_stretch_begins_where_the_last_ended(
    desk: Desk, queue: ReviewStore
) -> None:
    for name in ("a", "b", "c", "d", "e"):
        await desk.answer(name, Route.REVIEW)

    first = await queue.queue(EVERYTHING, now=NOW, limit=2)
    rest = await queue.queue(
        EVERYTHING, now=NOW, limit=10, after=(first[-1].due_at, first[-1].draft_id)
    )

    found = [item.conversation for item in (*first, *rest)]
    assert sorted(found) == ["a", "b", "c", "d", "e"]
    assert [i.draft_id for i in (*first, *rest)] == [i.draft_id for i in await waiting(queue)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (QueueFilter(desk="support"), 1),
        (QueueFilter(desk="hr"), 0),
        (QueueFilter(desks=("support",)), 1),
        (QueueFilter(desks=()), 0),
        (QueueFilter(category="returns"), 1),
        (QueueFilter(language="fr"), 0),
        (QueueFilter(priority="normal"), 1),
        (QueueFilter(code="a number is not proved"), 1),
        (QueueFilter(code="a number"), 0),
        (QueueFilter(code="%"), 0),
        (QueueFilter(text="a"), 1),
        (QueueFilter(text="_"), 0),
        (QueueFilter(snoozed=True), 0),
    ],
)
async def test_a_filter_lets_through_what_fits_to_the_letter(
    desk: Desk, queue: ReviewStore, wanted: QueueFilter, found: int
) -> None:
    await desk.answer("a", Route.REVIEW)

    assert len(await waiting(queue, wanted)) == found


async def test_the_tallies_add_up_to_what_waits(desk: Desk, queue: ReviewStore) -> None:
    for name in ("a", "b"):
        await desk.answer(name, Route.REVIEW)
    await desk.answer("c", Route.READY)

    tallies = await queue.tallies(NOW)

    assert [(one.desk, one.category, one.codes, one.count) for one in tallies] == [
        ("support", "returns", ("a number is not proved",), 2)
    ]


async def test_a_release_is_written_once_with_its_record_and_its_audit(
    desk: Desk, queue: ReviewStore, peek: Peek
) -> None:
    draft = await desk.answer("a", Route.REVIEW)

    first = await queue.decide(released(draft), now=LATER)
    again = await queue.decide(released(draft), now=LATER)

    assert (first.standing, again.standing) == (Standing.OPEN, Standing.DECIDED)
    assert await desk.published_types("a") == ["draft.created", "reply.released"]
    assert await peek("SELECT kind, actor FROM decisions") == [("used", "anna")]
    assert [entry.action for _, entry in await queue.audit(draft.id)][-1] == "tested"
    assert await waiting(queue) == []


async def test_two_people_who_decide_at_once_send_one_reply(
    desk: Desk, queue: ReviewStore, other_store: Store
) -> None:
    import asyncio

    draft = await desk.answer("a", Route.REVIEW)
    queues = [queue, other_store.review_queue()] * 4

    found = await asyncio.gather(*(one.decide(released(draft), now=LATER) for one in queues))

    assert [one.standing for one in found].count(Standing.OPEN) == 1
    assert (await desk.published_types("a")).count("reply.released") == 1


async def test_a_decision_about_another_revision_changes_nothing(
    desk: Desk, queue: ReviewStore
) -> None:
    draft = await desk.answer("a", Route.REVIEW)

    found = await queue.decide(released(draft, revision=7), now=LATER)

    assert found.standing is Standing.SUPERSEDED
    assert len(await waiting(queue)) == 1


async def test_a_draft_that_a_later_message_replaced_cannot_be_released(
    desk: Desk, queue: ReviewStore
) -> None:
    draft = await desk.answer("a", Route.REVIEW)
    await desk.queue("a")

    found = await queue.decide(released(draft), now=LATER)

    assert found.standing is Standing.SUPERSEDED
    assert "reply.released" not in await desk.published_types("a")


async def test_a_draft_sent_back_is_drafted_again_as_a_later_revision(
    desk: Desk, queue: ReviewStore
) -> None:
    draft = await desk.answer("a", Route.REVIEW)
    decision = Decision(
        draft_id=draft.id, revision=1, kind=Kind.REWRITE, actor="anna", note="shorter"
    )

    await queue.decide(decision, now=NOW)
    lease = await desk.lease_one()

    assert (lease.revision, [row.identity.event_id for row in lease.rows]) == (
        2,
        list(draft.answers),
    )
    assert await queue.rewrite_notes([("a", 2)]) == {"a": "shorter"}
    assert await desk.published_types("a") == ["draft.created", "draft.superseded"]
    settlement = answered(lease, Route.REVIEW)
    await desk.settle(settlement)
    assert [item.revision for item in await waiting(queue)] == [2]


async def test_a_corrected_category_is_written_down_and_the_draft_waits_on(
    desk: Desk, queue: ReviewStore
) -> None:
    draft = await desk.answer("a", Route.REVIEW)
    decision = Decision(
        draft_id=draft.id, revision=1, kind=Kind.CORRECTED, actor="anna", corrected="delivery"
    )

    await queue.decide(decision, now=LATER)

    (item,) = await waiting(queue)
    assert item.category == "delivery"
    (written,) = await queue.decided(NOW)
    assert (written.category, written.corrected, written.confidence) == ("returns", "delivery", 0.9)
    await queue.mark_learned([written.id], LATER)
    assert (await queue.decided(NOW))[0].learned_at == LATER


async def test_a_hold_keeps_others_off_until_it_runs_out(desk: Desk, queue: ReviewStore) -> None:
    draft = await desk.answer("a", Route.REVIEW)

    assert await queue.hold(draft.id, "anna", now=NOW, until=SOON)
    assert await queue.hold(draft.id, "anna", now=NOW, until=SOON)
    assert not await queue.hold(draft.id, "ben", now=NOW, until=SOON)
    assert await queue.hold(draft.id, "ben", now=LATER, until=LATER + timedelta(minutes=2))
    await queue.let_go(draft.id, "anna")
    assert (await waiting(queue))[0].hold_by == "ben"
    await queue.let_go(draft.id, "ben")
    assert (await waiting(queue))[0].hold_by is None


async def test_a_snoozed_draft_is_out_of_sight_until_its_time(
    desk: Desk, queue: ReviewStore
) -> None:
    draft = await desk.answer("a", Route.REVIEW)
    entry = AuditEntry(action="review.snoozed", actor="anna", subject=draft.id, details={})

    assert await queue.snooze(draft.id, LATER, entry=entry, now=NOW)

    assert await waiting(queue) == []
    assert len(await waiting(queue, QueueFilter(snoozed=True))) == 1
    assert await queue.tallies(NOW) == []
    assert len(await queue.queue(EVERYTHING, now=LATER, limit=10)) == 1


async def test_the_queues_pulse_changes_with_every_arrival_and_departure(
    desk: Desk, queue: ReviewStore
) -> None:
    pulses = [await queue.newest()]
    draft = await desk.answer("a", Route.REVIEW)
    pulses.append(await queue.newest())
    await queue.decide(released(draft), now=LATER)
    pulses.append(await queue.newest())

    assert len(set(pulses)) == 3


async def test_a_closed_ticket_counts_as_ignored(desk: Desk, queue: ReviewStore) -> None:
    await desk.answer("a", Route.REVIEW)
    await desk.admit("bye", to_close("a"))

    assert await queue.ignored(NOW - timedelta(days=1)) == 1
    assert await queue.ignored(NOW - timedelta(days=1), desks=["hr"]) == 0


async def test_drafts_are_counted_by_what_they_share_and_by_day(
    desk: Desk, queue: ReviewStore
) -> None:
    await desk.answer("a", Route.REVIEW)
    await desk.answer("b", Route.READY)

    counts = await queue.draft_counts(NOW - timedelta(days=1))
    days = await queue.day_counts(NOW - timedelta(days=1))

    assert sorted((one.route, one.category, one.count) for one in counts) == [
        ("ready", "returns", 1),
        ("review", "returns", 1),
    ]
    assert sorted((one.day, one.route, one.count) for one in days) == [
        ("2026-03-02", "ready", 1),
        ("2026-03-02", "review", 1),
    ]


async def test_the_thread_holds_each_message_once_in_order(desk: Desk, queue: ReviewStore) -> None:
    await desk.answer("a", Route.REVIEW)
    await desk.answer("a", Route.REVIEW)

    thread = await queue.thread("a")

    assert [row.id for row in thread] == sorted(row.id for row in thread)
    assert len(thread) == 2


async def test_a_user_signs_in_until_the_session_ends_or_the_user_is_shut_out(
    queue: ReviewStore,
) -> None:
    anna = User(name="anna", secret="x", role="reviewer", desks=("hr",), disabled=False)
    await queue.add_user(anna, NOW)
    with pytest.raises(StoreRefused):
        await queue.add_user(anna, NOW)
    session = Session(user="anna", csrf="c", expires_at=LATER)
    await queue.open_session("t", session, NOW)

    assert await queue.session("t", NOW) == (session, anna)
    assert await queue.session("t", LATER) is None
    assert await queue.session("other", NOW) is None
    assert await queue.change_user("anna", disabled_at=NOW)
    assert await queue.session("t", NOW) is None
    assert [user.disabled for user in await queue.users()] == [True]
    assert not await queue.change_user("nobody", role="admin")


async def test_a_title_is_kept_with_the_row(desk: Desk, queue: ReviewStore) -> None:
    from dataclasses import replace

    await desk.queue("a")
    lease = await desk.lease_one()
    await desk.settle(replace(answered(lease, Route.REVIEW), title="My refund\0"))

    (item,) = await waiting(queue)

    assert item.title == "My refund?"
    assert item.draft_id == a_draft(lease).id
