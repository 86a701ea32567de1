"""Between rows and values: what a column cannot hold as it is."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Column, Row

from agent.domain.draft import Draft
from agent.domain.envelope import Coordinates, Headers, Packed
from agent.domain.ids import EventId
from agent.store.records import AuditEntry, Identity, LeasedRow, RawRecord
from agent.store.schema import SHARDS, inbox

#: The columns that make a `RawRecord`.
RECORD: tuple[Column[Any], ...] = (
    inbox.c.cluster,
    inbox.c.topic,
    inbox.c.partition,
    inbox.c.offset,
    inbox.c.key,
    inbox.c.value,
    inbox.c.headers,
    inbox.c.timestamp,
    inbox.c.size,
    inbox.c.sha256,
)
#: The columns that make a `LeasedRow`.
LEASED: tuple[Column[Any], ...] = (
    inbox.c.id,
    *RECORD,
    inbox.c.source,
    inbox.c.event_id,
    inbox.c.data_sha256,
    inbox.c.type,
    inbox.c.received_at,
    inbox.c.traceparent,
)


def pack_headers(headers: Headers) -> bytes:
    return json.dumps([[name, b64encode(raw).decode()] for name, raw in headers]).encode()


def unpack_headers(packed: bytes) -> Headers:
    if not packed:
        return ()
    return tuple((name, b64decode(raw)) for name, raw in json.loads(packed))


def coordinates(row: Row[Any]) -> Coordinates:
    return Coordinates(
        cluster=row.cluster, topic=row.topic, partition=row.partition, offset=row.offset
    )


def record_values(record: RawRecord) -> dict[str, Any]:
    return {
        "cluster": record.at.cluster,
        "topic": record.at.topic,
        "partition": record.at.partition,
        "offset": record.at.offset,
        "key": record.key,
        "value": record.value,
        "headers": pack_headers(record.headers),
        "timestamp": record.timestamp,
        "size": record.size,
        "sha256": record.sha256,
    }


def to_record(row: Row[Any]) -> RawRecord:
    return RawRecord(
        at=coordinates(row),
        key=row.key,
        value=row.value,
        headers=unpack_headers(row.headers),
        timestamp=row.timestamp,
        size=row.size,
        sha256=row.sha256,
    )


def to_leased(row: Row[Any]) -> LeasedRow:
    return LeasedRow(
        id=row.id,
        record=to_record(row),
        identity=Identity(
            source=row.source,
            event_id=EventId(row.event_id),
            data_sha256=row.data_sha256,
            type=row.type,
        ),
        received_at=row.received_at,
        traceparent=row.traceparent,
    )


@cache
def _drafts() -> TypeAdapter[Draft]:
    return TypeAdapter(Draft)


def pack_draft(draft: Draft) -> bytes:
    return _drafts().dump_json(draft)


def unpack_draft(payload: bytes) -> Draft:
    return _drafts().validate_json(payload)


def reason_code(reason: str) -> str:
    """What a reason is counted as: `question` of `question 2: no policy sentence answers it`."""
    return reason.partition(":")[0].rstrip(" 0123456789").replace("|", "/")[:40]


def pack_codes(reasons: Iterable[str]) -> str:
    """The reasons' codes as one column, so that `|code|` finds each: `|answer|language|`."""
    codes = sorted({code for reason in reasons if (code := reason_code(reason))})
    return f"|{'|'.join(codes)}|" if codes else ""


def unpack_codes(packed: str) -> tuple[str, ...]:
    return tuple(code for code in packed.split("|") if code)


def shard_of(key: str) -> int:
    """The key range that a key belongs to, from 0 to `SHARDS` - 1."""
    return zlib.crc32(key.encode()) % SHARDS


def outbox_values(message: Packed, now: datetime) -> dict[str, Any]:
    return {
        "shard": shard_of(message.key),
        "topic": message.topic,
        "key": message.key,
        "type": next((raw.decode() for name, raw in message.headers if name == "ce_type"), ""),
        "headers": pack_headers(message.headers),
        "value": message.value,
        "created_at": now,
    }


def audit_values(entry: AuditEntry, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "action": entry.action,
        "actor": entry.actor,
        "subject": entry.subject,
        "details": json.dumps(entry.details, sort_keys=True),
    }
