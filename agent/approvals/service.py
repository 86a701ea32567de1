"""Approvals: requested, decided by somebody who may, reserved, consumed once.

Whoever decides (a page, the command line, an event, a desk's rule) comes through `decide`, and
whoever carries out an effect through `reserve` and `consume`; nothing else changes an approval but
the conversation itself, which withdraws what was not begun when it moves on.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from agent.approvals import judge
from agent.approvals.errors import ApprovalError, UnknownApproval, WrongTicket
from agent.domain.approval import Approval, ApprovalState, Approver, Decision
from agent.domain.approval_records import decided_record, requested_record
from agent.store.approvals import Judge
from agent.store.records import ApprovalChange, AuditEntry
from tools.base import ToolResult

PENDING = (ApprovalState.PENDING,)
LEASE = timedelta(seconds=60)


class Rows(Protocol):
    """Where approvals are kept: `agent.store.approvals.ApprovalRows`."""

    async def get(self, approval_id: str) -> Approval | None: ...

    async def listed(
        self,
        *,
        states: Collection[ApprovalState] | None = None,
        desk: str | None = None,
        limit: int = 100,
    ) -> list[Approval]: ...

    async def of(self, conversation: str) -> list[Approval]: ...

    async def due(self, now: datetime, limit: int) -> list[Approval]: ...

    async def decided_count(
        self, by: str, since: datetime, *, requester: str | None = None
    ) -> int: ...

    async def add(self, requested: Approval, change: ApprovalChange, now: datetime) -> bool: ...

    async def change(self, approval_id: str, judge: Judge, now: datetime) -> Approval | None: ...

    async def note(self, entries: Sequence[AuditEntry], now: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """The right to carry out one effect, until it runs out."""

    approval: Approval
    owner: str
    attempt: int  #: from 1; from 2 on the effect may have happened already


class Approvals:
    """The one service for approvals; safe to share. `clock` gives the time where none is given."""

    def __init__(
        self,
        rows: Rows,
        *,
        clock: Callable[[], datetime],
        lease: timedelta = LEASE,
        ring: Callable[[], None] = lambda: None,
    ) -> None:
        self._rows = rows
        self._clock = clock
        self._lease = lease
        self._ring = ring

    # ── questions ───────────────────────────────────────────────────────────────────────────

    async def pending(self, desk: str | None = None, limit: int = 100) -> list[Approval]:
        """What waits for a decision, the first to expire first."""
        return await self._rows.listed(states=PENDING, desk=desk, limit=limit)

    async def listed(
        self,
        states: Collection[ApprovalState] | None = None,
        *,
        desk: str | None = None,
        limit: int = 100,
    ) -> list[Approval]:
        """Approvals in these states, or in any; those that wait by expiry, else newest first."""
        return await self._rows.listed(states=states, desk=desk, limit=limit)

    async def get(self, approval_id: str) -> Approval:
        """One approval; raises `UnknownApproval`."""
        found = await self._rows.get(approval_id)
        if found is None:
            raise UnknownApproval(approval_id)
        return found

    async def of(self, conversation: str) -> list[Approval]:
        """All of a conversation, oldest first."""
        return await self._rows.of(conversation)

    async def due(self, now: datetime | None = None, limit: int = 100) -> list[Approval]:
        """What is to be carried out, taken over, or has expired undecided."""
        return await self._rows.due(now or self._clock(), limit)

    # ── decisions ───────────────────────────────────────────────────────────────────────────

    async def request(self, approval: Approval) -> Approval:
        """Ask for an effect; the same request made again is one.

        The worker writes requests together with their draft; this is for other callers. Raises
        `WrongTicket` when the conversation is not at the request's revision.
        """
        judge.intact(approval)
        change = ApprovalChange(
            approval=approval, messages=(requested_record(approval),), audit=(asked(approval),)
        )
        try:
            await self._rows.add(approval, change, self._clock())
        except LookupError as exc:
            raise WrongTicket(approval.id, "the conversation moved on") from exc
        return await self.get(approval.id)

    async def decide(
        self,
        approval_id: str,
        decision: Decision,
        *,
        approver: Approver,
        digest: str,
        note: str = "",
        now: datetime | None = None,
    ) -> Approval:
        """Approve or refuse; `digest` is that of the arguments which the approver saw.

        Raises `UnknownApproval`, `WrongApprover`, `AlreadyDecided`, `DigestMismatch`, `Expired`,
        `WrongTicket` or `Altered`; each of them is noted in the audit, and changes nothing.
        """
        at = now or self._clock()

        def judged(approval: Approval, revision: int | None) -> ApprovalChange:
            after = judge.decided(
                approval,
                decision,
                approver=approver,
                digest=digest,
                note=note,
                now=at,
                revision=revision,
            )
            entry = _entry("approval.decided", approver.name, after, decision=decision)
            record = decided_record(after, decision, by=approver.name, at=at, note=note)
            return ApprovalChange(approval=after, messages=(record,), audit=(entry,))

        try:
            after = await self._change(approval_id, judged, at)
        except ApprovalError as exc:
            await self.refused(approval_id, approver.name, exc, at)
            raise
        self._ring()
        return after

    async def refused(
        self, approval_id: str, who: str, why: ApprovalError, now: datetime | None = None
    ) -> None:
        """Note a decision that was not taken."""
        entry = AuditEntry(
            action="approval.decision-refused",
            actor=who[:256],
            subject=f"approval/{approval_id[:256]}",
            details={"code": why.code},
        )
        await self._rows.note([entry], now or self._clock())

    async def expire(self, approval_id: str, now: datetime | None = None) -> Approval:
        """Refuse what nobody approved, or nobody began, in time; else it is left as it is."""
        at = now or self._clock()

        def judged(approval: Approval, _revision: int | None) -> ApprovalChange:
            after = judge.expired(approval, at)
            if after == approval:
                return ApprovalChange(approval=after)
            record = decided_record(after, "expired", by="citedesk", at=at)
            entry = _entry("approval.expired", "citedesk", after)
            return ApprovalChange(approval=after, messages=(record,), audit=(entry,))

        return await self._change(approval_id, judged, at)

    # ── effects ─────────────────────────────────────────────────────────────────────────────

    async def reserve(
        self,
        approval_id: str,
        *,
        conversation: str,
        requester: str,
        digest: str,
        owner: str,
        now: datetime | None = None,
    ) -> Reservation:
        """Take an approved effect in hand, once; with what the caller is about to do.

        Raises `UnknownApproval`, `NotApproved`, `Expired`, `AlreadyReserved`, `DigestMismatch`,
        `WrongTicket`, `WrongRequester` or `Altered`, and then nothing may be done.
        """
        at = now or self._clock()

        def judged(approval: Approval, revision: int | None) -> ApprovalChange:
            after = judge.reserved(
                approval,
                conversation=conversation,
                requester=requester,
                digest=digest,
                owner=owner,
                now=at,
                lease=self._lease,
                revision=revision,
            )
            entry = _entry("approval.reserved", owner, after, attempt=after.attempt)
            return ApprovalChange(approval=after, audit=(entry,))

        after = await self._change(approval_id, judged, at)
        return Reservation(approval=after, owner=owner, attempt=after.attempt)

    async def consume(
        self, reservation: Reservation, result: ToolResult, *, now: datetime | None = None
    ) -> Approval:
        """Record what was done; raises `ReservationLost` when another worker took it over."""
        at = now or self._clock()

        def judged(approval: Approval, _revision: int | None) -> ApprovalChange:
            after = judge.consumed(
                approval,
                owner=reservation.owner,
                attempt=reservation.attempt,
                result=result,
                now=at,
            )
            entry = _entry("approval.consumed", reservation.owner, after, attempt=after.attempt)
            return ApprovalChange(approval=after, audit=(entry,))

        return await self._change(reservation.approval.id, judged, at)

    async def fail(
        self, reservation: Reservation, failure: str, *, now: datetime | None = None
    ) -> Approval:
        """Record that it was not done, or will never be known; `failure` is a short code."""
        at = now or self._clock()

        def judged(approval: Approval, _revision: int | None) -> ApprovalChange:
            after = judge.failed(
                approval,
                owner=reservation.owner,
                attempt=reservation.attempt,
                failure=failure,
                now=at,
            )
            entry = _entry("approval.failed", reservation.owner, after, code=failure)
            return ApprovalChange(approval=after, audit=(entry,))

        return await self._change(reservation.approval.id, judged, at)

    async def void(self, approval_id: str, failure: str, now: datetime | None = None) -> Approval:
        """End an open approval whose stored request was altered; a whole one is left as it is."""
        at = now or self._clock()

        def judged(approval: Approval, _revision: int | None) -> ApprovalChange:
            after = judge.voided(approval, failure, at)
            if after == approval:
                return ApprovalChange(approval=after)
            entry = _entry("approval.failed", "citedesk", after, code=failure)
            return ApprovalChange(approval=after, audit=(entry,))

        return await self._change(approval_id, judged, at)

    async def decided_count(self, by: str, since: datetime, *, requester: str | None = None) -> int:
        """How many this name decided since a moment; see `rules`."""
        return await self._rows.decided_count(by, since, requester=requester)

    async def _change(self, approval_id: str, judged: Judge, now: datetime) -> Approval:
        after = await self._rows.change(approval_id, judged, now)
        if after is None:
            raise UnknownApproval(approval_id)
        return after


def asked(approval: Approval) -> AuditEntry:
    """The audit's note of a request."""
    return _entry("approval.requested", "citedesk", approval)


def _entry(action: str, actor: str, approval: Approval, **details: Any) -> AuditEntry:
    return AuditEntry(
        action=action,
        actor=actor,
        subject=f"approval/{approval.id}",
        details={
            "tool": approval.proposal.tool,
            "digest": approval.proposal.digest,
            "draft": approval.draft,
            **details,
        },
    )
