"""Zammad's webhook payload as a `ticket.message`. Pure.

The payload's shape is that of Zammad's documentation ("Webhook": `ticket`, `article`); fields that
are not named here are left alone.
"""

from typing import Any, cast

from agent.domain.ticket import Channel

_CHANNELS = {"email": Channel.EMAIL, "web": Channel.FORM, "chat": Channel.CHAT}


def zammad_message(payload: dict[str, Any], desk: str) -> tuple[dict[str, Any], str] | str:
    """The event's fields and its id, or why there is nothing to answer.

    What agents write and internal notes are not tickets. The customer is `claimed`: Zammad takes
    the address of a mail as it stands.
    """
    ticket, article = _part(payload, "ticket"), _part(payload, "article")
    if not ticket.get("id") or not article.get("id"):
        return "no ticket and article in the payload"
    if article.get("internal"):
        return "an internal note"
    if str(article.get("sender", "")).lower() != "customer":
        return "not written by the customer"
    customer = _part(ticket, "customer")
    name = " ".join(filter(None, (customer.get("firstname"), customer.get("lastname"))))
    fields: dict[str, Any] = {
        "ticket_id": f"zammad-{ticket['id']}-{article['id']}",
        "conversation_id": f"zammad-{ticket['id']}",
        "desk": desk,
        "requester": {
            "id": str(customer.get("email") or customer.get("login") or customer.get("id") or ""),
            "assurance": "claimed",
            "name": name[:200] or None,
            "locale": _preference(customer),
        },
        "channel": _CHANNELS.get(str(article.get("type", "")).lower(), Channel.API),
        "subject": str(article.get("subject") or ticket.get("title") or "")[:2_000],
        "body": str(article.get("body") or ""),
        "content_type": "text/html" if "html" in str(article.get("content_type")) else "text/plain",
        "sent_at": article.get("created_at"),
        "attachments": _attachments(article),
    }
    return fields, f"zammad/{ticket['id']}/{article['id']}"


def _part(holder: dict[str, Any], name: str) -> dict[str, Any]:
    found = holder.get(name)
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def _preference(customer: dict[str, Any]) -> str | None:
    locale = _part(customer, "preferences").get("locale")
    return str(locale)[:35] if locale else None


def _attachments(article: dict[str, Any]) -> list[dict[str, Any]]:
    found = article.get("attachments")
    listed = cast(list[Any], found) if isinstance(found, list) else []
    files = [cast(dict[str, Any], one) for one in listed[:200] if isinstance(one, dict)]
    return [
        {"name": str(one.get("filename", ""))[:500], "size": _size(one.get("size"))}
        for one in files
    ]


def _size(told: Any) -> int:
    return int(told) if str(told).isdigit() else 0
