"""The demo's shop and HR system: an SQLite file of its own, made from the CSV tables in `demo/`.

Looking up is here; what changes the tables stands in `demo_effects`.
"""

import asyncio
import hashlib
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tools.demo_effects import EFFECTS_TABLE, DemoEffects
from tools.demo_tables import TABLES, Row, Table, read_tables
from tools.leave import LeaveBalance, LeaveBalanceTool, LeaveKind
from tools.leave_effects import BookLeaveTool
from tools.order_effects import (
    CancelOrderTool,
    ChangeAddressTool,
    RefundTool,
    SendReplacementTool,
)
from tools.orders import (
    Order,
    OrderItem,
    OrderStatus,
    OrderTool,
    Shipment,
    ShipmentStatus,
    ShipmentTool,
)
from tools.refunds import Refund, RefundEligibilityTool, RefundStatus
from tools.registry import Registry
from tools.values import Money

CSV_FOLDER = Path(__file__).parent / "demo"


def demo_registry(
    path: Path, today: Callable[[], date], *, csv_folder: Path = CSV_FOLDER, timeout: float = 5.0
) -> Registry:
    """All tools over the demo's tables; `path` is the SQLite file, made or renewed when needed.

    Raises `tools.demo_tables.BrokenTable` when a table is wrong.
    """
    backend = DemoBackend(path, csv_folder)
    backend.prepare()
    effects = DemoEffects(path, today)
    return Registry(
        [
            OrderTool(backend),
            ShipmentTool(backend),
            RefundEligibilityTool(backend, backend, today),
            LeaveBalanceTool(backend, today),
            CancelOrderTool(backend, effects),
            RefundTool(backend, backend, effects),
            ChangeAddressTool(backend, effects),
            SendReplacementTool(backend, effects),
            BookLeaveTool(backend, effects, today),
        ],
        timeout=timeout,
    )


