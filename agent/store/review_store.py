"""The review queue's side of the store: the same database, the same errors as `Store`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from agent.domain.draft import Draft
from agent.store import counting, people, reading, reviewing
from agent.store.counting import DayCount, DraftCount, Unanswered
from agent.store.database import Database
from agent.store.people import Session, User
from agent.store.queue import Decided, Decision, QueueFilter, QueueItem, Tally, Under
from agent.store.records import AuditEntry, LeasedRow
from agent.store.reviewing import Cursor
from agent.store.sql import note


class ReviewStore:
    """Each method is one transaction; after `StoreUnavailable` it may simply be called again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ── the queue ───────────────────────────────────────────────────────────────────────────

    async def queue(
        self, wanted: QueueFilter, *, now: datetime, limit: int, after: Cursor | None = None
    ) -> list[QueueItem]:
        """Waiting drafts that fit, the earliest deadline first, behind a cursor."""
        async with self._database.read() as connection:
            return await reviewing.queue(connection, wanted, now=now, limit=limit, after=after)

    async def tallies(self, now: datetime) -> list[Tally]:
        """How all waiting drafts divide; a full scan of them."""
        async with self._database.read() as connection:
            return await reviewing.tallies(connection, now)

    async def newest(self) -> tuple[datetime | None, ...]:
        """A value that changes whenever a draft comes, goes, is opened or is left."""
        async with self._database.read() as connection:
            return await reviewing.newest(connection)

    async def under_review(self, draft_id: str) -> Under:
        async with self._database.read() as connection:
            return await reviewing.under_review(connection, draft_id)

    async def draft(self, draft_id: str) -> Draft | None:
        """A draft by id; None when there is none, or when it was erased."""
        async with self._database.read() as connection:
            return await reading.draft(connection, draft_id)

    async def thread(self, conversation: str) -> list[LeasedRow]:
        """The conversation's messages as they came, oldest first."""
        async with self._database.read() as connection:
            return await reviewing.thread(connection, conversation)

    async def answered(self, draft_ids: Sequence[str]) -> dict[str, list[LeasedRow]]:
        """By draft, the messages that it answers."""
        async with self._database.read() as connection:
            return await reviewing.answered(connection, draft_ids)

    async def hold(self, draft_id: str, person: str, *, now: datetime, until: datetime) -> bool:
        """Take or renew a hold; False when another person has it or the draft waits no more."""
        return await self._database.write(
            lambda c: reviewing.hold(c, draft_id, person, now=now, until=until)
        )

    async def let_go(self, draft_id: str, person: str) -> None:
        await self._database.write(lambda c: reviewing.let_go(c, draft_id, person))

    async def snooze(
        self, draft_id: str, until: datetime | None, *, entry: AuditEntry, now: datetime
    ) -> bool:
        async def work(connection: Any) -> bool:
            done = await reviewing.snooze(connection, draft_id, until)
            await note(connection, [entry] if done else [], now)
            return done

        return await self._database.write(work)

    async def decide(self, decision: Decision, *, now: datetime, source: str = "citedesk") -> Under:
        """Carry a decision out; `OPEN` back means that it was."""
        return await self._database.write(
            lambda c: reviewing.decide(c, decision, now=now, source=source)
        )

    async def rewrite_notes(self, revisions: Collection[tuple[str, int]]) -> dict[str, str]:
        """By conversation, what a person asked of these revisions."""
        if not revisions:
            return {}
        async with self._database.read() as connection:
            return await reviewing.rewrite_notes(connection, revisions)

    async def note(self, entry: AuditEntry, now: datetime) -> None:
        await self._database.write(lambda c: note(c, [entry], now))

    async def audit(self, subject: str, limit: int = 100) -> list[tuple[datetime, AuditEntry]]:
        async with self._database.read() as connection:
            return await reading.audit_of(connection, subject, limit)

    # ── what decisions tell ─────────────────────────────────────────────────────────────────

    async def decided(
        self, since: datetime, *, desks: Collection[str] | None = None
    ) -> list[Decided]:
        async with self._database.read() as connection:
            return await reviewing.decided(connection, since, desks=desks)

    async def mark_learned(self, ids: Sequence[int], now: datetime) -> None:
        await self._database.write(lambda c: reviewing.mark_learned(c, ids, now))

    async def draft_counts(
        self, since: datetime, *, desks: Collection[str] | None = None
    ) -> list[DraftCount]:
        async with self._database.read() as connection:
            return await counting.draft_counts(connection, since, desks=desks)

    async def day_counts(
        self, since: datetime, *, desks: Collection[str] | None = None
    ) -> list[DayCount]:
        async with self._database.read() as connection:
            return await counting.day_counts(connection, since, desks=desks)

    async def ignored(self, since: datetime, *, desks: Collection[str] | None = None) -> int:
        """Reviews that a later message or a closed ticket ended before anybody decided."""
        async with self._database.read() as connection:
            return await counting.ignored(connection, since, desks=desks)

    async def unanswered(
        self, since: datetime, *, desks: Collection[str] | None = None, limit: int = 2_000
    ) -> list[Unanswered]:
        """Drafts without a supporting span, the newest first."""
        async with self._database.read() as connection:
            return await counting.unanswered(connection, since, desks=desks, limit=limit)

    # ── people ──────────────────────────────────────────────────────────────────────────────

    async def add_user(self, user: User, now: datetime) -> None:
        """Raises `StoreRefused` for a name that is taken."""
        await self._database.write(lambda c: people.add_user(c, user, now))

    async def change_user(self, name: str, **values: Any) -> bool:
        """Change columns and end the user's sessions; False for an unknown name."""
        return await self._database.write(lambda c: people.change_user(c, name, **values))

    async def user(self, name: str) -> User | None:
        async with self._database.read() as connection:
            return await people.user(connection, name)

    async def users(self) -> list[User]:
        async with self._database.read() as connection:
            return await people.all_users(connection)

    async def open_session(self, token: str, session: Session, now: datetime) -> None:
        await self._database.write(lambda c: people.open_session(c, token, session, now))

    async def session(self, token: str, now: datetime) -> tuple[Session, User] | None:
        async with self._database.read() as connection:
            return await people.session(connection, token, now)

    async def end_session(self, token: str) -> None:
        await self._database.write(lambda c: people.end_session(c, token))
