"""A user's mistake gets what, where and what to do, on standard error, and its exit code."""

import json
import socket
from pathlib import Path

import pytest

from tests.acceptance.command import Citedesk

GOOD = {"ticket_id": "1", "desk": "support", "requester": {"id": "C-1"}, "body": "Hello?"}
NO_DB = "postgresql://u:hunter2@127.0.0.1:1/db"

USAGE: list[tuple[list[str], int, str]] = [
    (["frobnicate"], 2, "No such command 'frobnicate'"),
    (["ask"], 2, "Missing argument"),
    (["ask", ""], 4, "the message is empty"),
    (["ask", "x", "--desk", "nowhere"], 2, "nowhere: does not exist"),
    (["ask", "x", "--country", "Germany"], 2, "--country"),
    (["ask", "x", "--lang", "xx"], 2, "--lang 'xx'"),
    (["serve", "--only", "fish"], 2, "known: ingest, work, relay"),
    (["submit", "no.jsonl"], 2, "no.jsonl: No such file"),
    (["submit", "."], 2, ".: Is a directory"),
    (["verify", "no.json"], 2, "no.json: No such file"),
    (["check", "no.md", "x"], 2, "no.md: No such file"),
    (["dead", "replay"], 2, "name the events to replay"),
    (["dead", "list"], 2, "run `citedesk migrate`"),
    (["dead", "show", "seven"], 2, "valid integer"),
    (["migrate", "--down", "nope"], 2, "nope"),
    (["topics", "check"], 3, "no Kafka broker answers at '127.0.0.1:1'"),
    (["topics", "create"], 3, "CITEDESK_KAFKA__BOOTSTRAP"),
    (["drafts", "--limit", "1"], 3, "no Kafka broker answers"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), USAGE, ids=lambda v: str(v)[:40])
def test_a_mistake_is_told_with_its_mend(
    citedesk: Citedesk, arguments: list[str], code: int, words: str
) -> None:
    done = citedesk(*arguments)

    assert words in done.err
    assert (done.code, done.out) == (code, "")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("WORKER__SLOTS", "many", "valid integer"),
        ("WORKER__SLOTS", "0", "greater than or equal to 1"),
        ("KAFKA__BOTSTRAP", "x:1", "did you mean CITEDESK_KAFKA__BOOTSTRAP"),
        ("KAFKA__BOOTSTRAP", "localhost", "write host:port"),
        ("DATABASE__URL", "mysql://u:hunter2@h/db", "write sqlite:///FILE or postgresql://"),
        ("DATABASE__URL", "postgresql://u:hunter2@h:99999/db", "write sqlite:///FILE"),
        ("TELEMETRY__LOG_LEVEL", "loud", "'debug', 'info'"),
        ("INTAKE__DEFAULT_ASSURANCE", "sure", "'verified' or 'claimed'"),
        ("CONFIG", "no.toml", "no file 'no.toml'"),
    ],
)
def test_a_wrong_setting_is_named(
    citedesk: Citedesk, variable: str, value: str, words: str
) -> None:
    done = citedesk.given(**{variable: value})("config")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: CITEDESK_{variable}: ")
    assert words in done.err
    assert "hunter2" not in done.told


def test_a_wrong_settings_file_is_named(citedesk: Citedesk) -> None:
    (citedesk.folder / "citedesk.toml").write_text("[worker\nslots = 3")

    done = citedesk("config")

    assert done.code == 2
    assert "citedesk.toml" in done.err


def test_config_prints_every_setting_and_no_secret(citedesk: Citedesk) -> None:
    done = citedesk.given(DATABASE__URL=NO_DB)("config", "--json")
    values = json.loads(done.out)

    assert values["CITEDESK_DATABASE__URL"] == "postgresql://u:***@127.0.0.1:1/db"
    assert values["CITEDESK_WORKER__SLOTS"] == 300
    assert "hunter2" not in done.told


def test_an_unreachable_database_ends_the_start_after_its_limit(citedesk: Citedesk) -> None:
    done = citedesk.given(DATABASE__URL=NO_DB)("serve", "--only", "relay")

    assert done.code == 3
    assert "postgresql+asyncpg://u:***@127.0.0.1:1/db cannot be used" in done.err
    assert "hunter2" not in done.told


