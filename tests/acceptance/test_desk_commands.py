"""A desk made, explained and measured from the command line."""

import json
from pathlib import Path

from tests.acceptance.command import Citedesk

TICKETS = "text,category\n" + "".join(
    f"{text},{category}\n"
    for category, texts in {
        "invoices": ("where is my invoice", "the invoice is wrong", "invoice for march please"),
        "access": ("cannot log in", "password lost again", "log in fails every time"),
    }.items()
    for text in texts
)


def a_desk(citedesk: Citedesk, folder: Path) -> Path:
    (folder / "book").mkdir()
    (folder / "book" / "hours.md").write_text("# Hours\n\nWe open at 9.\n", encoding="utf-8")
    (folder / "past.csv").write_text(TICKETS, encoding="utf-8")
    done = citedesk(
        "init",
        "billing",
        *("--policies", str(folder / "book")),
        *("--tickets", str(folder / "past.csv")),
        *("--into", str(folder / "desks")),
    )
    assert (done.code, done.err) == (0, "")
    assert "6 past tickets learnt" in done.out
    return folder / "desks" / "billing"


def test_a_desk_is_made_explains_itself_and_is_measured(citedesk: Citedesk, tmp_path: Path) -> None:
    desk = a_desk(citedesk, tmp_path)
    case = {"lang": "en", "body": "my invoice is missing", "category": "invoices"}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case), encoding="utf-8")

    told = citedesk("triage", "explain", "the invoice, please", "--desk", str(desk), "--json")
    figures = citedesk(
        "eval", "tickets", str(tmp_path / "cases.jsonl"), "--desk", str(desk), "--json"
    )

    assert json.loads(told.out)["ranked"][0][0] == "invoices"
    assert json.loads(figures.out)["by_lang"]["en"]["category"]["accuracy"] == 1.0


def test_a_desk_that_stands_is_never_written_over(citedesk: Citedesk, tmp_path: Path) -> None:
    desk = a_desk(citedesk, tmp_path)

    done = citedesk(
        "init",
        "billing",
        *("--policies", str(tmp_path / "book")),
        *("--tickets", str(tmp_path / "past.csv")),
        *("--into", str(desk.parent)),
    )

    assert done.code == 2
    assert "exists already" in done.err


def test_a_wrong_file_is_told_in_one_line(citedesk: Citedesk, tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text("{", encoding="utf-8")
    (tmp_path / "t.csv").write_text("a,b\nx\n", encoding="utf-8")

    tickets = citedesk("eval", "tickets", str(tmp_path / "cases.jsonl"))
    triage = citedesk(
        "eval", "triage", "--train", str(tmp_path / "t.csv"), "--test", str(tmp_path / "t.csv")
    )

    for done in (tickets, triage):
        assert done.code == 2
        assert done.err.startswith("error: ")
        assert done.err.count("\n") == 1
