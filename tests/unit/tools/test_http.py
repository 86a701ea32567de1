"""Tools over HTTP: what needs no server."""

import httpx
import pytest

from tools.errors import ToolFailed
from tools.http.answer import WrongAnswer, fields_of
from tools.http.client import Client
from tools.http.request import Request, address
from tools.http.spec import FieldSpec

HOST = "erp.example.com"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://ERP.example.com:443/x", "erp.example.com"),
        ("http://[::1]/x", "[::1]"),
        ("http://[::1]:8080/x", "[::1]:8080"),
        ("https://[2001:DB8::1]:443/x", "[2001:db8::1]"),
    ],
)
def test_a_host_is_written_as_it_stands_in_an_address(url: str, place: str) -> None:
    assert address(url) == place


@pytest.mark.parametrize(
    ("location", "detail"),
    [
        (f"http://{HOST}/x", "from https to http"),
        ("http://erp.example.com:443/x", "from https to http"),
        ("http://[", "what is no address"),
    ],
)
async def test_a_redirect_keeps_the_connection_encrypted(location: str, detail: str) -> None:
    reached: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        reached.append(str(request.url))
        return httpx.Response(302, headers={"location": location})

    client = Client(
        "warranty",
        hosts=frozenset({HOST, f"{HOST}:443"}),
        credentials={"authorization": "Bearer s3cret"},
        max_bytes=1_000,
        transport=httpx.MockTransport(answer),
    )
    with pytest.raises(ToolFailed, match=detail):
        await client.send(Request(method="GET", url=f"https://{HOST}/"), repeats=True, timeout=5)
    assert reached == [f"https://{HOST}/"]


def test_a_number_without_end_is_a_wrong_answer() -> None:
    field = FieldSpec(name="n", path=("n",), kind="number")
    with pytest.raises(WrongAnswer, match="field 'n' is not a number"):
        fields_of({"n": 10**400}, (field,))


def test_an_amount_may_be_written_as_text() -> None:
    field = FieldSpec(name="sum", path=("sum",), kind="money", currency="EUR")
    assert fields_of({"sum": "-12.5"}, (field,)) == {"sum": "-12.50 EUR"}
