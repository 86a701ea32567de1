"""Log lines: a dotted event with values, ids and codes only."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

import pytest

from agent import observe, telemetry
from tests.unit.telemetry.conftest import TelemetrySettings

Start = Callable[[Literal["text", "json"]], io.StringIO]


class Route(StrEnum):
    REVIEW = "review"


@pytest.fixture
def start() -> Iterator[Start]:
    """Log into memory in the given format."""

    def into_memory(kind: Literal["text", "json"]) -> io.StringIO:
        stream = io.StringIO()
        telemetry.set_up_logs(TelemetrySettings(log_format=kind), stream)
        return stream

    yield into_memory
    telemetry.shut_down()


def test_a_line_is_the_event_and_its_values(start: Start) -> None:
    stream = start("text")

    observe.log.info("draft.routed", ticket="T-1", route=Route.REVIEW, tokens=412)

    time, level, rest = stream.getvalue().split(maxsplit=2)
    assert datetime.fromisoformat(time).tzinfo == UTC
    assert level == "INFO"
    assert rest == "draft.routed ticket=T-1 route=review tokens=412\n"


def test_a_json_line_holds_the_same(start: Start) -> None:
    stream = start("json")

    observe.log.warning("store.unavailable", error="OSError", level="forged", empty=None)

    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "warning",
        "event": "store.unavailable",
        "error": "OSError",
        "empty": None,
    }


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("x" * 201, '"<201 characters>"'),
        ("two words", '"two words"'),
        ("first\nERROR forged.event", '"first ERROR forged.event"'),
        ({"body": "secret"}, "<dict>"),
        (b"secret", "<bytes>"),
        (ValueError("secret"), "<ValueError>"),
        (datetime(2026, 11, 25, tzinfo=UTC), "2026-11-25T00:00:00+00:00"),
        (True, "True"),
        ("", '""'),
    ],
)
def test_a_value_is_an_id_a_number_or_a_short_code(start: Start, value: object, told: str) -> None:
    stream = start("text")

    observe.log.info("e", value=value)

    assert stream.getvalue().rstrip().endswith(f"e value={told}")
    assert stream.getvalue().count("\n") == 1


def test_below_the_level_nothing_is_said(start: Start) -> None:
    stream = start("text")

    observe.log.debug("tick")

    assert stream.getvalue() == ""


def test_a_library_is_told_by_its_place_and_not_by_its_words(start: Start) -> None:
    stream = start("text")

    try:
        raise ValueError("secret")
    except ValueError:
        logging.getLogger("sqlalchemy.pool").exception("secret %s", "parameters")
    logging.getLogger("sqlalchemy.pool").info("chatter")

    assert "library logger=sqlalchemy.pool at=test_logs:" in stream.getvalue()
    assert "error=ValueError" in stream.getvalue()
    assert "secret" not in stream.getvalue()
    assert "chatter" not in stream.getvalue()


def test_a_broker_clients_words_are_kept(start: Start) -> None:
    stream = start("text")

    logging.getLogger("aiokafka.conn").error("Unable connect to %s", "127.0.0.1:9092")

    assert 'message="Unable connect to 127.0.0.1:9092"' in stream.getvalue()


def test_without_set_up_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    observe.log.error("lost.in.space")

    assert capfd.readouterr().err == ""
