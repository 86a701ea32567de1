"""`python -m bench.pipeline [--tickets N] [--seconds S] [--acts slots,naive,free]`."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

from bench.pipeline import __doc__ as about
from bench.pipeline.free import Free, free
from bench.pipeline.machine import Services, citedesk, described, pin
from bench.pipeline.naive import Naive, naive
from bench.pipeline.naive_app import DESIGNS
from bench.pipeline.show import Run, as_json, table
from bench.pipeline.slots import Load, Slots, slots
from deploy.local import LocalError, fresh_kafka, fresh_postgres

ACTS = ("slots", "naive", "free")


def main() -> int:
    asked = _asked()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it retries by itself
    cores = pin(asked.cores)
    with tempfile.TemporaryDirectory(prefix="citedesk-bench-") as folder:
        try:
            with fresh_kafka() as kafka, fresh_postgres() as postgres:
                services = Services(kafka=kafka, postgres=postgres, folder=Path(folder), say=_say)
                run = asyncio.run(_run(asked, services, len(cores)))
        except (LocalError, RuntimeError) as problem:
            _say(f"bench: {problem}")
            _logs(Path(folder))
            return 1
    print(table(run))
    print(json.dumps(as_json(run)))
    return 0


async def _run(asked: argparse.Namespace, services: Services, cores: int) -> Run:
    env = services.environment("citedesk")
    await citedesk("topics", "create", env=env, log=services.folder / "topics.log")
    load = Load(
        work_seconds=asked.work_seconds,
        slots=asked.slots,
        processes=asked.processes[-1],
        seconds=asked.seconds,
        kills=asked.kills,
    )
    kept: Slots | None = None
    beside: list[Naive] = []
    carried: list[Free] = []
    if "slots" in asked.acts:
        _say(f"slots: {load.slots} in flight, a model of {load.work_seconds:g} s …")
        kept = await slots(services, load)
    if "naive" in asked.acts:
        for design in DESIGNS:
            _say(f"naive: {design} …")
            beside.append(await naive(services, design, load))
    if "free" in asked.acts:
        for processes in asked.processes:
            _say(f"free: {asked.tickets} tickets, processes: {processes} …")
            carried.append(await free(services, asked.tickets, processes))
    return Run(machine=described(), cores=cores, slots=kept, naive=beside, free=carried)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.pipeline",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tickets", type=_positive, default=5_000, help="of the act `free`")
    parser.add_argument("--seconds", type=float, default=60, help="window of `slots`, and `naive`")
    parser.add_argument("--slots", type=_positive, default=300, help="tickets in flight")
    parser.add_argument("--work-seconds", type=float, default=4, help="the model's time a ticket")
    parser.add_argument("--kills", type=_positive, default=3, help="kill -9 of each design")
    parser.add_argument("--cores", type=_positive, default=2, help="that everything shares")
    parser.add_argument("--acts", type=_acts, default=ACTS, help="comma between them")
    parser.add_argument(
        "--processes",
        type=_processes,
        default=(1, 2),
        help="of `free`, one after the other; `slots` takes the last",
    )
    return parser.parse_args()


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r}: give a whole number from 1")
    return int(text)


def _acts(text: str) -> tuple[str, ...]:
    acts = tuple(text.split(","))
    if unknown := set(acts) - set(ACTS):
        raise argparse.ArgumentTypeError(f"no act {min(unknown)!r} (known: {', '.join(ACTS)})")
    return acts


def _processes(text: str) -> tuple[int, ...]:
    counts = text.split(",")
    if not all(count.isdecimal() and int(count) for count in counts):
        raise argparse.ArgumentTypeError(f"{text!r}: give numbers from 1, comma between them")
    return tuple(int(count) for count in counts)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _logs(folder: Path) -> None:
    """The end of each log: the folder is removed with the run."""
    for log in sorted(folder.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()[-5:]
        _say("\n".join([f"{log.name}:", *lines]))


if __name__ == "__main__":
    raise SystemExit(main())
