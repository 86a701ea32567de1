"""Counts for the insights page: what was drafted, and what came of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.store.codec import unpack_codes
from agent.store.schema import drafts, reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCount:
    """Drafts that share these values."""

    desk: str
    category: str
    language: str
    route: str
    codes: tuple[str, ...]
    writer: str
    count: int
    tokens: int
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    day: str  #: ISO 8601, UTC
    route: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A draft without a supporting span."""

    draft_id: str
    conversation: str
    desk: str
    language: str
    title: str  #: empty once erased


def _of(table: Table, desks: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if desks is None else [table.c.desk.in_(list(desks))]


async def draft_counts(
    connection: AsyncConnection, since: datetime, *, desks: Collection[str] | None
) -> list[DraftCount]:
    here = drafts.c
    columns = (here.desk, here.category, here.language, here.route, here.codes, here.writer)
    rows = await connection.execute(
        select(
            *columns,
            func.count().label("drafts"),
            func.sum(here.tokens).label("tokens"),
            func.sum(here.cost).label("cost"),
        )
        .where(here.created_at >= since, *_of(drafts, desks))
        .group_by(*columns)
    )
    return [
        DraftCount(
            desk=row.desk,
            category=row.category,
            language=row.language,
            route=row.route,
            codes=unpack_codes(row.codes),
            writer=row.writer,
            count=row.drafts,
            tokens=int(row.tokens or 0),
            cost=float(row.cost or 0),
        )
        for row in rows
    ]


async def day_counts(
    connection: AsyncConnection, since: datetime, *, desks: Collection[str] | None
) -> list[DayCount]:
    day: ColumnElement[Any] = (
        func.strftime("%Y-%m-%d", drafts.c.created_at)
        if connection.dialect.name == "sqlite"
        else func.to_char(func.timezone("UTC", drafts.c.created_at), "YYYY-MM-DD")
    )
    rows = await connection.execute(
        select(day.label("day"), drafts.c.route, func.count().label("drafts"))
        .where(drafts.c.created_at >= since, *_of(drafts, desks))
        .group_by(day, drafts.c.route)
        .order_by(day)
    )
    return [DayCount(day=row.day, route=row.route, count=row.drafts) for row in rows]


async def ignored(
    connection: AsyncConnection, since: datetime, *, desks: Collection[str] | None
) -> int:
    count = (
        select(func.count())
        .select_from(reviews)
        .where(reviews.c.state == "superseded", reviews.c.closed_at >= since, *_of(reviews, desks))
    )
    return (await connection.execute(count)).scalar_one()


async def unanswered(
    connection: AsyncConnection, since: datetime, *, desks: Collection[str] | None, limit: int
) -> list[Unanswered]:
    rows = await connection.execute(
        select(
            reviews.c.draft_id,
            reviews.c.conversation,
            reviews.c.desk,
            reviews.c.language,
            reviews.c.title,
        )
        .where(
            reviews.c.created_at >= since,
            or_(reviews.c.codes.contains("|question|"), reviews.c.codes.contains("|answer|")),
            *_of(reviews, desks),
        )
        .order_by(reviews.c.created_at.desc())
        .limit(limit)
    )
    return [
        Unanswered(
            draft_id=row.draft_id,
            conversation=row.conversation,
            desk=row.desk,
            language=row.language,
            title=row.title,
        )
        for row in rows
    ]
