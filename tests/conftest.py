"""Tiers by folder, real services on demand, no network outside this machine.

A test says what it needs by a fixture: `kafka` is the address of a real broker, `postgres_url` an
empty Postgres database of the test's module. Both start on first use and are skipped, with the
reason repeated at the end of the run, where this machine cannot run them. To use services that
stand already, set `CITEDESK_TEST_KAFKA=host:port` or `CITEDESK_TEST_POSTGRES=postgresql+asyncpg://…`
(a user who may create databases). `CITEDESK_TEST_REQUIRE=kafka,postgres` turns a skip into a
failure: for a build machine.
"""

import os
import socket
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from deploy.local import Kafka, Postgres, fresh_kafka, fresh_postgres
from deploy.local import kafka as local_kafka
from deploy.local import postgres as local_postgres
from tests import chromium as real_browser
from tests.databases import Databases

TESTS = Path(__file__).parent
TIERS = ("unit", "contract", "integration", "acceptance", "migrations", "faults", "vllm")
#: Seconds a test may take.
SLOW_TIERS = {"integration": 180, "acceptance": 180, "faults": 300, "vllm": 900}
_SKIPPED = pytest.StashKey[Counter[tuple[str, str]]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SKIPPED] = Counter()


def pytest_report_header() -> list[str]:
    """What this machine can run, said before the first test."""
    named = {
        "kafka": local_kafka.missing(),
        "postgres": local_postgres.missing(),
        "chromium": real_browser.missing(),
    }
    return [f"{name}: {why or 'a real one, started on demand'}" for name, why in named.items()]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        tier = _tier(item)
        item.add_marker(tier)
        if tier in SLOW_TIERS and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SLOW_TIERS[tier]))


def _tier(item: pytest.Item) -> str:
    folder = item.path.relative_to(TESTS).parts[0]
    if folder not in TIERS:
        raise pytest.UsageError(f"{item.path}: tests stand in one of {', '.join(TIERS)}")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_outside_network() -> Iterator[None]:
    """A connection that leaves this machine is a mistake in a test: refuse it and say so."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(self: socket.socket, address: Any) -> None:
        _refuse_outside(self, address)
        connect(self, address)

    def checked_ex(self: socket.socket, address: Any) -> int:
        _refuse_outside(self, address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked)
        patch.setattr(socket.socket, "connect_ex", checked_ex)
        yield


class OutsideNetwork(AssertionError):
    """A test tried to leave this machine."""

    def __init__(self, host: str) -> None:
        super().__init__(f"a test tried to connect to {host!r}: tests use this machine only")


def _refuse_outside(sock: socket.socket, address: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    if not (host.startswith("127.") or host in ("::1", "localhost", "0.0.0.0", *_standing())):
        raise OutsideNetwork(host)


def _standing() -> set[str]:
    """The hosts of services that the environment names for the tests."""
    urls = (
        os.environ.get("CITEDESK_TEST_POSTGRES", ""),
        "//" + os.environ.get("CITEDESK_TEST_KAFKA", ""),
    )
    return {host for url in urls if (host := urlsplit(url).hostname)}


@pytest.fixture(scope="session")
def kafka_server(request: pytest.FixtureRequest) -> Iterator[Kafka]:
    """A real broker of this run, for tests that kill and restart it."""
    _need(request, "kafka", local_kafka.missing())
    with fresh_kafka() as kafka:
        yield kafka


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> str:
    """Bootstrap address of a real broker. Topics are not made automatically: name them per test."""
    standing = os.environ.get("CITEDESK_TEST_KAFKA")
    if standing:
        return standing
    server: Kafka = request.getfixturevalue("kafka_server")
    return server.bootstrap


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """A real Postgres of this run, for tests that kill and restart it."""
    _need(request, "postgres", local_postgres.missing())
    with fresh_postgres(durable=False) as postgres:
        yield postgres


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes and drops databases on the Postgres of this run."""
    standing = os.environ.get("CITEDESK_TEST_POSTGRES")
    if standing:
        return Databases(standing)
    server: Postgres = request.getfixturevalue("postgres_server")
    return Databases(server.url)


@pytest.fixture(scope="module")
def postgres_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """SQLAlchemy URL (asyncpg) of an empty database that this module's tests share."""
    with databases.fresh(request.path.stem) as url:
        yield url


@pytest.fixture(scope="session")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of this run, where the shipped desks' classifiers are trained once."""
    return tmp_path_factory.mktemp("learnt")


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A real browser, headless."""
    _need(request, "chromium", real_browser.missing())
    with real_browser.browser() as started:
        yield started


def _need(request: pytest.FixtureRequest, service: str, why_not: str | None) -> None:
    if why_not is None:
        return
    if service in os.environ.get("CITEDESK_TEST_REQUIRE", "").split(","):
        pytest.fail(why_not, pytrace=False)
    pytest.skip(f"no {service}: {why_not}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        item.config.stash[_SKIPPED][(_tier(item), reason)] += 1
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say loudly what did not run: a green run that skipped a tier proves less."""
    for (tier, reason), count in sorted(config.stash[_SKIPPED].items()):
        line = f"NOT RUN  {tier}: {count} test{'s' if count > 1 else ''}: {reason}"
        terminalreporter.write_line(line, yellow=True)
