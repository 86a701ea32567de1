"""The load of the pipeline bench: real questions, each another ticket."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from agent.domain.envelope import Coordinates, read
from agent.domain.events import TicketMessage
from bench.pipeline.tickets import make_tickets, signed

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AT = Coordinates(cluster="c", topic="tickets.v1", partition=0, offset=0)


def test_every_ticket_is_a_valid_event_with_an_id_and_a_text_of_its_own() -> None:
    tickets = make_tickets(300, "r", NOW)

    events = [read(t.value, t.headers, AT) for t in tickets]
    assert [e.id for e in events] == [t.id for t in tickets]
    messages = [e.event for e in events if isinstance(e.event, TicketMessage)]
    assert len({m.body for m in messages}) == 300
    assert len({m.conversation for m in messages}) == 300
    assert {m.sent_at for m in messages} == {NOW}


def test_both_desks_are_asked_in_several_languages() -> None:
    asked = [json.loads(t.value) for t in make_tickets(300, "r", NOW)]

    assert set(Counter(a["desk"] for a in asked)) == {"support", "hr"}
    assert len({a["requester"]["locale"][:2] for a in asked}) >= 5


def test_garbage_spam_and_second_messages_are_left_out(tmp_path: Path) -> None:
    lines = [
        {"desk": "d", "body": "Good?", "demo": {"note": "policy"}},
        {"desk": "d", "body": "Thanks.", "demo": {"note": "thanks"}},
        {"desk": "d", "body": "Cheap?", "demo": {"note": "spam: an offer"}},
        {"desk": "d", "body": "And?", "in_reply_to": "T-1", "demo": {"note": "second"}},
        {"desk": "d", "body": "?", "demo": {"raw": "{", "note": "garbage"}},
    ]
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "demo.jsonl").write_text("\n".join(map(json.dumps, lines)))

    tickets = make_tickets(2, "r", NOW, tmp_path)

    assert [json.loads(t.value)["body"].partition("\n")[0] for t in tickets] == ["Good?"] * 2


def test_no_two_numbers_sign_alike() -> None:
    names = [signed(n) for n in range(5_000)]

    assert len(set(names)) == len(names)
    assert all(name.isalpha() for name in names)
