"""The queue's filters as an address carries them; page and API read them alike."""

from typing import Annotated

from fastapi import Depends

from agent.store.queue import QueueFilter
from agent.web.models import Word


def _wanted(
    desk: Word = "",
    category: Word = "",
    language: Word = "",
    priority: Word = "",
    reason: Word = "",
    q: Word = "",
    snoozed: bool = False,
) -> QueueFilter:
    return QueueFilter(
        desk=desk,
        category=category,
        language=language,
        priority=priority,
        code=reason,
        text=q,
        snoozed=snoozed,
    )


Wanted = Annotated[QueueFilter, Depends(_wanted)]


def chosen(wanted: QueueFilter) -> dict[str, str]:
    """The filters by the names that they have in an address; an empty one means all."""
    return {
        "desk": wanted.desk,
        "category": wanted.category,
        "language": wanted.language,
        "priority": wanted.priority,
        "reason": wanted.code,
        "q": wanted.text,
    }
