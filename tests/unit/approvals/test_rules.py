"""A desk's own rules approve within their limits, and nothing where none is set."""

from dataclasses import replace

import pytest

from agent.approvals import ApprovalRule, ApprovalState, Executor
from agent.approvals.rules import covers, within
from agent.store import Store
from tests.contract.store.asking import a_counter, a_proposal
from tests.contract.store.values import NOW
from tools.registry import Registry
from tools.values import Money

RULE = ApprovalRule(
    name="small",
    desk="support",
    tool="refund",
    up_to=Money.parse("20.00 EUR"),
    per_day=2,
    per_requester=2,
)


@pytest.mark.parametrize(
    ("amount", "covered"),
    [
        ("20.00 EUR", True),
        ("20.01 EUR", False),
        ("19.00 USD", False),
        ("-5.00 EUR", False),
        ("much", False),
        (None, False),
    ],
)
async def test_an_amount_must_be_within_the_limit_and_its_currency(
    store: Store, amount: str | None, covered: bool
) -> None:
    arguments = {"order_id": "1"} | ({"amount": amount} if amount else {})
    (approval,) = await a_counter(store).ask("c-1", a_proposal("refund", **arguments))

    assert covers(RULE, approval) is covered
    assert not covers(replace(RULE, up_to=None), approval) or amount is None
    assert not covers(replace(RULE, desk="hr"), approval)
    assert not covers(replace(RULE, tool="cancel_order"), approval)


@pytest.mark.parametrize(
    ("today", "of_requester", "allowed"), [(0, 0, True), (1, 1, True), (2, 0, False), (0, 2, False)]
)
def test_counts_are_limits(today: int, of_requester: int, allowed: bool) -> None:
    assert within(RULE, today=today, of_requester=of_requester) is allowed


@pytest.mark.parametrize(("rules", "states"), [((RULE,), 2), ((), 0)])
async def test_no_more_are_approved_than_the_rule_allows(
    store: Store, rules: tuple[ApprovalRule, ...], states: int
) -> None:
    counter = a_counter(store)
    for n in range(4):
        await counter.ask(f"c-{n}", a_proposal("refund", order_id=str(n), amount="9.00 EUR"))
    executor = Executor(counter.approvals, Registry([]), owner="w", clock=lambda: NOW, rules=rules)

    await executor.step()

    decided = [one for one in await counter.approvals.listed() if one.decided_by]
    assert len(decided) == states
    assert all(one.decided_by == "rule:small" for one in decided)
    assert all(one.state is not ApprovalState.PENDING for one in decided)
