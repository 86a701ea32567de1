"""A draft as the shared draft of its Zammad ticket.

`PUT /api/v1/tickets/{id}/shared_draft` replaces the ticket's one shared draft, so delivering a
draft twice changes nothing. Agents see it in the ticket and send it, or not.
"""

import html
import re
import uuid
from typing import Any

import httpx

from agent.domain.events import DraftCreated

_TICKET = re.compile(r"zammad-(\d{1,18})")
_FORMS = uuid.UUID("6d8d1f0e-33a4-5f0f-9a40-5c0c2c7b8f11")


class NotDelivered(Exception):
    """Zammad did not take the draft; `again` says whether it may later."""

    def __init__(self, ticket: str, why: str, *, again: bool) -> None:
        self.again = again
        super().__init__(f"Zammad ticket {ticket}: {why}")


def ticket_number(conversation: str) -> str | None:
    """Zammad's id of a conversation that came from its webhook; None for any other."""
    found = _TICKET.fullmatch(conversation)
    return found[1] if found else None


def shared_draft(draft: DraftCreated) -> dict[str, Any]:
    """The request's body. The form's id follows from the draft's, so a retry is the same form."""
    return {
        "form_id": str(uuid.uuid5(_FORMS, draft.draft_id)),
        "new_article": {
            "body": as_html(draft.body),
            "content_type": "text/html",
            "type": "email",
            "internal": False,
        },
        "ticket_attributes": {},
    }


def as_html(body: str) -> str:
    """Plain text as the HTML that Zammad's editor works on."""
    blocks = body.split("\n\n")
    return "".join(f"<p>{html.escape(block).replace(chr(10), '<br>')}</p>" for block in blocks)


class Zammad:
    """One Zammad, by its address and an access token with `ticket.agent`."""

    def __init__(self, client: httpx.AsyncClient, *, url: str, token: str) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Token token={token}"}

    async def deliver(self, draft: DraftCreated) -> bool:
        """False for a draft of another source; raises `NotDelivered`."""
        ticket = ticket_number(draft.conversation_id)
        if ticket is None:
            return False
        try:
            answer = await self._client.put(
                f"{self._url}/api/v1/tickets/{ticket}/shared_draft",
                json=shared_draft(draft),
                headers=self._headers,
            )
        except httpx.HTTPError as exc:
            raise NotDelivered(ticket, type(exc).__name__, again=True) from exc
        if answer.status_code >= 400:
            again = answer.status_code >= 500 or answer.status_code == 429
            raise NotDelivered(ticket, f"status {answer.status_code}", again=again)
        return True
