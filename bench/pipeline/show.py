"""The run on one screen, and as one line for machines. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.pipeline.accounting import ratio
from bench.pipeline.free import Free
from bench.pipeline.naive import Naive
from bench.pipeline.slots import Slots

FIRST_BAR = 150.0  #: model-free tickets a second on two cores, broker and database on them too
BUSY_BAR = 0.95
_NAMES = {
    "ack-after": "naive: handler that acks after the work",
    "max-workers": "naive: max_workers, default ack",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that one run measured; an act that was not asked for is None or empty."""

    machine: str
    cores: int
    slots: Slots | None = None
    naive: Sequence[Naive] = ()
    free: Sequence[Free] = ()


def table(run: Run) -> str:
    parts = [f"{run.machine}, {run.cores} cores for service, broker, database and load"]
    if run.slots or run.naive:
        parts.append(_model_table(run))
    parts += [_free_table(one) for one in run.free]
    return "\n\n".join(parts)


def _model_table(run: Run) -> str:
    load = run.slots.load if run.slots else None
    kills = load.kills if load else run.naive[0].kills
    head = ("design", "tickets/s", "x ours", "slots busy", "at the model")
    rows: list[Sequence[str]] = [(*head, f"lost by {kills} x kill -9", "answered twice")]
    if run.slots:
        full = run.slots.busy
        rows.append(
            (
                "citedesk",
                f"{run.slots.rate:.1f}",
                "1.00",
                f"{full.flying:.1%}",
                f"{full.thinking:.1%}",
                f"{run.slots.losses.lost} of {run.slots.sent}",
                str(run.slots.losses.doubled),
            )
        )
    for one in run.naive:
        share = ratio(one.rate, run.slots.rate) if run.slots else None
        lost, twice = str(one.losses.lost), str(one.losses.doubled)
        name = _NAMES[one.design]
        rows.append((name, f"{one.rate:.2f}", _two(share), "", "", f"{lost} of {one.sent}", twice))
    title = "A model that takes seconds"
    if load and run.slots:
        title = (
            f"A model that takes {load.work_seconds:g} s, {load.slots} in flight in "
            f"{_processes(load.processes)}: ceiling "
            f"{load.ceiling:g}/s; {load.seconds:g} s looked at, {run.slots.left} still waiting "
            f"then; {run.slots.cpu_ms:.1f} ms CPU a ticket"
        )
    return f"{title}\n{aligned(rows)}"


def _free_table(one: Free) -> str:
    title = (
        f"No model, {_processes(one.processes)}: "
        f"{one.rate:.1f} tickets/s ({one.rate / FIRST_BAR:.2f} of the bar of {FIRST_BAR:g}), "
        f"{one.tickets} tickets in {one.seconds:.1f} s, {one.ready / one.tickets:.0%} ready"
    )
    rows: list[Sequence[str]] = [("stage", "CPU ms a ticket", "share", "waits included, ms")]
    rows += [
        (s.name, f"{s.cpu_ms:.2f}", _share(s.cpu_ms, one), _one(s.wall_ms)) for s in one.stages
    ]
    rows += [
        ("the rest", f"{one.rest_ms:.2f}", _share(one.rest_ms, one), ""),
        ("service", f"{one.service_ms:.2f}", _share(one.service_ms, one), ""),
        ("Kafka", f"{one.kafka_ms:.2f}", "", ""),
        ("Postgres", f"{one.postgres_ms:.2f}", "", ""),
    ]
    return f"{title}\n{aligned(rows)}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns, the first to the left, numbers to the right, a rule below the head."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        ).rstrip()
        for row in rows
    ]
    return "\n".join((lines[0], "-" * len(lines[0]), *lines[1:]))


def as_json(run: Run) -> dict[str, Any]:
    """Every figure under its name, and the ratios beside them."""
    told: dict[str, Any] = {"machine": run.machine, "cores": run.cores}
    if run.slots:
        told["slots"] = asdict(run.slots) | {
            "of_ceiling": run.slots.rate / run.slots.load.ceiling,
            "busy_enough": run.slots.busy.flying >= BUSY_BAR,
        }
    told["naive"] = [
        asdict(one) | {"of_ours": ratio(one.rate, run.slots.rate) if run.slots else None}
        for one in run.naive
    ]
    told["free"] = [
        asdict(one)
        | {"rate": one.rate, "rest_ms": one.rest_ms, "of_first_bar": one.rate / FIRST_BAR}
        for one in run.free
    ]
    return told


def _processes(count: int) -> str:
    return f"{count} process{'es' if count > 1 else ''}"


def _two(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _one(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _share(value: float, one: Free) -> str:
    return f"{value / one.service_ms:.0%}" if one.service_ms else ""
