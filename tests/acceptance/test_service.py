"""`serve` and what stands around it, as processes on real Kafka and Postgres."""

import asyncio
import json
import re
import secrets
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.bus import topics
from deploy.local.process import free_ports
from tests.acceptance.command import Citedesk
from tests.broker import begin_at_end

PARTS = ("ingest", "work", "relay")
SPEC = topics.TopicSpec(
    partitions=2, replication=1, retention=timedelta(days=7), max_message_bytes=8_388_608
)
MAIL = b"""\
From: Ann Howe <ann@example.org>
To: help@example.org
Subject: Refund
Message-ID: <%s@example.org>

How long does a refund take?
"""


@pytest.fixture(scope="module")
def citedesk(
    kafka: str, postgres_url: str, learnt: Path, tmp_path_factory: pytest.TempPathFactory
) -> Citedesk:
    """Commands that share one broker and one database, whose tables are made."""
    token = secrets.token_hex(4)
    made = Citedesk(
        folder=tmp_path_factory.mktemp("service"),
        settings={
            "DATA": str(learnt),
            "DATABASE__URL": postgres_url,
            "KAFKA__BOOTSTRAP": kafka,
            "KAFKA__GROUP": f"g-{token}",
            "KAFKA__INSTANCE": token,
            "KAFKA__SESSION_TIMEOUT_MS": "6000",
            "KAFKA__PARTITIONS": "1",
            "HTTP__PORT": "0",
            "WEB__PORT": "0",
            "TELEMETRY__LOG_FORMAT": "json",
        },
    )
    asyncio.run(topics.create(kafka, SPEC))
    asyncio.run(begin_at_end(kafka, topics.TICKETS, f"g-{token}"))
    first, again = made("migrate"), made("migrate")
    assert (first.code, again.code) == (0, 0), first.told
    assert "citedesk:***@" in first.out
    return made


@pytest.fixture(scope="module")
def three_processes(citedesk: Citedesk) -> Iterator[list["subprocess.Popen[str]"]]:
    """One process for each part; they know each other through Kafka and Postgres only."""
    running = [citedesk.start("serve", "--only", part) for part in PARTS]
    yield running
    for process in running:
        process.kill()
        process.communicate()


def a_ticket(name: str, body: str = "How long does a refund take?", **more: Any) -> bytes:
    data = {
        "ticket_id": name,
        "desk": "support",
        "requester": {"id": "C-5001", "assurance": "verified", "country": "IE"},
        "body": body,
    }
    return json.dumps(data | more).encode() + b"\n"


def a_name() -> str:
    return f"A-{secrets.token_hex(4)}"


def drafts_of(citedesk: Citedesk, *names: str) -> dict[str, dict[str, Any]]:
    """Waits until each of these tickets has its draft on the output topic."""
    found: dict[str, dict[str, Any]] = {}

    def all_there() -> bool:
        done = citedesk("drafts", "--from-start", "--timeout", "2", "--json")
        for line in done.out.splitlines():
            draft = json.loads(line)
            found[draft.get("ticket_id", "")] = draft
        return set(names) <= set(found)

    wait_until(all_there)
    return {name: found[name] for name in names}


def wait_until(reached: Callable[[], bool], within: float = 90) -> None:
    end = time.monotonic() + within
    while not reached():
        assert time.monotonic() < end, "it did not happen in time"


def dead(citedesk: Citedesk, reason: str) -> list[dict[str, Any]]:
    done = citedesk("dead", "list", "--reason", reason, "--json")
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.mark.usefixtures("three_processes")
def test_lines_mails_and_standard_input_come_back_as_drafts_whose_proof_holds(
    citedesk: Citedesk,
) -> None:
    one, two, polish, mail = a_name(), a_name(), a_name(), a_name()
    (citedesk.folder / "in.jsonl").write_bytes(a_ticket(one) + b"\n" + a_ticket(two))
    (citedesk.folder / "in.eml").write_bytes(MAIL % mail.encode())
    asked = a_ticket(polish, "Dzień dobry, ile mam dni na zwrot sukienki?")

    assert citedesk("submit", "in.jsonl").out == "sent 2 to tickets.v1\n"
    assert citedesk("submit", "in.jsonl", "--json").out == '{"sent": 2, "refused": []}\n'
    assert citedesk("submit", "--desk", "support", "in.eml").code == 0
    assert citedesk("submit", "-", stdin=asked).code == 0
    drafts = drafts_of(citedesk, one, two, polish)

    assert (drafts[polish]["language"], drafts[polish]["route"]) == ("pl", "review")
    assert drafts[one]["revision"] == 1  # the same line sent twice is one event
    (citedesk.folder / "draft.json").write_text(json.dumps(drafts[one]))
    verified = citedesk("verify", "draft.json")
    assert verified.code == 0, verified.told


