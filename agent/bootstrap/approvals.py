"""Approvals from settings: who may decide, what carries them out, what other systems decide."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from agent.approvals import ApprovalRule, Approvals, Approver, Executor, ExternalDecisions, Key
from agent.settings import ApprovalsSettings
from agent.store import Store
from tools.registry import Registry
from tools.values import Money

LOCK = "approval-rules"


def build_approvals(
    settings: ApprovalsSettings,
    store: Store,
    *,
    clock: Callable[[], datetime],
    ring: Callable[[], None] = lambda: None,
) -> Approvals:
    """The service over a store; `ring` tells the executor of a decision."""
    lease = timedelta(seconds=settings.reserve_seconds)
    return Approvals(store.approvals, clock=clock, lease=lease, ring=ring)


def approvers(settings: ApprovalsSettings) -> Mapping[str, Approver]:
    """Those whom the settings name."""
    return {
        name: Approver(name=name, desks=frozenset(one.desks))
        for name, one in settings.approvers.items()
    }


def keys(settings: ApprovalsSettings) -> Mapping[str, Key]:
    """The keys of those who decide by event."""
    known = approvers(settings)
    return {
        name: Key(approver=known[name], secret=one.key.get_secret_value().encode())
        for name, one in settings.approvers.items()
        if one.key is not None
    }


def rules(settings: ApprovalsSettings) -> tuple[ApprovalRule, ...]:
    """The desks' own rules, in their order."""
    return tuple(
        ApprovalRule(
            name=name,
            desk=rule.desk,
            tool=rule.tool,
            up_to=Money.parse(rule.up_to) if rule.up_to else None,
            per_day=rule.per_day,
            per_requester=rule.per_requester,
        )
        for name, rule in settings.rules.items()
    )


def build_executor(
    settings: ApprovalsSettings,
    approvals: Approvals,
    registry: Registry,
    store: Store,
    *,
    owner: str,
    clock: Callable[[], datetime],
) -> Executor:
    """What carries out approved effects in one process."""

    async def alone() -> bool:
        now = clock()
        return bool(await store.acquire([LOCK], owner, now + timedelta(seconds=15), now))

    return Executor(
        approvals, registry, owner=owner, clock=clock, rules=rules(settings), alone=alone
    )


def build_external(
    settings: ApprovalsSettings, approvals: Approvals, *, clock: Callable[[], datetime]
) -> ExternalDecisions | None:
    """What believes decisions from outside; None where nobody has a key to sign them."""
    found = keys(settings)
    if not found:
        return None
    return ExternalDecisions(
        approvals,
        found,
        clock=clock,
        max_age=settings.decision_max_age,
        skew=settings.clock_skew,
    )
