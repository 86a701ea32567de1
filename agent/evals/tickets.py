"""`citedesk eval tickets`: intake and triage of a desk, measured on labelled tickets."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.domain.desk import Desk
from agent.domain.events import RequesterV1, TicketMessage
from agent.domain.ids import EventId
from agent.domain.ticket import Channel, Ticket
from agent.domain.triage import UNSURE, Entities, Triage
from agent.evals import measures
from agent.evals.errors import BadCases
from agent.intake import Received, to_ticket
from agent.triage import ModelFree

_RECEIVED = datetime(2026, 11, 20, 9, tzinfo=UTC)  #: dates without a year are read near this day
_KINDS = ("order_ids", "skus", "amounts")
_MOST_SHOWN = 60  #: characters of a wrong value in an error
_PRECISION = 0.9
Text = Annotated[str, Field(max_length=1_000_000)]


class GoldEntities(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    order_ids: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()


class Case(BaseModel):
    """One labelled ticket; a label that is left out is not measured."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: Channel = Channel.EMAIL
    lang: Annotated[str, Field(pattern="^[a-z]{2}$")]
    subject: Text = ""
    body: Text
    category: str
    gold_category_alt: tuple[str, ...] = ()
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    sentiment: Literal["negative", "neutral", "positive"] | None = None
    needs_human: bool | None = None
    entities: GoldEntities | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A case, and what the desk made of it."""

    case: Case
    language: str
    triage: Triage
    named: Entities

    @property
    def best(self) -> str:
        """The likeliest category, also where the desk is too unsure to say it."""
        return self.triage.ranked[0][0] if self.triage.ranked else self.triage.category

    @property
    def sureness(self) -> float:
        return self.triage.ranked[0][1] if self.triage.ranked else 0.0

    @property
    def right(self) -> bool:
        return self.best in (self.case.category, *self.case.gold_category_alt)

    @property
    def truth(self) -> str:
        """The accepted alternative where that is what was said, else the category."""
        return self.best if self.right else self.case.category


def read_cases(path: Path, desk: Desk) -> list[Case]:
    """The labelled tickets of a JSON Lines file. Raises `BadCases` with the first line at fault."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as exc:
        raise BadCases(path, "is not UTF-8", mend="save it as UTF-8") from exc
    cases = [_case(path, n, line, desk) for n, line in enumerate(lines, start=1) if line.strip()]
    if not cases:
        raise BadCases(path, "holds no ticket", mend="write one JSON object a line")
    return cases


def _case(path: Path, number: int, line: str, desk: Desk) -> Case:
    try:
        case = Case.model_validate(json.loads(line))
    except json.JSONDecodeError as exc:
        problem = f"is not JSON ({exc.msg} at column {exc.colno})"
        raise BadCases(path, problem, line=number, mend="write one JSON object a line") from exc
    except ValidationError as exc:
        raise BadCases(path, _fault(exc), line=number) from exc
    if not case.subject.strip() and not case.body.strip():
        raise BadCases(path, "the ticket is empty", line=number, mend="give `subject` or `body`")
    known = [category.id for category in desk.categories]
    for category in (case.category, *case.gold_category_alt):
        if category not in known:
            problem = f"category {category[:_MOST_SHOWN]!r} is not one of desk {desk.name!r}"
            raise BadCases(path, problem, line=number, mend=f"known: {', '.join(known)}")
    return case


def _fault(exc: ValidationError) -> str:
    """The first error, without the value: that may be a ticket's text."""
    error = exc.errors(include_url=False, include_input=False)[0]
    field = ".".join(map(str, error["loc"])) or "the line"
    return f"field {field!r}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def measure_tickets(cases: Sequence[Case], desk: Desk, triager: ModelFree) -> dict[str, Any]:
    """All figures over all cases, the same by language under `by_lang`, and CPU seconds."""
    started = time.process_time()
    outcomes = [_outcome(case, desk, triager) for case in cases]
    seconds = time.process_time() - started
    languages = sorted({case.lang for case in cases})
    return {
        "desk": desk.name,
        **figures(outcomes),
        "by_lang": {
            language: figures([o for o in outcomes if o.case.lang == language])
            for language in languages
        },
        "cpu_seconds": round(seconds, 3),
    }


