"""What can go wrong between us and the database.

StoreError
├── StoreUnavailable   not reachable, shutting down, locked for too long, or its disk is full: wait
│   └── StoreConflict  another process was faster each time it was tried
├── StoreOutOfDate     its tables are those of another version: migrate
└── StoreRefused       it will not take this data, however often it is sent
"""


class StoreError(Exception):
    """Base of all errors of the store. Messages carry no row's content."""


class StoreUnavailable(StoreError):
    """The database cannot be used now; nothing was written, and the same call may work later."""

    def __init__(
        self,
        database: str,
        detail: str,
        mend: str = "check that it runs, that `database.url` is right and that its disk has room",
    ) -> None:
        self.database = database
        super().__init__(f"the database {database} cannot be used: {detail}; {mend}")


class StoreOutOfDate(StoreError):
    """The tables are not those that this version works with."""

    def __init__(self, database: str, *, found: str | None, needed: str) -> None:
        self.database = database
        self.found = found
        self.needed = needed
        state = f"is at revision {found!r}" if found else "has no citedesk tables"
        super().__init__(
            f"the database {database} {state}, this version needs {needed!r}; "
            "run `citedesk migrate` (or, when the database is newer, a newer citedesk)"
        )


class StoreRefused(StoreError):
    """The database refuses the data itself: a broken constraint, a value it cannot hold."""

    def __init__(self, database: str, detail: str) -> None:
        self.database = database
        super().__init__(f"the database {database} refused the data: {detail}")


class StoreConflict(StoreUnavailable):
    """A transaction lost against others (a deadlock, a serialisation failure) too often."""

    def __init__(self, database: str, detail: str) -> None:
        super().__init__(database, detail, "too many use it at once: try again")
