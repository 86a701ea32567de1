"""A small shop and employer of our own, as the demo backend's tables."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tools.base import Scope
from tools.demo_backend import demo_registry
from tools.registry import Registry

TODAY = date(2026, 11, 21)

ORDERS = (
    "order_id,customer_id,status,placed_on,paid_on,total,payment_method,country,"
    "delivery_window_from,delivery_window_to"
)
SHIPMENTS = "order_id,carrier,tracking_number,status,shipped_on,expected_on,delivered_on,last_place"
TABLES: Mapping[str, str] = {
    "customers": """customer_id,name,country,language
C-1,Ada Byrne,IE,en
C-2,Jan Kowalski,PL,pl
""",
    "orders": ORDERS
    + """
10001,C-1,delivered,2026-11-01,2026-11-01,1284.90 EUR,card,IE,,
10002,C-1,shipped,2026-11-18,2026-11-18,84.90 EUR,paypal,IE,2026-11-23,2026-11-25
10003,C-1,placed,2026-11-20,,42.00 EUR,invoice,IE,2026-11-27,2026-12-01
10004,C-1,delivered,2026-09-01,2026-09-01,30.00 GBP,gift card,IE,,
10005,C-1,returned,2026-10-01,2026-10-01,60.50 EUR,ideal,IE,,
10006,C-1,cancelled,2026-11-02,,19.99 EUR,,IE,,
10007,C-1,delivered,2026-11-05,2026-11-05,50.00 EUR,card,IE,,
10008,C-1,packed,2026-11-19,2026-11-19,12.00 PLN,blik,PL,,
10009,C-1,cancelled,2026-11-12,2026-11-12,25.00 EUR,card,IE,,
20001,C-2,delivered,2026-11-01,2026-11-01,70.00 EUR,card,PL,,
""",
    "order_items": """order_id,sku,name,quantity,price,final_sale
10001,A-1,"Wool coat, navy, M",1,1200.00 EUR,false
10001,A-2,Clearance scarf,2,42.45 EUR,true
10002,A-3,Linen shirt,1,84.90 EUR,false
10003,A-4,Mug,3,14.00 EUR,false
10004,A-5,Cushion,1,30.00 GBP,false
10005,A-6,Lamp,1,60.50 EUR,false
10006,A-7,Vase,1,19.99 EUR,false
10007,A-8,Clearance rug,1,50.00 EUR,true
10008,A-9,Candle,1,12.00 PLN,false
10009,A-10,Bowl,1,25.00 EUR,false
20001,B-1,Boots,1,70.00 EUR,false
""",
    "shipments": SHIPMENTS
    + """
10001,An Post,AP100,delivered,2026-11-02,2026-11-06,2026-11-08,Cork
10002,DHL,DH200,in_transit,2026-11-19,2026-11-24,,Leipzig
10004,An Post,AP400,delivered,2026-09-02,2026-09-05,2026-09-05,Cork
10005,PostNL,PN500,delivered,2026-10-02,2026-10-05,2026-10-06,Zwolle
10007,An Post,AP700,delivered,2026-11-06,2026-11-09,2026-11-10,Cork
10008,InPost,,label_created,,2026-11-26,,
20001,InPost,IP201,delivered,2026-11-02,2026-11-05,2026-11-05,Lublin
""",
    "refunds": """order_id,status,amount,requested_on,refunded_on,method
10005,refunded,60.50 EUR,2026-10-10,2026-10-15,ideal
10004,refused,,2026-11-10,,
""",
    "employees": """employee_id,name,country,language,manager_id,start_date,contract_hours
E-1,Sanne Visser,NL,nl,,2020-03-01,36
E-2,Tom Reed,IE,en,E-1,2022-01-01,40
""",
    "leave_balances": """employee_id,year,kind,entitled_days,taken_days,planned_days,expires_on
E-1,2026,annual,25,12.5,3,2027-07-01
E-1,2026,carried_over,4,1,0,2026-12-31
E-1,2026,parental,45,0,0,
E-1,2026,care,10,9,0,
E-1,2026,special,2,2,0,
E-1,2025,annual,25,25,0,2026-07-01
E-2,2026,annual,20,21,0,
E-2,2026,carried_over,3,0,0,2026-07-01
""",
}

ADA = Scope(requester="C-1", verified=True, desk="support")
JAN = Scope(requester="C-2", verified=True, desk="support")
SANNE = Scope(requester="E-1", verified=True, desk="hr")
TOM = Scope(requester="E-2", verified=True, desk="hr")


def write_tables(folder: Path, **changed: str) -> Path:
    """The tables above as CSV files, some of them changed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**TABLES, **changed}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def a_registry(folder: Path, today: date = TODAY) -> Registry:
    """All tools over the tables above."""
    csv_folder = write_tables(folder / "csv")
    return demo_registry(folder / "demo.db", lambda: today, csv_folder=csv_folder)
