"""`ask`, `verify` and `check`: an answer on the spot, and its proof held or broken."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import ROOT, Citedesk

RETURNS = str(ROOT / "desks" / "support" / "policies" / "en" / "returns.md")


@pytest.fixture(scope="module")
def draft(learnt: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A ready draft as `ask --json` prints it."""
    citedesk = Citedesk(folder=tmp_path_factory.mktemp("ask"), settings={"DATA": str(learnt)})
    done = citedesk("ask", "How long does a refund take?", "--desk", "desks/support", "--json")
    assert done.code == 0, done.told
    return json.loads(done.out)


def test_an_answer_that_is_proved_ends_0_and_shows_source_and_quote(citedesk: Citedesk) -> None:
    done = citedesk("ask", "How long does a refund take?", "--desk", "desks/support")

    assert done.code == 0, done.told
    assert "\nready · en" in done.out
    assert "exact" in done.out
    assert "“" in done.out
    assert done.err == ""


def test_what_a_person_must_see_ends_1_with_the_reason(citedesk: Citedesk) -> None:
    done = citedesk("ask", "-", "--desk", "desks/support", stdin=b"I will sue you, says my lawyer")

    assert done.code == 1
    assert "\nreview · en" in done.out
    assert "reason: " in done.out


def test_a_polish_message_is_understood_and_goes_to_a_person(citedesk: Citedesk) -> None:
    done = citedesk(
        *("ask", "Dzień dobry, ile mam dni na zwrot sukienki?", "--desk", "desks/support"),
        "--json",
    )
    made = json.loads(done.out)

    assert (done.code, made["route"], made["language"]) == (1, "review", "pl")
    assert any("pl" in reason for reason in made["reasons"])


def test_a_requester_s_own_records_are_used_and_nobody_else_s(citedesk: Citedesk) -> None:
    question = ("ask", "How many vacation days do I have left?", "--desk", "desks/hr")

    own = citedesk(*question, "--requester", "E-2001", "--json")
    stranger = citedesk(*question, "--json")

    assert any(source["kind"] == "tool" for source in json.loads(own.out)["sources"])
    assert all(source["kind"] == "policy" for source in json.loads(stranger.out)["sources"])


def test_the_proof_of_a_draft_holds_offline(citedesk: Citedesk, draft: dict[str, Any]) -> None:
    (citedesk.folder / "draft.json").write_text(json.dumps(draft))

    done = citedesk("verify", "draft.json", "--desk", "desks/support")

    assert (done.code, done.err) == (0, "")
    assert "every claim holds" in done.out


def test_a_number_that_was_tampered_with_does_not_hold(
    citedesk: Citedesk, draft: dict[str, Any]
) -> None:
    proved = next(claim for claim in draft["claims"] if claim["evidence"])
    digit = next(c for c in proved["text"] if c.isdigit())
    other = proved["text"].replace(digit, str((int(digit) + 3) % 10), 1)
    text = json.dumps(draft, ensure_ascii=False).replace(proved["text"], other)
    (citedesk.folder / "draft.json").write_text(text)

    done = citedesk("verify", "draft.json", "--desk", "desks/support", "--json")

    assert done.code == 1
    assert json.loads(done.out)["holds"] is False


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json", '{"desk": "support"}'])
def test_what_is_no_draft_is_told(citedesk: Citedesk, content: str) -> None:
    (citedesk.folder / "draft.json").write_text(content)

    done = citedesk("verify", "draft.json")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: draft.json")


def test_a_lie_about_a_policy_is_caught_with_the_words_that_differ(citedesk: Citedesk) -> None:
    lie = citedesk("check", RETURNS, "You can return an item within 60 days of delivery.")
    truth = citedesk(
        "check", RETURNS, "You can return an item within 30 days of the day it was delivered."
    )

    assert (lie.code, truth.code) == (1, 0)
    assert "60 days ≠ 30 days" in lie.out
    assert "returns.md:" in lie.out
