"""What the demo prints. One line a ticket; everything else in short blocks."""

import os
import shutil
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from agent.citations.compare import Comparison
from agent.demo.lies import Statement
from agent.demo.watch import Line, Watch
from agent.domain.desk import Desk
from agent.domain.draft import ClaimKind, Route
from agent.domain.events import DraftCreated
from agent.store.records import Outcome

_COLOURS = {
    Outcome.READY: "green",
    Outcome.REVIEW: "yellow",
    Outcome.NO_REPLY: "cyan",
    Outcome.SUPERSEDED: "magenta",
    Outcome.DEAD: "red",
}


class Screen:
    """Writes to the terminal, or plain lines where there is none."""

    def __init__(self, console: Console | None = None) -> None:
        self._out = console or Console(highlight=False)

    def opening(self, broker: str, database: str) -> None:
        self._rule("citedesk demo")
        self._say(
            "No language model runs here. Replies are put together from the desks' own policy "
            "sentences and from what tools return, each checked against its source. To have a "
            "model write them, see README.md, 'With a language model'."
        )
        self._say(
            f"Broker: {broker}. Database: {database}. The calendar stands at 25 November 2026."
        )

    def step(self, what: str) -> None:
        self._say(f"… {what}")

    def desks(self, desks: Sequence[Desk], tickets: int) -> None:
        for desk in desks:
            languages = " ".join(desk.languages)
            self._say(
                f"Desk {desk.name}: {len(desk.policies)} policies, answers in {languages}, "
                f"{len(desk.examples)} examples to learn triage from."
            )
        self._rule(f"{tickets} tickets through Kafka")
        self._out.print(
            Text(
                f"{'outcome':<11}{'ms':>6}  {'ticket':<9}{'':<3}{'category':<20} what", style="bold"
            )
        )

    def ticket(self, line: Line) -> None:
        """One line: outcome, time, ticket, language, category, and the heart of the matter."""
        ending, draft = line.ending, line.draft
        text = Text()
        text.append(f"{ending.outcome.value:<11}", style=_COLOURS.get(ending.outcome, ""))
        took = "" if line.parked else f"{line.milliseconds:.0f}"
        text.append(f"{took:>6}  {ending.ticket or '-':<9}", style="dim")
        text.append(f"{draft.language if draft else '':<3}")
        text.append(f"{draft.triage.category if draft else '':<20} ")
        text.append(_heart(line))
        text.truncate(max(self._out.width, 100), overflow="ellipsis")
        self._out.print(text, soft_wrap=True)

    def lies_opening(self, planted: int, total: int) -> None:
        self._rule("The lie detector")
        self._say(
            f"{total} sentences written by hand for this demo; in {planted} of them an error was "
            "planted. The checker sees only the sentence and the policy."
        )

    def lie(self, statement: Statement, found: Comparison, *, right: bool) -> None:
        caught = not found.verdict.proved
        mark, style = ("✗ caught", "red") if caught else ("✓ holds ", "green")
        text = Text()
        text.append(f"{mark}  ", style=style)
        text.append(statement.sentence, style="bold")
        self._out.print(text, soft_wrap=True)
        place = f"{Path(statement.policy).name}:{found.line}" if found.line else statement.policy
        detail = f"          {place}  {_quoted(found.source_text)}"
        self._out.print(Text(detail, style="dim"), soft_wrap=True)
        if caught and found.differences:
            pairs = ", ".join(f"{d.claim or '—'} ≠ {d.source or '—'}" for d in found.differences)
            self._out.print(Text(f"          {pairs}  ({place})", style="red"), soft_wrap=True)
        elif caught:
            self._out.print(Text(f"          {found.reason}", style="red"), soft_wrap=True)
        if not right:
            self._out.print(Text("          the checker is wrong here", style="bold red"))

    def closing(self, watch: Watch, caught: tuple[int, int, int], out: Path) -> int:
        """Summary and what to try next; the exit code. The last line is the summary in one."""
        lines = list(watch.ended.values())
        self._draft("A reply that is ready, with its proof", _pick(lines, Route.READY))
        self._draft("A case for a person, with the reason", _pick(lines, Route.REVIEW))
        self._next(out)
        missing = len(watch.tickets) - len(lines)
        found, planted, wrong = caught
        self._out.print(Text(_summary(lines, missing, caught)), soft_wrap=True)
        return 0 if not missing and found == planted and not wrong else 1

    def _draft(self, title: str, draft: DraftCreated | None) -> None:
        if draft is None:
            return
        self._rule(title)
        self._out.print(Text(draft.body), soft_wrap=True)
        self._out.print()
        for claim in draft.claims:
            if claim.kind is not ClaimKind.FACT:
                continue
            self._out.print(
                Text(f"  {claim.verdict.value:<11} {_short(claim.text, 90)}"), soft_wrap=True
            )
            for evidence in claim.evidence[:3]:
                where = f"{evidence.source}[{evidence.start}:{evidence.end}]"
                self._out.print(
                    Text(f"              {where} {_quoted(evidence.quote)}", style="dim"),
                    soft_wrap=True,
                )
        for reason in draft.reasons:
            self._out.print(Text(f"  reason: {reason}", style="yellow"), soft_wrap=True)

    def _next(self, out: Path) -> None:
        self._rule("What to try next")
        support = "desks/support"
        citedesk = _command()
        tries = (
            (
                "your own question",
                f"{citedesk} ask 'How long can I return a dress?' --desk {support}",
            ),
            (
                "your own lie",
                f"{citedesk} check {support}/policies/en/returns.md 'You have 60 days.'",
            ),
            (
                "the proof of a draft",
                f"head -1 {out}/drafts.jsonl > draft.json && {citedesk} verify draft.json",
            ),
            ("real Kafka and Postgres", "make demo KAFKA=1 POSTGRES=1"),
        )
        for what, command in tries:
            self._out.print(Text(f"  {what:<24} {command}"), soft_wrap=True)
        self._say(f"All drafts with their proof: {out}/drafts.jsonl")

    def review(self, host: str, port: int) -> None:
        """Where the demo's cases wait for a person."""
        self._rule("The review queue")
        self._say(f"What could not be proved waits here: http://{host}:{port}/queue")
        self._say("Ctrl-C ends it.")

    def _rule(self, title: str) -> None:
        self._out.print()
        self._out.print(Rule(title, align="left", style="dim"))

    def _say(self, text: str) -> None:
        self._out.print(Text(text))


