"""Runs migrations on a connection that is handed in, or, from Alembic's own command, by URL.

The URL comes from `alembic -x url=…` or from `CITEDESK_DATABASE__URL`.
"""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from agent.store.database import Database
from agent.store.schema import metadata


def migrate(connection: Connection) -> None:
    """Run what the command asked for, in the connection's transaction where there is one."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_by_url() -> None:
    url = context.get_x_argument(as_dictionary=True).get("url")
    url = url or os.environ.get("CITEDESK_DATABASE__URL")
    if not url:
        raise SystemExit("which database? set CITEDESK_DATABASE__URL or give `-x url=…`")
    database = Database(url, connections=1)
    try:
        await database.write(lambda connection: connection.run_sync(migrate))
    finally:
        await database.close()


if context.is_offline_mode():
    context.configure(url="postgresql://", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    asyncio.run(migrate_by_url())