class DemoBackend:
    """Every gateway that looks up, over one SQLite file."""

    def __init__(self, path: Path, csv_folder: Path = CSV_FOLDER) -> None:
        self._path = path
        self._folder = csv_folder
        self._mine = threading.local()

    def prepare(self) -> bool:
        """Make the file unless it holds these very tables already; says whether it was made.

        A reader sees the old tables or the new ones whole: the file is replaced. What was done
        to the old tables goes with them.
        """
        digest = tables_hash(self._folder)
        if self._stored_hash() == digest:
            return False
        tables = read_tables(self._folder)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        os.close(handle)
        try:
            _build(Path(name), tables, digest)
            os.replace(name, self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return True

    async def order(self, order_id: str) -> Order | None:
        return await asyncio.to_thread(self._order, order_id)

    async def shipment(self, order_id: str) -> Shipment | None:
        row = await self._one("SELECT * FROM shipments WHERE order_id = ?", order_id)
        return _shipment(row) if row else None

    async def refund(self, order_id: str) -> Refund | None:
        row = await self._one("SELECT * FROM refunds WHERE order_id = ?", order_id)
        return _refund(row) if row else None

    async def balances(self, employee_id: str, year: int) -> Sequence[LeaveBalance]:
        sql = "SELECT * FROM leave_balances WHERE employee_id = ? AND year = ?"
        rows = await asyncio.to_thread(self.select, sql, employee_id, str(year))
        return [_balance(row) for row in rows]

    async def _one(self, sql: str, key: str) -> sqlite3.Row | None:
        rows = await asyncio.to_thread(self.select, sql, key)
        return rows[0] if rows else None

    def _order(self, order_id: str) -> Order | None:
        rows = self.select("SELECT * FROM orders WHERE order_id = ?", order_id)
        items = self.select("SELECT * FROM order_items WHERE order_id = ? ORDER BY rowid", order_id)
        return _order(rows[0], items) if rows else None

    def select(self, sql: str, *arguments: str) -> list[sqlite3.Row]:
        """Rows of a query, on a read-only connection."""
        return self._connection().execute(sql, arguments).fetchall()

    def _connection(self) -> sqlite3.Connection:
        """This thread's own, made anew when the file was replaced."""
        found = os.stat(self._path)
        file = (found.st_dev, found.st_ino)
        reader: _Reader | None = getattr(self._mine, "reader", None)
        if reader is None or reader.file != file:
            reader = self._mine.reader = _Reader(self._path, file)
        return reader.connection

    def _stored_hash(self) -> str | None:
        if not self._path.is_file():
            return None
        try:
            rows = self.select("SELECT hash FROM made_from")
        except sqlite3.DatabaseError:  # not ours, or cut short: it is replaced
            return None
        return str(rows[0]["hash"]) if rows else None


class _Reader:
    """An open file, closed with the thread that read it, whichever thread sweeps it up."""

    def __init__(self, path: Path, file: tuple[int, int]) -> None:
        self.file = file
        uri = f"{path.absolute().as_uri()}?mode=ro"
        self.connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()


def tables_hash(folder: Path) -> str:
    """SHA-256 over the names and bytes of the tables that are there, and the effects' layout."""
    digest = hashlib.sha256(EFFECTS_TABLE.encode())
    for table in TABLES:
        path = folder / table.file
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{table.file}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def _build(path: Path, tables: dict[str, list[Row]], digest: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        # A file that is cut short is made again: it need not survive a power cut.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        for table in TABLES:
            _fill(connection, table, tables[table.name])
        connection.execute(EFFECTS_TABLE)
        connection.execute("CREATE TABLE made_from (hash TEXT NOT NULL)")
        connection.execute("INSERT INTO made_from VALUES (?)", (digest,))


def _fill(connection: sqlite3.Connection, table: Table, rows: list[Row]) -> None:
    # Names come from TABLES in this package, never from a file or a caller.
    columns = ", ".join(f"{column.name} TEXT" for column in table.columns)
    connection.execute(f"CREATE TABLE {table.name} ({columns})")
    connection.execute(
        f"CREATE UNIQUE INDEX {table.name}_key ON {table.name} ({', '.join(table.key)})"
    )
    marks = ", ".join("?" for _ in table.columns)
    values = [tuple(row[column.name] for column in table.columns) for row in rows]
    connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", values)


def _order(row: sqlite3.Row, items: list[sqlite3.Row]) -> Order:
    return Order(
        id=row["order_id"],
        customer_id=row["customer_id"],
        status=OrderStatus(row["status"]),
        placed_on=date.fromisoformat(row["placed_on"]),
        paid_on=_day(row["paid_on"]),
        total=Money.parse(row["total"]),
        payment_method=row["payment_method"],
        country=row["country"],
        delivery_window_from=_day(row["delivery_window_from"]),
        delivery_window_to=_day(row["delivery_window_to"]),
        items=tuple(_item(item) for item in items),
    )


def _item(row: sqlite3.Row) -> OrderItem:
    return OrderItem(
        sku=row["sku"],
        name=row["name"],
        quantity=int(row["quantity"]),
        price=Money.parse(row["price"]),
        final_sale=row["final_sale"] == "true",
    )


def _shipment(row: sqlite3.Row) -> Shipment:
    return Shipment(
        order_id=row["order_id"],
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        status=ShipmentStatus(row["status"]),
        shipped_on=_day(row["shipped_on"]),
        expected_on=_day(row["expected_on"]),
        delivered_on=_day(row["delivered_on"]),
        last_place=row["last_place"],
    )


def _refund(row: sqlite3.Row) -> Refund:
    return Refund(
        order_id=row["order_id"],
        status=RefundStatus(row["status"]),
        amount=Money.parse(row["amount"]) if row["amount"] else None,
        requested_on=_day(row["requested_on"]),
        refunded_on=_day(row["refunded_on"]),
        method=row["method"],
    )


def _balance(row: sqlite3.Row) -> LeaveBalance:
    return LeaveBalance(
        employee_id=row["employee_id"],
        year=int(row["year"]),
        kind=LeaveKind(row["kind"]),
        entitled_days=Decimal(row["entitled_days"]),
        taken_days=Decimal(row["taken_days"]),
        planned_days=Decimal(row["planned_days"]),
        expires_on=_day(row["expires_on"]),
    )


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
