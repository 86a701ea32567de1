"""Builds the whole object graph from `Settings`; the one place that knows every class.

`pipeline` is what answers a ticket, `service` what runs it on a broker and a database; the names
below are brought from them on first use, so that `citedesk ask` loads neither.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.bootstrap.parts import PARTS
    from agent.bootstrap.pipeline import (
        DEMO_DAY,
        Clock,
        Desks,
        build_desks,
        build_pipeline,
        build_reader,
        now,
    )
    from agent.bootstrap.processes import run_processes
    from agent.bootstrap.service import Service, run_service

__all__ = [
    "DEMO_DAY",
    "PARTS",
    "Clock",
    "Desks",
    "Service",
    "build_desks",
    "build_pipeline",
    "build_reader",
    "now",
    "run_processes",
    "run_service",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"agent.bootstrap.{_WHERE.get(name, 'pipeline')}"), name)


_WHERE = {
    "PARTS": "parts",
    "Service": "service",
    "run_processes": "processes",
    "run_service": "service",
}
