"""A request from the ticket to the reply that tells how it ended, through worker and store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.approvals import Approval, Approvals, ApprovalState, Approver, Executor
from agent.bootstrap import Desks, build_desks, build_pipeline, build_reader
from agent.domain.draft import Draft, Route
from agent.domain.envelope import Coordinates, read
from agent.domain.events import RequesterV1, TicketMessage
from agent.domain.ticket import Assurance
from agent.settings import Settings
from agent.store import Store
from agent.store.records import Settled
from agent.worker.admit import Decider
from agent.worker.handle import Handler
from tests.contract.store.values import a_record
from tools.demo_backend import demo_registry

pytestmark = pytest.mark.timeout(300)  # the desks are trained once
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ANNA = Approver(name="anna", desks=frozenset({"support"}))
ASK = "Please cancel my order 61243."
WHERE = Coordinates(cluster="test", topic="tickets.v1", partition=0, offset=0)


@pytest.fixture(scope="module")
def trained(learnt: Path) -> Desks:
    return build_desks(Settings(data=learnt))


class Office:
    """The desk, its worker and its approvals, a step at a time."""

    def __init__(self, store: Store, desks: Desks, backend: Path) -> None:
        self.store = store
        registry = demo_registry(backend, NOW.date)
        self.desks = Desks(desks=desks.desks, triage=desks.triage, registry=registry)
        self.now = NOW
        self.approvals = Approvals(store.approvals, clock=lambda: self.now)
        self.executor = Executor(self.approvals, registry, owner="w", clock=lambda: self.now)
        self._offset = 0

    async def receive(self, body: str, requester: str = "C-5032") -> None:
        self._offset += 1
        event = TicketMessage(
            ticket_id=f"t-{self._offset}",
            conversation_id="c-1",
            desk="support",
            requester=RequesterV1(id=requester, assurance=Assurance.VERIFIED, country="IE"),
            body=body,
            sent_at=self.now,
        )
        value = event.model_dump_json().encode()
        headers = (("ce_type", b"ticket.message"), ("ce_source", b"t"), ("ce_specversion", b"1.0"))
        named = (*headers, ("ce_id", str(self._offset).encode()))
        read(value, named, WHERE)
        record = a_record(self._offset, value, headers=named, timestamp=self.now)
        await self.store.ingest([record], self.now)
        decider = Decider(
            desks=self.desks.desks,
            triage=self.desks.triage,
            reader=build_reader(Settings()),
            max_age=timedelta(days=7),
        )
        rows = await self.store.unread(10)
        await self.store.admit([decider.decide(row, self.now) for row in rows], now=self.now)

    async def draft(self) -> Draft:
        """Lease what is in line and carry it to its draft."""
        pipeline = build_pipeline(self.desks, clock=lambda: self.now)
        handle = Handler(desks=self.desks.desks, reader=build_reader(Settings()), pipeline=pipeline)
        until = self.now + timedelta(minutes=1)
        (lease,) = await self.store.lease("w", limit=5, now=self.now, until=until)
        settlement = await handle(lease, until)
        assert await self.store.settle([settlement], now=self.now) == [Settled.DONE]
        assert settlement.draft is not None
        return settlement.draft

    async def decide(self, decision: str) -> Approval:
        (one,) = await self.approvals.pending()
        return await self.approvals.decide(
            one.id,
            "approved" if decision == "approved" else "refused",
            approver=ANNA,
            digest=one.proposal.digest,
            now=self.now,
        )

    async def order_status(self) -> object:
        from tools.base import Scope

        scope = Scope(requester="C-5032", verified=True, desk="support")
        found = await self.desks.registry.call("order", {"order_id": "61243"}, scope)
        return found.data["status"]


@pytest.fixture
def office(store: Store, trained: Desks, tmp_path: Path) -> Office:
    return Office(store, trained, tmp_path / "backend.db")


def pending(draft: Draft) -> Sequence[str]:
    return [reason for reason in draft.reasons if reason.startswith("approval-pending")]


async def test_what_is_approved_is_done_once_and_said_with_proof(office: Office) -> None:
    await office.receive(ASK)
    first = await office.draft()
    assert first.route is Route.REVIEW
    assert pending(first)
    assert "You asked us to cancel order 61243." in first.body
    assert "has been cancelled" not in first.body
    assert await office.order_status() == "placed"

    await office.decide("approved")
    assert await office.order_status() == "placed"
    assert await office.executor.step() == 1
    assert await office.executor.step() == 0

    second = await office.draft()
    assert await office.order_status() == "cancelled"
    assert (second.revision, second.route, second.reasons) == (2, Route.READY, ())
    assert "Order 61243 has been cancelled." in second.body
    assert (await office.approvals.of("c-1"))[0].state is ApprovalState.CONSUMED


@pytest.mark.parametrize(
    "body",
    [
        "Please cancel order 61243. It was put in by mistake last night.",
        "Order 61243 was put in by mistake last night. Please cancel it. How do I pay next time?",
    ],
)
async def test_a_plain_request_is_found_beside_what_else_is_said(office: Office, body: str) -> None:
    await office.receive(body)

    draft = await office.draft()

    assert [proposal.tool for proposal in draft.proposals] == ["cancel_order"]
    assert "You asked us to cancel order 61243." in draft.body


async def test_what_is_asked_besides_a_request_is_still_answered(office: Office) -> None:
    await office.receive(
        "Please cancel order 61243. I would like to know how long the warranty on a chair is."
    )

    draft = await office.draft()

    assert [proposal.tool for proposal in draft.proposals] == ["cancel_order"]
    assert "2 years" in draft.body or any("question" in reason for reason in draft.reasons)


async def test_a_refusal_is_told_and_goes_to_a_person(office: Office) -> None:
    await office.receive(ASK)
    await office.draft()
    await office.decide("refused")

    second = await office.draft()

    assert second.route is Route.REVIEW
    assert "Your request about order 61243 was not approved." in second.body
    assert any(reason.startswith("approval-refused") for reason in second.reasons)
    assert not second.proposals
    assert await office.order_status() == "placed"


async def test_without_an_approver_it_is_refused_when_its_time_is_over(office: Office) -> None:
    await office.receive(ASK)
    await office.draft()
    office.now += timedelta(days=2)

    assert await office.executor.step() == 1

    second = await office.draft()
    assert "could not be approved in time" in second.body
    assert await office.order_status() == "placed"


async def test_a_later_message_takes_the_approval_back(office: Office) -> None:
    await office.receive(ASK)
    await office.draft()
    await office.decide("approved")
    await office.receive("Sorry, please do not cancel it after all, I keep the order.")

    assert await office.executor.step() == 0
    second = await office.draft()

    assert (await office.approvals.of("c-1"))[0].state is ApprovalState.WITHDRAWN
    assert await office.order_status() == "placed"
    assert second.revision == 2


@pytest.mark.parametrize(
    ("body", "requester"),
    [
        (ASK, "C-5001"),  # somebody else's
        ("Can I still cancel my order 61243?", "C-5032"),
        ("Please do not cancel my order 61243.", "C-5032"),
        ("Please cancel my order 61243 if it cannot come by Friday.", "C-5032"),
        ("How do I cancel an order?", "C-5032"),
        ("Has order 61243 shipped? Otherwise please cancel order 61243.", "C-5032"),
        ("You decided to cancel order 61243 without a word. When do I get my money?", "C-5032"),
        ("My wife said: please cancel order 61243. Where is my parcel?", "C-5032"),
    ],
)
async def test_what_is_no_plain_request_of_ones_own_asks_nobody(
    office: Office, body: str, requester: str
) -> None:
    await office.receive(body, requester)

    draft = await office.draft()

    assert draft.proposals == ()
    assert await office.approvals.pending() == []
