"""How useful the model-free path is: tickets with expected facts, from research to route.

    python -m bench.answers tests/data/tickets_dev.jsonl [--desks desks] [--show all|wrong]

A line is the data of a `ticket.message` event and, beside it, `expects` (strings that the body
must hold; a list means any of them) and `route` (`ready` or `review`).
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from agent.desk.load import load_desks
from agent.domain.desk import Desk
from agent.domain.ids import ConversationId, DeskName, EventId, TicketId
from agent.domain.ticket import Assurance, Author, Channel, Message, Requester, Ticket
from agent.pipeline.compose import compose
from agent.pipeline.ports import Answered, Brief
from agent.pipeline.research import DeskResearcher
from agent.pipeline.triage import ModelFreeTriager
from agent.pipeline.write import ModelFreeWriter
from tools.demo_backend import demo_registry

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Expected = str | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    ticket: Ticket
    expects: tuple[Expected, ...]
    ready: bool  #: the desk's policies or tools answer it


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    case: Case
    body: str
    ready: bool
    reasons: tuple[str, ...]

    @property
    def has_facts(self) -> bool:
        return all(_stands(fact, self.body) for fact in self.case.expects)


def _stands(fact: Expected, body: str) -> bool:
    options = [fact] if isinstance(fact, str) else fact
    return any(option.casefold() in body.casefold() for option in options)


def read_cases(path: Path) -> list[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_case(cast(dict[str, Any], json.loads(line))) for line in lines if line.strip()]


def _case(row: dict[str, Any]) -> Case:
    who = row["requester"]
    locale = str(who.get("locale") or "en")
    message = Message(
        event_id=EventId(row["ticket_id"]),
        author=Author.CUSTOMER,
        sent_at=NOW,
        subject=row.get("subject", ""),
        body=row["body"],
    )
    ticket = Ticket(
        id=TicketId(row["ticket_id"]),
        conversation=ConversationId(row["ticket_id"]),
        desk=DeskName(row["desk"]),
        channel=Channel(row.get("channel", "form")),
        requester=Requester(
            id=who["id"],
            assurance=Assurance(who.get("assurance", "claimed")),
            locale=locale,
            country=who.get("country"),
            name=who.get("name"),
            audience=who.get("audience", "customer"),
        ),
        language=row.get("language") or locale[:2],
        messages=(message,),
        received_at=NOW,
    )
    expects = tuple(cast(list[Expected], row.get("expects", [])))
    return Case(ticket=ticket, expects=expects, ready=row["route"] == "ready")


async def run(cases: Sequence[Case], desks: Path, cache: Path | None = None) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        registry = demo_registry(Path(folder) / "demo.sqlite", today=_today)
        loaded = load_desks(desks, known_tools=registry.names)
        triager = ModelFreeTriager.for_desks(loaded.values(), cache)
        researcher, writer = DeskResearcher(registry), ModelFreeWriter()

        async def one(case: Case) -> Result:
            desk: Desk = loaded[case.ticket.desk]
            triage = await triager.triage(case.ticket, desk)
            brief = Brief(
                ticket=case.ticket,
                desk=desk,
                triage=triage,
                research=await researcher.research(case.ticket, triage, desk),
                deadline=NOW + timedelta(seconds=30),
            )
            written = await writer.write(brief)
            ready = (
                written.answered is Answered.FULLY
                and case.ticket.language in desk.languages
                and not triage.fired
            )
            body = compose(written, brief).body
            return Result(case=case, body=body, ready=ready, reasons=written.reasons)

        return [await one(case) for case in cases]


def _today() -> date:
    return NOW.date()


def shares(results: Iterable[Result]) -> dict[str, float]:
    """The figures that are watched, as shares; empty groups count as 1."""
    done = list(results)
    answerable = [r for r in done if r.case.ready]
    ready = [r for r in answerable if r.ready]
    others = [r for r in done if not r.case.ready]
    return {
        "answerable_ready": _share(len(ready), len(answerable)),
        "ready_with_fact": _share(sum(r.has_facts for r in ready), len(ready)),
        "unanswerable_to_review": _share(sum(not r.ready for r in others), len(others)),
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _show(result: Result) -> None:
    good = result.ready == result.case.ready and (not result.ready or result.has_facts)
    print(f"{'ok   ' if good else 'WRONG'} {result.case.ticket.id} ready={result.ready}")
    print("    ?", " / ".join(result.case.ticket.text.split("\n")))
    body = result.body.split("\n\n")
    print("    !", " / ".join(" ".join(part.split("\n")) for part in body[1:-2]))
    if result.case.expects:
        print("    expects", result.case.expects)
    if result.reasons:
        print("    reasons", result.reasons)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    parser.add_argument("--desks", type=Path, default=Path("desks"))
    parser.add_argument("--show", choices=["none", "wrong", "all"], default="none")
    parser.add_argument("--cache", type=Path, help="folder for trained triage models")
    arguments = parser.parse_args()
    results = asyncio.run(run(read_cases(arguments.file), arguments.desks, arguments.cache))
    for result in results:
        right = result.ready == result.case.ready and (not result.ready or result.has_facts)
        if arguments.show == "all" or (arguments.show == "wrong" and not right):
            _show(result)
    print(json.dumps({name: round(value, 3) for name, value in shares(results).items()}))


if __name__ == "__main__":
    main()
