"""Rows as settling writes them, many at once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import insert, text

from agent.domain.ids import ConversationId, draft_id
from agent.store.database import Database
from agent.store.schema import drafts, reviews

_BATCH = 5_000
_DESKS = ("support", "hr")
_LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pl")
_CATEGORIES = tuple(f"category_{n}" for n in range(12))
_CODES = ("|question|", "|answer|question|", "|asks_for_person|", "|language|question|")
_LANES = ("urgent", "high", "normal", "low")
_TITLES = ("Where is my parcel", "Refund of my order", "Question about leave", "Broken lamp")


def fill(url: str, count: int, *, seed: int = 1) -> None:
    """`count` drafts that wait for a person, the same for the same seed."""
    asyncio.run(_fill(url, count, Random(seed)))


async def _fill(url: str, count: int, random: Random) -> None:
    database = Database(url, connections=1)
    now = datetime.now(UTC)
    try:
        for start in range(0, count, _BATCH):
            rows = [_row(n, now, random) for n in range(start, min(count, start + _BATCH))]
            await database.write(
                lambda c, rows=rows: c.execute(insert(drafts), [draft for draft, _ in rows])
            )
            await database.write(
                lambda c, rows=rows: c.execute(insert(reviews), [review for _, review in rows])
            )
        if not url.startswith("sqlite"):  # as a server that has run for a minute has done itself
            await database.write(lambda c: c.execute(text("ANALYZE")))
    finally:
        await database.close()


def _row(n: int, now: datetime, random: Random) -> tuple[dict[str, object], dict[str, object]]:
    conversation = f"bench-{n}"
    shared: dict[str, object] = {
        "conversation": conversation,
        "revision": 1,
        "ticket": conversation,
        "desk": random.choice(_DESKS),
        "language": random.choice(_LANGUAGES),
        "category": random.choice(_CATEGORIES),
        "confidence": random.random(),
        "codes": random.choice(_CODES),
        "created_at": now - timedelta(seconds=random.randrange(86_400)),
    }
    name = draft_id(ConversationId(conversation), 1)
    draft = {"id": name, "route": "review", "payload": b"", **shared}
    review = {
        "draft_id": name,
        "lane": random.choice(_LANES),
        "reasons": json.dumps(["question 1: no policy sentence answers it well enough"]),
        "due_at": now + timedelta(seconds=random.randrange(-86_400, 2 * 86_400)),
        "state": "open",
        "title": f"{random.choice(_TITLES)} {n}",
        **shared,
    }
    return draft, review