def _outcome(case: Case, desk: Desk, triager: ModelFree) -> Outcome:
    ticket = ticket_of(case, desk)
    return Outcome(
        case=case,
        language=_language(ticket),
        triage=triager.triage(ticket),
        named=triager.mentioned(ticket),
    )


def ticket_of(case: Case, desk: Desk) -> Ticket:
    """The case as it would come in: nothing but its text tells the language."""
    event = TicketMessage(
        ticket_id="case",
        desk=desk.name,
        requester=RequesterV1(id="customer", audience=desk.audience),
        channel=case.channel,
        subject=case.subject[:2_000],
        body=case.body,
    )
    received = Received(event_id=EventId("case"), event=event, received_at=_RECEIVED)
    return to_ticket([received], desk)


def _language(ticket: Ticket) -> str:
    foreign = (tag.removeprefix("language:") for tag in ticket.tags if tag.startswith("language:"))
    return next(foreign, ticket.language)


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of some outcomes; None where no case has the label."""
    right = [o.right for o in outcomes]
    sureness = [o.sureness for o in outcomes]
    said = [o for o in outcomes if o.triage.category != UNSURE]
    error = measures.calibration_error(sureness, right)
    coverage = measures.coverage_at_precision(sureness, right, _PRECISION)
    return {
        "tickets": len(outcomes),
        "category": {
            "accuracy": measures.rounded(measures.share(right)),
            "macro_f1": measures.rounded(
                measures.macro_f1([o.truth for o in outcomes], [o.best for o in outcomes])
            ),
            "said": measures.rounded(measures.share(o in said for o in outcomes)),
            "accuracy_where_said": measures.rounded(measures.share(o.right for o in said)),
        },
        "needs_human": _needs_human(outcomes),
        "priority": {"accuracy": _agree(outcomes, lambda o: (o.case.priority, o.triage.priority))},
        "sentiment": {
            "accuracy": _agree(outcomes, lambda o: (o.case.sentiment, o.triage.sentiment))
        },
        "language": {"accuracy": _agree(outcomes, lambda o: (o.case.lang, o.language))},
        "entities": {kind: _entities(outcomes, kind) for kind in _KINDS},
        "calibration_error": measures.rounded(error),
        "coverage_at_precision_90": measures.rounded(coverage),
    }


def _agree(
    outcomes: Sequence[Outcome], pair: Callable[[Outcome], tuple[str | None, str]]
) -> float | None:
    pairs = [pair(outcome) for outcome in outcomes]
    return measures.rounded(measures.share(gold == said for gold, said in pairs if gold))


def _needs_human(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    known = [o for o in outcomes if o.case.needs_human is not None]
    return measures.found(
        [frozenset(["person"] if o.case.needs_human else []) for o in known],
        [frozenset(["person"] if o.triage.needs_human else []) for o in known],
    ).rounded()


def _entities(outcomes: Sequence[Outcome], kind: str) -> dict[str, float | None]:
    known = [(o, o.case.entities) for o in outcomes if o.case.entities is not None]
    return measures.found(
        [frozenset(getattr(gold, kind)) for _, gold in known],
        [frozenset(getattr(o.named, kind)) for o, _ in known],
    ).rounded()


def rows_of(report: dict[str, Any]) -> list[tuple[str, ...]]:
    """The report as a table: a figure a row, all tickets first, then each language."""
    parts = [report, *report["by_lang"].values()]
    paths = _leaves(figures([]))
    return [(".".join(path), *(_shown(_at(part, path)) for part in parts)) for path in paths]


def _leaves(tree: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    leaves: list[tuple[str, ...]] = []
    for name, value in tree.items():
        inner = cast("dict[str, Any]", value) if isinstance(value, dict) else None
        leaves += [(*above, name)] if inner is None else _leaves(inner, (*above, name))
    return leaves


def _at(tree: Any, path: Sequence[str]) -> Any:
    for name in path:
        tree = tree[name]
    return tree


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.1%}"
