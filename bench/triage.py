"""How good and how fast the model-free triage is; prints one JSON object.

    python -m bench.triage [--desk desks/support] [--tickets FILE.jsonl] [--misses]

Without `--tickets` it reports what cross-validation on the desk's own examples promises, and the
speed. Fields of the tickets file: subject, body, lang, category, gold_category_alt, priority,
sentiment, needs_human, entities.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.desk import load_desk
from agent.domain.desk import Desk
from agent.domain.ids import ConversationId, EventId, TicketId
from agent.domain.ticket import Assurance, Author, Channel, Message, Requester, Ticket
from agent.domain.triage import Triage
from agent.intake import detect
from agent.triage import ModelFree, build_triager
from tools.render import TOOL_NAMES

Row = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
_AT_LEAST = 10_000  #: tickets
_SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
_TOOLS = TOOL_NAMES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desk", type=Path, default=ROOT / "desks" / "support")
    parser.add_argument("--tickets", type=Path)
    parser.add_argument("--misses", action="store_true", help="list what was missed, on stderr")
    args = parser.parse_args()
    desk = load_desk(args.desk, known_tools=_TOOLS)
    triager, timing = _build(desk)
    report: dict[str, Any] = {"desk": desk.name, **timing}
    if triager.expected:
        e = triager.expected
        report["cross_validation"] = {
            "examples": e.examples,
            "accuracy": round(e.accuracy, 4),
            "macro_f1": round(e.macro_f1, 4),
        }
    rows: list[Row] = []
    if args.tickets:
        rows = [json.loads(line) for line in args.tickets.read_text(encoding="utf-8").splitlines()]
        found = [triager.triage(_ticket(row, desk)) for row in rows]
        report["tickets"] = measure(rows, found, triager)
        if args.misses:
            _list_misses(rows, found)
    texts = [_example_ticket(example.text, example.language, desk) for example in desk.examples]
    if args.tickets:
        texts = [_ticket(row, desk) for row in rows]
    report["speed"] = _speed(desk, triager, texts)
    print(json.dumps(report, ensure_ascii=False, indent=2))


def _build(desk: Desk) -> tuple[ModelFree, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        build_triager(desk, Path(folder))
        trained = time.process_time()
        triager = build_triager(desk, Path(folder))
        loaded = time.process_time()
    return triager, {
        "train_cpu_seconds": round(trained - started, 2),
        "load_cpu_seconds": round(loaded - trained, 2),
    }


def measure(rows: list[Row], found: list[Triage], triager: ModelFree) -> dict[str, Any]:
    """Every figure over all rows, and category accuracy by language."""
    by_language: dict[str, list[bool]] = defaultdict(list)
    for row, triage in zip(rows, found, strict=True):
        by_language[row["lang"]].append(_right(row, triage))
    return {
        "category": {
            "accuracy": _share(_right(r, t) for r, t in zip(rows, found, strict=True)),
            "macro_f1": _macro_f1(rows, found),
            "unsure": _share(t.category == "unsure" for t in found),
            "by_lang": {k: _share(v) for k, v in sorted(by_language.items())},
            "calibration_error": _calibration_error(rows, found),
        },
        "needs_human": _precision_recall(
            [{"person"} if r["needs_human"] else set() for r in rows],
            [{"person"} if t.needs_human else set() for t in found],
        ),
        "priority": _share(t.priority == r["priority"] for r, t in zip(rows, found, strict=True)),
        "sentiment": _share(
            t.sentiment == r["sentiment"] for r, t in zip(rows, found, strict=True)
        ),
        "no_reply": dict(Counter(t.no_reply for t in found if t.no_reply)),
        "entities": {
            kind: _precision_recall(
                [set(r["entities"][kind]) for r in rows],
                [set(getattr(t.entities, kind)) for t in found],
            )
            for kind in ("order_ids", "skus", "amounts")
        },
    }


def _best(triage: Triage) -> str:
    return triage.ranked[0][0] if triage.ranked else triage.category


def _right(row: Row, triage: Triage) -> bool:
    return _best(triage) in (row["category"], *row.get("gold_category_alt", ()))


def _macro_f1(rows: list[Row], found: list[Triage]) -> float:
    """An accepted alternative counts as the truth where it was given."""
    scores: list[float] = []
    said = [_best(t) for t in found]
    true = [
        s if s in r.get("gold_category_alt", ()) else r["category"]
        for r, s in zip(rows, said, strict=True)
    ]
    for category in sorted(set(true)):
        hit = sum(s == t == category for s, t in zip(said, true, strict=True))
        scores.append(2 * hit / (said.count(category) + true.count(category)))
    return round(sum(scores) / len(scores), 4)


def _calibration_error(rows: list[Row], found: list[Triage], bins: int = 10) -> float:
    """Expected calibration error: confidence against accuracy in equal-width bins."""
    grouped: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row, triage in zip(rows, found, strict=True):
        grouped[min(int(triage.confidence * bins), bins - 1)].append(
            (triage.confidence, _right(row, triage))
        )
    gaps = (abs(sum(c for c, _ in g) - sum(right for _, right in g)) for g in grouped.values())
    return round(sum(gaps) / len(rows), 4)


def _precision_recall(gold: list[set[str]], said: list[set[str]]) -> dict[str, float]:
    hit = sum(len(g & s) for g, s in zip(gold, said, strict=True))
    all_gold, all_said = sum(map(len, gold)), sum(map(len, said))
    return {
        "recall": round(hit / all_gold, 4) if all_gold else 0.0,
        "precision": round(hit / all_said, 4) if all_said else 0.0,
        "f1": round(2 * hit / (all_gold + all_said), 4) if all_gold + all_said else 0.0,
    }


def _share(values: Iterable[bool]) -> float:
    values = list(values)
    return round(sum(values) / len(values), 4) if values else 0.0


def _speed(desk: Desk, triager: ModelFree, tickets: list[Ticket]) -> dict[str, float]:
    """Tickets in a second of CPU: language, rules, entities and classifier, each ticket anew.

    Texts are told apart by a number, so that nothing kept of one serves another; one round warms
    up what is kept of words.
    """
    _triage_texts(desk, triager, tickets, mark=0)
    started = time.process_time()
    done = 0
    while done < _AT_LEAST:
        done += _triage_texts(desk, triager, tickets, mark=done + 1)
    seconds = time.process_time() - started
    letters = sum(len(ticket.text) for ticket in tickets) / len(tickets)
    return {
        "tickets": done,
        "mean_characters": round(letters, 1),
        "tickets_per_cpu_second": round(done / seconds, 1),
        "cpu_ms_per_ticket": round(1000 * seconds / done, 3),
    }


def _triage_texts(desk: Desk, triager: ModelFree, tickets: list[Ticket], *, mark: int) -> int:
    for ticket in tickets:
        (message,) = ticket.messages
        body = f"{message.body} ({mark})"
        told = detect(body, desk.understands, None, desk.default_language)
        fresh = replace(ticket, language=told.language, messages=(replace(message, body=body),))
        triager.triage(fresh)
    return len(tickets)


def _list_misses(rows: list[Row], found: list[Triage]) -> None:
    checks: tuple[tuple[str, Callable[[Row, Triage], bool]], ...] = (
        ("category", lambda r, t: not _right(r, t)),
        ("needs_human", lambda r, t: r["needs_human"] != t.needs_human),
        ("priority", lambda r, t: r["priority"] != t.priority),
        ("sentiment", lambda r, t: r["sentiment"] != t.sentiment),
    )
    for row, triage in zip(rows, found, strict=True):
        for name, missed in checks:
            if missed(row, triage):
                said = _best(triage) if name == "category" else getattr(triage, name)
                words = [f"{f.reason}: {f.words}" for f in triage.fired]
                print(row["id"], row["lang"], name, row[name], "said", said, words, file=sys.stderr)


def _ticket(row: Row, desk: Desk) -> Ticket:
    return _example_ticket(row["body"], row["lang"], desk, subject=row.get("subject", ""))


def _example_ticket(body: str, language: str, desk: Desk, *, subject: str = "") -> Ticket:
    message = Message(
        event_id=EventId("e"),
        author=Author.CUSTOMER,
        sent_at=_SENT,
        subject=subject,
        body=body,
    )
    return Ticket(
        id=TicketId("t"),
        conversation=ConversationId("c"),
        desk=desk.name,
        channel=Channel.EMAIL,
        requester=Requester(id="r", assurance=Assurance.CLAIMED),
        language=language,
        messages=(message,),
        received_at=_SENT,
    )


if __name__ == "__main__":
    main()