def test_an_unreachable_broker_ends_the_start_after_its_limit(citedesk: Citedesk) -> None:
    assert citedesk("migrate").code == 0
    done = citedesk("serve", "--only", "relay")

    assert done.code == 3
    assert "start.waiting" in done.told  # it was patient
    assert done.err.splitlines()[-1].startswith("error: no Kafka broker answers")


def test_tables_that_are_missing_are_told(citedesk: Citedesk) -> None:
    done = citedesk("serve", "--only", "relay")

    assert done.code == 2
    assert "run `citedesk migrate`" in done.err


def test_a_port_that_is_taken_is_told(citedesk: Citedesk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = citedesk.given(HTTP__PORT=port)("serve", "--only", "relay")

    assert done.code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in done.err
    assert "CITEDESK_HTTP__PORT" in done.err


def test_a_broken_desk_is_refused_with_file_and_key(citedesk: Citedesk) -> None:
    desk = citedesk.folder / "desks" / "mine"
    (desk / "policies").mkdir(parents=True)
    (desk / "desk.toml").write_text('name = "mine"\ntitle = 3\n')

    asked = citedesk("ask", "x", "--desk", str(desk))
    served = citedesk.given(DESKS=str(desk.parent))("serve")

    assert (asked.code, served.code) == (2, 2)
    for done in (asked, served):
        assert "desk.toml" in done.err
        assert "title" in done.err


# ── submit: everything is read before anything is sent ──────────────────────────────────────


def submitted(citedesk: Citedesk, *lines: object, more: tuple[str, ...] = ()) -> tuple[int, str]:
    text = b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    (citedesk.folder / "in.jsonl").write_bytes(text)
    done = citedesk("submit", "in.jsonl", *more)
    assert done.out == ""
    return done.code, done.err


def test_bad_lines_are_told_with_their_numbers_and_nothing_is_sent(citedesk: Citedesk) -> None:
    code, err = submitted(
        citedesk,
        GOOD,
        b"not json",
        b"",
        [],
        GOOD | {"requester": None},
        GOOD | {"ticket_id": "a\x00"},
        b'{"n": ' + b"1" * 5_000 + b"}",
        b"\xff\xfe",
    )

    assert code == 4  # refused, though no broker answers: nothing was tried
    told = {line.split()[1].rstrip(":") for line in err.splitlines() if line.startswith("refused")}
    assert told == {f"in.jsonl:{number}" for number in (2, 4, 5, 6, 7, 8)}
    assert "6 of 7 refused, nothing was sent" in err


def test_a_body_of_five_megabytes_is_refused_before_it_is_sent(citedesk: Citedesk) -> None:
    code, err = submitted(citedesk, GOOD | {"body": "x" * 5_000_000})

    assert code == 4
    assert "in.jsonl:1: too-large: the bodies hold 5000000 bytes, the limit is 1000000" in err
    assert len(err) < 1_000


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_is_refused(citedesk: Citedesk, content: bytes) -> None:
    code, err = submitted(citedesk, content)

    assert code == 4
    assert "the input is empty" in err


def test_a_mail_that_is_none_is_refused(citedesk: Citedesk) -> None:
    (citedesk.folder / "x.eml").write_bytes(b"\x00\x01just bytes")

    done = citedesk("submit", "x.eml")

    assert done.code == 4
    assert "refused x.eml: invalid-mail: not a mail" in done.err


def test_good_lines_without_a_broker_end_in_one_clear_line(citedesk: Citedesk) -> None:
    code, err = submitted(citedesk, GOOD)

    assert code == 3
    assert err.splitlines() == [line for line in err.splitlines() if line.startswith("error: ")]
    assert "no Kafka broker answers" in err


def test_nothing_of_a_ticket_s_text_is_in_an_error(citedesk: Citedesk) -> None:
    _, err = submitted(citedesk, b'{"body": "secret', GOOD | {"body": {"secret": 1}})

    assert "secret" not in err


def test_the_shipped_desks_are_found_from_any_folder(citedesk: Citedesk, tmp_path: Path) -> None:
    assert not (tmp_path / "desks").exists()
    assert citedesk("ask", "How long does a refund take?", "--desk", "desks/support").code in (0, 1)
