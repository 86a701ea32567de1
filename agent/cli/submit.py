"""`citedesk submit`: files to events, checked before anything is sent."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from agent.bus import topics
from agent.bus.client import Producer
from agent.cli.exits import CommandFailed, Exit
from agent.cli.output import as_json_line, err, out
from agent.domain.envelope import BadRecord, Coordinates, Incoming, Packed, pack, read
from agent.settings import load_settings

SOURCE = "citedesk-submit"
_NOWHERE = Coordinates(cluster="submit", topic="file", partition=0, offset=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    where: str
    why: str


async def submit(files: list[str], *, desk: str, keep_going: bool, as_json: bool) -> int:
    settings = load_settings()
    good: list[Packed] = []
    refused: list[Refused] = []
    for where, outcome in _read_all(files, desk):
        if isinstance(outcome, Packed):
            good.append(outcome)
        else:
            refused.append(Refused(where=where, why=f"{outcome.code}: {outcome.detail}"))
    for fault in refused:
        err.print(f"refused {fault.where}: {fault.why}", markup=False)
    if refused and not keep_going:
        raise CommandFailed(
            f"{len(refused)} of {len(good) + len(refused)} refused, nothing was sent; mend them, "
            "or send the good ones with --keep-going",
            Exit.REFUSED,
        )
    if not good and not refused:
        raise CommandFailed("no tickets found: the input is empty", Exit.REFUSED)
    await _send(settings.kafka.bootstrap, settings.kafka.max_message_bytes, good, quiet=as_json)
    if as_json:
        as_json_line({"sent": len(good), "refused": [f.where for f in refused]})
    else:
        out.print(
            f"sent {len(good)} to tickets.v1" + (f", {len(refused)} refused" if refused else "")
        )
    return Exit.REFUSED if refused else Exit.OK


def _read_all(files: list[str], desk: str) -> Iterator[tuple[str, Packed | BadRecord]]:
    for name in files:
        data = sys.stdin.buffer.read() if name == "-" else _file(name)
        label = "stdin" if name == "-" else name
        if name.lower().endswith(".eml") or _looks_like_mail(data):
            yield label, _mail(data, desk)
        else:
            yield from _lines(data, label)


def _file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as exc:
        raise CommandFailed(f"{name}: {exc.strerror}", Exit.USAGE) from exc


def _looks_like_mail(data: bytes) -> bool:
    """Stdin may hold a mail: it starts with a header line, a jsonl file with a brace."""
    head = data.lstrip()[:200].split(b"\n", 1)[0]
    return not head.startswith((b"{", b"[")) and b": " in head and b" " not in head.split(b":")[0]


def _lines(data: bytes, label: str) -> Iterator[tuple[str, Packed | BadRecord]]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield f"{label}:{number}", _line(line)


def _line(line: bytes) -> Packed | BadRecord:
    try:
        incoming = read(line, (), _NOWHERE)
    except BadRecord as bad:
        return bad
    return _packed(incoming, line)


def _mail(data: bytes, desk: str) -> Packed | BadRecord:
    from agent.intake import from_eml

    try:
        event = from_eml(data, desk)
        raw = event.model_dump_json(exclude_defaults=True).encode()
        return _packed(read(raw, (), _NOWHERE), raw)
    except BadRecord as bad:
        return bad
    except ValueError as exc:
        return BadRecord("invalid-mail", str(exc))


def _packed(incoming: Incoming, line: bytes) -> Packed:
    """The record to send: a line's own envelope is kept; without one the id comes from the data.

    So the same line submitted twice is one event.
    """
    event = incoming.event
    key = str(getattr(event, "conversation", getattr(event, "requester_id", "")))
    given = not incoming.source.startswith("kafka:")
    number = incoming.data_sha256[:32]
    record = pack(
        event,
        key=key,
        event_id=incoming.id if given else f"{getattr(event, 'ticket_id', key)}/{number}",
        source=incoming.source if given else SOURCE,
        at=datetime.now(UTC),
        traceparent=incoming.traceparent,
    )
    # The data travels as it was given: our model would add its defaults to it.
    return Packed(topic=record.topic, key=key, headers=record.headers, value=_data(line))


def _data(line: bytes) -> bytes:
    given: Any = json.loads(line)
    if "specversion" in given and "data" in given:
        given = cast(dict[str, Any], given)["data"]
    try:
        return json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair in a field that nobody reads
        return json.dumps(given).encode()


async def _send(bootstrap: str, limit: int, records: list[Packed], *, quiet: bool) -> None:
    from rich.progress import track

    await topics.require(bootstrap, [topics.TICKETS])
    async with Producer(bootstrap, max_message_bytes=limit) as producer:
        waiting = [
            await producer.send(record.topic, record.value, key=record.key, headers=record.headers)
            for record in track(
                records, "sending", disable=quiet or len(records) < 1_000, console=err
            )
        ]
        await asyncio.gather(*waiting)
