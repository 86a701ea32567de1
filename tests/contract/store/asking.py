"""Short words for side effects that are asked for, so that a test shows only what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.approvals import Approval, Approvals, Approver, Proposal
from agent.domain.approval import approval_id
from agent.domain.approval_records import requested_record
from agent.domain.draft import Route
from agent.domain.ids import draft_id
from agent.store import Store
from agent.store.records import Lease, Settled, Settlement
from tests.contract.store.values import NOW, Desk, answered
from tools.base import Scalar, ToolResult
from tools.values import arguments_digest

ANNA = Approver(name="anna", desks=frozenset({"support"}))
HOUR = timedelta(hours=1)
DONE = ToolResult(tool="cancel_order", label="order 48213", data={"state": "done"})


def a_proposal(tool: str = "cancel_order", **arguments: Scalar) -> Proposal:
    given: Mapping[str, Scalar] = arguments or {"order_id": "48213"}
    return Proposal(
        tool=tool,
        arguments=given,
        digest=arguments_digest(given),
        label=f"{tool} {' '.join(map(str, given.values()))}",
        reason="the ticket asks for it",
        asked=ToolResult(tool=tool, label=tool, data={"state": "requested", **given}),
    )


def an_approval(
    lease: Lease,
    proposal: Proposal | None = None,
    expires: timedelta = HOUR,
    requester: str = "r-1",
) -> Approval:
    wanted = proposal or a_proposal()
    return Approval(
        id=approval_id(lease.conversation, lease.revision, requester, wanted.tool, wanted.digest),
        desk=lease.desk,
        conversation=lease.conversation,
        ticket=lease.ticket,
        revision=lease.revision,
        draft=draft_id(lease.conversation, lease.revision),
        requester=requester,
        language="en",
        proposal=wanted,
        requested_at=NOW,
        expires_at=NOW + expires,
    )


def asking(
    lease: Lease, *proposals: Proposal, expires: timedelta = HOUR, requester: str = "r-1"
) -> Settlement:
    """A settlement whose draft says what was asked for."""
    wanted = proposals or (a_proposal(),)
    requests = tuple(an_approval(lease, one, expires, requester) for one in wanted)
    settlement = answered(lease, Route.REVIEW, "We have passed your request on.")
    records = tuple(requested_record(one) for one in requests)
    return replace(settlement, approvals=requests, messages=(*settlement.messages, *records))


@dataclass(slots=True)
class Counter:
    """The desk's conversations, and the approvals that they wait for."""

    store: Store
    desk: Desk
    approvals: Approvals

    async def ask(
        self, conversation: str, *proposals: Proposal, expires: timedelta = HOUR
    ) -> list[Approval]:
        """A message of the conversation, carried to a draft that asks for these."""
        await self.desk.queue(conversation)
        (lease,) = [one for one in await self.desk.lease() if one.conversation == conversation]
        assert await self.desk.settle(asking(lease, *proposals, expires=expires)) == [Settled.DONE]
        return await self.approvals.of(conversation)

    async def approve(self, approval: Approval, now: datetime = NOW) -> Approval:
        return await self.approvals.decide(
            approval.id, "approved", approver=ANNA, digest=approval.proposal.digest, now=now
        )

    async def carry_out(self, approval: Approval, now: datetime = NOW) -> Approval:
        return await self.approvals.consume(
            await self.approvals.reserve(approval.id, **terms(approval), owner="w1", now=now),
            DONE,
            now=now,
        )


def terms(approval: Approval) -> dict[str, str]:
    """What somebody who carries it out says that it is for."""
    return {
        "conversation": approval.conversation,
        "requester": approval.requester,
        "digest": approval.proposal.digest,
    }


def a_counter(store: Store) -> Counter:
    approvals = Approvals(store.approvals, clock=lambda: NOW)
    return Counter(store=store, desk=Desk(store), approvals=approvals)
