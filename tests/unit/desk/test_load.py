"""A desk folder becomes a `Desk` whole and to the letter."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.desk import DeskError, describe, load_desk, load_desks
from agent.domain.desk import AskedAs, Category, Example, Rule, Thresholds
from agent.domain.triage import Priority
from retrieval.corpus import Scope
from tests.unit.desk.conftest import TOOLS, Edit


def test_every_table_of_desk_toml_arrives(desk_folder: Path) -> None:
    desk = load_desk(desk_folder, known_tools=TOOLS)

    assert (desk.name, desk.title, desk.audience) == ("hr", "People desk", "employee")
    assert desk.languages == ("en", "nl")
    assert desk.understands == ("en", "nl", "de")
    assert desk.default_language == "en"
    assert desk.tools == ("leave_balance",)
    assert desk.thresholds == Thresholds(unsure_below=0.3, answer_above=0.5)
    assert desk.sla == {
        Priority.URGENT: timedelta(minutes=30),
        Priority.HIGH: timedelta(hours=8),
        Priority.NORMAL: timedelta(days=2),
        Priority.LOW: timedelta(days=5),
    }
    assert desk.categories == (
        Category(id="leave", title="Leave", tools=("leave_balance",), priority=Priority.HIGH),
        Category(id="other", title="Something else", answered=False),
    )
    assert desk.rules == (
        Rule(
            id="legal",
            reason="legal_threat",
            priority=Priority.URGENT,
            words={"en": ("my lawyer", "sue*"), "*": ("GDPR",)},
            unless={"en": ("my lawyer friend",)},
        ),
    )
    assert desk.voice("nl").language == "nl"
    assert desk.voice("de").frames["greeting_name"] == "Hello {name},"


def test_examples_and_glossary_arrive(desk_folder: Path) -> None:
    desk = load_desk(desk_folder, known_tools=TOOLS)

    assert len(desk.examples) == 4
    assert desk.examples[0] == Example(
        text="How many days, please?", category="leave", language="en"
    )
    assert desk.glossary == (("holiday", "vacation", "vakantie"),)


def test_the_question_bank_arrives(desk_folder: Path) -> None:
    desk = load_desk(desk_folder, known_tools=TOOLS)

    assert desk.asked == (
        AskedAs(
            policy="leave",
            language="en",
            answer="You have",
            question="how much time off do I get, all in all?",
        ),
    )


def test_a_desk_needs_no_question_bank(desk_folder: Path) -> None:
    (desk_folder / "questions.csv").unlink()

    assert load_desk(desk_folder, known_tools=TOOLS).asked == ()


def test_an_answer_may_be_a_list_item_or_a_wrapped_sentence(desk_folder: Path, edit: Edit) -> None:
    edit("policies/en/leave.md", "You have 27", "- Ask for leave.\n- You\n  have 27")

    (row,) = load_desk(desk_folder, known_tools=TOOLS).asked

    assert row.answer == "You have"


def test_an_answer_need_stand_only_in_one_of_the_years_of_a_policy(
    desk_folder: Path,
) -> None:
    old = (desk_folder / "policies/en/leave.md").read_text().replace("2026", "2025")
    old = old.replace("You have", "You had")
    (desk_folder / "policies/en/leave-2025.md").write_text(old)

    (row,) = load_desk(desk_folder, known_tools=TOOLS).asked

    assert row.answer == "You have"


def test_a_desk_needs_no_glossary(desk_folder: Path) -> None:
    (desk_folder / "glossary.toml").unlink()

    assert load_desk(desk_folder, known_tools=TOOLS).glossary == ()


def test_a_policy_is_kept_to_the_letter(desk_folder: Path) -> None:
    policy, _ = load_desk(desk_folder, known_tools=TOOLS).policies

    data = (desk_folder / "policies/en/leave.md").read_bytes()
    assert policy.text.encode() == data
    assert policy.content_hash == hashlib.sha256(data).hexdigest()
    assert policy.text[policy.body_start :] == "# Holidays\nYou have 27 days a year.\n"
    assert (policy.id, policy.language, policy.title) == ("leave", "en", "Holidays")
    assert policy.file == "policies/en/leave.md"
    assert policy.categories == ("leave",)
    assert (policy.valid_from, policy.valid_to) == (date(2026, 1, 1), date(2026, 12, 31))


def test_norway_is_a_country_and_not_false(desk_folder: Path) -> None:
    policy, _ = load_desk(desk_folder, known_tools=TOOLS).policies

    assert policy.scope == Scope(
        countries=frozenset({"NL", "NO"}), audience=frozenset({"employee"})
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
def test_offsets_count_characters_of_the_text_as_it_stands(
    desk_folder: Path, bom: str, end: str
) -> None:
    file = desk_folder / "policies/en/leave.md"
    text = bom + file.read_text().replace("\n", end)
    file.write_bytes(text.encode())

    policy, _ = load_desk(desk_folder, known_tools=TOOLS).policies

    assert policy.text == text
    assert policy.text[policy.body_start :].startswith(f"# Holidays{end}")


def test_a_bom_and_crlf_are_fine_in_every_file(desk_folder: Path) -> None:
    plain = load_desk(desk_folder, known_tools=TOOLS)
    for name in ("desk.toml", "examples.csv", "glossary.toml", "questions.csv"):
        file = desk_folder / name
        file.write_bytes(("\ufeff" + file.read_text().replace("\n", "\r\n")).encode())

    marked = load_desk(desk_folder, known_tools=TOOLS)

    assert (marked.categories, marked.voices) == (plain.categories, plain.voices)
    assert (marked.examples, marked.glossary) == (plain.examples, plain.glossary)


def test_an_expired_policy_may_share_the_id_of_its_successor(desk_folder: Path, edit: Edit) -> None:
    old = desk_folder / "policies/en/leave-2025.md"
    old.write_text((desk_folder / "policies/en/leave.md").read_text().replace("2026-", "2025-"))

    policies = load_desk(desk_folder, known_tools=TOOLS).policies

    assert [p.id for p in policies if p.language == "en"] == ["leave", "leave"]


@pytest.mark.parametrize(
    "file",
    ["desk.toml", "examples.csv", "glossary.toml", "policies/nl/leave.md", "questions.csv"],
)
def test_the_content_hash_changes_with_every_file(desk_folder: Path, file: str) -> None:
    before = load_desk(desk_folder, known_tools=TOOLS).content_hash
    assert load_desk(desk_folder, known_tools=TOOLS).content_hash == before

    with (desk_folder / file).open("a") as out:
        out.write("\n")

    assert load_desk(desk_folder, known_tools=TOOLS).content_hash != before


def test_the_content_hash_does_not_depend_on_where_the_folder_lies(
    desk_folder: Path, tmp_path: Path
) -> None:
    before = load_desk(desk_folder, known_tools=TOOLS).content_hash
    moved = desk_folder.rename(tmp_path / "hr")

    assert load_desk(moved, known_tools=TOOLS).content_hash == before


def test_a_desk_is_found_from_inside_its_folder(
    desk_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk_folder)

    assert load_desk(Path("."), known_tools=TOOLS).name == "hr"


def test_all_desks_of_a_folder_are_loaded_by_name(desk_folder: Path) -> None:
    (desk_folder.parent / ".git").mkdir()
    (desk_folder.parent / "__pycache__").mkdir()
    (desk_folder.parent / "README.md").write_text("Desks.")

    desks = load_desks(desk_folder.parent, known_tools=TOOLS)

    assert list(desks) == ["hr"]


def test_faults_of_all_desks_are_told_at_once(desk_folder: Path, edit: Edit) -> None:
    edit("desk.toml", 'default_language = "en"', 'default_language = "fr"')
    edit("policies/nl/leave.md", "categories: [leave]", "categories: [leaf]")
    (desk_folder.parent / "support").mkdir()

    with pytest.raises(DeskError) as caught:
        load_desks(desk_folder.parent, known_tools=TOOLS)

    files = {Path(fault.file).relative_to(desk_folder.parent) for fault in caught.value.faults}
    assert {str(file) for file in files} == {
        "hr/desk.toml",
        "hr/policies/nl/leave.md",
        "support/desk.toml",
        "support/examples.csv",
        "support/policies",
    }
    assert len(str(caught.value).splitlines()) == len(caught.value.faults)


def test_a_description_says_what_the_desk_is_made_of(desk_folder: Path) -> None:
    text = describe(load_desk(desk_folder, known_tools=TOOLS))

    for part in ("hr: People desk", "answers in en, nl", "reads de too", "2 policies (1 en, 1 nl)"):
        assert part in text
