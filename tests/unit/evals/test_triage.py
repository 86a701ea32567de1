"""The classifier measured on any labelled texts."""

import gzip
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from agent.evals.errors import BadCases
from agent.evals.report import page
from agent.evals.triage import Labelled, measure_triage, read_labelled

pytestmark = pytest.mark.unit

FRUIT = ("apple pie", "ripe apple", "an apple a day", "green apple", "apple and pear", "red apple")
TOOLS = ("steel hammer", "hammer and nail", "old hammer", "a hammer", "big hammer", "my hammer")


def rows(label: str, texts: tuple[str, ...]) -> list[Labelled]:
    return [Labelled(text=text, label=label) for text in texts]


LEARNT = rows("fruit", FRUIT) + rows("tool", TOOLS)


def test_what_is_plain_is_answered_right() -> None:
    report = measure_triage(LEARNT, rows("fruit", ("sweet apple",))).report

    assert (report["accuracy"], report["labels"], report["test"]) == (1.0, 2, 1)


def test_a_text_like_nothing_learnt_is_refused_and_its_label_never_learnt() -> None:
    strangers = rows("oos", ("quarterly tax return", "zebra crossing"))
    test = rows("tool", ("hammer",)) + strangers

    measured = measure_triage(LEARNT + strangers, test, reject="oos")

    assert measured.report["labels"] == 2
    assert measured.report["out_of_scope_recall"] == 1.0
    assert measured.report["in_scope_accuracy"] == 1.0
    assert measured.report["auroc"] == 1.0


def test_without_a_rejected_label_nothing_is_refused() -> None:
    measured = measure_triage(LEARNT, rows("tool", ("zebra crossing",)))

    assert measured.answers[0].said in {"fruit", "tool"}
    assert "auroc" not in measured.report


def test_one_label_cannot_be_told_from_another() -> None:
    with pytest.raises(BadCases, match="fewer than two labels"):
        measure_triage(rows("fruit", FRUIT), rows("fruit", FRUIT))


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_any_header_and_gzip_are_read(tmp_path: Path, packed: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "cases.csv"
    file.write_bytes(packed(b'utterance,intent\r\n"a, b",x\r\n\r\nc,y\r\n'))

    assert [(row.text, row.label) for row in read_labelled(file)] == [("a, b", "x"), ("c", "y")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"a,b\n", "no rows"),
        (b"a,b,c\nx,y,z\n", "line 1: the header has 3 columns"),
        (b"a,b\nx\n", "line 2: has 1 cells"),
        (b"a,b\nx,\n", "line 2: the label is empty"),
        (b'a,b\n"x,y\n', "not CSV"),
        (b"a,b\n\xff,y\n", "not UTF-8"),
        (b"\x1f\x8bnonsense", "broken gzip"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_place(
    tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "cases.csv"
    file.write_bytes(content)

    with pytest.raises(BadCases, match=told):
        read_labelled(file)


def test_the_report_draws_every_label_and_no_text() -> None:
    test = rows("fruit", ("sweet apple <b>",)) + rows("tool", ("secret hammer",))
    measured = measure_triage(LEARNT, test)

    html = page(measured.report, measured.answers)

    assert html.count("<svg") == 2
    assert "secret" not in html
    for drawing in html.split("<svg")[1:]:
        ElementTree.fromstring("<svg" + drawing.split("</svg>")[0] + "</svg>")
    assert "fruit read as fruit: 1" in html
