"""Compile the modules that a start meets, so that every start finds them compiled.

The install compiles nothing, since most modules of the libraries are never met; and Python
compiles for the next start only where it may write (`PYTHONDONTWRITEBYTECODE` forbids it), else
at every start again. So each way into the service is imported once here.
"""

import importlib
import sys

_MET = (
    "agent.cli.app",
    "agent.cli.ask",
    "agent.bootstrap.model",
    "agent.bootstrap.pipeline",
    "agent.bootstrap.service",
    "agent.bootstrap.web",
    "agent.demo",
    "agent.triage.training",  # and scikit-learn
    "aiosqlite",
    "alembic.command",
    "asyncpg",
    "faststream.kafka",
    "py3langid.langid",
    "rich.live",
    "uvicorn",
)


def main() -> None:
    sys.dont_write_bytecode = False
    for name in _MET:
        importlib.import_module(name)


if __name__ == "__main__":
    main()
