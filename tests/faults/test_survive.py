"""The kill run at a small scale: the same code as `python -m bench.survive`."""

from pathlib import Path

from agent.bus.topics import NAMES
from bench.survive.run import Plan, Services, survive
from deploy.local import Kafka
from tests.broker import remove_topics


async def test_nothing_is_lost_doubled_or_out_of_order_over_kill_9(
    kafka_server: Kafka, postgres_url: str, tmp_path: Path, learnt: Path
) -> None:
    """Seed 7. Kill points: two random shares of the work, at any instruction.

    Checker: `bench.survive.checker`, itself tested with planted faults.
    """
    await remove_topics(kafka_server.bootstrap, NAMES)
    (tmp_path / "data").symlink_to(learnt)
    services = Services(
        bootstrap=kafka_server.bootstrap, database_url=postgres_url, folder=tmp_path
    )

    result = await survive(Plan(tickets=400, kills=2, seed=7), services)

    assert result.report.faults == []
    assert result.exit_code == 0
    assert result.duplicates > 0
    assert result.report.drafts > 100
