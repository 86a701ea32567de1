"""The local Kafka and Postgres that the other tests, the benchmarks and the demo stand on."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local import Kafka, Postgres
from tests.broker import first_value, make_topic, send

ROOT = Path(__file__).parents[3]


@pytest.fixture
def own_kafka(tmp_path: Path, kafka_server: Kafka) -> Iterator[Kafka]:
    """A second broker that this test may kill; the first one proves that one can run here."""
    with Kafka(tmp_path / "kafka") as broker:
        yield broker


async def test_a_record_survives_kill_9_and_the_broker_keeps_its_address(own_kafka: Kafka) -> None:
    before = own_kafka.bootstrap
    await make_topic(before, "t")
    await send(before, "t", b"kept")

    own_kafka.kill()
    assert own_kafka.pid is None
    own_kafka.start()

    assert own_kafka.bootstrap == before
    assert await first_value(before, "t") == b"kept"


async def test_a_record_of_eight_megabytes_is_taken(kafka: str) -> None:
    await make_topic(kafka, "big", settings={"max.message.bytes": str(9 * 1024 * 1024)})
    body = b"x" * (8 * 1024 * 1024)
    await send(kafka, "big", body)

    assert await first_value(kafka, "big") == body


async def test_a_row_survives_kill_9_of_postgres(postgres_server: Postgres) -> None:
    url = postgres_server.create_database("survives")
    await run(url, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (42)")

    postgres_server.kill()
    assert postgres_server.pid is None
    postgres_server.start()

    assert postgres_server.url_of("survives") == url
    assert await run(url, "SELECT n FROM t") == 42


async def test_each_module_gets_an_empty_database(postgres_url: str) -> None:
    assert postgres_url.startswith("postgresql+asyncpg://")
    assert await run(postgres_url, "SELECT count(*) FROM pg_stat_user_tables") == 0


def test_the_command_line_prints_the_line_to_paste(
    tmp_path: Path, postgres_server: Postgres
) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "pg"

    started = local("postgres", "start", "--folder", str(folder))
    again = local("postgres", "start", "--folder", str(folder))
    stopped = local("postgres", "stop", "--folder", str(folder))
    local("postgres", "clear", "--folder", str(folder))

    assert started.stdout.startswith("export CITEDESK_DATABASE__URL=postgresql+asyncpg://citedesk:")
    assert again.stdout == started.stdout
    assert stopped.stdout == ""
    assert "not running" in stopped.stderr


def local(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )


async def run(url: str, *statements: str) -> object:
    """Run statements in one transaction; the first value of the last one's first row, if any."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        results = [await connection.execute(text(statement)) for statement in statements]
        found = results[-1].scalar() if results[-1].returns_rows else None
    await engine.dispose()
    return found
