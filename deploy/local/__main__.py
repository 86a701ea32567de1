"""`python -m deploy.local kafka|postgres start|stop|kill|restart|status|clear`.

What happens is told on standard error; standard output holds only the lines to paste into a
shell, so that `eval "$(python -m deploy.local kafka start)"` sets them.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.local.errors import LocalError
from deploy.local.kafka import Kafka, fetch
from deploy.local.postgres import Postgres
from deploy.local.process import say

_ROOT = Path(__file__).resolve().parents[2]
_ACTIONS = ("start", "stop", "kill", "restart", "status", "clear", "fetch")


def main(arguments: list[str] | None = None) -> int:
    """0 when done, 1 when the service could not be started, 2 for a wrong call."""
    asked = _parser().parse_args(arguments)
    try:
        return _kafka(asked) if asked.service == "kafka" else _postgres(asked)
    except LocalError as error:
        say(f"error: {error}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("service", choices=("kafka", "postgres"))
    parser.add_argument("action", choices=_ACTIONS)
    parser.add_argument("--folder", type=Path, help="default: .kafka or .postgres of the checkout")
    parser.add_argument("--port", type=int, help="default: a free one, kept over restarts")
    return parser


def _kafka(asked: argparse.Namespace) -> int:
    kafka = Kafka(asked.folder or _ROOT / ".kafka", port=asked.port)
    if asked.action == "fetch":
        fetch()
        return 0
    _do(kafka, asked.action)
    return _report("Kafka", kafka, lambda: f"CITEDESK_KAFKA__BOOTSTRAP={kafka.bootstrap}")


def _postgres(asked: argparse.Namespace) -> int:
    postgres = Postgres(asked.folder or _ROOT / ".postgres", port=asked.port)
    _do(postgres, asked.action)
    return _report("Postgres", postgres, lambda: f"CITEDESK_DATABASE__URL={postgres.url}")


def _do(service: Kafka | Postgres, action: str) -> None:
    actions: dict[str, Callable[[], None]] = {
        "start": service.start,
        "stop": service.stop,
        "kill": service.kill,
        "restart": service.restart,
        "clear": service.clear,
    }
    actions.get(action, lambda: None)()


def _report(name: str, service: Kafka | Postgres, setting: Callable[[], str]) -> int:
    if service.pid is None:
        say(f"{name}: not running")
        return 0
    say(f"{name}: running (pid {service.pid}, log {service.log})")
    print(f"export {setting()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
