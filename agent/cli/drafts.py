"""`citedesk drafts`: follow the output topic."""

import asyncio
import json
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from agent.bus.errors import BrokerUnreachable
from agent.cli.exits import CommandFailed, Exit
from agent.cli.output import as_json_line, out
from agent.domain.events import DraftCreated
from agent.settings import load_settings


async def follow(*, from_start: bool, limit: int, timeout: float, as_json: bool) -> int:
    kafka = load_settings().kafka
    consumer: Any = AIOKafkaConsumer(
        DraftCreated.TOPIC,
        bootstrap_servers=kafka.bootstrap,
        auto_offset_reset="earliest" if from_start else "latest",
        max_partition_fetch_bytes=kafka.max_message_bytes + 65_536,
    )
    try:
        await consumer.start()
    except (KafkaError, OSError) as exc:
        await consumer.stop()
        raise BrokerUnreachable(kafka.bootstrap, type(exc).__name__) from exc
    try:
        await _print(consumer, limit, timeout, as_json)
    finally:
        await consumer.stop()
    return Exit.OK


async def _print(consumer: Any, limit: int, timeout: float, as_json: bool) -> None:
    seen = 0
    while True:
        try:
            record = await asyncio.wait_for(consumer.getone(), timeout or None)
        except TimeoutError:
            return
        except KafkaError as exc:
            raise CommandFailed(f"reading drafts.v1: {exc}", Exit.UNREACHABLE) from exc
        head = {name: raw.decode("utf-8", "replace") for name, raw in record.headers}
        data = json.loads(record.value)
        if as_json:
            as_json_line({"type": head.get("ce_type"), "id": head.get("ce_id"), **data})
        else:
            out.print(_line(head.get("ce_type", ""), data), markup=False)
        seen += 1
        if limit and seen >= limit:
            return


def _line(kind: str, data: dict[str, Any]) -> str:
    who = f"{data['conversation_id']} r{data['revision']}"
    if kind != DraftCreated.TYPE:
        return f"{'superseded':<11} {who}  {data.get('reason', '')} by {data.get('superseded_by')}"
    why = "; ".join(data["reasons"][:2])
    facts = sum(1 for claim in data["claims"] if claim["kind"] == "fact")
    said = f"{facts} facts" if not why else why
    return f"{data['route']:<11} {who}  {data['language']}  {data['triage']['category']}  {said}"
