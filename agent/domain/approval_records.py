"""Requests and decisions as the records that go out. Pure."""

from datetime import datetime
from typing import Literal

from agent.domain.approval import Approval
from agent.domain.envelope import Packed, pack
from agent.domain.events import ApprovalDecided, ApprovalRequested

Said = Literal["approved", "refused", "expired", "withdrawn"]


def requested_event(approval: Approval) -> ApprovalRequested:
    """The request as its contract has it."""
    proposal = approval.proposal
    return ApprovalRequested(
        approval_id=approval.id,
        conversation_id=approval.conversation,
        ticket_id=approval.ticket,
        desk=approval.desk,
        requester_id=approval.requester,
        draft_id=approval.draft,
        tool=proposal.tool,
        label=proposal.label,
        arguments=dict(proposal.arguments),
        arguments_sha256=proposal.digest,
        reason=proposal.reason,
        evidence=proposal.evidence,
        requested_at=approval.requested_at,
        expires_at=approval.expires_at,
    )


def requested_record(approval: Approval) -> Packed:
    """`approval.requested`; its `ce_id` is the approval's id, so a re-send repeats it."""
    return pack(
        requested_event(approval),
        key=approval.conversation,
        event_id=approval.id,
        at=approval.requested_at,
        subject=approval.ticket,
        traceparent=approval.traceparent,
    )


def decided_record(
    approval: Approval, decision: Said, *, by: str, at: datetime, note: str = ""
) -> Packed:
    """`approval.decided`, as this service took it; unsigned: nobody has to believe it."""
    event = ApprovalDecided(
        approval_id=approval.id,
        arguments_sha256=approval.proposal.digest,
        decision=decision,
        decided_by=by,
        decided_at=at,
        note=note,
    )
    return pack(
        event,
        key=approval.conversation,
        event_id=f"{approval.id}/{decision}",
        at=at,
        subject=approval.id,
        traceparent=approval.traceparent,
    )
