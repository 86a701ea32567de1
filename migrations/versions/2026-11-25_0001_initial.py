"""The first tables: inbox, conversations, drafts, reviews, outbox, audit, locks, checkpoints.

Revision ID: 0001
Revises:
Create Date: 2026-11-25 09:00:00+00:00
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False, comment="JSON object"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_subject_id", "audit", ["subject", "id"])
    op.create_table(
        "checkpoints",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False, comment="JSON"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("event", "step", "input_hash", name=op.f("pk_checkpoints")),
    )
    op.create_index("ix_checkpoints_created_at", "checkpoints", ["created_at"])
    op.create_table(
        "conversations",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "standing_draft",
            sa.Text(),
            nullable=True,
            comment="the current draft, while nothing superseded it",
        ),
        sa.Column("standing_revision", sa.Integer(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_conversations")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False, comment="JSON; empty once erased"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint(
            "conversation", "revision", name=op.f("uq_drafts_conversation_revision")
        ),
    )
    op.create_index("ix_drafts_created_at", "drafts", ["created_at"])
    op.create_table(
        "inbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("timestamp", MOMENT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("data_sha256", sa.Text(), nullable=True),
        sa.Column(
            "identity",
            sa.Text(),
            nullable=True,
            comment="digest of source and event id; empty for a duplicate",
        ),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("conversation", sa.Text(), nullable=True),
        sa.Column("ticket", sa.Text(), nullable=True),
        sa.Column("desk", sa.Text(), nullable=True),
        sa.Column("requester", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column(
            "attempt", sa.Integer(), server_default="0", nullable=False, comment="fencing token"
        ),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "not_before",
            MOMENT,
            nullable=True,
            comment="set while the row waits: when it may be leased",
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("draft_id", sa.Text(), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.Column("duplicate_of", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("replays", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "cluster",
            "topic",
            "partition",
            "offset",
            name=op.f("uq_inbox_cluster_topic_partition_offset"),
        ),
        sa.UniqueConstraint("identity", name=op.f("uq_inbox_identity")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_conversation_id", "inbox", ["conversation", "id"])
    op.create_index("ix_inbox_dead", "inbox", ["id"], **_where("outcome = 'dead'"))
    op.create_index("ix_inbox_draft_id", "inbox", ["draft_id"], **_where("draft_id IS NOT NULL"))
    op.create_index(
        "ix_inbox_due", "inbox", ["due_at", "id", "not_before"], **_where("state = 'queued'")
    )
    op.create_index("ix_inbox_ended_at", "inbox", ["ended_at"], **_where("ended_at IS NOT NULL"))
    op.create_index("ix_inbox_lease_until", "inbox", ["lease_until"], **_where("state = 'leased'"))
    op.create_index("ix_inbox_new", "inbox", ["id"], **_where("state = 'new'"))
    op.create_index(
        "ix_inbox_open", "inbox", ["conversation", "id"], **_where("state IN ('queued', 'leased')")
    )
    op.create_index("ix_inbox_outcome", "inbox", ["outcome"], **_where("state = 'ended'"))
    op.create_index("ix_inbox_requester", "inbox", ["requester"])
    op.create_index("ix_inbox_waiting", "inbox", ["id"], **_where("state = 'waiting'"))
    op.create_table(
        "locks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_locks")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_key", "outbox", ["key"])
    op.create_index(
        "ix_outbox_published_at", "outbox", ["published_at"], **_where("published_at IS NOT NULL")
    )
    op.create_index(
        "ix_outbox_unpublished", "outbox", ["id", "shard"], **_where("published_at IS NULL")
    )
    op.create_table(
        "reviews",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False, comment="JSON list"),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_reviews_draft_id_drafts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_reviews")),
        sa.UniqueConstraint(
            "conversation", "revision", name=op.f("uq_reviews_conversation_revision")
        ),
    )
    op.create_index("ix_reviews_due", "reviews", ["due_at", "draft_id"], **_where("state = 'open'"))


def downgrade() -> None:
    op.drop_table("reviews")
    op.drop_table("outbox")
    op.drop_table("locks")
    op.drop_table("inbox")
    op.drop_table("drafts")
    op.drop_table("conversations")
    op.drop_table("checkpoints")
    op.drop_table("audit")
