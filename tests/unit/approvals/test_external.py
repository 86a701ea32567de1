"""Decisions from outside are believed when signed by a known key, fresh, about what was asked."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from agent.approvals import Approval, ApprovalState, Approver, ExternalDecisions, Key, signature
from agent.domain.events import ApprovalDecided
from agent.store import Store
from tests.contract.store.asking import Counter, a_counter, a_proposal
from tests.contract.store.values import NOW

SECRET = b"a key of at least thirty-two bytes"
PAYMENTS = Approver(name="payments", desks=frozenset({"support"}))
KEYS = {"payments": Key(approver=PAYMENTS, secret=SECRET)}


def a_decision(approval: Approval, **changed: Any) -> dict[str, Any]:
    return {
        "approval_id": approval.id,
        "arguments_sha256": approval.proposal.digest,
        "decision": "approved",
        "decided_by": "payments",
        "decided_at": NOW.isoformat(),
        "note": "",
    } | changed


def signed(decision: dict[str, Any], secret: bytes = SECRET) -> bytes:
    return json.dumps(decision | {"signature": signature(decision, secret)}).encode()


def taking(counter: Counter, now: datetime = NOW) -> ExternalDecisions:
    return ExternalDecisions(counter.approvals, KEYS, clock=lambda: now)


@pytest.fixture
def counter(store: Store) -> Counter:
    return a_counter(store)


def test_the_signature_is_what_any_language_computes() -> None:
    """`{"a":"ü","b":"1"}` in UTF-8, keys sorted, no white space, HMAC-SHA256 by the key."""
    expected = hmac.new(b"k", '{"a":"ü","b":"1"}'.encode(), hashlib.sha256).hexdigest()

    assert signature({"b": "1", "a": "ü", "signature": "v1=old"}, b"k") == f"v1={expected}"


@pytest.mark.parametrize(("decision", "state"), [("approved", "approved"), ("refused", "refused")])
async def test_a_signed_decision_is_taken_once_however_often_it_comes(
    counter: Counter, decision: str, state: str
) -> None:
    (approval,) = await counter.ask("c-1")
    value = signed(a_decision(approval, decision=decision))

    first = await taking(counter).take(value)
    again = await taking(counter).take(value)

    assert first is not None
    assert (first.state.value, first.decided_by) == (state, "payments")
    assert again is None
    noted = [entry.action for _, entry in await counter.store.audit(f"approval/{approval.id}")]
    assert noted == ["approval.decided"]


async def test_a_cloudevent_in_structured_mode_is_read_too(counter: Counter) -> None:
    (approval,) = await counter.ask("c-1")
    data = json.loads(signed(a_decision(approval)))
    event = {"specversion": "1.0", "type": ApprovalDecided.TYPE, "source": "pay", "data": data}

    taken = await taking(counter).take(json.dumps(event).encode())

    assert taken is not None
    assert taken.state is ApprovalState.APPROVED


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"decided_at": (NOW - timedelta(hours=2)).isoformat()}, "stale"),
        ({"decided_at": (NOW - timedelta(minutes=30)).isoformat()}, "stale"),
        ({"decided_at": (NOW + timedelta(minutes=9)).isoformat()}, "too-early"),
        ({"decided_by": "nobody"}, "unknown-approver"),
        ({"arguments_sha256": a_proposal(order_id="1").digest}, "digest-mismatch"),
    ],
)
async def test_what_is_stale_unknown_or_about_something_else_is_refused_and_noted(
    counter: Counter, changed: dict[str, Any], code: str
) -> None:
    (approval,) = await counter.ask("c-1")

    assert await taking(counter).take(signed(a_decision(approval, **changed))) is None

    assert (await counter.approvals.get(approval.id)).state is ApprovalState.PENDING
    ((_, entry),) = await counter.store.audit(f"approval/{approval.id}")
    assert (entry.action, entry.details) == ("approval.decision-refused", {"code": code})


async def test_what_is_unsigned_or_signed_otherwise_is_refused_and_noted(counter: Counter) -> None:
    (approval,) = await counter.ask("c-1")
    decision = a_decision(approval)
    altered = signed(decision).replace(b'"note": ""', b'"note": "x"')
    bad = [json.dumps(decision).encode(), signed(decision, b"another key" * 4), altered]

    for value in bad:
        assert await taking(counter).take(value) is None

    assert (await counter.approvals.get(approval.id)).state is ApprovalState.PENDING
    noted = await counter.store.audit(f"approval/{approval.id}")
    codes = [entry.details["code"] for _, entry in noted]
    assert codes == ["unsigned", "bad-signature", "bad-signature"]


@pytest.mark.parametrize(
    "value",
    [b"", b"\xff", b"[1]", b"{}", b"[" * 90_000, b'{"approval_id": 7}', b'{"specversion": "1.0"}'],
    ids=["empty", "not utf-8", "a list", "no fields", "too long", "wrong type", "no data"],
)
async def test_what_cannot_be_read_is_left(counter: Counter, value: bytes) -> None:
    assert await taking(counter).take(value) is None

    assert len(await counter.store.audit("approval/unreadable")) == 1


async def test_a_decision_about_nothing_of_ours_is_noted(counter: Counter) -> None:
    (approval,) = await counter.ask("c-1")
    value = signed(a_decision(approval, approval_id="some-other"))

    assert await taking(counter).take(value) is None
    assert len(await counter.store.audit("approval/some-other")) == 1


async def test_our_own_announcements_are_not_taken_for_decisions(counter: Counter) -> None:
    (approval,) = await counter.ask("c-1")
    expired = a_decision(approval, decision="expired", decided_by="citedesk")

    assert await taking(counter).take(json.dumps(expired).encode()) is None
    assert await counter.store.audit(f"approval/{approval.id}") == []
