"""A case: all that a reviewer needs to see of one waiting draft."""

from dataclasses import dataclass

from agent.domain.desk import Desk
from agent.domain.draft import Claim, Draft
from agent.domain.ticket import Ticket
from agent.review.recheck import Sources
from agent.store.queue import QueueItem, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A draft with its ticket, its sources as they are today, and how its review stands."""

    item: QueueItem
    standing: Standing
    superseded_by: str | None
    draft: Draft | None  #: None once it was erased
    ticket: Ticket | None  #: None once it was erased or purged
    desk: Desk | None  #: None when the service has no such desk now
    claims: tuple[Claim, ...]  #: as they were when the draft was made
    sources: Sources


#: Why a person turned a draft down; the page and the insights count by these.
REJECT_REASONS: tuple[str, ...] = (
    "wrong-answer",
    "incomplete",
    "wrong-tone",
    "wrong-language",
    "not-our-desk",
    "no-reply-needed",
    "other",
)
