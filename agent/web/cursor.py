"""Where a stretch of the queue ended, as text for an address."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from agent.review.errors import BadDecision
from agent.store.reviewing import Cursor


def pack_cursor(cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    due, draft = cursor
    return urlsafe_b64encode(f"{due.isoformat()}|{draft}".encode()).decode()


def unpack_cursor(text: str | None) -> Cursor | None:
    """Raises `BadDecision` for text that is no cursor."""
    if not text:
        return None
    try:
        due, _, draft = urlsafe_b64decode(text.encode()).decode().partition("|")
        moment = datetime.fromisoformat(due)
        if moment.tzinfo is None or not draft or "\0" in draft:
            raise ValueError
    except ValueError:
        raise BadDecision("`after` is not what a page of the queue gave") from None
    return moment, draft
