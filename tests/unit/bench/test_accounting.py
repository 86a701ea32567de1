"""The figures of the pipeline bench: pages read, CPU shared out, slots counted, losses found."""

import pytest

from bench.pipeline.accounting import (
    Sample,
    Seen,
    busy,
    losses,
    parse_page,
    parse_samples,
    rate,
    ratio,
    stages,
    stat_ticks,
)

BEFORE = """\
# HELP citedesk_stage_cpu_seconds_total CPU time that a stage's own code took
# TYPE citedesk_stage_cpu_seconds_total counter
citedesk_stage_cpu_seconds_total{stage="write"} 1.0
citedesk_stage_duration_seconds_bucket{le="0.1",stage="write"} 10.0
citedesk_stage_duration_seconds_sum{stage="write"} 5.0
citedesk_stage_duration_seconds_count{stage="write"} 10.0
citedesk_slots_busy 7.0
"""
AFTER = """\
citedesk_stage_cpu_seconds_total{stage="relay"} 0.25
citedesk_stage_cpu_seconds_total{stage="write"} 2.0
citedesk_stage_cpu_seconds_total{stage="ingest"} 0.5
citedesk_stage_duration_seconds_sum{stage="write"} 9.0
citedesk_stage_duration_seconds_count{stage="write"} 110.0
"""


def test_a_page_is_read_by_metric_and_label() -> None:
    page = parse_page('a_total{x="1",y="p"} 2\na_total{x="1",y="q"} 3e1\na_total{x="2"} 4\nb 5\n')

    assert page.by("a_total", "x") == {"1": 32.0, "2": 4.0}
    assert page.by("a_total", "y") == {"p": 2.0, "q": 30.0}
    assert page.by("b", "x") == {}


def test_a_label_may_hold_any_character() -> None:
    page = parse_page(r'a{x="one, \"two\" {3}"} 1')

    assert page.by("a", "x") == {r"one, \"two\" {3}": 1.0}


def test_a_stage_costs_what_grew_between_two_pages_for_each_ticket() -> None:
    found = stages(parse_page(BEFORE), parse_page(AFTER), tickets=100)

    assert [(s.name, s.cpu_ms, s.wall_ms) for s in found] == [
        ("ingest", pytest.approx(5.0), None),
        ("write", pytest.approx(10.0), pytest.approx(40.0)),
        ("relay", pytest.approx(2.5), None),
    ]


def test_an_unknown_stage_comes_last_and_is_not_dropped() -> None:
    page = parse_page(
        'citedesk_stage_cpu_seconds_total{stage="new"} 1\n'
        'citedesk_stage_cpu_seconds_total{stage="relay"} 1\n'
    )

    assert [s.name for s in stages(parse_page(""), page, 1)] == ["relay", "new"]


def test_two_processes_add_up() -> None:
    one, other = (
        page.replace('stage="', f'process="{n}",stage="') for n, page in enumerate((BEFORE, AFTER))
    )
    both = parse_page(one + other)

    assert both.by("citedesk_stage_cpu_seconds_total", "stage")["write"] == 3.0


def test_cpu_ticks_are_found_behind_a_name_that_looks_like_fields() -> None:
    stat = "42 (a) 1 2 (b) S 7 42 42 0 -1 4194304 100 0 0 0 150 50 30 20 20 0 5 0 123 0 0"

    assert stat_ticks(stat) == (7, 200, 50)


def test_a_line_that_a_kill_cut_off_is_no_sample() -> None:
    text = "10.000 300 290\n10.100 299 288\n10.2"

    assert parse_samples(text) == [Sample(10.0, 300, 290), Sample(10.1, 299, 288)]
    assert parse_samples("10.200 30") == []
    assert parse_samples("10.200 300 28") == []


def test_only_samples_within_the_window_count() -> None:
    samples = [Sample(1, 0, 0), Sample(2, 10, 8), Sample(3, 8, 6), Sample(4, 0, 0)]

    full = busy([samples], since=2, until=3, slots=10)

    assert (full.flying, full.thinking, full.lowest, full.samples) == (0.9, 0.7, 0.8, 2)


def test_a_window_in_which_nobody_looked_is_not_called_empty() -> None:
    with pytest.raises(ValueError, match="without a sample"):
        busy([[Sample(1, 10, 10)]], since=2, until=3, slots=10)
    with pytest.raises(ValueError, match="without a sample"):
        busy([[Sample(2, 10, 10)], []], since=2, until=3, slots=10)


def test_processes_look_at_their_own_moments_and_add_up() -> None:
    one = [Sample(2.0, 4, 3), Sample(2.5, 5, 4)]
    other = [Sample(2.1, 5, 5), Sample(2.2, 5, 5), Sample(2.3, 2, 2)]

    both = busy([one, other], since=2, until=3, slots=10)

    assert (both.flying, both.thinking, both.lowest) == pytest.approx((0.85, 0.75, 0.6))


def test_a_clean_run_lost_nothing() -> None:
    found = losses({"a", "b"}, ["b", "a"])

    assert (found.lost, found.doubled, found.strange) == (0, 0, 0)


@pytest.mark.parametrize(
    ("published", "lost", "doubled", "strange"),
    [
        (["a"], 1, 0, 0),
        ([], 2, 0, 0),
        (["a", "a", "b", "a"], 0, 2, 0),
        (["a", "a"], 1, 1, 0),  # a double must not hide a loss
        (["a", "b", "z"], 0, 0, 1),
        (["a", "z"], 1, 0, 1),  # nor must a stranger
    ],
)
def test_each_planted_fault_is_counted(
    published: list[str], lost: int, doubled: int, strange: int
) -> None:
    found = losses({"a", "b"}, published)

    assert (found.lost, found.doubled, found.strange) == (lost, doubled, strange)


def test_the_rate_counts_from_when_the_first_was_begun() -> None:
    one_at_a_time = [Seen(str(n), 100.0 + 4 * n) for n in range(10)]
    in_bursts = [Seen(f"{n}", 100.0 + 4 * (n // 300)) for n in range(900)]

    assert rate(one_at_a_time, 4, until=1_000) == pytest.approx(0.25)
    assert rate(in_bursts, 4, until=1_000) == pytest.approx(75)


def test_what_came_after_the_kill_is_not_in_the_rate() -> None:
    seen = [Seen("a", 100.0), Seen("b", 104.0), Seen("c", 200.0)]

    assert rate(seen, 4, until=150) == pytest.approx(0.25)
    assert rate(seen, 4, until=50) == 0


def test_a_ratio_to_nothing_is_none() -> None:
    assert ratio(3, 2) == 1.5
    assert ratio(3, 0) is None
