"""Approvals bind: one decision, by somebody who may, about these arguments, carried out once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.approvals import (
    AlreadyDecided,
    AlreadyReserved,
    Altered,
    ApprovalError,
    ApprovalState,
    Approver,
    DigestMismatch,
    Expired,
    NotApproved,
    ReservationLost,
    UnknownApproval,
    WrongApprover,
    WrongRequester,
    WrongTicket,
)
from agent.domain.draft import Route
from agent.store import Store
from agent.store.records import Erase, Outcome, Settled, State
from tests.contract.store.asking import (
    ANNA,
    DONE,
    HOUR,
    Counter,
    a_counter,
    a_proposal,
    an_approval,
    asking,
    terms,
)
from tests.contract.store.conftest import Peek
from tests.contract.store.values import LATER, NOW, answered, outcomes, to_close, to_queue

pytestmark = pytest.mark.contract


@pytest.fixture
def counter(store: Store) -> Counter:
    return a_counter(store)


async def test_a_ticket_that_asks_for_an_effect_waits_with_its_draft(counter: Counter) -> None:
    (approval,) = await counter.ask("c-1")

    assert approval.state is ApprovalState.PENDING
    assert await counter.approvals.pending() == [approval]
    assert await counter.approvals.pending("hr") == []
    assert (await counter.store.backlog()).waiting == 1
    assert await counter.desk.lease() == []
    assert [review.draft_id for review in await counter.store.reviews(10)] == [approval.draft]
    assert await counter.desk.published_types("c-1") == ["draft.created", "approval.requested"]


async def test_what_is_approved_is_done_once_and_told_in_the_next_revision(
    counter: Counter,
) -> None:
    (approval,) = await counter.ask("c-1")
    await counter.approve(approval)
    assert await counter.desk.lease() == []

    after = await counter.carry_out(approval)

    lease = await counter.desk.lease_one()
    assert after.state is ApprovalState.CONSUMED
    assert after.result == DONE
    assert (lease.revision, lease.approvals) == (2, (after,))
    assert await counter.desk.settle(answered(lease)) == [Settled.DONE]
    assert await outcomes(counter.store) == {"ready": 1}
    assert await counter.desk.published_types("c-1") == [
        "draft.created",
        "approval.requested",
        "approval.decided",
        "draft.superseded",
        "draft.created",
    ]


async def test_a_refusal_queues_the_ticket_again(counter: Counter) -> None:
    (approval,) = await counter.ask("c-1")

    after = await counter.approvals.decide(
        approval.id, "refused", approver=ANNA, digest=approval.proposal.digest, note="too late"
    )

    lease = await counter.desk.lease_one()
    assert (after.state, after.note, after.decided_by) == (
        ApprovalState.REFUSED,
        "too late",
        "anna",
    )
    assert (lease.revision, lease.approvals) == (2, (after,))


async def test_what_nobody_approves_is_refused_when_its_time_is_over(counter: Counter) -> None:
    (approval,) = await counter.ask("c-1")
    over = NOW + HOUR

    assert await counter.approvals.due(over - timedelta(seconds=1)) == []
    assert [one.id for one in await counter.approvals.due(over)] == [approval.id]
    assert (await counter.approvals.expire(approval.id, NOW)).state is ApprovalState.PENDING
    after = await counter.approvals.expire(approval.id, over)

    assert after.state is ApprovalState.EXPIRED
    assert (await counter.desk.lease_one(now=over)).approvals == (after,)
    with pytest.raises(AlreadyDecided):
        await counter.approve(approval, over)


async def test_the_ticket_waits_until_all_it_asked_for_is_settled(counter: Counter) -> None:
    first, second = await counter.ask("c-1", a_proposal(), a_proposal("refund", amount="9.00 EUR"))
    await counter.approvals.decide(first.id, "refused", approver=ANNA, digest=first.proposal.digest)
    assert await counter.desk.lease() == []

    await counter.approve(second)
    await counter.carry_out(second)

    lease = await counter.desk.lease_one()
    assert {one.state for one in lease.approvals} == {
        ApprovalState.REFUSED,
        ApprovalState.CONSUMED,
    }


class TestWhatIsNotDecided:
    async def fails(self, counter: Counter, error: type[ApprovalError], **changed: object) -> None:
        (approval,) = await counter.ask("c-1")
        given: dict[str, object] = {
            "approver": ANNA,
            "digest": approval.proposal.digest,
            "now": NOW,
        }
        with pytest.raises(error):
            await counter.approvals.decide(
                approval.id,
                "approved",
                **(given | changed),  # type: ignore[arg-type] # by the test
            )
        assert (await counter.approvals.get(approval.id)).state is ApprovalState.PENDING
        noted = await counter.store.audit(f"approval/{approval.id}")
        assert [entry.action for _, entry in noted] == ["approval.decision-refused"]
        assert noted[0][1].details == {"code": error.code}

    async def test_by_somebody_of_another_desk(self, counter: Counter) -> None:
        stranger = Approver(name="bert", desks=frozenset({"hr"}))
        await self.fails(counter, WrongApprover, approver=stranger)

    async def test_by_the_one_who_asks(self, counter: Counter) -> None:
        own = Approver(name="r-1", desks=frozenset({"*"}))
        await self.fails(counter, WrongApprover, approver=own)

    async def test_about_other_arguments(self, counter: Counter) -> None:
        other = a_proposal(order_id="48214").digest
        await self.fails(counter, DigestMismatch, digest=other)

    async def test_too_late(self, counter: Counter) -> None:
        await self.fails(counter, Expired, now=NOW + HOUR)


async def test_a_decision_is_taken_once(counter: Counter) -> None:
    (approval,) = await counter.ask("c-1")
    decisions = await asyncio.gather(
        *(counter.approve(approval) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(one, AlreadyDecided) for one in decisions) == 4
    with pytest.raises(AlreadyDecided):
        await counter.approvals.decide(
            approval.id, "refused", approver=ANNA, digest=approval.proposal.digest
        )


async def test_an_approval_that_nobody_made_is_told(counter: Counter) -> None:
    with pytest.raises(UnknownApproval, match="nothing-of-ours"):
        await counter.approvals.get("nothing-of-ours")
    with pytest.raises(UnknownApproval):
        await counter.approvals.decide("nothing-of-ours", "approved", approver=ANNA, digest="")


class TestWhatIsNotBegun:
    async def test_before_it_is_approved(self, counter: Counter) -> None:
        (approval,) = await counter.ask("c-1")
        with pytest.raises(NotApproved):
            await counter.carry_out(approval)

    async def test_after_it_was_done(self, counter: Counter) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.approve(approval)
        await counter.carry_out(approval)
        with pytest.raises(NotApproved):
            await counter.carry_out(approval)

    async def test_when_its_time_is_over(self, counter: Counter) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.approve(approval)
        with pytest.raises(Expired):
            await counter.carry_out(approval, NOW + HOUR)
        assert (
            await counter.approvals.expire(approval.id, NOW + HOUR)
        ).state is ApprovalState.EXPIRED

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"conversation": "c-2"}, WrongTicket),
            ({"requester": "r-2"}, WrongRequester),
            ({"digest": a_proposal(order_id="48214").digest}, DigestMismatch),
        ],
    )
    async def test_for_anything_else(
        self, counter: Counter, changed: dict[str, str], error: type[ApprovalError]
    ) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.approve(approval)
        with pytest.raises(error):
            await counter.approvals.reserve(
                approval.id, **(terms(approval) | changed), owner="w1", now=NOW
            )

    async def test_by_two_at_once(self, counter: Counter) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.approve(approval)
        taken = await asyncio.gather(
            *(
                counter.approvals.reserve(approval.id, **terms(approval), owner=f"w{n}", now=NOW)
                for n in range(4)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(one, AlreadyReserved) for one in taken) == 3

    @pytest.mark.parametrize(
        "column",
        [
            "requester = 'r-2'",
            "conversation = 'c-2'",
            "revision = 0",
            "payload = (SELECT payload FROM approvals WHERE conversation = 'c-2')",
        ],
    )
    async def test_once_somebody_changed_its_row(
        self, counter: Counter, alter: Peek, column: str
    ) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.ask("c-2", a_proposal(order_id="77777"))
        await counter.approve(approval)
        await alter(f"UPDATE approvals SET {column} WHERE id = '{approval.id}'")
        now = await counter.approvals.get(approval.id)
        with pytest.raises(Altered):
            await counter.approvals.reserve(approval.id, **terms(now), owner="w1", now=NOW)


async def test_a_worker_that_is_gone_is_taken_over_and_cannot_record_any_more(
    counter: Counter,
) -> None:
    (approval,) = await counter.ask("c-1")
    await counter.approve(approval)
    gone = await counter.approvals.reserve(approval.id, **terms(approval), owner="w1", now=NOW)
    later = NOW + timedelta(minutes=2)

    assert [one.id for one in await counter.approvals.due(later)] == [approval.id]
    taken = await counter.approvals.reserve(approval.id, **terms(approval), owner="w2", now=later)

    assert (gone.attempt, taken.attempt) == (1, 2)
    with pytest.raises(ReservationLost):
        await counter.approvals.consume(gone, DONE, now=later)
    assert (await counter.approvals.consume(taken, DONE, now=later)).state is ApprovalState.CONSUMED


class TestTheConversationMovesOn:
    async def test_a_later_message_withdraws_what_was_not_begun(self, counter: Counter) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.approve(approval)
        await counter.desk.queue("c-1")

        with pytest.raises(NotApproved):
            await counter.carry_out(approval)

        lease = await counter.desk.lease_one()
        assert lease.approvals[0].state is ApprovalState.WITHDRAWN
        assert (lease.revision, len(lease.rows)) == (2, 2)
        assert set((await counter.desk.published_types("c-1"))[-2:]) == {
            "draft.superseded",
            "approval.decided",
        }

    async def test_what_was_begun_is_told_in_a_revision_of_its_own(self, counter: Counter) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.approve(approval)
        begun = await counter.approvals.reserve(approval.id, **terms(approval), owner="w", now=NOW)
        await counter.desk.queue("c-1")
        between = await counter.desk.lease_one()
        assert between.approvals[0].state is ApprovalState.RESERVED

        after = await counter.approvals.consume(begun, DONE, now=NOW)

        assert await counter.desk.settle(answered(between)) == [Settled.STALE]
        lease = await counter.desk.lease_one()
        assert (lease.revision, len(lease.rows), lease.approvals) == (3, 2, (after,))

    async def test_a_draft_made_meanwhile_is_made_anew_with_the_result(
        self, counter: Counter
    ) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.approve(approval)
        begun = await counter.approvals.reserve(approval.id, **terms(approval), owner="w", now=NOW)
        await counter.desk.queue("c-1")
        between = await counter.desk.lease_one()
        assert await counter.desk.settle(answered(between, Route.REVIEW)) == [Settled.DONE]

        after = await counter.approvals.consume(begun, DONE, now=NOW)

        lease = await counter.desk.lease_one()
        assert (lease.revision, len(lease.rows), lease.approvals) == (3, 2, (after,))
        assert await counter.store.reviews(10) == []

    async def test_closing_the_ticket_withdraws_and_ends_it(self, counter: Counter) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.desk.admit("closed", to_close("c-1"))

        assert (await counter.approvals.get(approval.id)).state is ApprovalState.WITHDRAWN
        with pytest.raises(AlreadyDecided):
            await counter.approve(approval)
        assert await counter.desk.lease() == []
        assert await outcomes(counter.store) == {"superseded": 1, "applied": 1}

    async def test_an_effect_that_ends_after_the_ticket_was_closed_is_recorded_only(
        self, counter: Counter
    ) -> None:
        (approval,) = await counter.ask("c-1")
        await counter.approve(approval)
        begun = await counter.approvals.reserve(approval.id, **terms(approval), owner="w", now=NOW)
        await counter.desk.admit("closed", to_close("c-1"))

        after = await counter.approvals.consume(begun, DONE, now=NOW)

        assert after.state is ApprovalState.CONSUMED
        assert await counter.desk.lease() == []


async def test_an_erased_customers_request_is_withdrawn_and_forgotten(
    counter: Counter, peek: Peek
) -> None:
    (approval,) = await counter.ask("c-1")
    await counter.desk.admit("erase", Erase(requester="r-1"))

    left = await counter.approvals.get(approval.id)
    assert left.state is ApprovalState.WITHDRAWN
    assert (left.requester, dict(left.proposal.arguments)) == ("", {})
    assert await counter.desk.lease() == []
    stored = await peek("SELECT value FROM outbox WHERE type = 'approval.requested'")
    assert [bytes(row[0]) for row in stored] == [b""]


async def test_the_same_request_twice_is_one(counter: Counter) -> None:
    await counter.desk.queue("c-1")
    lease = await counter.desk.lease_one()
    wanted = an_approval(lease)

    first = await counter.approvals.request(wanted)
    again = await counter.approvals.request(wanted)

    assert first == again
    assert await counter.approvals.pending() == [first]
    assert (await counter.desk.published_types("c-1")).count("approval.requested") == 1


async def test_a_request_of_an_earlier_revision_is_refused(counter: Counter) -> None:
    await counter.desk.queue("c-1")
    lease = await counter.desk.lease_one()
    await counter.desk.queue("c-1")

    with pytest.raises(WrongTicket):
        await counter.approvals.request(an_approval(lease))
    with pytest.raises(Altered):
        await counter.approvals.request(replace(an_approval(lease), requester="r-2"))


async def test_a_settlement_that_lost_its_lease_asks_for_nothing(counter: Counter) -> None:
    await counter.desk.queue("c-1")
    lease = await counter.desk.lease_one()
    await counter.desk.admit("next", to_queue("c-1"))

    assert await counter.desk.settle(asking(lease)) == [Settled.STALE]
    assert await counter.approvals.pending() == []


async def test_what_ended_long_ago_is_purged_and_what_waits_is_not(counter: Counter) -> None:
    (ended,) = await counter.ask("c-1")
    (waits,) = await counter.ask("c-2")
    await counter.approvals.decide(ended.id, "refused", approver=ANNA, digest=ended.proposal.digest)

    await counter.store.purge(LATER)

    assert [one.id for one in await counter.approvals.listed()] == [waits.id]
    assert State.WAITING in await counter.store.outcomes()
    assert Outcome.READY not in await counter.store.outcomes()


async def test_how_many_a_name_decided_is_counted_for_the_limits_of_rules(
    counter: Counter,
) -> None:
    for name in ("c-1", "c-2"):
        (approval,) = await counter.ask(name)
        await counter.approve(approval)

    count = counter.approvals.decided_count
    assert await count("anna", NOW) == 2
    assert await count("anna", NOW, requester="r-1") == 2
    assert await count("anna", NOW, requester="r-2") == 0
    assert await count("anna", LATER) == 0