@pytest.mark.usefixtures("three_processes")
def test_good_lines_of_a_bad_file_are_sent_when_asked(citedesk: Citedesk) -> None:
    name = a_name()
    (citedesk.folder / "mixed.jsonl").write_bytes(b"{bad\n" + a_ticket(name))

    done = citedesk("submit", "--keep-going", "mixed.jsonl")

    assert (done.code, done.out) == (4, "sent 1 to tickets.v1, 1 refused\n")
    assert done.err.startswith("refused mixed.jsonl:1: invalid-json")
    assert drafts_of(citedesk, name)


def test_a_limit_ends_the_following_of_drafts(citedesk: Citedesk) -> None:
    done = citedesk("drafts", "--from-start", "--limit", "2")

    assert done.code == 0
    assert len(done.out.splitlines()) == 2


@pytest.mark.usefixtures("three_processes")
def test_a_dead_event_is_listed_shown_and_replayed(citedesk: Citedesk) -> None:
    name = a_name()
    line = a_ticket(name, "my secret", desk="nowhere")
    assert citedesk("submit", "-", stdin=line).code == 0
    wait_until(lambda: len(dead(citedesk, "unknown-desk")) == 1)
    (letter,) = dead(citedesk, "unknown-desk")
    number = str(letter["inbox_id"])

    listed = citedesk("dead", "list")
    shown = citedesk("dead", "show", number)
    raw = citedesk("dead", "show", number, "--raw")
    replayed = citedesk("dead", "replay", number)
    missing = citedesk("dead", "show", "999999")

    assert "unknown-desk" in listed.out
    assert "known: 'hr', 'support'" in shown.out
    assert "my secret" not in listed.out + shown.out
    assert json.loads(raw.out) == json.loads(line)
    assert (replayed.code, replayed.out) == (0, "1 of 1 back in line\n")
    assert missing.code == 2
    assert "no dead event 999999" in missing.err

    def dead_again() -> bool:
        letters = dead(citedesk, "unknown-desk")
        return bool(letters) and letters[0]["ended_at"] > letter["ended_at"]

    wait_until(dead_again)


def test_topics_are_checked_and_made(citedesk: Citedesk) -> None:
    checked, made = citedesk("topics", "check"), citedesk("topics", "create", "--json")

    assert (checked.code, made.code) == (0, 0), checked.told
    assert json.loads(made.out) == {"created": [], "faults": []}


def test_a_second_reader_of_the_same_name_is_refused(
    citedesk: Citedesk, three_processes: list["subprocess.Popen[str]"]
) -> None:
    assert three_processes[0].poll() is None

    done = citedesk("serve", "--only", "ingest")

    assert done.code == 2
    assert "CITEDESK_KAFKA__INSTANCE" in done.err


def test_every_process_drains_and_ends_0_when_asked_to_stop(
    citedesk: Citedesk, three_processes: list["subprocess.Popen[str]"]
) -> None:
    """The last test of the module: it ends the processes."""
    for process in three_processes:
        process.send_signal(signal.SIGTERM)
    logs = [process.communicate(timeout=60)[0] for process in three_processes]

    assert [process.returncode for process in three_processes] == [0, 0, 0], logs
    for log in logs:
        assert '"service.drained"' in log
        assert "Traceback" not in log
        assert "refund" not in log  # no ticket's text


def test_two_processes_are_one_service(citedesk: Citedesk) -> None:
    """One port answers for both, they share the work, and one SIGTERM drains both."""
    port = free_ports(1)[0]
    serving = citedesk.given(HTTP__PORT=str(port)).start("serve", "--processes", "2")

    def ready() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready") as answer:
                checks: dict[str, str] = json.load(answer)["checks"]
        except OSError:
            return False  # refused at once, or 503 after it asked the processes
        return checks == {"process-0": "ok", "process-1": "ok"}

    try:
        wait_until(ready, within=240)
        names = [a_name() for _ in range(6)]
        citedesk("submit", "-", stdin=b"".join(a_ticket(name) for name in names))
        assert set(drafts_of(citedesk, *names)) == set(names)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            page = answer.read().decode()
        assert {'process="0"', 'process="1"'} <= set(re.findall(r'process="\d"', page))
    finally:
        serving.send_signal(signal.SIGTERM)
        log, _ = serving.communicate(timeout=90)
    assert serving.returncode == 0, log
    assert log.count("service.drained") == 2
