"""Accounts that outlive the process: what was spent lies in an SQLite file.

Processes of one machine that share the file share the budget. What is reserved is known to the
process that reserved it alone, so that each of them may pass a budget by one call.
"""

import sqlite3
from contextlib import suppress
from datetime import date
from pathlib import Path

from engine.budget import Account, Limits, MemoryLedger, Reservation, Short, Spend

_TABLE = """
CREATE TABLE IF NOT EXISTS spent (
    day TEXT NOT NULL, desk TEXT NOT NULL, tokens INTEGER NOT NULL, money REAL NOT NULL,
    PRIMARY KEY (day, desk)
)"""
_ADD = """
INSERT INTO spent (day, desk, tokens, money) VALUES (?, ?, ?, ?)
ON CONFLICT (day, desk) DO UPDATE
SET tokens = tokens + excluded.tokens, money = money + excluded.money"""


class FileLedger:
    """Counts on when the file cannot be read or written, with what this process knows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = MemoryLedger()
        self._file: sqlite3.Connection | None = None
        with suppress(sqlite3.Error):
            self._opened()

    async def reserve(self, wanted: Reservation, limits: Limits) -> Short | None:
        if limits != Limits():
            self._known.learn(wanted.desk, wanted.day, self._spent(wanted.desk, wanted.day))
        return await self._known.reserve(wanted, limits)

    async def settle(self, held: Reservation, spent: Spend) -> None:
        await self._known.settle(held, spent)
        if spent == Spend():
            return
        row = (held.day.isoformat(), held.desk, spent.tokens, spent.money)
        with suppress(sqlite3.Error), self._opened() as file:
            file.execute(_ADD, row)

    async def account(self, desk: str, day: date) -> Account:
        self._known.learn(desk, day, self._spent(desk, day))
        return await self._known.account(desk, day)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _spent(self, desk: str, day: date) -> Spend:
        asked = "SELECT tokens, money FROM spent WHERE day = ? AND desk = ?"
        with suppress(sqlite3.Error):
            row = self._opened().execute(asked, (day.isoformat(), desk)).fetchone()
            if row is not None:
                return Spend(tokens=row[0], money=row[1])
        return Spend()

    def _opened(self) -> sqlite3.Connection:
        """One connection for the process; a step in it takes less than a tenth of a millisecond."""
        if self._file is None:
            with suppress(OSError):  # sqlite then says what is wrong, and is passed over
                self._path.parent.mkdir(parents=True, exist_ok=True)
            file = sqlite3.connect(self._path, timeout=0.2)
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = OFF")  # after a power cut a count may be short
            file.execute(_TABLE)
            file.commit()
            self._file = file
        return self._file
