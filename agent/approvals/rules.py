"""A desk's own rules: small, limited effects that no person has to decide. None are set by default.

Pure: how many a rule approved lately is counted by the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from agent.domain.approval import Approval, Approver
from tools.values import Money

DAY = timedelta(days=1)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule:
    """Approves one tool's requests on one desk, within limits."""

    name: str
    desk: str
    tool: str
    up_to: Money | None = None  #: for tools with an amount: the largest, in this currency
    per_day: int  #: of all requesters, in any 24 hours
    per_requester: int = 1  #: in any 30 days

    @property
    def approver(self) -> Approver:
        return Approver(name=f"rule:{self.name}", desks=frozenset({self.desk}))


def rule_for(approval: Approval, rules: Iterable[ApprovalRule]) -> ApprovalRule | None:
    """The first rule that covers the request, its counts aside."""
    return next((rule for rule in rules if covers(rule, approval)), None)


def covers(rule: ApprovalRule, approval: Approval) -> bool:
    """Whether the rule is about this tool on this desk, and the amount within its limit.

    A request with an amount needs a rule that limits it.
    """
    proposal = approval.proposal
    if (rule.desk, rule.tool) != (approval.desk, proposal.tool):
        return False
    amount = proposal.arguments.get("amount")
    if rule.up_to is None or amount is None:
        return rule.up_to is None and amount is None
    try:
        asked = Money.parse(str(amount))
    except ValueError:
        return False
    return asked.currency == rule.up_to.currency and 0 < asked.amount <= rule.up_to.amount


def within(rule: ApprovalRule, *, today: int, of_requester: int) -> bool:
    """Whether one more is allowed after so many."""
    return today < rule.per_day and of_requester < rule.per_requester
