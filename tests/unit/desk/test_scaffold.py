"""A desk made from policies and past tickets loads, and what it cannot be made from is told."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from agent.desk import DeskError, load_desk
from agent.desk.scaffold import check_name, read_policies_of, read_tickets, scaffold

pytestmark = pytest.mark.unit

STARTER: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[3] / "desks/support/desk.toml").read_text(encoding="utf-8")
)
TICKETS = (
    "text,category\n"
    '"My invoice, please",Invoices\n'
    "Where is my invoice?,Invoices\n"
    "I cannot log in,Log-in\n"
    "Password lost,Log-in\n"
)


def english(_: str) -> str:
    return "en"


def a_table(folder: Path, text: str = TICKETS) -> Path:
    file = folder / "past.csv"
    file.write_text(text, encoding="utf-8")
    return file


def a_handbook(folder: Path) -> Path:
    book = folder / "book"
    (book / "de").mkdir(parents=True)
    (book / "Opening Hours.md").write_text("# When we open\n\nWe open at 9.\n", encoding="utf-8")
    (book / "de" / "zeiten.txt").write_text("Wir öffnen um 9.\n", encoding="utf-8")
    return book


def test_the_new_desk_loads_with_its_categories_policies_and_rules(tmp_path: Path) -> None:
    tickets = read_tickets(a_table(tmp_path), english)
    policies = read_policies_of(a_handbook(tmp_path), english)

    for path, text in scaffold("billing", policies, tickets, STARTER).items():
        file = tmp_path / "billing" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    desk = load_desk(tmp_path / "billing", known_tools=())

    assert {category.id for category in desk.categories} == {"invoices", "log_in"}
    assert {(p.id, p.language, p.title) for p in desk.policies} == {
        ("opening-hours", "en", "When we open"),
        ("zeiten", "de", "Zeiten"),
    }
    assert {"legal_threat", "asks_for_person"} <= {rule.id for rule in desk.rules}
    assert not any(rule.no_reply for rule in desk.rules)
    assert set(desk.voices) == {"en", "de"}


def test_a_policy_with_a_head_keeps_it(tmp_path: Path) -> None:
    text = "---\nid: x\ntitle: X\nlanguage: nl\n---\n# X\n\nWij openen om 9.\n"
    (tmp_path / "x.md").write_text(text, encoding="utf-8")

    (policy,) = read_policies_of(tmp_path, english)

    assert (policy.path, policy.text) == ("policies/nl/x.md", text)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("text\nhello\n", "line 1: there is no column 'category'"),
        ("text,category\nhello,\n", "line 2: a cell is empty"),
        ("text,category\na,x\nb,x\n", "names 1 categories"),
        ("text,category\na,x\nb,x\nc,y\n", "category 'y' has fewer than 2"),
        ('text,category\n"a,x\n', "not CSV"),
        ("", "no column 'text'"),
    ],
)
def test_a_table_that_teaches_nothing_is_refused(tmp_path: Path, table: str, told: str) -> None:
    with pytest.raises(DeskError, match=told):
        read_tickets(a_table(tmp_path, table), english)


def test_a_folder_without_policies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="holds no policy"):
        read_policies_of(tmp_path, english)
    with pytest.raises(DeskError, match="is not a folder"):
        read_policies_of(tmp_path / "none", english)


def test_two_files_that_would_be_one_policy_are_refused(tmp_path: Path) -> None:
    for name in ("Hours.md", "hours.txt"):
        (tmp_path / name).write_text("We open at 9.", encoding="utf-8")

    with pytest.raises(DeskError, match="rename one"):
        read_policies_of(tmp_path, english)


def test_a_language_without_reply_frames_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sv").mkdir()
    (tmp_path / "sv" / "tider.md").write_text("Vi öppnar klockan 9.", encoding="utf-8")
    policies = read_policies_of(tmp_path, english)

    with pytest.raises(DeskError, match="no reply frames for language 'sv'"):
        scaffold("x", policies, read_tickets(a_table(tmp_path), english), STARTER)


@pytest.mark.parametrize("name", ["", "Billing", "../x", "9x", "a b"])
def test_a_name_that_is_no_folders_name_is_refused(name: str) -> None:
    with pytest.raises(DeskError, match="NAME"):
        check_name(name)
