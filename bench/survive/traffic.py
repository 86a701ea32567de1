"""The tickets of the kill run: seeded, so that a run can be repeated."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.survive.checker import Sent

_ASKS = (
    "How long do I have to send a dress back?",
    "Wie lange dauert der Versand nach Deutschland?",
    "Quels sont les moyens de paiement ?",
    "¿Cuánto tarda el reembolso?",
    "Do you charge for returns, and when is the money back on my card?",
    "I want to speak to a human being.",
    "Kan ik mijn bestelling nog wijzigen?",
    "What does the moon weigh?",
)
_MORE = ("Any news?", "Also, can I swap it for a larger size?", "Gilt das auch für Sale-Artikel?")
_GARBAGE = (b"{not json", b"\xff\xfe\x00", b'{"ticket_id": "1"}', b"[]", b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record to produce; a duplicate is the same record again."""

    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    sent: tuple[Sent, ...]
    records: tuple[Record, ...]
    duplicates: int


def make_traffic(
    tickets: int, *, seed: int, twice: float = 0.05, garbage: float = 0.01, threads: float = 0.2
) -> Traffic:
    """`tickets` distinct events: of them `garbage` unreadable, `threads` in conversations of 2-4.

    A message follows its conversation's earlier ones at a distance; `twice` of all are repeated
    somewhere behind the original.
    """
    draw = random.Random(seed)
    sent = list(_sent(tickets, draw, garbage, threads))
    begins = {event.conversation: draw.random() for event in sent}
    line = [
        (draw.random() if event.garbage else begins[event.conversation] + event.number * 0.02, i)
        for i, event in enumerate(sent)
    ]
    again = draw.sample(line, int(tickets * twice))
    line += [(place + draw.random() * 0.1, i) for place, i in again if not sent[i].garbage]
    records = tuple(_record(sent[i]) for _, i in sorted(line))
    return Traffic(sent=tuple(sent), records=records, duplicates=len(line) - len(sent))


def _sent(tickets: int, draw: random.Random, garbage: float, threads: float) -> Iterator[Sent]:
    bad = int(tickets * garbage)
    for i in range(bad):
        yield Sent(id=f"bad-{i}", conversation="", number=0, garbage=True)
    left, in_threads, thread = tickets - bad, int(tickets * threads), 0
    while left:
        length = min(draw.randint(2, 4) if in_threads > 0 else 1, left)
        name = f"K-{thread}"
        for number in range(length):
            yield Sent(id=f"{name}/{number}", conversation=name, number=number)
        left -= length
        in_threads -= length
        thread += 1


def _record(event: Sent) -> Record:
    if event.garbage:
        number = int(event.id.removeprefix("bad-"))
        return Record(key=b"garbage", value=_GARBAGE[number % len(_GARBAGE)])
    pool = _ASKS if event.number == 0 else _MORE
    pick = random.Random(event.id)  # the same event has the same text whenever it is sent
    value = {
        "ticket_id": event.conversation,
        "message_no": event.number,
        "desk": "support",
        "requester": {"id": f"C-{event.conversation}", "assurance": "verified", "country": "DE"},
        "body": f"{pick.choice(pool)} ({event.id})",
    }
    return Record(key=event.conversation.encode(), value=json.dumps(value).encode())
