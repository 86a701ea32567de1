"""A lease to its settlement: the ticket is read, the pipeline drafts, the draft is packed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from agent import observe
from agent.domain.approval import Approval, approval_id
from agent.domain.approval_records import requested_record
from agent.domain.desk import Desk
from agent.domain.draft import Draft, Proposal
from agent.domain.ids import DeskName
from agent.domain.ticket import Ticket
from agent.pipeline.announce import announce
from agent.pipeline.ports import Work
from agent.store.records import AuditEntry, Bury, Lease, Settlement
from agent.worker.reader import Reader
from agent.worker.readings import Readings


class Pipeline(Protocol):
    async def handle(self, work: Work) -> Draft: ...


class Handler:
    """What the worker does with each lease."""

    def __init__(
        self,
        *,
        desks: Mapping[DeskName, Desk],
        reader: Reader,
        pipeline: Pipeline,
        readings: Readings | None = None,
        approve_within: timedelta = timedelta(days=2),
    ) -> None:
        self._desks = desks
        self._reader = reader
        self._pipeline = pipeline
        self._readings = readings or Readings()
        self._approve_within = approve_within

    async def __call__(self, lease: Lease, deadline: datetime) -> Settlement:
        desk = self._desks.get(lease.desk)
        if desk is None:
            known = ", ".join(repr(str(name)) for name in sorted(self._desks))
            return _buried(lease, "unknown-desk", f"desk {lease.desk!r} is gone (known: {known})")
        ticket = self._readings.take(lease) or self._read(lease, desk)
        if ticket is None:
            return _buried(lease, "unreadable", "the stored event can no longer be read")
        try:
            return await self._drafted(lease, ticket, desk, deadline)
        finally:
            self._readings.put_down(ticket)

    def _read(self, lease: Lease, desk: Desk) -> Ticket | None:
        waiting = [one for row in lease.rows if (one := self._reader.leased(row))]
        if not waiting:
            return None
        history = [one for row in lease.history if (one := self._reader.leased(row))]
        return self._reader.ticket(waiting, desk, lease.conversation, history)

    async def _drafted(
        self, lease: Lease, ticket: Ticket, desk: Desk, deadline: datetime
    ) -> Settlement:
        work = Work(
            conversation=lease.conversation,
            revision=lease.revision,
            ticket=ticket,
            desk=desk,
            attempt=lease.attempt,
            deadline=deadline,
            approvals=lease.approvals,
            note=lease.note,
        )
        with observe.ticket_span(lease.rows[-1].traceparent, lease) as traceparent:
            draft = await self._pipeline.handle(work)
        asked = tuple(
            self._asked(draft, proposal, ticket, traceparent) for proposal in draft.proposals
        )
        return Settlement(
            lease=lease,
            draft=draft,
            messages=(announce(draft, traceparent), *map(requested_record, asked)),
            audit=(_routed(draft), *map(_requested, asked)),
            approvals=asked,
            title=_title(ticket),
        )

    def _asked(
        self, draft: Draft, proposal: Proposal, ticket: Ticket, traceparent: str | None
    ) -> Approval:
        requester = ticket.requester.id
        return Approval(
            id=approval_id(
                draft.conversation, draft.revision, requester, proposal.tool, proposal.digest
            ),
            desk=draft.desk,
            conversation=draft.conversation,
            ticket=draft.ticket,
            revision=draft.revision,
            draft=draft.id,
            requester=requester,
            language=draft.language,
            proposal=proposal,
            requested_at=draft.created_at,
            expires_at=draft.created_at + self._approve_within,
            traceparent=traceparent,
        )


def _buried(lease: Lease, reason: str, detail: str) -> Settlement:
    return Settlement(lease=lease, draft=None, bury=Bury(reason=reason, detail=detail))


_TITLE = 120  #: characters


def _title(ticket: Ticket) -> str:
    """The newest message's subject, else how it begins."""
    message = ticket.messages[-1]
    text = " ".join((message.subject or message.body).split())
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…"


def _requested(approval: Approval) -> AuditEntry:
    return AuditEntry(
        action="approval.requested",
        actor="citedesk",
        subject=f"approval/{approval.id}",
        details={
            "tool": approval.proposal.tool,
            "digest": approval.proposal.digest,
            "draft": approval.draft,
        },
    )


def _routed(draft: Draft) -> AuditEntry:
    return AuditEntry(
        action="draft.routed",
        actor="citedesk",
        subject=draft.id,
        details={
            "route": draft.route.value,
            "category": draft.triage.category,
            "claims": len(draft.claims),
            "reasons": len(draft.reasons),
            "body_chars": len(draft.body),
            "writer": draft.written_by.writer,
        },
    )
