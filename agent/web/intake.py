"""Webhooks: tickets in over HTTP, onto the same topic as all others.

A request is signed over its raw body, HMAC with the sender's secret. It is answered once the broker
has the record; the same request sent again is the same event.
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ValidationError

from agent.domain.envelope import BadRecord, Packed, pack
from agent.domain.events import BODY_LIMIT, TicketMessage
from agent.intake import from_eml
from agent.web.models import Problem
from agent.web.zammad import zammad_message

LIMIT = BODY_LIMIT  #: bytes of a request
SIGNATURE = "x-citedesk-signature"  #: `sha256=` and the hex digest
Publish = Callable[[Packed], Awaitable[None]]
"""Returns once the broker has the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who may send tickets: the desk that they are for, and the secret that signs them."""

    desk: str
    secret: bytes


class Taken(BaseModel):
    """A ticket that the broker has."""

    ticket_id: str | None
    event_id: str | None
    skipped: str | None = None


class Refused(Exception):
    """A webhook that is not taken; nothing was produced."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status = status
        self.code = code
        super().__init__(detail)


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "the request holds no ticket"},
    401: {"model": Problem, "description": "the signature is missing or wrong"},
    404: {"model": Problem, "description": "no such sender"},
    413: {"model": Problem, "description": "larger than 1 MB"},
    422: {"model": Problem, "description": "the ticket does not fit its contract"},
    503: {"model": Problem, "description": "the broker is away: send it again"},
}
intake_api = APIRouter(prefix="/api/v1/intake", responses=_PROBLEMS)
Name = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]+$")]


@intake_api.post("/{sender}", status_code=202, summary="A ticket.message event as JSON")
async def take_json(request: Request, sender: Name) -> Taken:
    """The body is the event; `desk` may be left out. `Idempotency-Key` names the event."""
    known, body = await _signed(request, sender, SIGNATURE, "sha256")
    fields = _object(body) | {"desk": known.desk}
    return await _publish(request, sender, _event(fields), _key(request, body))


@intake_api.post("/{sender}/mail", status_code=202, summary="A mail as it is (RFC 5322)")
async def take_mail(request: Request, sender: Name) -> Taken:
    known, body = await _signed(request, sender, SIGNATURE, "sha256")
    try:
        event = from_eml(body, known.desk)
    except (ValueError, BadRecord) as exc:
        raise Refused(400, "invalid-mail", str(exc)) from exc
    return await _publish(request, sender, event, _key(request, body))


@intake_api.post("/{sender}/zammad", status_code=202, summary="A Zammad webhook")
async def take_zammad(request: Request, sender: Name) -> Taken:
    """Zammad's own payload (`ticket`, `article`), signed by its `X-Hub-Signature`."""
    known, body = await _signed(request, sender, "x-hub-signature", "sha1")
    found = zammad_message(_object(body), known.desk)
    if isinstance(found, str):
        return Taken(ticket_id=None, event_id=None, skipped=found)
    fields, event_id = found
    return await _publish(request, sender, _event(fields), event_id)


async def _signed(request: Request, name: str, header: str, method: str) -> tuple[Sender, bytes]:
    """The sender and the whole body, once its signature is found right."""
    senders: Mapping[str, Sender] = request.app.state.senders
    known = senders.get(name)
    body = await _body(request)
    if known is None:
        raise Refused(404, "unknown-sender", f"no sender {name!r} under CITEDESK_WEB__WEBHOOKS")
    wanted = f"{method}={hmac.new(known.secret, body, method).hexdigest()}"
    if not hmac.compare_digest(wanted.encode(), request.headers.get(header, "").encode()):
        raise Refused(401, "bad-signature", f"`{header}` is not the body's HMAC ({method})")
    return known, body


async def _body(request: Request) -> bytes:
    """At most `LIMIT` bytes are read, whatever the request says of its length."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > LIMIT:
            raise Refused(413, "too-large", f"a request holds at most {LIMIT} bytes")
    return bytes(found)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise Refused(400, "invalid-json", "the body is no JSON; send one object") from exc
    if not isinstance(found, dict):
        raise Refused(400, "invalid-json", "the body is no JSON object")
    return cast(dict[str, Any], found)


def _event(fields: dict[str, Any]) -> TicketMessage:
    try:
        return TicketMessage.model_validate(fields)
    except ValidationError as exc:
        faults = exc.errors(include_input=False, include_url=False, include_context=False)[:3]
        told = (f"{'.'.join(map(str, one['loc'])) or 'event'}: {one['msg']}" for one in faults)
        raise Refused(422, "invalid-event", "; ".join(told)) from None


def _key(request: Request, body: bytes) -> str:
    """The sender's own name for the event, else its content: a retry is the same event."""
    given = request.headers.get("idempotency-key", "")
    if given and given.isprintable() and len(given) <= 200:
        return given
    return hashlib.sha256(body).hexdigest()


async def _publish(request: Request, sender: str, event: TicketMessage, event_id: str) -> Taken:
    publish: Publish = request.app.state.publish
    record = pack(
        event,
        key=event.conversation,
        event_id=event_id,
        at=datetime.now(UTC),
        source=f"webhook:{sender}",
        subject=event.ticket_id,
    )
    await publish(record)
    return Taken(ticket_id=event.ticket_id, event_id=event_id)