def _command() -> str:
    """How this program was called, so that its lines can be pasted."""
    called = Path(sys.argv[0])
    if called.name != "citedesk":
        return "citedesk"
    on_path = shutil.which("citedesk")
    if on_path and Path(on_path).resolve() == called.resolve():
        return "citedesk"
    return os.path.relpath(called) if called.is_absolute() else str(called)


def _heart(line: Line) -> str:
    """The first proved fact with its source, or why there is none."""
    draft = line.draft
    if draft is None:
        ending = line.ending
        by = f" by {ending.superseded_by}" if ending.superseded_by else ""
        return f"{ending.reason or line.note}{by}"
    if draft.route is Route.REVIEW and draft.reasons:
        return draft.reasons[0]
    facts = [c for c in draft.claims if c.kind is ClaimKind.FACT and c.verdict.proved]
    if not facts:
        return line.note
    labels = {source.id: source.label for source in draft.sources}
    first = facts[0]
    source = labels.get(first.evidence[0].source, "") if first.evidence else ""
    return f"{_short(first.text, 80)} ← {source}"


def _summary(lines: Sequence[Line], missing: int, caught: tuple[int, int, int]) -> str:
    count = Counter(line.ending.outcome for line in lines)
    outcomes = ", ".join(f"{count[o]} {o.value}" for o in _COLOURS if count[o])
    timed = (line for line in lines if line.draft is not None and not line.parked)
    drafted = sorted(line.milliseconds for line in timed) or [0.0]
    p50 = statistics.median(drafted)
    p95 = drafted[min(len(drafted) - 1, int(len(drafted) * 0.95))]
    found, planted, wrong = caught
    lost = f", {missing} NOT ENDED" if missing else ""
    false = f", {wrong} false alarms" if wrong else ""
    lies = f"{found} of {planted} planted errors caught{false}"
    times = f"draft p50 {p50:.0f} ms, p95 {p95:.0f} ms"
    return f"{len(lines)} tickets: {outcomes}{lost}; {lies}; {times}"


def _pick(lines: Sequence[Line], route: Route) -> DraftCreated | None:
    """The draft that shows most: for `ready` one with the most kinds of evidence."""
    drafts = [line.draft for line in lines if line.draft and line.draft.route is route]
    return max(
        drafts, key=lambda d: (len({s.kind for s in d.sources}), len(d.sources)), default=None
    )


def _quoted(text: str) -> str:
    return f"“{_short(' '.join(text.split()), 110)}”"


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
