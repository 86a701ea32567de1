"""A broken desk is refused with file, key and mend."""

from pathlib import Path

import pytest

from agent.desk import DeskError, load_desk, load_desks
from tests.unit.desk.conftest import POLICY, TOOLS, Edit


def faults(folder: Path) -> list[str]:
    """What the loader says, with the folder cut off."""
    with pytest.raises(DeskError) as caught:
        load_desk(folder, known_tools=TOOLS)
    return [line.removeprefix(f"{folder.as_posix()}/") for line in str(caught.value).splitlines()]


TOML = "desk.toml"
LEAVE = 'tools = ["leave_balance"]\npriority'
EN = "policies/en/leave.md"
CSV = "examples.csv"
ASKED = "questions.csv"
GLOSSARY = "glossary.toml"
VOICE_EN = 'greeting = "Well."'


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        # desk.toml: keys and types
        (TOML, "title =", "titel =", "titel: is not a known key (did you mean 'title'? known: "),
        (TOML, "title =", "titel =", "title: is missing (add it)"),
        (TOML, 'title = "P', 'title = 5 #"P', "title: input should be a valid string, not 5"),
        (TOML, 'title = "People desk"', 'title = " "', "title: is empty"),
        (TOML, '"en", "nl"]', '"en", "NLD"]', "languages[2]: 'NLD' is not a two-letter language"),
        (TOML, "unsure_below = 0.3", "unsure_below = 3", "thresholds.unsure_below: input should"),
        (TOML, "unsure_below", "unsure_bellow", "did you mean 'unsure_below'? known: 'answer_abo"),
        (TOML, 'urgent = "30m"', 'urgent = "soon"', "sla.urgent: 'soon' is not a time such as"),
        (TOML, 'urgent = "30m"', "urgent = 30", "sla.urgent: 30 is not a time such as '30m'"),
        (TOML, 'urgent = "30m"', 'urgent = "0h"', "sla.urgent: '0h' is not a time such as"),
        (TOML, 'low = "5d"', "", "sla.low: is missing"),
        (TOML, 'urgent = "30m"', 'urgent = "9h"', "sla.urgent: is longer than high (the more"),
        (
            TOML,
            'priority = "high"',
            'priority = "hi"',
            "categories['leave'].priority: input should",
        ),
        (TOML, "answered = false", 'answered = "no"', "categories['other'].answered: input should"),
        (TOML, 'id = "leave"', 'id = "Leave!"', "categories['Leave!'].id: 'Leave!' is not a name"),
        (TOML, 'id = "leave"', 'id = "unsure"', "'unsure' is kept for tickets that fit no"),
        (TOML, 'id = "leave"\n', "", "categories[1].id: is missing"),
        (TOML, 'title = "Leave"', 'tittle = "L"', "categories['leave'].tittle: is not a known key"),
        (TOML, 'reason = "legal_threat"', "", "rules['legal'].reason: is missing"),
        (
            TOML,
            '"sue*"]',
            "7]",
            "rules['legal'].words.en[2]: input should be a valid string, not 7",
        ),
        # desk.toml: names that must fit together
        (TOML, 'name = "hr"', 'name = "hrm"', "name: 'hrm' is not the folder's name (write 'hr', "),
        (TOML, '= "en"', '= "fr"', "default_language: 'fr' is not one of `languages` (known: 'en'"),
        (TOML, '["en", "nl", "de"]', '["en", "de"]', "understands: lacks 'nl', which the desk"),
        (TOML, '["en", "nl"]', '["en", "nl", "nl"]', "languages: 'nl' stands 2 times"),
        (TOML, '["en", "nl"]', '["en", "nl", "de"]', "language 'de' has no voice (add [voice.de]"),
        (TOML, "[voice.nl]", "[voice.pl]", "voice.pl: is not a language of the desk"),
        (TOML, 'tools = ["leave_b', 'tools = ["leaf_b', "tools: 'leaf_balance' is not registered"),
        (TOML, 'tools = ["leave_b', 'tools = ["leaf_b', "did you mean 'leave_balance'? known: "),
        (
            TOML,
            LEAVE,
            LEAVE.replace("leave_", ""),
            "category 'leave' names tool 'balance', which is",
        ),
        (TOML, LEAVE, LEAVE.replace("leave_balance", "order"), "which the desk's `tools` does not"),
        (TOML, 'id = "other"', 'id = "leave"', "categories: 'leave' stands 2 times (ids are"),
        (TOML, "[rules.words]", "[rules.wrds]", "rules['legal'].wrds: is not a known key (did you"),
        (TOML, 'en = ["my lawyer", "sue*"]\n"*" = ["GDPR"]', "", "rules['legal']: has no words"),
        (TOML, '"sue*"', '"*"', "rules['legal'].words.en: '*' would match anything"),
        (TOML, '"sue*"', '"s*e"', "rules['legal'].words.en: 's*e' has a '*' before its end"),
        (TOML, '"*" = ["GDPR"]', 'it = ["GDPR"]', "rules['legal'].words.it: is not a language"),
        (TOML, VOICE_EN, "", "voice.en.greeting: is missing (every voice says all frames)"),
        (TOML, VOICE_EN, 'greting = "Well."', "voice.en.greting: is not a known frame (did you me"),
        (TOML, VOICE_EN, 'greeting = ""', "voice.en.greeting: is empty"),
        (TOML, VOICE_EN, 'greeting = "{who}"', "voice.en.greeting: has an unknown field '{who}'"),
        (
            TOML,
            VOICE_EN,
            'greeting = "{name}"',
            "greeting: has an unknown field '{name}' (known: none",
        ),
        (TOML, VOICE_EN, 'greeting = "a { b"', "voice.en.greeting: cannot be filled in"),
        (TOML, "Hello {name},", "Hello,", "voice.en.greeting_name: lacks its field '{name}'"),
        (
            TOML,
            "{name},",
            "{name.__class__},",
            "has an unknown field '{name.__class__}' (known: 'na",
        ),
        (TOML, "{name},", "{name!r},", "voice.en.greeting_name: formats a field"),
        (TOML, 'name = "hr"', 'name = "hr', "not TOML: "),
        (TOML, 'name = "hr"', 'name = "hr', "line 1"),
        # policies
        (EN, "id: leave\n", "", "id: is missing (add it)"),
        (EN, "id: leave", "id: Leave it", "id: 'Leave it' is not an id of a-z, 0-9"),
        (EN, "language: en\n", "", "language: is missing (add it)"),
        (
            EN,
            "language: en",
            "language: nl",
            "language: is 'nl', but the file stands in folder 'en'",
        ),
        (
            EN,
            "title: Holidays",
            "titel: Holidays",
            "titel: is not a known key (did you mean 'title'",
        ),
        (EN, "[NL, NO]", "NL", "countries: input should be a valid list, not 'NL'"),
        (EN, "[NL, NO]", "[NLD]", "countries[1]: 'NLD' is not a two-letter country code"),
        (
            EN,
            "[leave]",
            "[leaf]",
            "categories: 'leaf' is not a category of the desk (did you mean 'l",
        ),
        (EN, "2026-12-31", "2025-12-31", "valid_to: 2025-12-31 is before valid_from 2026-01-01"),
        (EN, "2026-12-31", "2026-02-30", "valid_to: '2026-02-30' is not a day such as 2026-01-31"),
        (EN, "2026-12-31", "20261231", "valid_to: '20261231' is not a day such as 2026-01-31"),
        (EN, "[employee]", "[employee", "line 7: broken YAML: "),
        (EN, "id: leave", "id: a\nid: b", "line 3: key 'id' stands twice"),
        (EN, "---\nid", "id", "has no front matter (begin with '---'"),
        (EN, "---\n# H", "# H", "front matter is not closed (begin with"),
        (EN, POLICY, "---\n- leave\n---\nText.\n", "front matter is not a list of keys"),
        (EN, "# Holidays\nYou have 27 days a year.", " ", "has no text below the front matter"),
        (EN, "27 days", "27\0days", "line 12: holds a NUL character (remove it)"),
        # examples.csv
        (CSV, "text,category", "text,kind", "line 1: the header is 'text,kind,language' (write te"),
        (
            CSV,
            '",leave,nl',
            '",leef,nl',
            "line 3: category 'leef' is not one of the desk's (did yo",
        ),
        (
            CSV,
            '",leave,nl',
            '",leave,xx',
            "line 3: language 'xx' is not one of the desk's (known: ",
        ),
        (CSV, '",leave,nl', '",other,nl', "category 'leave' has 1 examples (write at least 2)"),
        (CSV, '"How many days, please?"', "How many, please?", "line 2: has 4 cells, not 3 (quote"),
        (CSV, '"How many days, please?"', '" "', "line 2: the text is empty"),
        (CSV, '"How many', '"How "many', "line 2: not CSV: "),
        (CSV, ",leave,nl", ",,nl", "line 3: the category is empty (write one, or drop the line)"),
        # questions.csv
        (ASKED, "answer,q", "reply,q", "line 1: the header is 'policy,language,reply,question' ("),
        (
            ASKED,
            "leave,en",
            "leef,en",
            "line 2: there is no policy 'leef' in 'en' (did you mean 'l",
        ),
        (ASKED, "leave,en", "leave,de", "line 2: there is no policy 'leave' in 'de' (known: none)"),
        (
            ASKED,
            "You have",
            "You get",
            "line 2: no sentence of policies/en/leave.md begins with 'Y",
        ),
        (
            ASKED,
            "You have",
            "# Holidays",
            "line 2: no sentence of policies/en/leave.md begins with",
        ),
        (ASKED, "You have", " ", "line 2: the answer is empty (write one, or drop the line)"),
        (ASKED, '"how much time off do I get, all in all?"', "", "line 2: the question is empty"),
        (ASKED, '"how much', '"how "much', "line 2: not CSV: "),
        # glossary.toml
        (GLOSSARY, "groups", "group", "group: is not a known key (did you mean 'groups'?"),
        (GLOSSARY, '"vakantie"', "3", "groups[1][3]: input should be a valid string, not 3"),
        (GLOSSARY, ', "vacation", "vakantie"', "", "groups[1]: has 1 words"),
        (GLOSSARY, "[[", "[", "not TOML: "),
    ],
)
def test_a_fault_names_its_file_and_key_and_what_would_be_right(
    desk_folder: Path, edit: Edit, file: str, old: str, new: str, said: str
) -> None:
    edit(file, old, new)

    lines = [line for line in faults(desk_folder) if line.startswith(f"{file}: ")]

    assert any(said in line for line in lines), lines


