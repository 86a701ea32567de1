"""`python -m bench.survive [--tickets N] [--kills N] [--seed N]`."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from bench.survive.run import Plan, Result, Services, survive
from deploy.local import fresh_kafka, fresh_postgres


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.survive", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    plan = Plan(tickets=asked.tickets, kills=asked.kills, seed=asked.seed)
    with (
        tempfile.TemporaryDirectory(prefix="citedesk-survive-") as folder,
        fresh_kafka() as kafka,
        fresh_postgres() as postgres,
    ):
        services = Services(
            bootstrap=kafka.bootstrap, database_url=postgres.url, folder=Path(folder)
        )
        result = asyncio.run(survive(plan, services, print))
    return _tell(plan, result)


def _tell(plan: Plan, result: Result) -> int:
    report = result.report
    for fault in report.faults[:20]:
        print(f"FAULT {fault}")
    print(f"{len(report.faults)} faults, exit code after SIGTERM {result.exit_code}")
    print(
        f"{plan.tickets} tickets + {result.duplicates} duplicates, {result.kills} x kill -9, "
        f"seed {plan.seed}: {report.drafts} drafts, {report.resent} re-sent with the same id and "
        f"bytes, {result.seconds:.0f} s"
    )
    return 0 if report.holds and result.exit_code == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
