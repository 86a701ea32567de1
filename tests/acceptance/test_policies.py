"""`citedesk policies` and the two evaluations of search, as a person runs them."""

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import ROOT, Citedesk


@pytest.fixture
def desks(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "desks", tmp_path / "desks")
    return tmp_path / "desks"


def test_a_contradiction_between_languages_is_found_with_its_place(
    citedesk: Citedesk, desks: Path
) -> None:
    file = desks / "hr" / "policies" / "nl" / "annual-leave.md"
    text = file.read_text(encoding="utf-8")
    assert "27" in text
    file.write_text(text.replace("27", "29"), encoding="utf-8")

    done = citedesk("policies", "check", str(desks / "hr"), "--json")

    (found,) = [f for f in json.loads(done.out) if f["kind"] == "languages-differ"]
    assert done.code == 1
    assert found["file"] == "policies/nl/annual-leave.md"
    assert "'29'" in found["problem"]


def test_a_folder_that_is_no_desk_is_refused_in_words(citedesk: Citedesk) -> None:
    done = citedesk("policies", "check", "/no/such/desk")

    assert done.code == 2
    assert "does not exist" in done.err


def test_a_reload_leaves_its_stamp_and_says_what_it_could_not_look_at(
    citedesk: Citedesk, desks: Path, tmp_path: Path
) -> None:
    own = citedesk.given(DESKS=str(desks), DATA=str(tmp_path / "data"))

    done = own("policies", "reload", "--json")

    assert done.code == 0
    assert (tmp_path / "data" / "reload").is_file()
    assert json.loads(done.out)["policies"]["hr"] > 0


def test_a_desk_with_faults_is_not_taken_into_use(
    citedesk: Citedesk, desks: Path, tmp_path: Path
) -> None:
    (desks / "hr" / "policies" / "en" / "broken.md").write_text("no front matter", "utf-8")

    done = citedesk.given(DESKS=str(desks), DATA=str(tmp_path / "data"))("policies", "reload")

    assert done.code == 2
    assert "broken.md" in done.err
    assert not (tmp_path / "data" / "reload").exists()


@pytest.mark.parametrize("command", ["eval retrieval", "eval questions", "policies check"])
def test_each_command_shows_an_example(citedesk: Citedesk, command: str) -> None:
    done = citedesk(*command.split(), "--help")

    assert (done.code, f"citedesk {command}" in " ".join(done.out.split())) == (0, True)