def test_an_answer_that_begins_several_sentences_is_refused(desk_folder: Path, edit: Edit) -> None:
    edit(EN, "27 days a year.", "27 days a year. You have to ask for them.")

    assert faults(desk_folder) == [
        "questions.csv: line 2: 2 sentences of policies/en/leave.md begin with 'You have'"
        " (copy more words, up to where they differ)"
    ]


@pytest.mark.parametrize("file", [TOML, EN, CSV, ASKED, GLOSSARY])
def test_a_file_that_is_not_utf8_is_named_with_its_line(desk_folder: Path, file: str) -> None:
    data = (desk_folder / file).read_bytes()
    (desk_folder / file).write_bytes(data.replace(b"\n", b"\n\xe9", 1))

    assert f"{file}: line 2: byte 0xe9 is not UTF-8 (save the file as UTF-8)" in faults(desk_folder)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (TOML, "desk.toml: is missing (a desk folder holds a desk.toml)"),
        (CSV, "examples.csv: is missing (add it with the header text,category,language)"),
    ],
)
def test_a_missing_file_is_named(desk_folder: Path, file: str, said: str) -> None:
    (desk_folder / file).unlink()

    assert faults(desk_folder) == [said]


def test_a_folder_in_place_of_a_file_is_named(desk_folder: Path) -> None:
    (desk_folder / TOML).unlink()
    (desk_folder / TOML).mkdir()

    assert faults(desk_folder)[0].startswith("desk.toml: cannot be read: ")


