"""Run a command on services of its own, which end with it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from deploy.local.process import say


def run(command: Sequence[str], *, kafka: bool, postgres: bool) -> int:
    """The command's exit code; it finds the fresh services in its `CITEDESK_` environment."""
    with ExitStack() as services:
        env: dict[str, str] = {}
        if kafka:
            broker = services.enter_context(fresh_kafka())
            env["CITEDESK_KAFKA__BOOTSTRAP"] = broker.bootstrap
        if postgres:
            server = services.enter_context(fresh_postgres())
            env["CITEDESK_DATABASE__URL"] = server.url
        return subprocess.run(command, env={**os.environ, **env}, check=False).returncode


@contextmanager
def fresh_kafka() -> Generator[Kafka]:
    """An empty broker for as long as the block runs."""
    with _folder("citedesk-kafka-") as folder:
        say("Kafka: starting a broker for this run …")
        with Kafka(folder) as kafka:
            say(f"Kafka: {kafka.bootstrap}")
            yield kafka


@contextmanager
def fresh_postgres(*, durable: bool = True) -> Generator[Postgres]:
    """An empty server for as long as the block runs."""
    with _folder("citedesk-postgres-") as folder:
        say("Postgres: starting a server for this run …")
        with Postgres(folder, durable=durable) as postgres:
            say(f"Postgres: port {postgres.port}")
            yield postgres


@contextmanager
def _folder(prefix: str) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)  # a Postgres that root starts runs as another account
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
