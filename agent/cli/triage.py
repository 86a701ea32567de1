"""`citedesk triage`: learn a desk's classifier, and see which words decide."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from agent.domain.desk import Desk
    from agent.triage import ModelFree

triage = typer.Typer(no_args_is_help=True, help="Learn a desk's categories; see what decides.")


def load(folder: Path) -> "tuple[Desk, ModelFree]":
    """A desk and its triage, trained now or read from the cache that the service uses."""
    from agent.cli.desks import desk_folder
    from agent.desk import load_desk
    from agent.settings import load_settings
    from agent.triage import build_triager
    from tools.render import TOOL_NAMES

    desk = load_desk(desk_folder(folder), known_tools=TOOL_NAMES)
    return desk, build_triager(desk, load_settings().data / "cache")
