"""`citedesk demo`: what a newcomer sees in the first minute."""

import json
import re

import pytest

from tests.acceptance.command import Citedesk, Done

SUMMARY = re.compile(
    r"^(\d+) tickets: .*; (\d+) of (\d+) planted errors caught; draft p50 \d+ ms, p95 \d+ ms$"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Citedesk, Done]:
    """One run in an empty folder with the settings of a fresh clone."""
    citedesk = Citedesk(folder=tmp_path_factory.mktemp("demo"))
    return citedesk, citedesk("demo", within=170)


def test_it_ends_0_and_its_last_line_is_the_summary(demo: tuple[Citedesk, Done]) -> None:
    _, done = demo
    last = done.out.splitlines()[-1]

    assert done.code == 0, done.told[-2_000:]
    summary = SUMMARY.match(last)
    assert summary, last
    assert int(summary[1]) >= 60
    assert summary[2] == summary[3]


def test_it_says_first_that_no_model_runs(demo: tuple[Citedesk, Done]) -> None:
    _, done = demo

    assert "No language model runs here" in done.out[:400]
    assert "stand-in for Kafka" in done.out


def test_no_library_and_no_log_line_is_seen(demo: tuple[Citedesk, Done]) -> None:
    _, done = demo

    assert done.err == ""
    for word in ("WARNING", "ERROR", "INFO", "aiokafka", "faststream", "Deprecat"):
        assert word not in done.out


def test_the_drafts_it_wrote_carry_their_proof(demo: tuple[Citedesk, Done]) -> None:
    citedesk, done = demo
    (where,) = re.findall(r"All drafts with their proof: (\S+)", done.out)
    lines = (citedesk.folder / where).read_text().splitlines()
    ready = next(line for line in lines if json.loads(line)["route"] == "ready")
    (citedesk.folder / "draft.json").write_text(ready)

    assert citedesk("verify", "draft.json").code == 0
