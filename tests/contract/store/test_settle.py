"""Settling: draft, rows, review, outbox and audit at once, and only under the lease."""

from dataclasses import replace

import pytest

from agent.domain.draft import Route
from agent.store.records import Bury, Outcome, Settled, Settlement
from tests.contract.store.conftest import Peek
from tests.contract.store.values import (
    LATER,
    NOW,
    SOON,
    Desk,
    a_draft,
    answered,
    outcomes,
    rows_of,
)


@pytest.mark.parametrize("route", list(Route))
async def test_a_draft_ends_its_rows_as_it_is_routed(desk: Desk, peek: Peek, route: Route) -> None:
    await desk.queue("a", "a")
    lease = await desk.lease_one()

    assert await desk.settle(answered(lease, route)) == [Settled.DONE]

    assert await outcomes(desk.store) == {route.value: 2}
    draft = a_draft(lease, route)
    assert await peek("SELECT DISTINCT draft_id, owner FROM inbox") == [(draft.id, None)]
    assert await desk.store.draft(draft.id) == draft
    assert await desk.store.drafts("a") == [draft]
    assert await desk.published_types("a") == ["draft.created"]
    ((at, entry),) = await desk.store.audit(draft.id)
    assert (at, entry.action, entry.details) == (NOW, "draft.routed", {"route": route.value})


async def test_a_draft_for_review_waits_for_a_person_by_its_deadline(desk: Desk) -> None:
    await desk.queue("a")
    lease = await desk.lease_one()
    await desk.settle(answered(lease, Route.REVIEW))

    (review,) = await desk.store.reviews(10, desk="support")

    assert review.draft_id == a_draft(lease).id
    assert (review.reasons, review.due_at) == (("a number is not proved",), lease.due_at)
    assert (review.lane, review.revision) == (lease.lane, 1)
    assert await desk.store.reviews(10, desk="hr") == []


async def test_a_conversation_that_moved_on_is_queued_again_and_nothing_is_published(
    desk: Desk,
) -> None:
    await desk.queue("a")
    lease = await desk.lease_one()
    await desk.queue("a")

    assert await desk.settle(answered(lease)) == [Settled.STALE]

    assert await desk.store.drafts("a") == []
    assert await desk.published_types("a") == []
    again = await desk.lease_one()
    assert (len(again.rows), again.revision) == (2, 2)
    assert (again.attempt, again.failures) == (2, 0)
    assert await desk.settle(answered(again)) == [Settled.DONE]


async def test_a_lost_lease_settles_nothing_and_its_neighbours_are_settled(desk: Desk) -> None:
    await desk.queue("a")
    lost = await desk.lease_one("w1")
    taken = await desk.lease_one("w2", now=LATER)
    await desk.queue("b")
    (other,) = await desk.store.lease("w1", limit=1, now=NOW, until=SOON)

    results = await desk.settle(answered(lost, body="late"), answered(other))

    assert results == [Settled.LOST, Settled.DONE]
    assert await desk.published_types("a") == []
    assert await desk.settle(answered(taken, body="in time")) == [Settled.DONE]
    assert [draft.body for draft in await desk.store.drafts("a")] == ["in time"]


async def test_settling_twice_publishes_once(desk: Desk) -> None:
    await desk.queue("a")
    settlement = answered(await desk.lease_one())

    assert await desk.settle(settlement) == [Settled.DONE]
    assert await desk.settle(settlement) == [Settled.LOST]
    assert await desk.published_types("a") == ["draft.created"]


async def test_the_same_settlement_twice_in_one_group_is_settled_once(desk: Desk) -> None:
    await desk.queue("a")
    settlement = answered(await desk.lease_one())

    assert await desk.settle(settlement, settlement) == [Settled.DONE, Settled.LOST]
    assert await desk.published_types("a") == ["draft.created"]


@pytest.mark.parametrize("fault", ["value", "database", "ours"])
async def test_one_that_is_refused_spoils_no_other_and_keeps_its_lease(
    desk: Desk, fault: str
) -> None:
    await desk.queue("a", "b", "c")
    leases = await desk.lease()
    group = [answered(lease) for lease in leases]
    draft = a_draft(leases[1])
    bad = {
        "value": replace(draft, body="half a pair: \ud800"),
        "database": replace(draft, language="en", id=a_draft(leases[0]).id),
        "ours": replace(draft, revision=9),
    }[fault]
    group[1] = replace(group[1], draft=bad)

    results = await desk.settle(*group)

    assert results == [Settled.DONE, Settled.FAILED, Settled.DONE]
    assert await outcomes(desk.store) == {"ready": 2, "leased": 1}
    assert await desk.published_types(leases[1].conversation) == []
    assert await desk.store.heartbeat("w1", leases, LATER) == set(rows_of([leases[1]]))


async def test_a_burial_kills_each_row_with_a_letter_each(desk: Desk) -> None:
    await desk.queue("a", "a")
    lease = await desk.lease_one()
    bury = Bury(reason="attempts-exhausted", detail="failed 5 times; replay it")

    assert await desk.settle(Settlement(lease=lease, draft=None, bury=bury)) == [Settled.DONE]

    assert await outcomes(desk.store) == {"dead": 2}
    assert await desk.published_types("a") == ["ticket.dead", "ticket.dead"]
    letters = await desk.store.dead(10, reason="attempts-exhausted")
    assert [letter.inbox_id for letter in letters] == rows_of([lease])[::-1]
    assert letters[0].detail == bury.detail
    assert await desk.store.dead(10, reason="other") == []


async def test_a_body_with_a_nul_is_kept_to_the_letter(desk: Desk) -> None:
    await desk.queue("a")
    lease = await desk.lease_one()

    await desk.settle(answered(lease, body="a\x00b"))

    assert [draft.body for draft in await desk.store.drafts("a")] == ["a\x00b"]
    (sent,) = await desk.store.unpublished(range(64), 10)
    assert sent.message == answered(lease, body="a\x00b").messages[0]


async def test_a_reply_to_nobody_is_not_superseded_later(desk: Desk) -> None:
    await desk.answer("a", Route.NO_REPLY)
    await desk.queue("a")

    assert await desk.published_types("a") == ["draft.created"]
    assert (await desk.store.outcomes())[Outcome.NO_REPLY] == 1


async def test_revisions_of_a_conversation_are_published_in_order(desk: Desk) -> None:
    for _ in range(3):
        await desk.answer("a")

    assert await desk.published_types("a") == [
        "draft.created",
        "draft.superseded",
        "draft.created",
        "draft.superseded",
        "draft.created",
    ]
    assert [draft.revision for draft in await desk.store.drafts("a")] == [1, 2, 3]
