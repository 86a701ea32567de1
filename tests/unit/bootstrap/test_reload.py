"""Desks follow their folders while tickets are in work."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from agent.bootstrap.pipeline import Desks
from agent.bootstrap.reload import STAMP, Reloader
from agent.desk import DeskError, Fault, load_desk
from agent.domain.desk import Desk
from agent.settings import SHIPPED_DESKS
from tools.registry import Registry
from tools.render import TOOL_NAMES

HR = load_desk(SHIPPED_DESKS / "hr", known_tools=TOOL_NAMES)
EDITED = replace(HR, policies=HR.policies[1:], content_hash="edited")


class Folder:
    """A folder of one desk: what reading it gives, and a file by which a change shows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.gives: Desk | DeskError = HR
        self.reads = 0
        (path / "desks").mkdir()
        self.desks = Desks(
            desks={HR.name: HR}, triage={HR.name: cast(Any, "old")}, registry=Registry([])
        )
        self.reloader = Reloader(self.desks, self.read, path / "desks", path)

    def read(self) -> Desks:
        self.reads += 1
        if isinstance(self.gives, DeskError):
            raise self.gives
        return Desks(
            desks={HR.name: self.gives},
            triage={HR.name: cast(Any, "new")},
            registry=Registry([]),
        )

    def edit(self, desk: Desk | DeskError) -> None:
        self.gives = desk
        (self.path / "desks" / f"edit-{self.reads}.md").write_text("x", encoding="utf-8")


async def test_a_changed_folder_gives_the_next_ticket_the_new_desk(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    held = MappingProxyType(cast(Any, folder.desks.desks))  # as the service's parts hold it
    in_work = held[HR.name]

    folder.edit(EDITED)

    assert await folder.reloader.look()
    assert held[HR.name] is EDITED
    assert folder.desks.triage[HR.name] == cast(Any, "new")
    assert in_work is HR


async def test_an_unchanged_folder_is_not_read(tmp_path: Path) -> None:
    folder = Folder(tmp_path)

    assert not await folder.reloader.look()
    assert folder.reads == 0


async def test_a_folder_with_faults_changes_nothing_and_is_read_again_when_mended(
    tmp_path: Path,
) -> None:
    folder = Folder(tmp_path)
    folder.edit(DeskError([Fault(file="desk.toml", problem="is broken")]))

    assert not await folder.reloader.look()
    assert folder.desks.desks[HR.name] is HR

    folder.edit(EDITED)
    assert await folder.reloader.look()
    assert folder.desks.desks[HR.name] is EDITED


async def test_a_stamp_asks_for_a_reload(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.gives = EDITED

    (tmp_path / STAMP).touch()

    assert await folder.reloader.look()
