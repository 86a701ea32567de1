"""The store: everything that must survive a kill -9, behind one class.

Each method is one transaction. Errors are those of `agent.store.errors`; after `StoreUnavailable`
the same call may simply be made again.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from agent import observe
from agent.domain.draft import Draft
from agent.store import (
    admitting,
    inbox,
    keeping,
    leasing,
    publishing,
    reading,
    settling,
)
from agent.store.approvals import ApprovalRows
from agent.store.database import Database
from agent.store.errors import StoreOutOfDate, StoreRefused
from agent.store.records import (
    Admission,
    AuditEntry,
    Backlog,
    Bury,
    DeadLetter,
    Ending,
    InboxRow,
    Lease,
    OpenReview,
    OutboxRow,
    Outcome,
    RawRecord,
    Settled,
    Settlement,
    State,
)
from agent.store.review_store import ReviewStore
from agent.store.schema import REVISION

Clock = Callable[[], datetime]
_ADMIT_TRIES = 5


async def open_store(url: str, *, connections: int = 10, clock: Clock | None = None) -> "Store":
    """Connect and check that the tables are this version's.

    Raises `StoreUnavailable` when the database cannot be reached and `StoreOutOfDate` when it
    wants a migration.
    """
    database = Database(url, connections=connections)
    try:
        await _check_revision(database)
    except BaseException:
        await database.close()
        raise
    return Store(database, clock or (lambda: datetime.now(UTC)))


async def _check_revision(database: Database) -> None:
    async with database.read() as connection:
        found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    if found != REVISION:
        raise StoreOutOfDate(database.shown, found=found, needed=REVISION)


class Store:
    """Inbox, leases, drafts, reviews, outbox, audit. Made by `open_store`; safe to share."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.approvals = ApprovalRows(database)

    async def close(self) -> None:
        await self._database.close()

    async def ping(self) -> None:
        """Returns when the database answers; raises `StoreUnavailable` when it does not."""
        async with self._database.read() as connection:
            await connection.execute(text("SELECT 1"))

    # ── in ──────────────────────────────────────────────────────────────────────────────────

    async def ingest(self, records: Sequence[RawRecord], received_at: datetime) -> int:
        """Write raw records, each Kafka position once; returns how many were new."""
        if not records:
            return 0
        return await self._database.write(lambda c: inbox.ingest(c, records, received_at))

    async def unread(self, limit: int) -> list[InboxRow]:
        """Rows that wait for admission, oldest first."""
        async with self._database.read() as connection:
            return await inbox.unread(connection, limit)

    async def admit(
        self, admissions: Sequence[Admission], *, now: datetime, source: str = "citedesk"
    ) -> list[Outcome | State]:
        """Carry out decisions about new rows in one transaction, in inbox order.

        Returns where each row stands now, in the order given; a row that another process admitted
        meanwhile is left as that one decided.
        """
        if not admissions:
            return []
        try:
            return await self._admit(admissions, now, source)
        except (StoreRefused, ValueError) as exc:
            observe.log.warning("store.admission-refused", size=len(admissions), error=_kind(exc))
        results = {
            one.row: await self._admit_one(one, now, source)
            for one in sorted(admissions, key=lambda admission: admission.row)
        }
        return [results[one.row] for one in admissions]

    async def _admit(
        self, admissions: Sequence[Admission], now: datetime, source: str
    ) -> list[Outcome | State]:
        for tries_left in reversed(range(_ADMIT_TRIES)):
            try:
                return await self._database.write(
                    lambda c: admitting.admit(c, admissions, now=now, source=source)
                )
            except StoreRefused:
                # Another process admitted the same event at the same time; now it is seen.
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    async def _admit_one(self, one: Admission, now: datetime, source: str) -> Outcome | State:
        """An event that the database refuses must not block those behind it: it is buried."""
        try:
            return (await self._admit([one], now, source))[0]
        except (StoreRefused, ValueError) as exc:
            detail = f"the store cannot hold this event ({_kind(exc)}); see the service's log"
            observe.log.error("store.admission-buried", inbox=one.row, error=_kind(exc))
            bury = Admission(
                row=one.row, identity=None, decision=Bury(reason="refused", detail=detail)
            )
            return (await self._admit([bury], now, source))[0]

    # ── work ────────────────────────────────────────────────────────────────────────────────

    async def lease(self, owner: str, *, limit: int, now: datetime, until: datetime) -> list[Lease]:
        """Take up to `limit` conversations, the earliest deadline first.

        A conversation is in one pair of hands at a time. A lease that ran out before `now` counts
        as free; a conversation whose oldest waiting row is in back-off is not given out.
        """
        if limit <= 0:
            return []
        return await self._database.write(
            lambda c: leasing.lease(c, owner, limit=limit, now=now, until=until)
        )

    async def heartbeat(self, owner: str, leases: Sequence[Lease], until: datetime) -> set[int]:
        """Prolong leases; returns the inbox ids that are still this owner's."""
        if not leases:
            return set()
        return await self._database.write(lambda c: leasing.heartbeat(c, owner, leases, until))

    async def settle(
        self, settlements: Sequence[Settlement], *, now: datetime, source: str = "citedesk"
    ) -> list[Settled]:
        """End leased conversations in one transaction; one that is refused spoils no other.

        Returns what became of each, in the same order.
        """
        if not settlements:
            return []
        try:
            return await self._settle(settlements, now, source)
        except (StoreRefused, ValueError) as exc:
            observe.log.warning("store.settle-refused", size=len(settlements), error=_kind(exc))
        return [await self._settle_one(one, now, source) for one in settlements]

    async def _settle(
        self, group: Sequence[Settlement], now: datetime, source: str
    ) -> list[Settled]:
        return await self._database.write(
            lambda c: settling.settle(c, group, now=now, source=source)
        )

    async def _settle_one(self, one: Settlement, now: datetime, source: str) -> Settled:
        try:
            return (await self._settle([one], now, source))[0]
        except (StoreRefused, ValueError) as exc:
            observe.log.error(
                "store.settlement-failed", conversation=one.lease.conversation, error=_kind(exc)
            )
            return Settled.FAILED

    async def retry_later(self, failed: Sequence[tuple[Lease, datetime, str]]) -> None:
        """Queue failed conversations again: lease, not before when, and a short error code."""
        if failed:
            await self._database.write(lambda c: leasing.retry_later(c, failed))

    async def release(self, leases: Sequence[Lease]) -> None:
        """Give leases back untouched; it does not count as a failure."""
        if leases:
            await self._database.write(lambda c: leasing.release(c, leases))

    # ── out ─────────────────────────────────────────────────────────────────────────────────

    async def unpublished(self, shards: Collection[int], limit: int) -> list[OutboxRow]:
        """The oldest unsent records of these key ranges; ranges are 0 to `SHARDS` - 1."""
        if not shards:
            return []
        async with self._database.read() as connection:
            return await publishing.unpublished(connection, shards, limit)

    async def mark_published(self, ids: Collection[int], now: datetime) -> None:
        if ids:
            await self._database.write(lambda c: publishing.mark_published(c, ids, now))

    async def outbox_count(self) -> int:
        """How many records were not sent yet."""
        async with self._database.read() as connection:
            return await publishing.outbox_count(connection)

    async def acquire(
        self, names: Collection[str], owner: str, until: datetime, now: datetime
    ) -> set[str]:
        """Take or renew leased locks; returns those that are this owner's now."""
        if not names:
            return set()
        return await self._database.write(lambda c: publishing.acquire(c, names, owner, until, now))

    async def give_up(self, names: Collection[str], owner: str) -> None:
        if names:
            await self._database.write(lambda c: publishing.give_up(c, list(names), owner))

    # ── questions ───────────────────────────────────────────────────────────────────────────

    async def backlog(self) -> Backlog:
        """How much waits, by state."""
        async with self._database.read() as connection:
            return await reading.backlog(connection)

    async def outcomes(self) -> dict[Outcome | State, int]:
        """Rows by outcome, and by state where they have not ended. Counts the whole inbox."""
        async with self._database.read() as connection:
            return await reading.outcomes(connection)

    async def draft(self, draft_id: str) -> Draft | None:
        """A draft by id; None when there is none, or when it was erased."""
        async with self._database.read() as connection:
            return await reading.draft(connection, draft_id)

    async def drafts(self, conversation: str) -> list[Draft]:
        """A conversation's drafts, by revision."""
        async with self._database.read() as connection:
            return await reading.drafts_of(connection, conversation)

    async def reviews(self, limit: int, desk: str | None = None) -> list[OpenReview]:
        """Drafts that wait for a person, the earliest deadline first."""
        async with self._database.read() as connection:
            return await reading.open_reviews(connection, limit, desk)

    async def audit(self, subject: str, limit: int = 100) -> list[tuple[datetime, AuditEntry]]:
        """What was noted about a subject, the oldest first."""
        async with self._database.read() as connection:
            return await reading.audit_of(connection, subject, limit)

    async def endings(self, limit: int) -> list[Ending]:
        """The latest events that ended, newest first."""
        async with self._database.read() as connection:
            return await reading.endings(connection, limit)

    async def dead(self, limit: int, reason: str | None = None) -> list[DeadLetter]:
        """Dead letters, the newest first."""
        async with self._database.read() as connection:
            return await reading.dead(connection, limit, reason)

    async def dead_one(self, inbox_id: int) -> DeadLetter | None:
        async with self._database.read() as connection:
            return await reading.dead_one(connection, inbox_id)

    def review_queue(self) -> ReviewStore:
        """The same database as the people see it who review drafts."""
        return ReviewStore(self._database)

    # ── upkeep ──────────────────────────────────────────────────────────────────────────────

    async def replay(
        self, inbox_ids: Collection[int], now: datetime, *, actor: str = "operator"
    ) -> int:
        """Make dead letters new again; returns how many could be."""
        return await self._database.write(
            lambda c: keeping.replay(c, inbox_ids, now=now, actor=actor)
        )

    async def checkpoint_get(self, event: str, step: str, input_hash: str) -> Any | None:
        async with self._database.read() as connection:
            return await keeping.checkpoint_get(connection, event, step, input_hash)

    async def checkpoint_put(self, event: str, step: str, input_hash: str, value: Any) -> None:
        """Keep a JSON value under (event, step, input hash); the first one stays."""
        await self._database.write(
            lambda c: keeping.checkpoint_put(c, event, step, input_hash, value, self._clock())
        )

    async def purge(self, before: datetime) -> int:
        """Delete what ended, was sent or was decided before a moment; returns how many rows."""
        total = await self._database.write(lambda c: keeping.purge_checkpoints(c, before))
        for table, old in keeping.purgeable(before):
            while gone := await self._database.write(
                lambda c, table=table, old=old: keeping.purge_some(c, table, old)
            ):
                total += gone
        return total


def _kind(error: Exception) -> str:
    return type(error.__cause__ or error).__name__
