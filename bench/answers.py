"""How useful the model-free path is: tickets with expected facts, from intake to route.

    python -m bench.answers tests/data/tickets_dev.jsonl [--desks desks] [--show all|wrong]

A line holds an `event` (the data of a `ticket.message`), `expects` (for each fact, the strings of
which the body must hold one), `route` (`ready` or `review`), and `answerable`: whether the desk's
policies or tools answer it.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from agent.bootstrap import DEMO_DAY, Desks, build_desks, build_pipeline
from agent.domain.draft import Draft, Route
from agent.domain.events import TicketMessage
from agent.domain.ids import DeskName, EventId
from agent.domain.ticket import Ticket
from agent.intake import Received, to_ticket
from agent.pipeline.ports import Work
from agent.settings import Settings

NOW = datetime(DEMO_DAY.year, DEMO_DAY.month, DEMO_DAY.day, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    event: TicketMessage
    expects: tuple[tuple[str, ...], ...]
    answerable: bool
    language: str  #: that it is written in


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    case: Case
    ticket: Ticket
    draft: Draft

    @property
    def ready(self) -> bool:
        return self.draft.route is Route.READY

    @property
    def has_facts(self) -> bool:
        body = " ".join(self.draft.body.casefold().split())
        return all(any(f.casefold() in body for f in options) for options in self.case.expects)

    @property
    def right(self) -> bool:
        return self.ready == self.case.answerable and (not self.ready or self.has_facts)


def read_cases(path: Path) -> list[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_case(cast(dict[str, Any], json.loads(line))) for line in lines if line.strip()]


def _case(row: Mapping[str, Any]) -> Case:
    return Case(
        event=TicketMessage.model_validate(row["event"]),
        expects=tuple(tuple(options) for options in row["expects"]),
        answerable=bool(row["answerable"]) and row["route"] == "ready",
        language=str(row["language"]),
    )


async def run(cases: Sequence[Case], desks: Desks) -> list[Result]:
    """Every ticket alone, through the pipeline as it is shipped."""
    pipeline = build_pipeline(desks, clock=lambda: NOW)
    results: list[Result] = []
    for case in cases:
        desk = desks.desks[DeskName(case.event.desk)]
        received = Received(
            event_id=EventId(case.event.ticket_id), event=case.event, received_at=NOW
        )
        ticket = to_ticket([received], desk)
        work = Work(
            conversation=ticket.conversation,
            revision=1,
            ticket=ticket,
            desk=desk,
            attempt=1,
            deadline=NOW + timedelta(seconds=30),
        )
        results.append(Result(case=case, ticket=ticket, draft=await pipeline.handle(work)))
    return results


def shares(results: Iterable[Result]) -> dict[str, float]:
    """The figures that are watched, as shares; an empty group counts as 1."""
    done = list(results)
    answerable = [r for r in done if r.case.answerable]
    ready = [r for r in answerable if r.ready]
    others = [r for r in done if not r.case.answerable]
    return {
        "answerable": len(answerable),
        "answerable_ready": _share(len(ready), len(answerable)),
        "ready_with_fact": _share(sum(r.has_facts for r in ready), len(ready)),
        "unanswerable": len(others),
        "unanswerable_to_review": _share(sum(not r.ready for r in others), len(others)),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 1.0


def by_group(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    groups = sorted({(r.case.event.desk, r.case.language) for r in results})
    return {
        f"{desk}/{language}": shares(
            r for r in results if (r.case.event.desk, r.case.language) == (desk, language)
        )
        for desk, language in groups
    }


def _show(result: Result) -> None:
    print(f"{'ok   ' if result.right else 'WRONG'} {result.ticket.id} {result.draft.route}")
    print("    ?", " / ".join(line for line in result.ticket.text.splitlines() if line))
    print("    !", " / ".join(line for line in result.draft.body.splitlines() if line))
    print("    expects", result.case.expects, "reasons", result.draft.reasons)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--desks", type=Path, default=Path("desks"))
    parser.add_argument("--data", type=Path, help="folder that keeps trained models between runs")
    parser.add_argument("--show", choices=["none", "wrong", "all"], default="none")
    parser.add_argument("--groups", action="store_true", help="by desk and language too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(desks=arguments.desks, data=arguments.data or Path(folder))
        results = asyncio.run(run(read_cases(arguments.file), build_desks(settings)))
    for result in results:
        if arguments.show == "all" or (arguments.show == "wrong" and not result.right):
            _show(result)
    for group, figures in by_group(results).items() if arguments.groups else ():
        print(group, json.dumps(figures))
    print(json.dumps(shares(results)))


if __name__ == "__main__":
    main()
