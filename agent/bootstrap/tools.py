"""The tools of a process, and one desk's alone, without training anything."""

from datetime import date
from pathlib import Path
from typing import Final

from agent.desk import load_desk
from agent.settings import Settings
from tools.demo_backend import demo_registry
from tools.registry import Registry

#: The demo's backend is a snapshot of this day; its answers do not change with the calendar.
DEMO_DAY: Final = date(2026, 11, 25)


def build_registry(settings: Settings) -> Registry:
    """The tools that this installation has."""
    return demo_registry(settings.data / "demo-backend.db", lambda: DEMO_DAY)


def desk_registry(settings: Settings, folder: Path) -> tuple[Registry, tuple[str, ...]]:
    """The tools that the desk in a folder may call, and their names; raises `DeskError`."""
    registry = build_registry(settings)
    desk = load_desk(folder, known_tools=registry.names)
    return registry.with_tools((), desks={desk.name: desk.tools}), desk.tools
