"""`python -m deploy.local kafka|postgres start|stop|kill|restart|status|clear`, or `run`.

What happens is told on standard error; standard output holds only the lines to paste into a
shell, so that `eval "$(python -m deploy.local kafka start)"` sets them. `run --kafka --postgres
-- COMMAND` runs a command on fresh services that end with it.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.local.errors import LocalError
from deploy.local.kafka import Kafka, fetch
from deploy.local.postgres import Postgres
from deploy.local.process import say
from deploy.local.run import run

_ROOT = Path(__file__).resolve().parents[2]
_ACTIONS = ("start", "stop", "kill", "restart", "status", "clear")


def main(arguments: list[str] | None = None) -> int:
    """0 when done, 1 when the service could not be started, 2 for a wrong call."""
    asked = _parser().parse_args(arguments)
    does: dict[str, Callable[[argparse.Namespace], int]] = {
        "kafka": _kafka,
        "postgres": _postgres,
        "run": _run,
    }
    try:
        return does[asked.service](asked)
    except LocalError as error:
        say(f"error: {error}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    what = parser.add_subparsers(dest="service", required=True)
    for name in ("kafka", "postgres"):
        service = what.add_parser(name)
        actions = (*_ACTIONS, "fetch") if name == "kafka" else _ACTIONS
        service.add_argument("action", choices=actions)
        service.add_argument("--folder", type=Path, help=f"default: .{name} of the checkout")
        service.add_argument("--port", type=int, help="default: a free one, kept over restarts")
    fresh = what.add_parser("run")
    fresh.add_argument("--kafka", action="store_true", help="on a fresh Kafka")
    fresh.add_argument("--postgres", action="store_true", help="on a fresh Postgres")
    fresh.add_argument("command", nargs="+")
    return parser


def _kafka(asked: argparse.Namespace) -> int:
    if asked.action == "fetch":
        fetch()
        return 0
    kafka = Kafka(asked.folder or _ROOT / ".kafka", port=asked.port)
    _do(kafka, asked.action)
    return _report("Kafka", kafka, lambda: f"CITEDESK_KAFKA__BOOTSTRAP={kafka.bootstrap}")


def _postgres(asked: argparse.Namespace) -> int:
    postgres = Postgres(asked.folder or _ROOT / ".postgres", port=asked.port)
    _do(postgres, asked.action)
    return _report("Postgres", postgres, lambda: f"CITEDESK_DATABASE__URL={postgres.url}")


def _run(asked: argparse.Namespace) -> int:
    return run(asked.command, kafka=asked.kafka, postgres=asked.postgres)


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
