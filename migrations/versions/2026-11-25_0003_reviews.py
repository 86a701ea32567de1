"""The review queue: what its rows show, decisions, users and their sessions.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-25 14:30:00+00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CODES = "of the reasons: |a|b|"


_IS_OPEN = sa.text("state = 'open'")
_OPEN = {
    "ix_reviews_created_at": ["created_at"],
    "ix_reviews_hold_until": ["hold_until"],
    "ix_reviews_tally": ["desk", "category", "language", "lane", "codes", "snoozed_until"],
}


def _text(name: str, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="", comment=comment)


def _number(name: str, kind: type[sa.Float[float]] | type[sa.Integer]) -> sa.Column[float]:
    return sa.Column(name, kind(), nullable=False, server_default="0")


def upgrade() -> None:
    for column in (
        _text("language"),
        _text("category"),
        _number("confidence", sa.Float),
        _text("codes", CODES),
        _text("writer"),
        _number("tokens", sa.Integer),
        _number("cost", sa.Float),
    ):
        op.add_column("drafts", column)
    for column in (
        _text("title", "empty once erased"),
        _text("language"),
        _text("category"),
        _number("confidence", sa.Float),
        _text("codes", CODES),
        sa.Column("snoozed_until", MOMENT, nullable=True),
        sa.Column("hold_by", sa.Text(), nullable=True),
        sa.Column("hold_until", MOMENT, nullable=True),
    ):
        op.add_column("reviews", column)
    op.create_index("ix_reviews_closed_at", "reviews", ["closed_at"])
    for name, columns in _OPEN.items():
        op.create_index(name, "reviews", columns, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
    _decisions()
    _people()


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False, comment="as triaged"),
        sa.Column(
            "corrected", sa.Text(), nullable=True, comment="the category a person gave instead"
        ),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        _text("reason_code"),
        _text("note", "empty once erased"),
        sa.Column(
            "distance",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="characters edited",
        ),
        sa.Column(
            "length",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="characters drafted",
        ),
        _number("waited_s", sa.Float),
        sa.Column("learned_at", MOMENT, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_at", "decisions", ["at"])
    op.create_index("ix_decisions_conversation", "decisions", ["conversation"])


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("desks", sa.Text(), nullable=False, comment="JSON list; empty: all"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.Text(), nullable=False, comment="SHA-256 of the cookie"),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user"], ["users.name"], name=op.f("fk_sessions_user_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("users")
    op.drop_table("decisions")
    for name in ("ix_reviews_closed_at", *_OPEN):
        op.drop_index(name, "reviews")
    with op.batch_alter_table("reviews") as reviews:
        for name in _REVIEWS:
            reviews.drop_column(name)
    with op.batch_alter_table("drafts") as drafts:
        for name in _DRAFTS:
            drafts.drop_column(name)


_REVIEWS = (
    "title",
    "language",
    "category",
    "confidence",
    "codes",
    "snoozed_until",
    "hold_by",
    "hold_until",
)
_DRAFTS = ("language", "category", "confidence", "codes", "writer", "tokens", "cost")
