"""Pairs of source and claim are measured, and a file that is no such thing is refused in words."""

import json
from pathlib import Path

import pytest

from agent.citations import ClaimChecker
from agent.evals.claims import measure_claims, read_pairs, tell, tell_all, verdict_lines
from agent.evals.errors import EvalError

BENCH = Path(__file__).parents[3] / "bench/claims"
PAIR = {
    "id": "1",
    "lang": "en",
    "source": "You have 30 days to return shoes. Gift cards stay valid for 2 years.",
    "claim": "You have 40 days to return shoes.",
    "label": "unsupported",
    "kind": "number",
}


def a_file(folder: Path, *lines: object) -> Path:
    file = folder / "pairs.jsonl"
    file.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines))
    return file


async def test_recall_and_false_alarms_are_of_wrong_and_of_supported_claims(tmp_path: Path) -> None:
    right = PAIR | {
        "id": "2",
        "claim": "Gift cards stay valid for 24 months.",
        "label": "supported",
    }
    told = await tell_all(read_pairs(a_file(tmp_path, PAIR, right)), "learned")
    report = measure_claims(told)
    assert (report["recall"], report["false_alarms"], report["f1"]) == (1.0, 0.0, 1.0)
    assert report["by_kind"]["number"]["pairs"] == 2
    assert [point["doubt"] for point in report["curve"]][::20] == [0.0, 1.0]


async def test_a_verdict_names_both_spans(tmp_path: Path) -> None:
    (pair,) = read_pairs(a_file(tmp_path, PAIR))
    told = await tell(pair, ClaimChecker())
    line = json.loads(verdict_lines([told]))
    assert (line["verdict"], line["supported"]) == ("contradicted", False)
    assert pair.claim[slice(*line["claim_span"])] == "40 days"
    assert pair.source[slice(*line["source_span"])] == "30 days"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 1: is not JSON"),
        (PAIR | {"label": "maybe"}, "field 'label'"),
        ({k: v for k, v in PAIR.items() if k != "source"}, "field 'source'"),
        (PAIR | {"lang": "English"}, "field 'lang'"),
        ("", "holds no pair"),
    ],
)
def test_what_is_no_pair_is_refused_with_its_place(tmp_path: Path, line: object, told: str) -> None:
    with pytest.raises(EvalError, match=told):
        read_pairs(a_file(tmp_path, line))


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="stands twice"):
        read_pairs(a_file(tmp_path, PAIR, PAIR))


async def test_a_judge_that_is_unknown_is_refused() -> None:
    with pytest.raises(EvalError, match="is unknown"):
        await tell_all([], "oracle")


@pytest.mark.parametrize("part", ["near.dev", "near.heldout", "hard.dev", "hard.heldout"])
def test_the_benchmark_is_whole_and_in_seven_languages(part: str) -> None:
    pairs = read_pairs(BENCH / f"{part}.jsonl")
    assert {pair.lang for pair in pairs} == {"en", "fr", "de", "es", "nl", "it", "pl"}
    assert {pair.label for pair in pairs} == {"supported", "unsupported"}


async def test_careful_claims_are_told_apart() -> None:
    report = measure_claims(await tell_all(read_pairs(BENCH / "near.dev.jsonl"), "learned"))
    assert report["recall"] >= 0.95
    assert report["false_alarms"] <= 0.05
