"""The demo backend's CSV tables: their columns, and a check that names the cell it objects to."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path

from tools.leave import LeaveKind
from tools.orders import OrderStatus, ShipmentStatus
from tools.refunds import RefundStatus
from tools.values import Money


class BrokenTable(Exception):
    """A demo table that cannot be loaded: which file, row and column, and what to write."""

    def __init__(self, file: str, row: int | None, column: str | None, problem: str) -> None:
        self.file = file
        self.row = row  #: line of the file, the header being 1
        self.column = column
        at_row = f", row {row}" if row is not None else ""
        at_column = f", column {column!r}" if column is not None else ""
        super().__init__(f"{file}{at_row}{at_column}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    check: Callable[[str], object]  #: raises ValueError saying what to write
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refers: Mapping[str, str]  #: column → table whose first column it names

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


Row = dict[str, str | None]


def read_tables(folder: Path) -> dict[str, list[Row]]:
    """All tables, checked cell by cell and against each other; raises `BrokenTable`."""
    rows = {table.name: list(_rows(table, folder)) for table in TABLES}
    for table in TABLES:
        _check_references(table, rows)
    return rows


def _rows(table: Table, folder: Path) -> Iterator[Row]:
    try:
        text = (folder / table.file).read_text(encoding="utf-8-sig")
    except FileNotFoundError as exc:
        raise BrokenTable(table.file, None, None, f"is missing in {folder}") from exc
    except UnicodeDecodeError as exc:
        raise BrokenTable(table.file, None, None, "is not UTF-8; save it as UTF-8") from exc
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    seen: set[tuple[str | None, ...]] = set()
    header = True
    try:
        for cells in reader:
            if header:
                _check_header(table, cells)
                header = False
            elif cells:
                row = _row(table, cells, reader.line_num)
                _check_key(table, row, seen, reader.line_num)
                yield row
    except csv.Error as exc:
        raise BrokenTable(table.file, reader.line_num, None, f"is not CSV: {exc}") from exc
    if header:
        _check_header(table, [])


def _check_header(table: Table, header: Sequence[str]) -> None:
    expected = [column.name for column in table.columns]
    if list(header) != expected:
        problem = f"the header must be {','.join(expected)}"
        raise BrokenTable(table.file, 1, None, problem)


def _row(table: Table, cells: Sequence[str], line: int) -> Row:
    if len(cells) != len(table.columns):
        problem = f"has {len(cells)} cells, not {len(table.columns)}; quote a cell with a comma"
        raise BrokenTable(table.file, line, None, problem)
    row: Row = {}
    for column, cell in zip(table.columns, cells, strict=True):
        row[column.name] = _cell(table, column, cell.strip(), line)
    return row


def _cell(table: Table, column: Column, cell: str, line: int) -> str | None:
    if not cell:
        if column.required:
            raise BrokenTable(table.file, line, column.name, "is empty")
        return None
    try:
        column.check(cell)
    except ValueError as exc:
        raise BrokenTable(table.file, line, column.name, f"{cell!r} {exc}") from exc
    return cell


def _check_key(table: Table, row: Row, seen: set[tuple[str | None, ...]], line: int) -> None:
    key = tuple(row[name] for name in table.key)
    if key in seen:
        shown = "/".join(map(str, key))
        raise BrokenTable(table.file, line, table.key[0], f"{shown!r} stands there twice")
    seen.add(key)


def _check_references(table: Table, rows: Mapping[str, list[Row]]) -> None:
    for column, other in table.refers.items():
        key = _TABLE[other].key[0]
        known = {row[key] for row in rows[other]}
        for line, row in enumerate(rows[table.name], 2):
            if row[column] is not None and row[column] not in known:
                problem = f"{row[column]!r} is not in {_TABLE[other].file}"
                raise BrokenTable(table.file, line, column, problem)


def _text(_cell: str) -> object:
    return None


def _date(cell: str) -> object:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("is not a date; write it as 2026-11-21") from None


def _bool(cell: str) -> object:
    if cell not in ("true", "false"):
        raise ValueError("is neither true nor false")
    return cell == "true"


def _integer(cell: str) -> object:
    if not cell.isdecimal():
        raise ValueError("is not a whole number")
    return int(cell)


def _days(cell: str) -> object:
    try:
        days = Decimal(cell)
    except InvalidOperation:
        raise ValueError("is not a number of days; write it as 12.5") from None
    if not days.is_finite() or days < 0:
        raise ValueError("is not a number of days; write it as 12.5")
    return days


def _order_id(cell: str) -> object:
    if len(cell) != 5 or not cell.isdecimal():
        raise ValueError("is not an order number; it has five digits")
    return cell


def _one_of(values: type[StrEnum]) -> Callable[[str], object]:
    def check(cell: str) -> object:
        if cell not in list(values):
            raise ValueError(f"is not one of {', '.join(values)}")
        return cell

    return check


def _columns(**checks: Callable[[str], object]) -> tuple[Column, ...]:
    """Columns in order; a trailing `_or_none` in the keyword marks one that may be empty."""
    return tuple(
        Column(
            name=name.removesuffix("_or_none"), check=check, required=not name.endswith("_or_none")
        )
        for name, check in checks.items()
    )


TABLES: tuple[Table, ...] = (
    Table(
        name="customers",
        columns=_columns(customer_id=_text, name=_text, country=_text, language=_text),
        key=("customer_id",),
        refers={},
    ),
    Table(
        name="orders",
        columns=_columns(
            order_id=_order_id,
            customer_id=_text,
            status=_one_of(OrderStatus),
            placed_on=_date,
            paid_on_or_none=_date,
            total=Money.parse,
            payment_method_or_none=_text,
            country_or_none=_text,
            delivery_window_from_or_none=_date,
            delivery_window_to_or_none=_date,
        ),
        key=("order_id",),
        refers={"customer_id": "customers"},
    ),
    Table(
        name="order_items",
        columns=_columns(
            order_id=_order_id,
            sku=_text,
            name=_text,
            quantity=_integer,
            price=Money.parse,
            final_sale=_bool,
        ),
        key=("order_id", "sku"),
        refers={"order_id": "orders"},
    ),
    Table(
        name="shipments",
        columns=_columns(
            order_id=_order_id,
            carrier=_text,
            tracking_number_or_none=_text,
            status=_one_of(ShipmentStatus),
            shipped_on_or_none=_date,
            expected_on_or_none=_date,
            delivered_on_or_none=_date,
            last_place_or_none=_text,
        ),
        key=("order_id",),
        refers={"order_id": "orders"},
    ),
    Table(
        name="refunds",
        columns=_columns(
            order_id=_order_id,
            status=_one_of(RefundStatus),
            amount_or_none=Money.parse,
            requested_on_or_none=_date,
            refunded_on_or_none=_date,
            method_or_none=_text,
        ),
        key=("order_id",),
        refers={"order_id": "orders"},
    ),
    Table(
        name="employees",
        columns=_columns(
            employee_id=_text,
            name=_text,
            country=_text,
            language=_text,
            manager_id_or_none=_text,
            start_date=_date,
            contract_hours_or_none=_days,
        ),
        key=("employee_id",),
        refers={"manager_id": "employees"},
    ),
    Table(
        name="leave_balances",
        columns=_columns(
            employee_id=_text,
            year=_integer,
            kind=_one_of(LeaveKind),
            entitled_days=_days,
            taken_days=_days,
            planned_days=_days,
            expires_on_or_none=_date,
        ),
        key=("employee_id", "year", "kind"),
        refers={"employee_id": "employees"},
    ),
)
_TABLE = {table.name: table for table in TABLES}
