"""The store: inbox, leases, drafts, reviews, outbox and audit, on SQLite or Postgres.

`records` and `errors` are light; `open_store` brings SQLAlchemy, on first use only.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.store.schema import SHARDS
    from agent.store.store import Store, open_store

__all__ = ["SHARDS", "Store", "open_store"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from agent.store import schema, store

    return getattr(schema if name == "SHARDS" else store, name)
