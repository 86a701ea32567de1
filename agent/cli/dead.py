"""`citedesk dead list`, `show`, `replay`."""

import sys
from datetime import UTC, datetime
from typing import Any

from agent.cli.exits import CommandFailed, Exit
from agent.cli.output import as_json_line, out, table
from agent.settings import load_settings
from agent.store import open_store
from agent.store.records import DeadLetter


async def list_dead(*, reason: str | None, limit: int, as_json: bool) -> int:
    store = await open_store(load_settings().database.url)
    try:
        letters = await store.dead(limit=limit, reason=reason)
    finally:
        await store.close()
    if as_json:
        for letter in letters:
            as_json_line(_told(letter))
        return Exit.OK
    if not letters:
        out.print("no dead events" + (f" with reason {reason!r}" if reason else ""), markup=False)
        return Exit.OK
    columns = ("id", "reason", "desk", "conversation", "size", "ended", "detail")
    rows = [
        (
            letter.inbox_id,
            letter.reason,
            letter.desk or "",
            letter.conversation or "",
            letter.record.size,
            f"{letter.ended_at:%Y-%m-%d %H:%M}",
            letter.detail,
        )
        for letter in letters
    ]
    out.print(table(columns, rows))
    return Exit.OK


async def show_dead(inbox_id: int, *, raw: bool, as_json: bool) -> int:
    store = await open_store(load_settings().database.url)
    try:
        letter = await store.dead_one(inbox_id)
    finally:
        await store.close()
    if letter is None:
        raise CommandFailed(
            f"no dead event {inbox_id}; `citedesk dead list` shows them", Exit.USAGE
        )
    if raw:
        sys.stdout.buffer.write(letter.record.value)
        return Exit.OK
    told = _told(letter)
    if as_json:
        as_json_line(told)
    else:
        out.print(table(("field", "value"), list(told.items())))
    return Exit.OK


async def replay_dead(inbox_ids: list[int], *, reason: str | None, as_json: bool) -> int:
    if not inbox_ids and not reason:
        raise CommandFailed("name the events to replay, or give --reason", Exit.USAGE)
    store = await open_store(load_settings().database.url)
    try:
        if reason:
            inbox_ids = [*inbox_ids, *(d.inbox_id for d in await store.dead(10_000, reason=reason))]
        replayed = await store.replay(sorted(set(inbox_ids)), datetime.now(UTC))
    finally:
        await store.close()
    if as_json:
        as_json_line({"replayed": replayed})
    else:
        out.print(f"{replayed} of {len(set(inbox_ids))} back in line")
    return Exit.OK if replayed == len(set(inbox_ids)) else Exit.FOUND


def _told(letter: DeadLetter) -> dict[str, Any]:
    at = letter.record.at
    return {
        "inbox_id": letter.inbox_id,
        "reason": letter.reason,
        "detail": letter.detail,
        "event_id": letter.event_id,
        "conversation": letter.conversation,
        "desk": letter.desk,
        "size": letter.record.size,
        "sha256": letter.record.sha256,
        "topic": at.topic,
        "partition": at.partition,
        "offset": at.offset,
        "received_at": letter.received_at.isoformat(),
        "ended_at": letter.ended_at.isoformat(),
    }
