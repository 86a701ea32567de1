"""`customer.erased`: what a requester wrote, and what was drafted from it, is blanked."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.domain.events import DraftSuperseded, TicketDead
from agent.store.conversation import Superseded, stands_no_more
from agent.store.records import Admission, AuditEntry, Erase, Outcome
from agent.store.schema import IS_WORK, checkpoints, decisions, drafts, inbox, outbox, reviews
from agent.store.sql import note, pages, send
from agent.store.superseding import (
    ended,
    lock_conversations,
    write_conversations,
    write_superseded,
)
from agent.store.withdrawing import blank, withdraw

_NO_BODY = (DraftSuperseded.TYPE, TicketDead.TYPE)
_BLANK = {"value": b"", "key": None, "headers": b"[]"}


async def erase(
    connection: AsyncConnection, admission: Admission, *, now: datetime, source: str
) -> None:
    """Blank a requester's records and drafts; what waits or stands is superseded.

    Drafts of a conversation are blanked whole, whoever else wrote in it: they answer its history.
    """
    decision, identity = admission.decision, admission.identity
    assert isinstance(decision, Erase)
    assert identity is not None
    found = await connection.execute(
        select(inbox.c.conversation)
        .distinct()
        .where(inbox.c.requester == decision.requester, inbox.c.conversation.is_not(None))
    )
    names = [row.conversation for row in found]
    locked = await lock_conversations(connection, names)
    await _blank_drafts(connection, names, now)
    gone: list[Superseded] = []
    for conversation in locked.values():
        conversation.revision += 1
        if draft := stands_no_more(conversation, identity.event_id, "erased"):
            gone.append(draft)
    await write_superseded(connection, gone, now)
    await write_conversations(connection, list(locked.values()), now)
    rows = await _blank_rows(connection, decision.requester, identity.event_id, now)
    messages = [draft.packed(now, source, admission.traceparent) for draft in gone]
    await send(connection, messages, now)
    await withdraw(connection, dict.fromkeys(locked, (identity.event_id, "erased")), now)
    await blank(connection, names)
    entry = AuditEntry(
        action="customer.erased",
        actor=identity.source,
        subject=sha256(decision.requester.encode()).hexdigest(),
        details={"event": identity.event_id, "rows": rows, "conversations": len(names)},
    )
    await note(connection, [entry], now)


async def _blank_drafts(connection: AsyncConnection, names: Sequence[str], now: datetime) -> None:
    for page in pages(names):
        await connection.execute(
            update(drafts).where(drafts.c.conversation.in_(page)).values(payload=b"")
        )
        await connection.execute(
            update(reviews).where(reviews.c.conversation.in_(page)).values(reasons="[]", title="")
        )
        await connection.execute(
            update(decisions).where(decisions.c.conversation.in_(page)).values(note="")
        )
        # A body that was not sent yet is withdrawn: `published_at` keeps the relay off it.
        await connection.execute(
            update(outbox)
            .where(outbox.c.key.in_(page), outbox.c.type.not_in(_NO_BODY))
            .values(value=b"", published_at=func.coalesce(outbox.c.published_at, now))
        )


async def _blank_rows(connection: AsyncConnection, requester: str, by: str, now: datetime) -> int:
    """Returns how many records were blanked; the request itself is one of them."""
    mine = inbox.c.requester == requester
    await connection.execute(
        delete(checkpoints).where(checkpoints.c.event.in_(select(inbox.c.event_id).where(mine)))
    )
    await connection.execute(
        update(inbox)
        .where(mine, IS_WORK)
        .values(superseded_by=by, reason="erased", **ended(Outcome.SUPERSEDED, now))
    )
    blanked = await connection.execute(update(inbox).where(mine).values(requester=None, **_BLANK))
    return blanked.rowcount
