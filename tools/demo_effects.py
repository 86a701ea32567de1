"""What can be done in the demo's shop and HR system: each once a key, in one transaction."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tools.effects import DONE
from tools.errors import ToolFailed
from tools.values import Data, Money, arguments_digest

EFFECTS_TABLE = (
    "CREATE TABLE effects (key TEXT PRIMARY KEY, tool TEXT NOT NULL, request TEXT NOT NULL, "
    "data TEXT NOT NULL)"
)
Work = Callable[[sqlite3.Connection], Data]


class DemoEffects:
    """`OrderEffects` and `LeaveEffects` over the file that `DemoBackend` made."""

    BUSY_SECONDS = 5.0

    def __init__(self, path: Path, today: Callable[[], date]) -> None:
        self._path = path
        self._today = today

    async def effect(self, key: str) -> Data | None:
        return await asyncio.to_thread(self._effect, key)

    async def cancel(self, order_id: str, key: str) -> Data:
        def work(connection: sqlite3.Connection) -> Data:
            order = _order(connection, order_id)
            _require(order["status"] in ("placed", "packed"), "cancel_order", "is sent already")
            _set_status(connection, order_id, "cancelled")
            return {"state": DONE, "order_id": order_id, "total": order["total"]}

        return await self._once("cancel_order", key, {"order_id": order_id}, work)

    async def pay_back(self, order_id: str, amount: Money, key: str) -> Data:
        def work(connection: sqlite3.Connection) -> Data:
            order = _order(connection, order_id)
            refund = connection.execute(
                "SELECT status FROM refunds WHERE order_id = ?", (order_id,)
            ).fetchone()
            _require(
                refund is None or refund["status"] in ("requested", "received"),
                "refund",
                "has a refund already",
            )
            method = order["payment_method"]
            day = self._today().isoformat()
            connection.execute(
                "INSERT INTO refunds (order_id, status, amount, requested_on, refunded_on, method)"
                " VALUES (?, 'refunded', ?, ?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET"
                " status = 'refunded', amount = excluded.amount,"
                " refunded_on = excluded.refunded_on",
                (order_id, str(amount), day, day, method),
            )
            told = {"state": DONE, "order_id": order_id, "amount": str(amount), "method": method}
            return told | {"refunded_on": day}

        request = {"order_id": order_id, "amount": str(amount)}
        return await self._once("refund", key, request, work)

    async def readdress(self, order_id: str, address: str, key: str) -> Data:
        def work(connection: sqlite3.Connection) -> Data:
            order = _order(connection, order_id)
            _require(order["status"] in ("placed", "packed"), "change_address", "is sent already")
            return {"state": DONE, "order_id": order_id, "address": address}

        request = {"order_id": order_id, "address": address}
        return await self._once("change_address", key, request, work)

    async def send_again(self, order_id: str, skus: Sequence[str], key: str) -> Data:
        def work(connection: sqlite3.Connection) -> Data:
            _order(connection, order_id)
            rows = connection.execute(
                "SELECT sku, name, quantity FROM order_items WHERE order_id = ? ORDER BY rowid",
                (order_id,),
            )
            items = [f"{row['quantity']} × {row['name']}" for row in rows if row["sku"] in skus]
            return {"state": DONE, "order_id": order_id, "items": "; ".join(items)}

        request = {"order_id": order_id, "skus": ",".join(skus)}
        return await self._once("send_replacement", key, request, work)

    async def book(self, employee_id: str, start: date, end: date, days: int, key: str) -> Data:
        def work(connection: sqlite3.Connection) -> Data:
            mine = (employee_id, str(start.year))
            row = connection.execute(
                "SELECT * FROM leave_balances"
                " WHERE employee_id = ? AND year = ? AND kind = 'annual'",
                mine,
            ).fetchone()
            planned = Decimal(row["planned_days"]) if row else Decimal(0)
            left = Decimal(row["entitled_days"]) - Decimal(row["taken_days"]) if row else planned
            _require(left - planned >= days, "book_leave", "is more than the balance holds")
            connection.execute(
                "UPDATE leave_balances SET planned_days = ?"
                " WHERE employee_id = ? AND year = ? AND kind = 'annual'",
                (str(planned + days), *mine),
            )
            told = {"start": start.isoformat(), "end": end.isoformat(), "days": days}
            return {"state": DONE} | told

        request = {"employee_id": employee_id, "start": str(start), "end": str(end)}
        return await self._once("book_leave", key, request, work)

    async def _once(self, tool: str, key: str, request: Data, work: Work) -> Data:
        return await asyncio.to_thread(self._do, tool, key, request, work)

    def _do(self, tool: str, key: str, request: Data, work: Work) -> Data:
        """The work, or what it gave when it was done before; all of it or nothing."""
        wanted = arguments_digest(request)
        with closing(self._connect()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            row = _found(connection, key)
            if row is None:
                data = work(connection)
                connection.execute(
                    "INSERT INTO effects VALUES (?, ?, ?, ?)", (key, tool, wanted, json.dumps(data))
                )
                return data
            if (row["tool"], row["request"]) != (tool, wanted):
                raise ToolFailed(tool, "refused", "the key was used for something else")
            return json.loads(row["data"])

    def _effect(self, key: str) -> Data | None:
        with closing(self._connect()) as connection:
            row = _found(connection, key)
        return json.loads(row["data"]) if row is not None else None

    def _connect(self) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=self.BUSY_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        return connection


def _found(connection: sqlite3.Connection, key: str) -> Any:
    return connection.execute("SELECT * FROM effects WHERE key = ?", (key,)).fetchone()


def _order(connection: sqlite3.Connection, order_id: str) -> Any:
    row = connection.execute("SELECT * FROM orders WHERE order_id = ?", (order_id,)).fetchone()
    if row is None:
        raise ToolFailed("order", "not-found", "the order is gone")
    return row


def _set_status(connection: sqlite3.Connection, order_id: str, status: str) -> None:
    connection.execute("UPDATE orders SET status = ? WHERE order_id = ?", (status, order_id))


def _require(holds: bool, tool: str, otherwise: str) -> None:
    if not holds:
        raise ToolFailed(tool, "refused", f"the order or leave {otherwise}")
