"""`citedesk triage`: learn a desk's classifier, and see which words decide."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from agent.domain.desk import Desk
    from agent.domain.ticket import Ticket
    from agent.triage import ModelFree

triage = typer.Typer(no_args_is_help=True, help="Learn a desk's categories; see what decides.")

DeskOption = Annotated[Path, typer.Option("--desk", help="A desk's folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]
_SHOWN = 12  #: words


def load(folder: Path, *, fresh: bool = False) -> "tuple[Desk, ModelFree]":
    """A desk and its triage, trained now or read from the cache that the service uses."""
    from agent.cli.desks import desk_folder
    from agent.desk import load_desk
    from agent.settings import load_settings
    from agent.triage import build_triager
    from tools.render import TOOL_NAMES

    desk = load_desk(desk_folder(folder), known_tools=TOOL_NAMES)
    return desk, build_triager(desk, load_settings().data / "cache", fresh=fresh)


@triage.command()
def train(desk: DeskOption = Path("desks/support"), as_json: Json = False) -> None:
    """Learn a desk's examples anew, keep the result, and say what to expect of it.

    The service does the same at its start whenever the desk has changed. Example:

        citedesk triage train --desk desks/support
    """
    from agent.cli.output import as_json_line, out, table

    started = time.process_time()
    loaded, triager = load(desk, fresh=True)
    seconds = time.process_time() - started
    report = {"desk": loaded.name, **expectations(triager), "cpu_seconds": round(seconds, 2)}
    if as_json:
        as_json_line(report)
    else:
        out.print(table(("figure", "value"), report.items()))


def expectations(triager: "ModelFree") -> dict[str, Any]:
    """What cross-validation promises, as figures of 0 to 1; empty with nothing to learn."""
    expected = triager.expected
    if expected is None:
        return {}
    said = [right for sure, right in expected.held_out if sure >= triager.sure_from]
    return {
        "examples": expected.examples,
        "accuracy": round(expected.accuracy, 4),
        "macro_f1": round(expected.macro_f1, 4),
        "sure_from": round(triager.sure_from, 4),
        "said": round(len(said) / len(expected.held_out), 4) if expected.held_out else None,
        "accuracy_where_said": round(sum(said) / len(said), 4) if said else None,
    }


@triage.command()
def explain(
    text: Annotated[str, typer.Argument(help="The message.")],
    desk: DeskOption = Path("desks/support"),
    language: Annotated[
        str | None, typer.Option("--lang", help="Its language; told from the text by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what a message is taken for, and which words decided.

    Example:

        citedesk triage explain 'The vase came in two pieces' --desk desks/support
    """
    from agent.cli.output import as_json_line

    loaded, triager = load(desk)
    ticket = _ticket(text, loaded, language)
    report = _told(triager, ticket)
    if as_json:
        as_json_line(report)
    else:
        _show(report)


def _ticket(text: str, desk: "Desk", language: str | None) -> "Ticket":
    from dataclasses import replace
    from datetime import UTC, datetime

    from agent.cli.exits import CommandFailed, Exit
    from agent.domain.events import RequesterV1, TicketMessage
    from agent.domain.ids import EventId
    from agent.intake import Received, to_ticket

    if not text.strip():
        raise CommandFailed("the message is empty; write what a customer would", Exit.REFUSED)
    if language and language not in desk.understands:
        known = ", ".join(desk.understands)
        raise CommandFailed(
            f"--lang {language!r} is not a language that the desk reads (known: {known})",
            Exit.USAGE,
        )
    event = TicketMessage(
        ticket_id="explain",
        desk=desk.name,
        requester=RequesterV1(id="you", audience=desk.audience),
        body=text,
    )
    received = Received(event_id=EventId("e"), event=event, received_at=datetime.now(UTC))
    ticket = to_ticket([received], desk)
    return replace(ticket, language=language) if language else ticket


def _told(triager: "ModelFree", ticket: "Ticket") -> dict[str, Any]:
    found = triager.triage(ticket)
    weighed = triager.explain(ticket.text, ticket.language)[:_SHOWN]
    return {
        "category": found.category,
        "ranked": [[name, round(chance, 4)] for name, chance in found.ranked[:3]],
        "language": ticket.language,
        "priority": found.priority.value,
        "sentiment": found.sentiment.value,
        "needs_human": [{"reason": f.reason, "words": f.words} for f in found.fired],
        "no_reply": found.no_reply,
        "entities": {
            kind: list(getattr(found.entities, kind))
            for kind in ("order_ids", "skus", "amounts", "dates")
        },
        "decided": [
            {"kind": w.kind, "term": w.term, "weight": round(w.weight, 4)} for w in weighed
        ],
    }


def _show(report: dict[str, Any]) -> None:
    from agent.cli.output import out, table

    ranked = ", ".join(f"{name} {chance:.0%}" for name, chance in report["ranked"])
    out.print(f"{report['category']}  ({ranked})", markup=False)
    out.print(
        f"language {report['language']}, priority {report['priority']}, "
        f"sentiment {report['sentiment']}",
        markup=False,
    )
    for rule in report["needs_human"]:
        out.print(f"a person must see it: {rule['reason']}, for {rule['words']!r}", markup=False)
    rows = [(w["term"], w["kind"], f"{w['weight']:+.3f}") for w in report["decided"]]
    out.print(table(("what decided", "kind", "weight"), rows))
