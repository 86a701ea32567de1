"""What a run's raw figures mean. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
CPU = "citedesk_stage_cpu_seconds_total"
WALL_SUM = "citedesk_stage_duration_seconds_sum"
WALL_COUNT = "citedesk_stage_duration_seconds_count"

#: A ticket's way, in order. `ticket` is reading and packing around the pipeline's four.
STAGES = (
    "ingest",
    "admit",
    "lease",
    "ticket",
    "triage",
    "research",
    "write",
    "cite",
    "settle",
    "relay",
)


@dataclass(frozen=True, slots=True)
class Page:
    """A Prometheus page: value by metric and labels."""

    values: Mapping[tuple[str, frozenset[tuple[str, str]]], float]

    def by(self, metric: str, label: str) -> dict[str, float]:
        """A metric's values by one of its labels, added up over the others."""
        found: dict[str, float] = {}
        for (name, labels), value in self.values.items():
            at = dict(labels).get(label)
            if name == metric and at is not None:
                found[at] = found.get(at, 0.0) + value
        return found


def parse_page(text: str) -> Page:
    """The samples of a page in Prometheus' text format; comments are skipped."""
    values: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for line in text.splitlines():
        if line.startswith("#") or not (match := _LINE.fullmatch(line.strip())):
            continue
        labels = frozenset(_LABEL.findall(match[2] or ""))
        values[match[1], labels] = float(match[3])
    return Page(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one stage took for one ticket."""

    name: str
    cpu_ms: float
    wall_ms: float | None  #: None for a stage that works on groups of tickets


def stages(before: Page, after: Page, tickets: int) -> list[Stage]:
    """CPU and wall time a ticket between two pages, in the order of a ticket's way."""
    cpu = _grown(before.by(CPU, "stage"), after.by(CPU, "stage"))
    wall = _grown(before.by(WALL_SUM, "stage"), after.by(WALL_SUM, "stage"))
    count = _grown(before.by(WALL_COUNT, "stage"), after.by(WALL_COUNT, "stage"))
    order = {name: place for place, name in enumerate(STAGES)}
    names = sorted(cpu, key=lambda name: (order.get(name, len(order)), name))
    return [
        Stage(
            name=name,
            cpu_ms=1000 * cpu[name] / tickets,
            wall_ms=1000 * wall[name] / count[name] if count.get(name) else None,
        )
        for name in names
    ]


def _grown(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {name: value - before.get(name, 0.0) for name, value in after.items()}


def stat_ticks(stat: str) -> tuple[int, int, int]:
    """Of a `/proc/PID/stat` line: parent, CPU ticks of the process, and of its ended children.

    Fields 4, 14 + 15 and 16 + 17 of proc_pid_stat(5); the name in field 2 may hold anything.
    """
    fields = stat.rpartition(")")[2].split()
    return int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])


@dataclass(frozen=True, slots=True)
class Sample:
    """How many tickets were in flight at one moment, and how many of them at the model."""

    at: float  #: seconds since the epoch
    flying: int
    thinking: int


def parse_samples(text: str) -> list[Sample]:
    """Lines of `at flying thinking`; a line that a kill cut off is left out."""
    found: list[Sample] = []
    for line in text.splitlines(keepends=True):
        words = line.split()
        if line.endswith("\n") and len(words) == 3:
            found.append(Sample(float(words[0]), int(words[1]), int(words[2])))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Shares of the slots over a stretch of time, from 0 to 1."""

    flying: float
    thinking: float
    lowest: float  #: fewest tickets in flight
    samples: int  #: of all processes


def busy(processes: Iterable[Iterable[Sample]], since: float, until: float, slots: int) -> Busy:
    """How full the slots of all processes were; raises `ValueError` when one did not look.

    Each process looks at its own moments: `lowest` takes the worst of each.
    """
    seen = [[s for s in samples if since <= s.at <= until] for samples in processes]
    if not all(seen):
        raise ValueError(f"a process without a sample in the {until - since:.0f} s of the window")
    return Busy(
        flying=sum(sum(s.flying for s in own) / len(own) for own in seen) / slots,
        thinking=sum(sum(s.thinking for s in own) / len(own) for own in seen) / slots,
        lowest=sum(min(s.flying for s in own) for own in seen) / slots,
        samples=sum(len(own) for own in seen),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket's result on the output topic."""

    ticket: str
    at: float  #: seconds since the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What kills cost."""

    lost: int  #: sent, and no result was ever published
    doubled: int  #: results beyond the first of a ticket
    strange: int  #: results of tickets that were never sent


def losses(sent: Collection[str], published: Sequence[str]) -> Losses:
    """Compare what was sent with what came out, kill and restart included."""
    known, out = set(sent), set(published)
    return Losses(
        lost=len(known - out), doubled=len(published) - len(out), strange=len(out - known)
    )


def rate(seen: Sequence[Seen], work_seconds: float, until: float) -> float:
    """Results a second up to a moment, from when the first of them was begun; 0 without any."""
    times = sorted(one.at for one in seen if one.at <= until)
    if not times:
        return 0.0
    return len(times) / (times[-1] - times[0] + work_seconds)


def ratio(ours: float, theirs: float) -> float | None:
    return ours / theirs if theirs else None
