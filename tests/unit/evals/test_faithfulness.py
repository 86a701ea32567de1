"""Answers over passages are measured by answer and by character."""

import gzip
import json
from pathlib import Path

import pytest

from agent.evals.errors import EvalError
from agent.evals.faithfulness import judged, measure_faithfulness, read_answers

PASSAGES = "passage 1: Bees make honey from nectar. They store it in wax cells."
GOOD = "Bees make honey from nectar and store it in wax cells."
BAD = "Penguins invented copper telescopes during 1842 to photograph volcanic glaciers secretly."


def a_file(folder: Path, *rows: object, name: str = "answers.jsonl") -> Path:
    file = folder / name
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return file


def a_row(answer: str, *spans: tuple[int, int]) -> dict[str, object]:
    return {"d1": PASSAGES, "d2": answer, "labels": [{"start": a, "end": b} for a, b in spans]}


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.jsonl.gz"])
def test_what_no_passage_has_is_found_at_its_place(tmp_path: Path, name: str) -> None:
    mixed = f"{GOOD} {BAD}"
    rows = [a_row(GOOD), a_row(mixed, (len(GOOD) + 1, len(mixed)))]
    found = [judged(one) for one in read_answers(a_file(tmp_path, *rows, name=name))]
    report = measure_faithfulness(found)
    assert report["response"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "auroc": 1.0}
    assert report["span"]["f1"] == 1.0


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "is not JSON"),
        ({"d2": "x"}, "field 'd1'"),
        (a_row("short", (0, 99)), "is not in d2"),
        ("", "holds no answer"),
    ],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, row: object, told: str) -> None:
    with pytest.raises(EvalError, match=told):
        read_answers(a_file(tmp_path, row))


def test_a_broken_gzip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl.gz"
    file.write_bytes(b"no gzip")
    with pytest.raises(EvalError, match="cannot be read"):
        read_answers(file)
