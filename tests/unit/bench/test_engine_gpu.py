"""What the engine's benchmark reckons, without an engine."""

from pathlib import Path

import pytest

from agent.bootstrap import build_desks
from agent.settings import Settings
from bench.engine.asked import Asked, read_asked
from bench.engine.measures import quantile
from bench.engine.traffic import make_work, reply_prompts
from bench.engine_gpu import Run, table

INF = float("inf")
ASKED = Asked(model="/m", fp8=True, prefix=False, at_once=(1, 32), calls=8, tokens=150)


@pytest.mark.parametrize(
    ("buckets", "share", "seconds"),
    [
        ({0.1: 0, 0.2: 10, INF: 10}, 0.5, 0.15),
        ({0.1: 5, 0.2: 5, 0.4: 10, INF: 10}, 0.75, 0.3),
        ({0.1: 5, INF: 10}, 0.95, 0.1),  # beyond the last bound: at least that
        ({0.1: 0, INF: 0}, 0.5, None),
        ({}, 0.5, None),
    ],
)
def test_a_quantile_lies_within_its_bucket(
    buckets: dict[float, float], share: float, seconds: float | None
) -> None:
    assert quantile(buckets, share) == seconds


def test_a_configuration_reaches_its_process_whole() -> None:
    assert read_asked(ASKED.as_text()) == ASKED


def test_the_batch_is_full_most_of_the_time_and_holds_all_tickets() -> None:
    assert ASKED.replies(32) == 96
    assert ASKED.replies(1) == 8
    assert ASKED.options.max_num_seqs == 32


@pytest.mark.timeout(180)  # the first test of a run that needs the desks trains their classifiers
async def test_the_prompts_are_the_pipelines_own_one_for_each_ticket(learnt: Path) -> None:
    desks = build_desks(Settings(data=learnt))

    prompts = await reply_prompts(desks, 3)

    assert 0 < len(prompts) <= 3
    assert len(set(prompts)) == len(prompts)
    assert len({work.conversation for work in make_work(desks, 3)}) == 3


def test_a_configuration_that_failed_leaves_no_row_and_one_without_offline_no_ratio() -> None:
    act = {
        "at_once": 32,
        "reply_tokens_s": 900.0,
        "prompt_tokens_s": 9_000.0,
        "cached_share": 0.7,
        "ttft_p50_s": 0.1,
        "ttft_p95_s": None,
        "reply_p50_s": 2.0,
        "reply_p95_s": 3.0,
        "our_cpu_ms_a_call": 4.2,
        "tickets_s": 5.0,
        "calls_a_ticket": 3.5,
        "written_by_model": 20,
    }
    failed = Run(fp8=True, prefix=True, ours={}, alone={})
    alone = Run(fp8=False, prefix=True, ours={"acts": [act]}, alone={"reply_tokens_s": 1_000.0})
    no_bar = Run(fp8=False, prefix=False, ours={"acts": [act]}, alone={})

    shown = table([failed, alone, no_bar]).splitlines()

    rows = [line for line in shown if "20/32" in line]
    assert len(rows) == 2
    assert "0.90" in rows[0]
    assert "0.90" not in rows[1]
