"""The demo's tickets: what each desk ships in `demo.jsonl`, as records to produce."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from agent.domain.envelope import Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTicket:
    """One line of a `demo.jsonl`."""

    desk: str
    ticket: str  #: its id; empty for a record that is no ticket
    key: str
    value: bytes
    headers: Headers
    note: str  #: what the line shows


def load_tickets(desks: Path, sent_at: datetime, run: str) -> list[DemoTicket]:
    """Every desk's demo tickets, interleaved so that both desks are busy at once.

    `run` is put behind each ticket id, so that a second run on a kept database is a new one.
    """
    queues = [
        [
            _ticket(line, sent_at, run)
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.strip()
        ]
        for file in sorted(desks.glob("*/demo.jsonl"))
    ]
    tickets: list[DemoTicket] = []
    while any(queues):
        longest = max(queues, key=len)
        tickets.append(longest.pop(0))
    return tickets


def _ticket(line: str, sent_at: datetime, run: str) -> DemoTicket:
    data: dict[str, Any] = json.loads(line)
    about = cast(Mapping[str, Any], data.pop("demo", {}))
    if "raw" in about:
        return DemoTicket(
            desk=str(data.get("desk", "")),
            ticket="",
            key="garbage",
            value=str(about["raw"]).encode("utf-8", "surrogateescape"),
            headers=(),
            note=str(about.get("note", "")),
        )
    for name in ("ticket_id", "in_reply_to", "conversation_id"):
        if data.get(name):
            data[name] = f"{data[name]}{run}"
    data.setdefault("sent_at", sent_at.isoformat())
    ticket = str(data.get("ticket_id", ""))
    number = data.get("message_no", 1)
    envelope = {
        "ce_specversion": "1.0",
        "ce_type": "ticket.message",
        "ce_source": "demo-shop",
        "ce_id": f"{ticket}/{number}",
        "content-type": "application/json",
    }
    return DemoTicket(
        desk=str(data.get("desk", "")),
        ticket=ticket,
        key=str(data.get("conversation_id") or data.get("in_reply_to") or ticket),
        value=json.dumps(data, ensure_ascii=False).encode(),
        headers=tuple((name, text.encode()) for name, text in envelope.items()),
        note=str(about.get("note", "")),
    )
