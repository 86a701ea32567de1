"""Identifiers, each its own type so that one cannot be passed for another."""

import uuid
from typing import NewType

DeskName = NewType("DeskName", str)
TicketId = NewType("TicketId", str)
ConversationId = NewType("ConversationId", str)
EventId = NewType("EventId", str)
DraftId = NewType("DraftId", str)
ApprovalId = NewType("ApprovalId", str)
SourceId = NewType("SourceId", str)
"""A policy passage (`returns/en#how-long-you-have`) or a tool result (`T1`)."""

_DRAFTS = uuid.UUID("6d1f0f0c-6a0e-5c0e-9d57-0d4ad8a3c1de")


def draft_id(conversation: ConversationId, revision: int) -> DraftId:
    """The one id a conversation's revision can ever have, so a re-send repeats it."""
    return DraftId(str(uuid.uuid5(_DRAFTS, f"{conversation}/{revision}")))
