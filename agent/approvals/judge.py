"""What may become of an approval: every rule, as pure functions of its state and the time.

Each gives the approval as it stands afterwards, or raises an `ApprovalError`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from agent.approvals.errors import (
    AlreadyDecided,
    AlreadyReserved,
    Altered,
    DigestMismatch,
    Expired,
    NotApproved,
    ReservationLost,
    WrongApprover,
    WrongRequester,
    WrongTicket,
)
from agent.domain.approval import Approval, ApprovalState, Approver, Decision, approval_id
from tools.base import ToolResult
from tools.values import arguments_digest

_DECIDED: dict[Decision, ApprovalState] = {
    "approved": ApprovalState.APPROVED,
    "refused": ApprovalState.REFUSED,
}


def intact(approval: Approval) -> None:
    """The stored request is the one that was made; raises `Altered`.

    Its id is made of what it is for, so that no part can be changed alone.
    """
    proposal = approval.proposal
    digest = arguments_digest(proposal.arguments)
    made = approval_id(
        approval.conversation, approval.revision, approval.requester, proposal.tool, digest
    )
    if digest != proposal.digest or made != approval.id:
        raise Altered(approval.id)


def decided(
    approval: Approval,
    decision: Decision,
    *,
    approver: Approver,
    digest: str,
    note: str,
    now: datetime,
    revision: int | None,
) -> Approval:
    """A decision by somebody who may, about the very arguments they saw, in time, once."""
    if not approver.may_decide(approval.desk):
        raise WrongApprover(approval.id, approver.name, f"not on desk {approval.desk!r}")
    if approver.name == approval.requester:
        raise WrongApprover(approval.id, approver.name, "nobody decides on a request of their own")
    if approval.state is not ApprovalState.PENDING:
        raise AlreadyDecided(approval.id, approval.state, approval.decided_by)
    if digest != approval.proposal.digest:
        raise DigestMismatch(approval.id)
    if now >= approval.expires_at:
        raise Expired(approval.id, f"{approval.expires_at:%Y-%m-%d %H:%M:%S} UTC")
    if revision != approval.revision:
        raise WrongTicket(approval.id, "the conversation moved on")
    intact(approval)
    return replace(
        approval,
        state=_DECIDED[decision],
        decided_by=approver.name,
        decided_at=now,
        note=note,
        ended_at=now if decision == "refused" else None,
    )


def expired(approval: Approval, now: datetime) -> Approval:
    """Nobody approved it in time, or nobody began it: that is a refusal. Else it is unchanged."""
    unbegun = approval.state in (ApprovalState.PENDING, ApprovalState.APPROVED)
    if not unbegun or now < approval.expires_at:
        return approval
    return replace(approval, state=ApprovalState.EXPIRED, ended_at=now)


def reserved(
    approval: Approval,
    *,
    conversation: str,
    requester: str,
    digest: str,
    owner: str,
    now: datetime,
    lease: timedelta,
    revision: int | None,
) -> Approval:
    """In this worker's hands, to be carried out now.

    One that a worker left behind is taken over: its effect may have happened, so it is no longer
    asked whether the time is over or the conversation moved on.
    """
    if approval.conversation != conversation:
        raise WrongTicket(approval.id)
    if approval.requester != requester:
        raise WrongRequester(approval.id)
    if approval.proposal.digest != digest:
        raise DigestMismatch(approval.id)
    intact(approval)
    if approval.state is ApprovalState.APPROVED:
        if now >= approval.expires_at:
            raise Expired(approval.id, f"{approval.expires_at:%Y-%m-%d %H:%M:%S} UTC")
        if revision != approval.revision:
            raise WrongTicket(approval.id, "the conversation moved on")
    elif approval.state is not ApprovalState.RESERVED:
        raise NotApproved(approval.id, approval.state)
    elif approval.reserved_until is not None and now < approval.reserved_until:
        raise AlreadyReserved(approval.id, approval.owner)
    return replace(
        approval,
        state=ApprovalState.RESERVED,
        owner=owner,
        reserved_until=now + lease,
        attempt=approval.attempt + 1,
    )


def consumed(
    approval: Approval, *, owner: str, attempt: int, result: ToolResult, now: datetime
) -> Approval:
    """Carried out, by the worker in whose hands it is."""
    _mine(approval, owner, attempt)
    return replace(approval, state=ApprovalState.CONSUMED, result=result, owner=None, ended_at=now)


def failed(
    approval: Approval, *, owner: str, attempt: int, failure: str, now: datetime
) -> Approval:
    """The backend would not, or it will never be known: a person sees to it."""
    _mine(approval, owner, attempt)
    return replace(approval, state=ApprovalState.FAILED, failure=failure, owner=None, ended_at=now)


def voided(approval: Approval, failure: str, now: datetime) -> Approval:
    """One whose stored request is not the one that was made can only end; others are unchanged."""
    try:
        intact(approval)
    except Altered:
        if approval.state.open:
            return replace(
                approval, state=ApprovalState.FAILED, failure=failure, owner=None, ended_at=now
            )
    return approval


def _mine(approval: Approval, owner: str, attempt: int) -> None:
    held = approval.state is ApprovalState.RESERVED
    if not held or (approval.owner, approval.attempt) != (owner, attempt):
        raise ReservationLost(approval.id)
