"""The demo's tables are checked cell by cell, and replaced whole."""

import os
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from tests.unit.tools.tables import ADA, TABLES, TODAY, a_registry, write_tables
from tools.demo_backend import CSV_FOLDER, DemoBackend, demo_registry
from tools.demo_tables import BrokenTable, read_tables
from tools.orders import order_phrases
from tools.phrases.catalogue import languages
from tools.values import Data


def test_the_shipped_tables_are_sound() -> None:
    tables = read_tables(CSV_FOLDER)

    assert all(tables[name] for name in TABLES)


@pytest.mark.parametrize("language", languages())
def test_every_shipped_way_to_pay_has_a_name_in_every_language(language: str) -> None:
    tables = read_tables(CSV_FOLDER)
    paid = {row["payment_method"] for row in tables["orders"]}
    refunded = {row["method"] for row in tables["refunds"]}

    for method in (paid | refunded) - {None}:
        data: Data = {"order_id": "1", "total": "5.00 EUR", "payment_method": method}
        said = order_phrases(data, language)
        assert [p.fields for p in said] == [("order_id", "total", "payment_method")], method


@pytest.mark.parametrize(
    ("table", "old", "new", "expected"),
    [
        ("orders", ",84.90 EUR", ",84,90", "orders.csv, row 3: has 11 cells, not 10"),
        (
            "orders",
            ",84.90 EUR",
            ',"84,90 EUR"',
            "orders.csv, row 3, column 'total': '84,90 EUR' is not money; write it as 84.90 EUR",
        ),
        (
            "orders",
            "2026-11-18",
            "18-11-2026",
            "orders.csv, row 3, column 'placed_on': '18-11-2026' is not a date",
        ),
        ("orders", "shipped", "sent", "orders.csv, row 3, column 'status': 'sent' is not one of"),
        ("orders", "10002,C-1", "1002,C-1", "orders.csv, row 3, column 'order_id': '1002'"),
        ("orders", "10002,C-1", "10001,C-1", "orders.csv, row 3, column 'order_id': '10001' stand"),
        ("orders", "10002,C-1", "10002,C-9", "column 'customer_id': 'C-9' is not in customers.csv"),
        ("orders", "10002,C-1", "10002,", "orders.csv, row 3, column 'customer_id': is empty"),
        ("orders", "order_id,", "id,", "orders.csv, row 1: the header must be order_id,customer"),
        ("order_items", "84.90 EUR,false", "84.90 EUR,no", "column 'final_sale': 'no' is neither"),
        ("order_items", "A-3,Linen shirt,1", "A-3,Linen shirt,one", "is not a whole number"),
        ("leave_balances", "25,12.5,3", "25,-1,3", "column 'taken_days': '-1' is not a number of"),
        ("leave_balances", "25,12.5,3", "25,NaN,3", "column 'taken_days': 'NaN' is not a number"),
        ("refunds", "refused", '"refused', "refunds.csv, row 3: is not CSV"),
    ],
)
def test_a_broken_cell_is_named_with_file_row_and_column(
    tmp_path: Path, table: str, old: str, new: str, expected: str
) -> None:
    folder = write_tables(tmp_path, **{table: TABLES[table].replace(old, new, 1)})

    with pytest.raises(BrokenTable) as broken:
        read_tables(folder)

    assert expected in str(broken.value)


def test_a_missing_table_and_a_wrong_charset_are_named(tmp_path: Path) -> None:
    folder = write_tables(tmp_path)
    (folder / "customers.csv").write_bytes("customer_id,name\nC-1,Zoë".encode("latin-1"))
    with pytest.raises(BrokenTable, match=r"customers\.csv: is not UTF-8"):
        read_tables(folder)

    (folder / "customers.csv").unlink()
    with pytest.raises(BrokenTable, match=r"customers\.csv: is missing"):
        read_tables(folder)


def test_an_empty_table_file_is_told_its_header(tmp_path: Path) -> None:
    with pytest.raises(BrokenTable, match=r"refunds\.csv, row 1: the header must be"):
        read_tables(write_tables(tmp_path, refunds=""))


def test_the_file_is_made_once_and_again_when_a_table_changes(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "csv")
    backend = DemoBackend(tmp_path / "deep" / "demo.db", folder)

    assert backend.prepare() is True
    assert backend.prepare() is False
    write_tables(folder, customers=TABLES["customers"].replace("Ada Byrne", "Ada Burke"))
    assert backend.prepare() is True


def test_a_file_that_is_not_ours_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    path.write_bytes(b"not a database, but a file of some length all the same" * 100)

    assert DemoBackend(path, write_tables(tmp_path / "csv")).prepare() is True


async def test_broken_tables_leave_the_old_file_in_use(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "csv")
    path = tmp_path / "demo.db"
    registry = demo_registry(path, lambda: TODAY, csv_folder=folder)
    write_tables(folder, orders=TABLES["orders"].replace("84.90 EUR", "much"))

    with pytest.raises(BrokenTable):
        DemoBackend(path, folder).prepare()

    assert (await registry.call("order", {"order_id": "10002"}, ADA)).data["total"] == "84.90 EUR"
    assert sorted(os.listdir(tmp_path)) == ["csv", "demo.db"]


async def test_a_renewed_file_is_seen_by_a_registry_that_stands(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "csv")
    path = tmp_path / "demo.db"
    registry = demo_registry(path, lambda: TODAY, csv_folder=folder)
    write_tables(folder, orders=TABLES["orders"].replace("84.90 EUR", "85.90 EUR"))

    DemoBackend(path, folder).prepare()

    assert (await registry.call("order", {"order_id": "10002"}, ADA)).data["total"] == "85.90 EUR"


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "csv")
    backend = DemoBackend(tmp_path / "demo.db", folder)
    backend.prepare()

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        backend.select("DELETE FROM orders")


async def test_an_order_is_read_with_all_its_parts(tmp_path: Path) -> None:
    result = await a_registry(tmp_path).call("order", {"order_id": " 10001 "}, ADA)

    assert dict(result.data) == {
        "order_id": "10001",
        "status": "delivered",
        "placed_on": "2026-11-01",
        "paid_on": "2026-11-01",
        "total": "1284.90 EUR",
        "payment_method": "card",
        "country": "IE",
        "delivery_window_from": None,
        "delivery_window_to": None,
        "items": "1 × Wool coat, navy, M; 2 × Clearance scarf",
    }


async def test_an_order_number_may_come_as_a_number(tmp_path: Path) -> None:
    result = await a_registry(tmp_path).call("order", {"order_id": 10002}, ADA)

    assert result.label == "order 10002"


async def test_eligibility_follows_the_clock(tmp_path: Path) -> None:
    early = a_registry(tmp_path / "early", date(2026, 11, 21))
    late = a_registry(tmp_path / "late", date(2027, 1, 21))

    assert (await early.call("refund_eligibility", {"order_id": "10001"}, ADA)).data["eligible"]
    after = await late.call("refund_eligibility", {"order_id": "10001"}, ADA)
    assert after.data["reason"] == "past_window"
