"""The tickets that are sent: the desks' own demo questions, each time from somebody else."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from agent.bus.client import Producer
from agent.bus.topics import TICKETS
from agent.settings import SHIPPED_DESKS

_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "so", "tu", "va", "ze")
_FOLLOWS = ("raw", "in_reply_to", "conversation_id", "messages", "headers", "content_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One record of the load, each a conversation of its own."""

    id: str
    value: bytes

    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]:
        return (
            ("ce_specversion", b"1.0"),
            ("ce_type", b"ticket.message"),
            ("ce_source", b"bench"),
            ("ce_id", self.id.encode()),
            ("content-type", b"application/json"),
        )


def make_tickets(
    count: int, run: str, sent_at: datetime, desks: Path = SHIPPED_DESKS
) -> list[Sent]:
    """`count` tickets: the shipped questions in turn, both desks, all their languages.

    Each is signed with another name, so that no two texts are the same.
    """
    return [
        _sent(question, f"{run}-{number}", signed(number), sent_at)
        for number, question in enumerate(islice(cycle(_questions(desks)), count))
    ]


def signed(number: int) -> str:
    """A name that no other number has."""
    name = ""
    while number or len(name) < 6:
        number, rest = divmod(number, len(_SYLLABLES))
        name += _SYLLABLES[rest]
    return name.capitalize()


async def send(bootstrap: str, tickets: list[Sent]) -> None:
    """Return when the broker has them all."""
    async with Producer(bootstrap, max_message_bytes=8_388_608) as producer:
        for ack in [
            await producer.send(TICKETS, t.value, key=t.id, headers=t.headers) for t in tickets
        ]:
            await ack


async def send_evenly(bootstrap: str, tickets: list[Sent], seconds: float) -> None:
    """Send a portion every quarter of a second; return when the time is over and all are sent."""
    loop = asyncio.get_running_loop()
    began, portions = loop.time(), max(round(4 * seconds), 1)
    async with Producer(bootstrap, max_message_bytes=8_388_608) as producer:
        for n in range(portions):
            part = tickets[n * len(tickets) // portions : (n + 1) * len(tickets) // portions]
            for t in part:
                await producer.send(TICKETS, t.value, key=t.id, headers=t.headers)
            await asyncio.sleep(max(began + (n + 1) * seconds / portions - loop.time(), 0))


def _questions(desks: Path) -> list[dict[str, Any]]:
    """Whole questions of one message; what is garbage or follows another message is left out."""
    return [
        data
        for file in sorted(desks.glob("*/demo.jsonl"))
        for data in _lines(file)
        if "?" in data.get("body", "") and not set(_FOLLOWS) & data.keys()
        if not str(data.get("note", "")).startswith("spam")
    ]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            data: dict[str, Any] = json.loads(line)
            yield data | data.pop("demo", {})


def _sent(question: dict[str, Any], name: str, signature: str, at: datetime) -> Sent:
    kept = ("desk", "channel", "requester", "subject")
    data = {key: question[key] for key in kept if key in question}
    data |= {
        "ticket_id": name,
        "body": f"{question['body']}\n{signature}",
        "sent_at": at.isoformat(),
    }
    return Sent(id=name, value=json.dumps(data, ensure_ascii=False).encode())
