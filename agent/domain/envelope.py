"""CloudEvents 1.0 over Kafka: reading what came in, packing what goes out. Pure.

Incoming records are accepted in three forms, told apart as the specification says (section 3 of
the Kafka protocol binding): binary mode (`ce_*` headers, data in the value), structured mode
(`content-type: application/cloudevents+json`), and plain JSON with no envelope at all.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pydantic import ValidationError

from agent.domain.events import (
    BODY_LIMIT,
    INCOMING,
    Event,
    TicketMessage,
)
from agent.domain.ids import EventId

Headers = tuple[tuple[str, bytes], ...]
_ACCEPTED: dict[str, type[Event]] = {contract.TYPE: contract for contract in INCOMING}
_SPEC = "1.0"


class BadRecord(Exception):
    """A record that cannot be read as one of our events. `detail` carries no ticket text."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """Where a record stands in Kafka."""

    cluster: str
    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.cluster}/{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A record read as an event, with the identity it is deduplicated by."""

    source: str
    id: EventId
    data_sha256: str  #: of the event's data in canonical form: re-formatting changes nothing
    event: Event
    traceparent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """An outgoing record, complete to the byte."""

    topic: str
    key: str
    headers: Headers
    value: bytes


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read(value: bytes, headers: Iterable[tuple[str, bytes]], at: Coordinates) -> Incoming:
    """Read a record in any of the three forms; raises `BadRecord` with a code and a mend."""
    head = {name.lower(): raw for name, raw in headers}
    if _text(head, "content-type").startswith("application/cloudevents+json"):
        attributes, data = _structured(value)
    elif "ce_specversion" in head or "ce_type" in head:
        attributes = {k[3:]: _text(head, k) for k in head if k.startswith("ce_")}
        data = _json(value)
    else:
        attributes, data = {}, _json(value)
        if isinstance(data, dict) and "specversion" in data:
            attributes, data = _structured(value)
    fields = _object(data)
    event = _event(attributes.get("type") or TicketMessage.TYPE, fields)
    source, event_id = _identity(attributes, event, at)
    return Incoming(
        source=source,
        id=EventId(event_id),
        data_sha256=sha256(_canonical(fields)),
        event=event,
        traceparent=attributes.get("traceparent") or _text(head, "traceparent") or None,
    )


def pack(
    event: Event,
    *,
    key: str,
    event_id: str,
    at: datetime,
    subject: str | None = None,
    source: str = "citedesk",
    traceparent: str | None = None,
) -> Packed:
    """An outgoing event in binary mode. The same arguments give the same bytes."""
    attributes = {
        "ce_specversion": _SPEC,
        "ce_type": event.TYPE,
        "ce_source": source,
        "ce_id": event_id,
        "ce_time": at.isoformat().replace("+00:00", "Z"),
        "content-type": "application/json",
    }
    if subject:
        attributes["ce_subject"] = subject
    if traceparent:
        attributes["traceparent"] = traceparent
    return Packed(
        topic=event.TOPIC,
        key=key,
        headers=tuple((name, text.encode()) for name, text in attributes.items()),
        value=event.model_dump_json().encode(),
    )


def _text(head: Mapping[str, bytes], name: str) -> str:
    return head.get(name, b"").decode("utf-8", "replace")


def _json(value: bytes) -> Any:
    if not value.strip():
        raise BadRecord("empty", "the record has no value; send the event as a JSON object")
    try:
        text = value.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadRecord(
            "wrong-charset", f"byte {exc.start} is not UTF-8; send the event as UTF-8 JSON"
        ) from exc
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        where = f"line {exc.lineno} column {exc.colno}"
        raise BadRecord(
            "invalid-json", f"{where}: {exc.msg}; send one JSON object a record"
        ) from exc
    except RecursionError as exc:
        raise BadRecord("invalid-json", "nested too deeply; send one flat JSON object") from exc
    except ValueError as exc:  # a whole number of thousands of digits
        raise BadRecord("invalid-json", "a number has too many digits; send it as text") from exc


def _object(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadRecord(
            "invalid-json", f"the data is a JSON {type(data).__name__}; send a JSON object"
        )
    return cast(dict[str, Any], data)


def _structured(value: bytes) -> tuple[dict[str, str], Any]:
    envelope = _object(_json(value))
    if "data" not in envelope:
        raise BadRecord("no-data", "the CloudEvent has no `data`; put the event there as an object")
    attributes = {k: v for k, v in envelope.items() if k != "data" and isinstance(v, str)}
    return attributes, envelope["data"]


def _event(kind: str, data: dict[str, Any]) -> Event:
    contract = _ACCEPTED.get(kind)
    if contract is None:
        known = ", ".join(repr(name) for name in sorted(_ACCEPTED))
        raise BadRecord("unknown-type", f"type {kind[:80]!r} is not known (known: {known})")
    try:
        event = contract.model_validate(data)
    except ValidationError as exc:
        raise BadRecord("invalid-event", _told(exc)) from exc
    _check_text(event)
    return event


def _told(error: ValidationError) -> str:
    """Field and reason of the first three faults; never the value, which may be personal."""
    faults = [
        f"{_place(fault['loc'])}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)[:3]
    ]
    return "; ".join(faults)


def _place(path: tuple[int | str, ...]) -> str:
    """The path of a field; of a mail header only that it is one: its name is the sender's text."""
    known = path[:1] if path[:1] == ("headers",) else path
    return ".".join(str(part) for part in known) or "event"


def _check_text(event: Event) -> None:
    if not isinstance(event, TicketMessage):
        return
    thread = (part for message in event.messages for part in (message.subject, message.body))
    bodies = [event.body, *thread]
    try:
        size = sum(len(body.encode()) for body in bodies)
    except UnicodeEncodeError as exc:
        raise BadRecord(
            "wrong-charset", "the text holds half of a surrogate pair; send whole characters"
        ) from exc
    if size > BODY_LIMIT:
        raise BadRecord(
            "too-large", f"the bodies hold {size} bytes, the limit is {BODY_LIMIT}; send less"
        )


def _identity(attributes: Mapping[str, str], event: Event, at: Coordinates) -> tuple[str, str]:
    if attributes.get("source") and attributes.get("id"):
        return _printable(attributes, "source"), _printable(attributes, "id")
    if isinstance(event, TicketMessage) and event.message_no is not None:
        return f"desk:{event.desk}", f"{event.ticket_id}/{event.message_no}"
    return f"kafka:{at.cluster}/{at.topic}", f"{at.partition}/{at.offset}"


def _printable(attributes: Mapping[str, str], name: str) -> str:
    value = attributes[name]
    if len(value) > 256 or not value.isprintable():
        raise BadRecord(
            "invalid-envelope", f"`{name}` must be printable and at most 256 characters"
        )
    return value


def _canonical(fields: Any) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
