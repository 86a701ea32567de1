"""Tools by hand, and deciding from the command line."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from agent.store import Store, open_store
from migrations import upgrade
from tests.acceptance.command import ROOT, Citedesk
from tests.contract.store.asking import a_counter

SUPPORT = str(ROOT / "desks/support")
LONG = timedelta(days=36_500)
IN_HIS_NAME = ("--requester", "C-5012", "--desk", SUPPORT)


@pytest.fixture
def asked(citedesk: Citedesk, tmp_path: Path) -> tuple[Citedesk, str]:
    """A store in which one approval waits, and its id."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)

    async def ask() -> str:
        store: Store = await open_store(url)
        try:
            (approval,) = await a_counter(store).ask("c-1", expires=LONG)
            return approval.id
        finally:
            await store.close()

    given = citedesk.given(
        DATABASE__URL=url,
        APPROVALS__APPROVERS__ANNA__DESKS="support",
        APPROVALS__APPROVERS__BERT__DESKS="hr",
        APPROVALS__APPROVERS__ANNA__KEY="k" * 32,
    )
    return given, asyncio.run(ask())


def test_a_tool_is_tried_by_hand(citedesk: Citedesk) -> None:
    listed = citedesk("tools", "list", "--desk", SUPPORT, "--json")
    found = citedesk("tools", "call", "order", "order_id=61233", *IN_HIS_NAME, "--json")
    would = citedesk("tools", "call", "cancel_order", "order_id=61233", *IN_HIS_NAME, "--json")
    again = citedesk("tools", "call", "order", "order_id=61233", *IN_HIS_NAME, "--json")

    names = [json.loads(line)["name"] for line in listed.out.splitlines()]
    assert {"order", "cancel_order", "refund"} <= set(names)
    assert json.loads(found.out)["data"]["status"] == "packed"
    assert json.loads(would.out)["would_run_with"] == {"order_id": "61233"}
    assert again.out == found.out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("order", "order_id=61233", "--requester", "C-5001"), 4, "no order '61233'"),
        (("order", "order_id=61233", "--requester", "C-5012", "--claimed"), 4, "sign in"),
        (("order", "order_id=61233", "customer_id=C-5012"), 4, "customer_id"),
        (("order", "order_id"), 2, "NAME=VALUE"),
        (("leave_balance",), 2, "no tool of desk 'support'"),
    ],
)
def test_a_wrong_call_is_told_in_words(
    citedesk: Citedesk, arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = citedesk("tools", "call", *arguments, "--desk", SUPPORT)

    assert done.code == code
    assert told in done.err


def test_a_named_person_decides_once(asked: tuple[Citedesk, str]) -> None:
    citedesk, approval = asked
    listed = citedesk("approvals", "list")
    shown = json.loads(citedesk("approvals", "show", approval, "--json").out)
    done = citedesk("approvals", "approve", approval[:8], "--as", "anna", "--note", "fine")
    again = citedesk("approvals", "reject", approval, "--as", "anna")
    settled = json.loads(citedesk("approvals", "list", "--all", "--json").out)

    assert approval[:8] in listed.out
    assert shown["arguments"] == {"order_id": "48213"}
    assert (done.code, again.code) == (0, 4)
    assert "already by 'anna'" in again.err
    assert (settled["state"], settled["decided_by"], settled["note"]) == (
        "approved",
        "anna",
        "fine",
    )


def test_nobody_else_decides(asked: tuple[Citedesk, str]) -> None:
    citedesk, approval = asked
    stranger = citedesk("approvals", "approve", approval, "--as", "zoe")
    other_desk = citedesk("approvals", "approve", approval, "--as", "bert")
    other_digest = citedesk("approvals", "approve", approval, "--as", "anna", "--digest", "0" * 64)
    nothing = citedesk("approvals", "approve", "no-such", "--as", "anna")

    assert (stranger.code, other_desk.code, other_digest.code, nothing.code) == (2, 4, 4, 2)
    assert "known: 'anna', 'bert'" in stranger.err
    assert "not on desk 'support'" in other_desk.err
    assert "other arguments" in other_digest.err
    assert "approvals list" in nothing.err
    assert json.loads(citedesk("approvals", "show", approval, "--json").out)["state"] == "pending"


def test_a_key_is_never_printed_and_a_short_one_refused(asked: tuple[Citedesk, str]) -> None:
    citedesk, _ = asked
    printed = citedesk("config")
    short = citedesk.given(APPROVALS__APPROVERS__ANNA__KEY="short")("config")

    assert "k" * 32 not in printed.told
    assert "CITEDESK_APPROVALS__APPROVERS__ANNA__KEY" in short.err
    assert "openssl rand" in short.err
    assert "'short'" not in short.err
