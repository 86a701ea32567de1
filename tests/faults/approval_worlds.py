"""Where a fuzzed approval lives: a real store, or the store's promises in memory."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, Protocol

from pydantic import TypeAdapter
from sqlalchemy import text

from agent.approvals import Approval, ApprovalState
from agent.approvals.service import Rows
from agent.domain.draft import Proposal
from agent.store import Store
from agent.store.approvals import Judge
from agent.store.database import Database
from agent.store.records import Admission, ApprovalChange, AuditEntry
from tests.contract.store.asking import a_proposal
from tests.contract.store.values import Desk, an_identity, to_close, to_queue

_OTHER = TypeAdapter(Proposal).dump_json(a_proposal(order_id="66666"))


class World(Protocol):
    """Where approvals are kept, and what others do there."""

    rows: Rows

    async def alter(self, approval: Approval, column: str) -> None:
        """An intruder writes into a row past the service."""
        ...

    async def move_on(self, conversation: str, *, close: bool, now: datetime) -> None:
        """A later message comes, or the ticket is closed."""
        ...


class StoreWorld:
    """A real store."""

    def __init__(self, store: Store, database: Database, offsets: "count[int]") -> None:
        self.rows: Rows = store.approvals
        self._store = store
        self._database = database
        self._desk = Desk(store, offsets=offsets)

    async def alter(self, approval: Approval, column: str) -> None:
        statement = f"UPDATE approvals SET {column} WHERE id = :id"
        values = {"id": approval.id, "payload": _OTHER}
        bound = {name: value for name, value in values.items() if f":{name}" in statement}
        await self._database.write(lambda connection: connection.execute(text(statement), bound))

    async def move_on(self, conversation: str, *, close: bool, now: datetime) -> None:
        decision = to_close(conversation) if close else to_queue(conversation)
        (row,) = await self._desk.receive(b"{}")
        admission = Admission(row=row, identity=an_identity(f"e-{row}"), decision=decision)
        await self._store.admit([admission], now=now)


class MemoryWorld:
    """The store's promises in memory, so that very many orders can be run: a change is judged and
    written in one step, and every call lets the others go first.
    """

    def __init__(self) -> None:
        self.rows: Rows = self
        self.kept: dict[str, Approval] = {}
        self.revisions: dict[str, int] = {}

    async def get(self, approval_id: str) -> Approval | None:
        await asyncio.sleep(0)
        return self.kept.get(approval_id)

    async def change(self, approval_id: str, judge: Judge, now: datetime) -> Approval | None:
        await asyncio.sleep(0)
        before = self.kept.get(approval_id)
        if before is None:
            return None
        after = judge(before, self.revisions[before.conversation]).approval
        self.kept[approval_id] = after
        return after

    async def note(self, entries: Sequence[AuditEntry], now: datetime) -> None:
        await asyncio.sleep(0)

    async def listed(
        self,
        *,
        states: Collection[ApprovalState] | None = None,
        desk: str | None = None,
        limit: int = 100,
    ) -> list[Approval]:
        return list(self.kept.values())[:limit]

    async def of(self, conversation: str) -> list[Approval]:
        return [one for one in self.kept.values() if one.conversation == conversation]

    async def due(self, now: datetime, limit: int) -> list[Approval]:
        return [one for one in self.kept.values() if one.state.open][:limit]

    async def decided_count(self, by: str, since: datetime, *, requester: str | None = None) -> int:
        return sum(one.decided_by == by for one in self.kept.values())

    async def add(self, requested: Approval, change: ApprovalChange, now: datetime) -> bool:
        self.kept[requested.id] = requested
        self.revisions[requested.conversation] = requested.revision
        return True

    async def alter(self, approval: Approval, column: str) -> None:
        changed: dict[str, Any] = {
            "requester = 'r-666'": {"requester": "r-666"},
            "revision = 77": {"revision": 77},
            "payload = :payload": {"proposal": a_proposal(order_id="66666")},
        }[column]
        self.kept[approval.id] = replace(self.kept[approval.id], **changed)

    async def move_on(self, conversation: str, *, close: bool, now: datetime) -> None:
        self.revisions[conversation] += 1
        for one in await self.of(conversation):
            if one.state in (ApprovalState.PENDING, ApprovalState.APPROVED):
                self.kept[one.id] = replace(one, state=ApprovalState.WITHDRAWN, ended_at=now)
