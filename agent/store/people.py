"""Users and their sessions."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.store.schema import sessions, users


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may open the review queue."""

    name: str
    secret: str  #: argon2id
    role: str
    desks: tuple[str, ...]  #: empty: all
    disabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    user: str
    csrf: str
    expires_at: datetime


async def add_user(connection: AsyncConnection, user: User, now: datetime) -> None:
    """Raises `StoreRefused` for a name that is taken."""
    await connection.execute(
        insert(users).values(
            name=user.name,
            secret=user.secret,
            role=user.role,
            desks=json.dumps(user.desks),
            created_at=now,
        )
    )


async def change_user(connection: AsyncConnection, name: str, **values: Any) -> bool:
    """Change columns of a user and end the sessions they have; False for an unknown name."""
    if "desks" in values:
        values["desks"] = json.dumps(values["desks"])
    done = await connection.execute(update(users).where(users.c.name == name).values(**values))
    await connection.execute(delete(sessions).where(sessions.c.user == name))
    return done.rowcount > 0


async def user(connection: AsyncConnection, name: str) -> User | None:
    row = (await connection.execute(select(users).where(users.c.name == name))).one_or_none()
    return _user(row) if row else None


async def all_users(connection: AsyncConnection) -> list[User]:
    rows = await connection.execute(select(users).order_by(users.c.name))
    return [_user(row) for row in rows]


async def open_session(
    connection: AsyncConnection, token: str, session: Session, now: datetime
) -> None:
    await connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    await connection.execute(
        insert(sessions).values(
            token=token,
            user=session.user,
            csrf=session.csrf,
            created_at=now,
            expires_at=session.expires_at,
        )
    )


async def session(
    connection: AsyncConnection, token: str, now: datetime
) -> tuple[Session, User] | None:
    """A session that has not run out, with its user, who is not disabled."""
    row = (
        await connection.execute(
            select(
                sessions.c.csrf,
                sessions.c.expires_at,
                users.c.name,
                users.c.secret,
                users.c.role,
                users.c.desks,
                users.c.disabled_at,
            )
            .join(users, users.c.name == sessions.c.user)
            .where(
                sessions.c.token == token,
                sessions.c.expires_at > now,
                users.c.disabled_at.is_(None),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return Session(user=row.name, csrf=row.csrf, expires_at=row.expires_at), _user(row)


async def end_session(connection: AsyncConnection, token: str) -> None:
    await connection.execute(delete(sessions).where(sessions.c.token == token))


def _user(row: Any) -> User:
    return User(
        name=row.name,
        secret=row.secret,
        role=row.role,
        desks=tuple(json.loads(row.desks)),
        disabled=row.disabled_at is not None,
    )
