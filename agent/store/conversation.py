"""A conversation's revision and the draft that stands in it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.domain.envelope import Packed, pack
from agent.domain.events import DraftSuperseded

Why = Literal["later-message", "ticket-closed", "decision", "erased"]


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A locked conversation, changed in memory and written back once."""

    name: str
    desk: str
    revision: int
    standing_draft: str | None
    standing_revision: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A draft that stood until an event came."""

    draft: str
    conversation: str
    revision: int
    by: str
    reason: Why

    def packed(self, now: datetime, source: str, traceparent: str | None) -> Packed:
        event = DraftSuperseded(
            draft_id=self.draft,
            conversation_id=self.conversation,
            revision=self.revision,
            superseded_by=self.by,
            reason=self.reason,
            at=now,
        )
        return pack(
            event,
            key=self.conversation,
            event_id=f"{self.draft}/superseded",
            at=now,
            subject=self.draft,
            source=source,
            traceparent=traceparent,
        )


def stands_no_more(conversation: Conversation, by: str, reason: Why) -> Superseded | None:
    """Take the standing draft down; None when none stands."""
    if conversation.standing_draft is None or conversation.standing_revision is None:
        return None
    gone = Superseded(
        draft=conversation.standing_draft,
        conversation=conversation.name,
        revision=conversation.standing_revision,
        by=by,
        reason=reason,
    )
    conversation.standing_draft = conversation.standing_revision = None
    return gone