def test_a_missing_policies_folder_is_named(desk_folder: Path) -> None:
    (desk_folder / "policies").rename(desk_folder / "policy")

    assert faults(desk_folder) == [
        "policies: is missing (put policies in policies/<language>/<name>.md)"
    ]


def test_an_empty_policies_folder_is_named(desk_folder: Path) -> None:
    for file in (desk_folder / "policies").rglob("*.md"):
        file.unlink()

    assert faults(desk_folder) == ["policies: holds no policy (add policies/<language>/<name>.md)"]


def test_a_policy_outside_a_language_folder_is_refused(desk_folder: Path) -> None:
    (desk_folder / EN).rename(desk_folder / "policies/leave.md")

    assert faults(desk_folder) == [
        "policies/leave.md: stands outside a language folder (move it to policies/en/)"
    ]


def test_a_policy_in_a_language_that_the_desk_does_not_read_is_refused(desk_folder: Path) -> None:
    (desk_folder / "policies/pl").mkdir()
    text = POLICY.replace("language: en", "language: pl")
    (desk_folder / "policies/pl/leave.md").write_text(text)

    assert faults(desk_folder) == [
        "policies/pl/leave.md: 'pl' is not a language of the desk"
        " (the desk understands: 'de', 'en', 'nl')"
    ]


