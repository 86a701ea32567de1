"""Rows to tickets: intake applied with this service's settings. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.domain.desk import Desk
from agent.domain.envelope import BadRecord, Incoming, read
from agent.domain.events import TicketMessage
from agent.domain.ids import ConversationId
from agent.domain.ticket import Assurance, Ticket
from agent.intake import Received, no_reply_reason, to_ticket
from agent.store.records import LeasedRow

SEVERAL_REQUESTERS = "several-requesters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads message events as tickets, and trusts each source only as far as it is configured."""

    own_addresses: tuple[str, ...] = ()
    sources: Mapping[str, Assurance] | None = None
    default_assurance: Assurance = Assurance.VERIFIED

    def leased(self, row: LeasedRow) -> Received | None:
        """A leased row as a message; None for one that is no message or was blanked."""
        record = row.record
        try:
            incoming = read(record.value, record.headers, record.at)
        except BadRecord:
            return None
        if not isinstance(incoming.event, TicketMessage):
            return None
        return self.message(incoming, incoming.event, row.received_at)

    def message(self, incoming: Incoming, event: TicketMessage, received_at: datetime) -> Received:
        """The event as its source may vouch for it."""
        return Received(
            event_id=incoming.id,
            event=self._capped(event, incoming.source),
            received_at=received_at,
        )

    def no_reply(self, event: TicketMessage) -> str | None:
        """Why nobody should answer, as the mail's own headers say."""
        return no_reply_reason(event, self.own_addresses)

    def ticket(
        self,
        waiting: Sequence[Received],
        desk: Desk,
        conversation: ConversationId,
        history: Sequence[Received] = (),
    ) -> Ticket:
        """One ticket of all waiting messages, the last writer being the requester.

        Where several people write in one conversation nobody's identity is vouched for, and
        what others wrote earlier is not shown.
        """
        last = waiting[-1].event.requester.id
        own = [one for one in history if one.event.requester.id == last]
        ticket = to_ticket(waiting, desk, history=own, conversation=conversation)
        if len({one.event.requester.id for one in waiting}) == 1:
            return ticket
        requester = replace(ticket.requester, assurance=Assurance.CLAIMED)
        return replace(ticket, requester=requester, tags=(*ticket.tags, SEVERAL_REQUESTERS))

    def _capped(self, event: TicketMessage, source: str) -> TicketMessage:
        most = (self.sources or {}).get(source, self.default_assurance)
        if most is Assurance.VERIFIED or event.requester.assurance is Assurance.CLAIMED:
            return event
        requester = event.requester.model_copy(update={"assurance": Assurance.CLAIMED})
        return event.model_copy(update={"requester": requester})
