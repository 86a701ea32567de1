"""Follows the output topics and the store until every ticket has ended."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from agent.bus.client import tail
from agent.demo.tickets import DemoTicket
from agent.domain.approval import ApprovalState
from agent.domain.events import DraftCreated
from agent.store import Store
from agent.store.records import Ending, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A ticket that ended, as the screen shows it."""

    ending: Ending
    draft: DraftCreated | None
    note: str

    @property
    def parked(self) -> bool:
        """It waits for an approval: its draft is out, and its time is not known."""
        return self.ending.inbox_id < 0

    @property
    def milliseconds(self) -> float:
        return (self.ending.ended_at - self.ending.received_at).total_seconds() * 1000


@dataclass(slots=True)
class Watch:
    """Collects what the service published and how every ticket ended."""

    store: Store
    tickets: Sequence[DemoTicket]
    out: Path
    after: int = 0  #: inbox id of the last event that had ended before, on a kept database
    drafts: dict[str, DraftCreated] = field(default_factory=dict[str, DraftCreated])
    ended: dict[int, Line] = field(default_factory=dict[int, Line])
    superseded: int = 0
    PATIENCE = 60.0  #: seconds without any news before the demo gives up

    async def lines(self, bootstrap: str) -> AsyncIterator[Line]:
        """Each ended ticket once, as its draft comes out of Kafka."""
        reading = asyncio.create_task(self._read(bootstrap))
        quiet_since = asyncio.get_running_loop().time()
        try:
            while len(self.ended) < len(self.tickets):
                fresh = [line async for line in self._fresh()]
                for line in fresh:
                    yield line
                now = asyncio.get_running_loop().time()
                quiet_since = now if fresh else quiet_since
                if reading.done():
                    await reading  # raises what went wrong
                if now - quiet_since > self.PATIENCE:
                    return
                await asyncio.sleep(0.05)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _fresh(self) -> AsyncIterator[Line]:
        notes = {ticket.ticket: ticket.note for ticket in self.tickets if ticket.ticket}
        async for line in self._parked():
            yield line
        for ending in await self.store.endings(limit=1_000):
            if ending.inbox_id <= self.after:
                break
            if ending.inbox_id in self.ended:
                self._changed(ending)
                continue
            draft = self.drafts.get(ending.draft_id or "")
            if ending.draft_id and draft is None:
                continue  # it is settled, and comes out of Kafka in a moment
            line = Line(ending=ending, draft=draft, note=notes.get(ending.ticket or "", ""))
            self.ended[ending.inbox_id] = line
            yield line

    async def _parked(self) -> AsyncIterator[Line]:
        """Tickets that wait for an approval: drafted, and ended for the screen."""
        ours = {ticket.ticket: ticket.note for ticket in self.tickets if ticket.ticket}
        for approval in await self.store.approvals.listed(states={ApprovalState.PENDING}):
            draft = self.drafts.get(approval.draft)
            seen = any(line.ending.ticket == approval.ticket for line in self.ended.values())
            if draft is None or seen or approval.ticket not in ours:
                continue
            ending = Ending(
                inbox_id=-1 - len(self.ended),  # its row has not ended
                event_id=None,
                ticket=approval.ticket,
                conversation=approval.conversation,
                desk=approval.desk,
                outcome=Outcome.REVIEW,
                reason=None,
                draft_id=approval.draft,
                superseded_by=None,
                received_at=approval.requested_at,
                ended_at=approval.requested_at,
            )
            line = Line(ending=ending, draft=draft, note=ours[approval.ticket])
            self.ended[ending.inbox_id] = line
            yield line

    def _changed(self, ending: Ending) -> None:
        """A later message may supersede what was already shown."""
        shown = self.ended[ending.inbox_id]
        if shown.ending.outcome is not ending.outcome:
            self.ended[ending.inbox_id] = Line(ending=ending, draft=shown.draft, note=shown.note)

    async def _read(self, bootstrap: str) -> None:
        records = tail(bootstrap, DraftCreated.TOPIC, from_start=True, max_message_bytes=8_388_608)
        async with aclosing(records):
            with self.out.open("w", encoding="utf-8") as file:
                async for record in records:
                    if record.header("ce_type") != DraftCreated.TYPE:
                        self.superseded += 1
                        continue
                    draft = DraftCreated.model_validate_json(record.value)
                    self.drafts[draft.draft_id] = draft
                    file.write(record.value.decode() + "\n")
                    file.flush()