@pytest.mark.parametrize(
    ("first", "second", "rivals"),
    [
        (("2025-01-01", "2025-12-31"), ("2026-01-01", "2026-12-31"), False),
        (("2025-01-01", "2026-01-01"), ("2026-01-01", "2026-12-31"), True),
        (("2025-01-01", ""), ("2026-01-01", "2026-12-31"), True),
        (("", ""), ("2026-01-01", "2026-12-31"), True),
        (("", "2025-12-31"), ("2026-01-01", ""), False),
        (("", ""), ("", ""), True),
    ],
)
def test_one_policy_may_stand_twice_only_when_the_days_do_not_overlap(
    desk_folder: Path, first: tuple[str, str], second: tuple[str, str], rivals: bool
) -> None:
    for name, (start, end) in (("leave.md", first), ("leave-new.md", second)):
        text = POLICY.replace("2026-01-01", start).replace("2026-12-31", end)
        (desk_folder / "policies/en" / name).write_text(text)

    if rivals:
        (line,) = faults(desk_folder)
        assert line.startswith("policies/en/leave.md: id: 'leave' in 'en' is also policies/en/lea")
    else:
        assert len(load_desk(desk_folder, known_tools=TOOLS).policies) == 3


def test_the_same_wrong_label_is_told_once(desk_folder: Path) -> None:
    with (desk_folder / CSV).open("a") as out:
        out.write('"a",leef,en\n"b",leef,en\n"c",leef,en\n')

    (line,) = faults(desk_folder)
    assert line.startswith("examples.csv: line 6 and 2 more: category 'leef' is not one of")


def test_all_faults_of_a_desk_are_told_at_once(desk_folder: Path, edit: Edit) -> None:
    edit(TOML, 'title = "Leave"', "title = 5")
    edit(EN, "id: leave\n", "")
    edit(GLOSSARY, "groups", "group")
    (desk_folder / CSV).unlink()

    found = {line.split(":")[0] for line in faults(desk_folder)}

    assert found == {TOML, EN, GLOSSARY, CSV}


def test_a_fault_begins_with_the_path_as_the_user_gave_it(
    desk_folder: Path, monkeypatch: pytest.MonkeyPatch, edit: Edit
) -> None:
    monkeypatch.chdir(desk_folder.parent.parent)

    with pytest.raises(DeskError) as caught:
        load_desk(Path("desks/hr"), known_tools=("order", "refund"))

    assert str(caught.value).splitlines()[1] == (
        "desks/hr/desk.toml: category 'leave' names tool 'leave_balance',"
        " which is not registered (known: 'order', 'refund')"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "does not exist (name the folder of one desk"),
        ("hr/desk.toml", "is not a folder (name the folder of one desk"),
    ],
)
def test_a_desk_that_is_no_folder_is_refused(desk_folder: Path, name: str, said: str) -> None:
    with pytest.raises(DeskError, match="desks/" + name) as caught:
        load_desk(desk_folder.parent / name, known_tools=TOOLS)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "does not exist (name a folder that holds one folder a desk)"),
        ("file", "is not a folder (name a folder that holds one folder a desk)"),
        ("empty", "holds no desk (add a folder with a desk.toml, one a desk)"),
    ],
)
def test_a_folder_without_desks_is_refused(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")

    with pytest.raises(DeskError) as caught:
        load_desks(tmp_path / name, known_tools=TOOLS)

    assert str(caught.value) == f"{(tmp_path / name).as_posix()}: {said}"
