"""The tables. `migrations/` must lead to exactly these; a test compares them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from agent.store.text import plain

REVISION = "0003"  #: the migration that leads to these tables
SHARDS = 64  #: key ranges of the outbox; stored in each row, so changing it needs a migration

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware on the way in and on the way out, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone; hand in an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Line(TypeDecorator[str]):
    """Text for people. What a database cannot hold (NUL, half a surrogate pair) is shown as `?`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else plain(value)


_Id = BigInteger().with_variant(Integer, "sqlite")

#: Work that waits or is in somebody's hands. As text: both engines match a partial index only
#: against the same literal condition, never against bound values.
OPEN = "state IN ('queued', 'leased')"
#: Work that closing a conversation ends. (A bound list cannot go with a list of parameter sets.)
IS_WORK = text("inbox.state IN ('queued', 'leased', 'waiting')")
HAS_DRAFT_STANDING = text("inbox.outcome IN ('ready', 'review')")
WAITING = "state = 'waiting'"
IS_ENDED = text("inbox.state = 'ended'")
QUEUED = "state = 'queued'"
LEASED = "state = 'leased'"
IS_QUEUED = text(f"inbox.{QUEUED}")
IS_LEASED = text(f"inbox.{LEASED}")
IS_WAITING = text(f"inbox.{WAITING}")
IS_OPEN = text(f"inbox.{OPEN}")
IS_NEW = text("inbox.state = 'new'")
IS_DEAD = text("inbox.outcome = 'dead'")
IS_UNPUBLISHED = text("outbox.published_at IS NULL")
IS_UNDER_REVIEW = text("reviews.state = 'open'")
UNSETTLED = "state IN ('pending', 'approved', 'reserved')"
IS_UNSETTLED = text(f"approvals.{UNSETTLED}")
IS_UNBEGUN = text("approvals.state IN ('pending', 'approved')")


def _where_index(name: str, condition: str, *columns: Column[Any]) -> None:
    """An index of the rows that fulfil a condition, the same on both engines."""
    Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


