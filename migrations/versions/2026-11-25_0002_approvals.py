"""Side effects that wait for a person, and what became of them.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-25 14:30:00+00:00
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=True, comment="empty once erased"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the arguments"),
        sa.Column(
            "payload",
            sa.LargeBinary(),
            nullable=False,
            comment="the proposal, JSON; empty once erased",
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("reserved_until", MOMENT, nullable=True),
        sa.Column(
            "attempt", sa.Integer(), nullable=False, server_default="0", comment="fencing token"
        ),
        sa.Column("result", sa.LargeBinary(), nullable=True, comment="what the tool gave, JSON"),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    unsettled = "state IN ('pending', 'approved', 'reserved')"
    op.create_index(
        "ix_approvals_unsettled", "approvals", ["expires_at", "id"], **_where(unsettled)
    )
    op.create_index(
        "ix_approvals_ended_at", "approvals", ["ended_at"], **_where("ended_at IS NOT NULL")
    )
    op.create_index("ix_approvals_conversation", "approvals", ["conversation"])
    op.create_index("ix_approvals_requester", "approvals", ["requester"])
    op.create_index("ix_approvals_decided_by", "approvals", ["decided_by", "decided_at"])


def downgrade() -> None:
    op.drop_table("approvals")
