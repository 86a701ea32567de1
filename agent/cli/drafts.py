"""`citedesk drafts`: follow the output topic."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from agent.bus import topics
from agent.bus.client import Record, tail
from agent.cli.exits import Exit
from agent.cli.output import as_json_line, out
from agent.domain.events import DraftCreated
from agent.settings import load_settings


async def follow(*, from_start: bool, limit: int, timeout: float, as_json: bool) -> int:
    kafka = load_settings().kafka
    await topics.require(kafka.bootstrap, [DraftCreated.TOPIC])
    records = tail(
        kafka.bootstrap,
        DraftCreated.TOPIC,
        from_start=from_start,
        max_message_bytes=kafka.max_message_bytes,
    )
    async with aclosing(records):
        await _print(records, limit, timeout, as_json)
    return Exit.OK


async def _print(
    records: AsyncGenerator[Record], limit: int, timeout: float, as_json: bool
) -> None:
    seen = 0
    while not limit or seen < limit:
        try:
            record = await asyncio.wait_for(anext(records), timeout or None)
        except TimeoutError:
            return
        data = json.loads(record.value)
        kind = record.header("ce_type")
        if as_json:
            as_json_line({"type": kind, "id": record.header("ce_id"), **data})
        else:
            out.print(_line(kind, data), markup=False)
        seen += 1


def _line(kind: str, data: dict[str, Any]) -> str:
    who = f"{data['conversation_id']} r{data['revision']}"
    if kind != DraftCreated.TYPE:
        return f"{'superseded':<11} {who}  {data.get('reason', '')} by {data.get('superseded_by')}"
    why = "; ".join(data["reasons"][:2])
    facts = sum(1 for claim in data["claims"] if claim["kind"] == "fact")
    said = why or f"{facts} facts"
    return f"{data['route']:<11} {who}  {data['language']}  {data['triage']['category']}  {said}"