inbox = Table(
    "inbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("cluster", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", LargeBinary),
    Column("value", LargeBinary, nullable=False),
    Column("headers", LargeBinary, nullable=False),
    Column("timestamp", Moment, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    # identity, known once the record was read
    Column("source", Text),
    Column("event_id", Text),
    Column("type", Text),
    Column("data_sha256", Text),
    Column("identity", Text, comment="digest of source and event id; empty for a duplicate"),
    Column("traceparent", Text),
    # what it belongs to
    Column("conversation", Text),
    Column("ticket", Text),
    Column("desk", Text),
    Column("requester", Text),
    Column("lane", Text),
    Column("due_at", Moment),
    # the lease
    Column("owner", Text),
    Column("lease_until", Moment),
    Column("attempt", Integer, nullable=False, server_default="0", comment="fencing token"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("not_before", Moment, comment="set while the row waits: when it may be leased"),
    Column("error", Text),
    # the end
    Column("outcome", Text),
    Column("reason", Text),
    Column("detail", Line),
    Column("draft_id", Text),
    Column("superseded_by", Text),
    Column("duplicate_of", BigInteger),
    Column("ended_at", Moment),
    Column("replays", Integer, nullable=False, server_default="0"),
    UniqueConstraint("cluster", "topic", "partition", "offset"),
    UniqueConstraint("identity"),
    sqlite_autoincrement=True,
)
# Every state has a small index of its own. One on `state` for all of them would look cheap for any
# query that names a state, and a planner without fresh statistics would take it.
_where_index("ix_inbox_new", "state = 'new'", inbox.c.id)
_where_index("ix_inbox_due", QUEUED, inbox.c.due_at, inbox.c.id, inbox.c.not_before)
_where_index("ix_inbox_lease_until", LEASED, inbox.c.lease_until)
_where_index("ix_inbox_open", OPEN, inbox.c.conversation, inbox.c.id)
_where_index("ix_inbox_waiting", WAITING, inbox.c.id)
_where_index("ix_inbox_outcome", "state = 'ended'", inbox.c.outcome)
_where_index("ix_inbox_dead", "outcome = 'dead'", inbox.c.id)
_where_index("ix_inbox_draft_id", "draft_id IS NOT NULL", inbox.c.draft_id)
_where_index("ix_inbox_ended_at", "ended_at IS NOT NULL", inbox.c.ended_at)
Index("ix_inbox_conversation_id", inbox.c.conversation, inbox.c.id)
Index("ix_inbox_requester", inbox.c.requester)

#: Never purged: a draft's id is made of the conversation and its revision, so a revision that
#: began again at 1 would repeat an id.
conversations = Table(
    "conversations",
    metadata,
    Column("conversation", Text, primary_key=True),
    Column("desk", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("standing_draft", Text, comment="the current draft, while nothing superseded it"),
    Column("standing_revision", Integer),
    Column("updated_at", Moment, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("desk", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False, comment="JSON; empty once erased"),
    Column("created_at", Moment, nullable=False),
    Column("superseded_by", Text),
    Column("superseded_at", Moment),
    # what the insights page counts, so that no payload is read for it
    Column("language", Text, nullable=False, server_default=""),
    Column("category", Text, nullable=False, server_default=""),
    Column("confidence", Float, nullable=False, server_default="0"),
    Column("codes", Text, nullable=False, server_default="", comment="of the reasons: |a|b|"),
    Column("writer", Text, nullable=False, server_default=""),
    Column("tokens", Integer, nullable=False, server_default="0"),
    Column("cost", Float, nullable=False, server_default="0"),
    UniqueConstraint("conversation", "revision"),
)
Index("ix_drafts_created_at", drafts.c.created_at)

reviews = Table(
    "reviews",
    metadata,
    Column("draft_id", Text, ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("desk", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("reasons", Text, nullable=False, comment="JSON list"),
    Column("due_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("superseded_by", Text),
    # the row of the queue page
    Column("title", Line, nullable=False, server_default="", comment="empty once erased"),
    Column("language", Text, nullable=False, server_default=""),
    Column("category", Text, nullable=False, server_default=""),
    Column("confidence", Float, nullable=False, server_default="0"),
    Column("codes", Text, nullable=False, server_default="", comment="of the reasons: |a|b|"),
    Column("snoozed_until", Moment),
    Column("hold_by", Text),
    Column("hold_until", Moment),
    UniqueConstraint("conversation", "revision"),
)
_where_index("ix_reviews_due", "state = 'open'", reviews.c.due_at, reviews.c.draft_id)
Index("ix_reviews_closed_at", reviews.c.closed_at)
_where_index("ix_reviews_created_at", "state = 'open'", reviews.c.created_at)
_where_index("ix_reviews_hold_until", "state = 'open'", reviews.c.hold_until)
#: The counts of a queue of any length come from this index alone.
_where_index(
    "ix_reviews_tally",
    "state = 'open'",
    *(reviews.c[name] for name in ("desk", "category", "language", "lane", "codes")),
    reviews.c.snoozed_until,
)

#: What people decided about drafts; the insights page and `citedesk learn` read it.
decisions = Table(
    "decisions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("draft_id", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("desk", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("category", Text, nullable=False, comment="as triaged"),
    Column("corrected", Text, comment="the category a person gave instead"),
    Column("confidence", Float, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason_code", Text, nullable=False, server_default=""),
    Column("note", Line, nullable=False, server_default="", comment="empty once erased"),
    Column("distance", Integer, nullable=False, server_default="0", comment="characters edited"),
    Column("length", Integer, nullable=False, server_default="0", comment="characters drafted"),
    Column("waited_s", Float, nullable=False, server_default="0"),
    Column("learned_at", Moment),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_decisions_at", decisions.c.at)
Index("ix_decisions_conversation", decisions.c.conversation)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", Text, nullable=False, comment="argon2id"),
    Column("role", Text, nullable=False),
    Column("desks", Text, nullable=False, comment="JSON list; empty: all"),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True, comment="SHA-256 of the cookie"),
    Column("user", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
Index("ix_sessions_expires_at", sessions.c.expires_at)

#: Side effects that wait for a person, and what became of them.
approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("desk", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("draft_id", Text, nullable=False),
    Column("requester", Text, comment="empty once erased"),
    Column("language", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("digest", Text, nullable=False, comment="SHA-256 of the arguments"),
    Column("payload", LargeBinary, nullable=False, comment="the proposal, JSON; empty once erased"),
    Column("state", Text, nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Moment),
    Column("note", Line, nullable=False, server_default=""),
    Column("owner", Text),
    Column("reserved_until", Moment),
    Column("attempt", Integer, nullable=False, server_default="0", comment="fencing token"),
    Column("result", LargeBinary, comment="what the tool gave, JSON"),
    Column("failure", Text),
    Column("ended_at", Moment),
    Column("traceparent", Text),
)
_where_index("ix_approvals_unsettled", UNSETTLED, approvals.c.expires_at, approvals.c.id)
_where_index("ix_approvals_ended_at", "ended_at IS NOT NULL", approvals.c.ended_at)
Index("ix_approvals_conversation", approvals.c.conversation)
Index("ix_approvals_requester", approvals.c.requester)
Index("ix_approvals_decided_by", approvals.c.decided_by, approvals.c.decided_at)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("shard", SmallInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("headers", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("published_at", Moment),
    sqlite_autoincrement=True,
)
_where_index("ix_outbox_unpublished", "published_at IS NULL", outbox.c.id, outbox.c.shard)
Index("ix_outbox_key", outbox.c.key)
_where_index("ix_outbox_published_at", "published_at IS NOT NULL", outbox.c.published_at)

audit = Table(
    "audit",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("action", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False, comment="JSON object"),
    sqlite_autoincrement=True,
)
Index("ix_audit_subject_id", audit.c.subject, audit.c.id)
Index("ix_audit_at", audit.c.at)

locks = Table(
    "locks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("event", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("input_hash", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False, comment="JSON"),
    Column("created_at", Moment, nullable=False),
)
Index("ix_checkpoints_created_at", checkpoints.c.created_at)
