"""Desks that follow their folders while the service runs.

The service's parts hold one mapping of desks. A reload reads the folders beside the running work
and then puts the new desks into that mapping: a ticket in work keeps the desk it began with, the
next one gets the new. A folder with faults changes nothing.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import cast

from agent import observe, waiting
from agent.bootstrap.pipeline import Desks
from agent.desk import DeskError
from agent.desk.edits import changes
from agent.desk.watch import seen
from agent.domain.desk import Desk
from agent.domain.ids import DeskName

STAMP = "reload"  #: a file in the data folder; who touches it asks for a reload now
POLL_SECONDS = 2.0


class Reloader:
    """Looks at the folder of desks every few seconds, and reads it again when it changed."""

    def __init__(self, desks: Desks, build: Callable[[], Desks], folder: Path, data: Path) -> None:
        self._desks = desks
        self._build = build
        self._places = (folder, data / STAMP)
        self._seen = seen(*self._places)

    async def run(self, stop: asyncio.Event) -> None:
        while not await waiting.first(stop, seconds=POLL_SECONDS):
            await self.look()

    async def look(self) -> bool:
        """Reload if anything changed; whether there are new desks now."""
        now = await asyncio.to_thread(seen, *self._places)
        if now == self._seen:
            return False
        self._seen = now
        try:
            loaded = await asyncio.to_thread(self._build)
        except (DeskError, OSError) as exc:
            faults = len(exc.faults) if isinstance(exc, DeskError) else 1
            observe.log.error("desks.not_reloaded", faults=faults, see="citedesk policies check")
            return False
        self._take(loaded)
        return True

    def _take(self, loaded: Desks) -> None:
        """In one step of the event loop, so that no ticket sees half of it."""
        desks = cast(MutableMapping[DeskName, Desk], self._desks.desks)
        triage = cast(MutableMapping[DeskName, object], self._desks.triage)
        self._desks.registry.take(loaded.registry)
        for name, desk in loaded.desks.items():
            before = desks.get(name)
            changed = changes(before.policies if before else (), desk.policies)
            desks[name], triage[name] = desk, loaded.triage[name]
            if before is None or before.content_hash != desk.content_hash:
                observe.log.info(
                    "desk.reloaded",
                    desk=name,
                    added=len(changed.added),
                    edited=len(changed.edited),
                    removed=len(changed.removed),
                )
        for name in desks.keys() - loaded.desks.keys():
            observe.log.warning(
                "desk.kept", desk=name, why="its folder is gone; restart to drop it"
            )
