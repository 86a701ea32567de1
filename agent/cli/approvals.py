"""`citedesk approvals list`, `show`, `approve`, `reject`."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from agent.approvals import Approval, Approvals, Decision
    from agent.store import Store

approvals = typer.Typer(no_args_is_help=True, help="Side effects that wait for a person: decide.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Id = Annotated[str, typer.Argument(help="From `approvals list`; its beginning is enough.")]
As = Annotated[str, typer.Option("--as", help="Your name among CITEDESK_APPROVALS__APPROVERS.")]
Digest = Annotated[
    str | None, typer.Option("--digest", help="Of the arguments you saw; default: those shown.")
]
Note = Annotated[str, typer.Option("--note", help="Why; the audit keeps it.")]


@approvals.command("list")
def list_approvals(
    desk: Annotated[str | None, typer.Option("--desk", help="Only this desk.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what is settled.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List what waits for a decision, the first to expire first: `citedesk approvals list`."""
    _run(_list(desk=desk, every=every, limit=limit, as_json=as_json))


@approvals.command("show")
def show_approval(approval_id: Id, as_json: Json = False) -> None:
    """Show one with its exact arguments: `citedesk approvals show 3f2a`."""
    _run(_show(approval_id, as_json=as_json))


@approvals.command("approve")
def approve(
    approval_id: Id, who: As, digest: Digest = None, note: Note = "", as_json: Json = False
) -> None:
    """Approve one; a worker carries it out, once: `citedesk approvals approve 3f2a --as anna`."""
    _run(_decide(approval_id, "approved", who=who, digest=digest, note=note, as_json=as_json))


@approvals.command("reject")
def reject(
    approval_id: Id, who: As, digest: Digest = None, note: Note = "", as_json: Json = False
) -> None:
    """Refuse one: `citedesk approvals reject 3f2a --as anna --note 'shipped already'`."""
    _run(_decide(approval_id, "refused", who=who, digest=digest, note=note, as_json=as_json))


def _run(work: Any) -> None:
    import asyncio

    code = asyncio.run(work)
    if code:
        raise typer.Exit(code)


async def _list(*, desk: str | None, every: bool, limit: int, as_json: bool) -> int:
    from agent.cli.exits import Exit
    from agent.cli.output import as_json_line, out, table

    async with _service() as (service, _):
        found = (
            await service.listed(desk=desk, limit=limit)
            if every
            else await service.pending(desk, limit)
        )
    if as_json:
        for one in found:
            as_json_line(_told(one))
        return Exit.OK
    if not found:
        out.print("no approvals" if every else "nothing waits for a decision", markup=False)
        return Exit.OK
    columns = ("id", "desk", "state", "what", "requester", "conversation", "expires")
    out.print(table(columns, [_row(one) for one in found]))
    return Exit.OK


def _row(one: "Approval") -> tuple[str, ...]:
    expires = f"{one.expires_at:%Y-%m-%d %H:%M}"
    label = one.proposal.label or one.proposal.tool
    return (one.id[:8], one.desk, one.state.value, label, one.requester, one.conversation, expires)


async def _show(approval_id: str, *, as_json: bool) -> int:
    from agent.cli.exits import Exit
    from agent.cli.output import as_json_line, out, table

    async with _service() as (service, store):
        one = await _found(service, approval_id)
        noted = await store.audit(f"approval/{one.id}")
    told = _told(one) | {
        "audit": [
            {"at": at.isoformat(), "action": entry.action, "actor": entry.actor, **entry.details}
            for at, entry in noted
        ]
    }
    if as_json:
        as_json_line(told)
    else:
        out.print(table(("field", "value"), list(told.items())))
    return Exit.OK


async def _decide(
    approval_id: str,
    decision: "Decision",
    *,
    who: str,
    digest: str | None,
    note: str,
    as_json: bool,
) -> int:
    from agent.approvals import ApprovalError, UnknownApprover
    from agent.bootstrap.approvals import approvers
    from agent.cli.exits import CommandFailed, Exit
    from agent.cli.output import as_json_line, out
    from agent.settings import load_settings

    known = approvers(load_settings().approvals)
    approver = known.get(who)
    if approver is None:
        raise CommandFailed(str(UnknownApprover(who, tuple(sorted(known)))), Exit.USAGE)
    async with _service() as (service, _):
        one = await _found(service, approval_id)
        try:
            after = await service.decide(
                one.id,
                decision,
                approver=approver,
                digest=digest or one.proposal.digest,
                note=note,
            )
        except ApprovalError as exc:
            raise CommandFailed(str(exc), Exit.REFUSED) from exc
    if as_json:
        as_json_line(_told(after))
    else:
        label = after.proposal.label or after.proposal.tool
        out.print(f"{after.state.value}: {label} ({after.id})", markup=False)
    return Exit.OK


async def _found(service: "Approvals", approval_id: str) -> "Approval":
    """By the whole id, or by a beginning that only one of those that wait has."""
    from agent.approvals import UnknownApproval
    from agent.cli.exits import CommandFailed, Exit

    try:
        return await service.get(approval_id)
    except UnknownApproval as exc:
        waiting = await service.pending(limit=1_000)
        meant = [one for one in waiting if approval_id and one.id.startswith(approval_id)]
        if len(meant) == 1:
            return meant[0]
        if meant:
            some = ", ".join(one.id for one in meant[:3])
            message = f"{approval_id!r} begins several ids ({some}); give more of it"
            raise CommandFailed(message, Exit.USAGE) from exc
        raise CommandFailed(str(exc), Exit.USAGE) from exc


def _told(one: "Approval") -> dict[str, Any]:
    proposal = one.proposal
    return {
        "approval_id": one.id,
        "state": one.state.value,
        "desk": one.desk,
        "conversation_id": one.conversation,
        "ticket_id": one.ticket,
        "revision": one.revision,
        "draft_id": one.draft,
        "requester_id": one.requester,
        "tool": proposal.tool,
        "label": proposal.label,
        "arguments": dict(proposal.arguments),
        "arguments_sha256": proposal.digest,
        "reason": proposal.reason,
        "requested_at": one.requested_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
        "decided_by": one.decided_by,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
        "note": one.note,
        "result": dict(one.result.data) if one.result else None,
        "failure": one.failure,
    }


@asynccontextmanager
async def _service() -> "AsyncGenerator[tuple[Approvals, Store]]":
    """The approvals over the configured store, closed behind the block."""
    from datetime import UTC, datetime

    from agent.bootstrap.approvals import build_approvals
    from agent.settings import load_settings
    from agent.store import open_store

    settings = load_settings()
    store = await open_store(settings.database.url)
    try:
        yield build_approvals(settings.approvals, store, clock=lambda: datetime.now(UTC)), store
    finally:
        await store.close()
