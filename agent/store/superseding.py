"""Conversations in the database: locked, moved on, and drafts that stand no more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.store.conversation import Conversation, Superseded
from agent.store.records import Outcome, State
from agent.store.schema import HAS_DRAFT_STANDING, conversations, drafts, inbox, reviews
from agent.store.sql import pages


def ended(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns of a row that came to its end."""
    return {
        "state": State.ENDED.value,
        "outcome": outcome.value,
        "ended_at": now,
        "owner": None,
        "lease_until": None,
        "not_before": None,
    }


async def lock_conversations(
    connection: AsyncConnection, names: Iterable[str]
) -> dict[str, Conversation]:
    """Lock conversations until the transaction ends.

    Everybody locks conversations first, by name, and then inbox rows, by id; so nobody deadlocks.
    A conversation's lock is what every change of its rows' state takes, but for a heartbeat and
    for giving a lease back, which are fenced by owner and attempt.
    """
    found: dict[str, Conversation] = {}
    for page in pages(sorted(set(names))):
        rows = await connection.execute(
            select(conversations)
            .where(conversations.c.conversation.in_(page))
            .order_by(conversations.c.conversation)
            .with_for_update()
        )
        for row in rows:
            found[row.conversation] = Conversation(
                name=row.conversation,
                desk=row.desk,
                revision=row.revision,
                standing_draft=row.standing_draft,
                standing_revision=row.standing_revision,
            )
    return found


async def write_conversations(
    connection: AsyncConnection, changed: Sequence[Conversation], now: datetime
) -> None:
    if not changed:
        return
    await connection.execute(
        update(conversations)
        .where(conversations.c.conversation == bindparam("name"))
        .values(
            revision=bindparam("new_revision"),
            standing_draft=bindparam("draft"),
            standing_revision=bindparam("draft_revision"),
            updated_at=now,
        ),
        [
            {
                "name": c.name,
                "new_revision": c.revision,
                "draft": c.standing_draft,
                "draft_revision": c.standing_revision,
            }
            for c in changed
        ],
    )


async def write_superseded(
    connection: AsyncConnection, gone: Sequence[Superseded], now: datetime
) -> None:
    """The draft, its open review and the rows it answered are superseded, naming the event."""
    if not gone:
        return
    changes = [
        {"draft": g.draft, "by": g.by, "why": g.reason, "name": g.conversation, "rev": g.revision}
        for g in gone
    ]
    await connection.execute(
        update(inbox)
        .where(inbox.c.draft_id == bindparam("draft"), HAS_DRAFT_STANDING)
        .values(
            outcome=Outcome.SUPERSEDED.value,
            superseded_by=bindparam("by"),
            reason=bindparam("why"),
        ),
        changes,
    )
    await connection.execute(
        update(drafts)
        .where(drafts.c.id == bindparam("draft"), drafts.c.superseded_by.is_(None))
        .values(superseded_by=bindparam("by"), superseded_at=now),
        changes,
    )
    # Compare and set: only the review of this revision, only while nobody decided it.
    await connection.execute(
        update(reviews)
        .where(
            reviews.c.conversation == bindparam("name"),
            reviews.c.revision == bindparam("rev"),
            reviews.c.state == "open",
        )
        .values(state="superseded", superseded_by=bindparam("by"), closed_at=now),
        changes,
    )
