"""What a run of the pipeline bench prints."""

import json

from bench.pipeline.accounting import Busy, Losses, Stage
from bench.pipeline.free import Free
from bench.pipeline.naive import Naive
from bench.pipeline.show import Run, aligned, as_json, table
from bench.pipeline.slots import Load, Slots

LOAD = Load(work_seconds=4, slots=300, seconds=60, kills=3)
SLOTS = Slots(
    load=LOAD,
    rate=72.0,
    busy=Busy(flying=0.97, thinking=0.96, lowest=0.9, samples=600),
    left=900,
    cpu_ms=9.5,
    sent=5_000,
    losses=Losses(lost=0, doubled=0, strange=0),
)
NAIVE = Naive(
    design="max-workers",
    sent=4_500,
    kills=3,
    rate=36.0,
    losses=Losses(lost=412, doubled=3, strange=0),
)
FREE = Free(
    processes=1,
    tickets=5_000,
    seconds=25.0,
    ready=3_000,
    stages=(
        Stage(name="admit", cpu_ms=2.0, wall_ms=None),
        Stage(name="write", cpu_ms=3.0, wall_ms=4.0),
    ),
    service_ms=6.0,
    kafka_ms=0.5,
    postgres_ms=1.0,
)
RUN = Run(machine="a machine", cores=2, slots=SLOTS, naive=(NAIVE,), free=(FREE,))


def test_the_designs_stand_side_by_side_with_rate_ratio_and_losses() -> None:
    ours, theirs = [line for line in table(RUN).splitlines() if "72.0" in line or "412" in line]

    assert ours.split() == ["citedesk", "72.0", "1.00", "97.0%", "96.0%", *["0", "of", "5000", "0"]]
    assert theirs.split()[-6:] == ["36.00", "0.500", "412", "of", "4500", "3"]


def test_what_no_stage_claims_is_shown_as_the_rest() -> None:
    rest = next(line for line in table(RUN).splitlines() if line.startswith("the rest"))

    assert rest.split() == ["the", "rest", "1.00", "17%"]


def test_the_line_for_machines_holds_every_figure_and_its_ratio() -> None:
    told = json.loads(json.dumps(as_json(RUN)))

    assert told["slots"]["of_ceiling"] == 0.96
    assert told["slots"]["busy_enough"] is True
    assert told["naive"][0]["of_ours"] == 0.5
    assert told["free"][0]["rate"] == 200.0
    assert told["free"][0]["stages"][1]["cpu_ms"] == 3.0


def test_a_run_of_one_act_shows_that_act_only() -> None:
    only = Run(machine="a machine", cores=2, free=(FREE,))

    assert "citedesk" not in table(only)
    assert as_json(only)["naive"] == []
    alone = Run(machine="a machine", cores=2, naive=(NAIVE,))
    assert as_json(alone)["naive"][0]["of_ours"] is None
    assert "412" in table(alone)


def test_kills_are_spread_over_the_way_and_over_the_work() -> None:
    assert [round(kill.share, 2) for kill in LOAD.moments] == [0.25, 0.5, 0.75]
    assert [round(kill.phase, 2) for kill in LOAD.moments] == [0.17, 0.5, 0.83]
    assert Load(work_seconds=4, slots=1, seconds=1, kills=0).moments == []


def test_columns_line_up() -> None:
    lines = aligned([("a", "b"), ("long", "1"), ("x", "1000")]).splitlines()

    assert {len(line) for line in lines} == {len("long  1000")}
