"""Admission: new rows are read, triaged without a model, and put in line. Decisions are pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from agent import telemetry
from agent.domain.desk import Desk
from agent.domain.envelope import BadRecord, Incoming, read
from agent.domain.events import CustomerErased, TicketClosed, TicketMessage, utc
from agent.domain.ids import ConversationId, DeskName, TicketId
from agent.domain.ticket import Assurance, Ticket
from agent.domain.triage import Triage
from agent.intake import no_reply_reason, to_ticket
from agent.store.records import (
    Admission,
    Bury,
    Close,
    Erase,
    Identity,
    InboxRow,
    Outcome,
    Queue,
    Skip,
    State,
)

type_of_decision = Queue | Skip | Close | Erase | Bury


class FastTriage(Protocol):
    """The model-free triage of one desk: about a millisecond a ticket."""

    def triage_many(self, tickets: Sequence[Ticket]) -> list[Triage]: ...


class AdmitStore(Protocol):
    async def acquire(
        self, names: Sequence[str], owner: str, until: datetime, now: datetime
    ) -> set[str]: ...

    async def unread(self, limit: int) -> list[InboxRow]: ...

    async def admit(
        self, admissions: Sequence[Admission], *, now: datetime
    ) -> list[Outcome | State]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitSettings:
    batch: int
    max_age: timedelta
    own_addresses: tuple[str, ...] = ()
    sources: Mapping[str, Assurance] = {}  # noqa: RUF008 - never written to
    default_assurance: Assurance = Assurance.VERIFIED
