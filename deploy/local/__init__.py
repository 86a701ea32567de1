"""A real Kafka and a real Postgres on this machine, without Docker and without root.

Standard library only, so that `python -m deploy.local` works before anything is installed. The
tests, the benchmarks and the demo use these classes too:

    with Kafka(Path(".kafka")) as kafka, Postgres(Path(".postgres")) as postgres:
        ...  # kafka.bootstrap, postgres.url, kafka.kill(), kafka.restart()
"""

from deploy.local.errors import LocalError, MissingTool, StartFailed
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from deploy.local.run import fresh_kafka, fresh_postgres

__all__ = [
    "Kafka",
    "LocalError",
    "MissingTool",
    "Postgres",
    "StartFailed",
    "fresh_kafka",
    "fresh_postgres",
]
