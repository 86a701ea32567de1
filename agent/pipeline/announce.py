"""A draft as the record that goes out. Pure."""

from agent.domain.draft import Draft
from agent.domain.envelope import Packed, pack
from agent.domain.events import DraftCreated


def draft_event(draft: Draft) -> DraftCreated:
    """The draft as its contract has it."""
    return DraftCreated(
        draft_id=draft.id,
        conversation_id=draft.conversation,
        ticket_id=draft.ticket,
        revision=draft.revision,
        desk=draft.desk,
        language=draft.language,
        route=draft.route,
        reasons=draft.reasons,
        body=draft.body,
        claims=draft.claims,
        sources=draft.sources,
        triage=draft.triage,
        answers=draft.answers,
        written_by=draft.written_by,
        created_at=draft.created_at,
    )


def announce(draft: Draft, traceparent: str | None) -> Packed:
    """The `draft.created` record; its `ce_id` is the draft's id, so a re-send repeats it."""
    return pack(
        draft_event(draft),
        key=draft.conversation,
        event_id=draft.id,
        at=draft.created_at,
        subject=draft.ticket,
        traceparent=traceparent,
    )
