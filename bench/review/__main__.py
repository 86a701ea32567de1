"""How fast the queue page answers with many waiting drafts: `python -m bench.review`.

Fills a database (SQLite, or `--postgres` a Postgres of its own) with waiting drafts, serves the
page from a process of its own, and asks for it over HTTP. Prints the time to first byte.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from bench.review.fill import fill
from deploy.local import fresh_postgres
from migrations import upgrade

PATHS = (
    "/queue",
    "/queue?desk=support&language=de",
    "/queue?reason=question",
    "/queue?q=refund",
    "/api/v1/queue?limit=50",
    "/api/v1/queue/counts",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'queue.db'}"
        if asked.postgres:
            url = stack.enter_context(fresh_postgres(durable=False)).url
        upgrade(url)
        fill(url, asked.waiting)
        base = _served(url, stack)
        figures = {path: _measured(base, path, asked.requests) for path in PATHS}
    _show(figures, asked.waiting, "Postgres" if asked.postgres else "SQLite", asked.json)
    return 0


def _served(url: str, stack: ExitStack) -> str:
    """The page in a process of its own; returns its address."""
    command = [sys.executable, "-m", "bench.review.app", url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _measured(base: str, path: str, requests: int) -> dict[str, float]:
    """Milliseconds to first byte, one request after the other."""
    times: list[float] = []
    with httpx.Client(base_url=base, headers={"accept": "text/html"}) as client:
        client.get(path).raise_for_status()
        for _n in range(requests):
            began = time.perf_counter()
            with client.stream("GET", path) as answer:
                answer.raise_for_status()
                body = answer.iter_raw()
                next(body)
                times.append((time.perf_counter() - began) * 1_000)
                for _ in body:
                    pass
    cuts = statistics.quantiles(times, n=20)
    return {"p50": round(statistics.median(times), 1), "p95": round(cuts[18], 1)}


def _show(figures: dict[str, dict[str, float]], waiting: int, where: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"waiting": waiting, "database": where, "first_byte_ms": figures}))
        return
    print(f"{waiting} waiting drafts on {where}: milliseconds to first byte")
    for path, found in figures.items():
        print(f"  {path:<34} p50 {found['p50']:7.1f}   p95 {found['p95']:7.1f}")


if __name__ == "__main__":
    raise SystemExit(main())
