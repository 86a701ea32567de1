"""Carries out what is approved: reserve, execute with the idempotency key, consume.

A crash between the effect and its record leaves a reservation that runs out. Whoever takes it over
asks the backend first whether the thing was done; and what cannot be told after its time is over
is not done again, but shown to a person.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from agent import observe, waiting
from agent.approvals.errors import Altered, ApprovalError, Expired
from agent.approvals.rules import DAY, MONTH, ApprovalRule, rule_for, within
from agent.approvals.service import Approvals, Reservation
from agent.domain.approval import Approval, ApprovalState
from agent.store.errors import StoreUnavailable
from tools.base import Scope, ToolResult, Warrant
from tools.errors import RetryCall, ToolFailed
from tools.registry import Registry

UNKNOWN: Final = "outcome-unknown"
_MAY_HAVE_HAPPENED = ("timeout", "backend")


class Executor:
    """One of them runs in every worker; a reservation keeps them off each other's effects."""

    BATCH = 50
    AT_ONCE = 10
    ATTEMPTS = 5  #: of an effect whose answer never comes

    def __init__(
        self,
        approvals: Approvals,
        registry: Registry,
        *,
        owner: str,
        clock: Callable[[], datetime],
        rules: Sequence[ApprovalRule] = (),
        alone: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """`alone` says whether this process may apply rules now: counts need one at a time."""
        self._approvals = approvals
        self._registry = registry
        self._owner = owner
        self._clock = clock
        self._rules = tuple(rules)
        self._alone = alone
        self._bell = asyncio.Event()
        self.last_error: str | None = None

    def ring(self) -> None:
        """Something was decided: look at once."""
        self._bell.set()

    async def run(self, stop: asyncio.Event, *, poll_seconds: float) -> None:
        """Work until `stop` is set; what is in hand then is finished or left to its reservation."""
        while not stop.is_set():
            self._bell.clear()
            try:
                moved = await self.step()
                self.last_error = None
            except StoreUnavailable as exc:
                self.last_error = str(exc)
                observe.log.warning("approvals.store-unavailable", error=type(exc).__name__)
                moved = 0
            if not moved:
                await waiting.first(self._bell, stop, seconds=poll_seconds)

    async def step(self) -> int:
        """Apply the rules, carry out what is due, expire what is overdue; how many moved on."""
        ruled = await self._apply_rules()
        due = await self._approvals.due(self._clock(), self.BATCH)
        gate = asyncio.Semaphore(self.AT_ONCE)

        async def one(approval: Approval) -> bool:
            async with gate:
                return await self.step_of(approval)

        return ruled + sum(await asyncio.gather(*(one(approval) for approval in due)))

    async def step_of(self, approval: Approval) -> bool:
        """Do what is due for one approval; whether it moved on."""
        over = self._clock() >= approval.expires_at
        try:
            if over and approval.state is not ApprovalState.RESERVED:
                await self._approvals.expire(approval.id, self._clock())
            else:
                await self.carry_out(approval)
        except Expired:
            await self._approvals.expire(approval.id, self._clock())
        except Altered as exc:
            observe.log.error("approval.altered", approval=approval.id)
            await self._approvals.void(approval.id, exc.code, self._clock())
        except ApprovalError as exc:  # another worker has it, or it is not what it was
            observe.log.warning("approval.not-begun", approval=approval.id, code=exc.code)
            return False
        return True

    async def carry_out(self, approval: Approval) -> Approval | None:
        """Do it once; None when its outcome is not known yet. Raises `ApprovalError`."""
        reservation = await self._approvals.reserve(
            approval.id,
            conversation=approval.conversation,
            requester=approval.requester,
            digest=approval.proposal.digest,
            owner=self._owner,
            now=self._clock(),
        )
        try:
            result = await self._effect(reservation)
        except (RetryCall, ToolFailed) as exc:
            return await self._stopped(reservation, exc)
        if result is None:
            return await self._fail(reservation, UNKNOWN)
        return await self._approvals.consume(reservation, result, now=self._clock())

    async def _stopped(
        self, reservation: Reservation, exc: RetryCall | ToolFailed
    ) -> Approval | None:
        """A backend's no counts on the first attempt: a later one may be told no for being done."""
        code = exc.code if isinstance(exc, ToolFailed) else "arguments"
        if reservation.attempt == 1 and code not in _MAY_HAVE_HAPPENED:
            return await self._fail(reservation, code)
        if reservation.attempt >= self.ATTEMPTS:
            return await self._fail(reservation, UNKNOWN)
        return None  # the reservation runs out, and the backend is asked again

    async def _effect(self, reservation: Reservation) -> ToolResult | None:
        """The effect's result; None when it may have happened and must not be begun any more."""
        approval = reservation.approval
        if reservation.attempt > 1:
            found = await self._registry.done(approval.proposal.tool, approval.key)
            if found is not None:
                return _with_what_was_asked(found, approval)
            if self._clock() >= approval.expires_at:
                return None
        scope = Scope(requester=approval.requester, verified=True, desk=approval.desk)
        return await self._registry.execute(warrant_of(approval), scope)

    async def _fail(self, reservation: Reservation, code: str) -> Approval:
        observe.log.warning("approval.failed", approval=reservation.approval.id, code=code)
        return await self._approvals.fail(reservation, code, now=self._clock())

    async def _apply_rules(self) -> int:
        if not self._rules or (self._alone is not None and not await self._alone()):
            return 0
        now = self._clock()
        decided = 0
        for approval in await self._approvals.pending(limit=self.BATCH):
            rule = rule_for(approval, self._rules)
            if (
                rule is not None
                and now < approval.expires_at
                and await self._allows(rule, approval)
            ):
                decided += await self._approve(rule, approval, now)
        return decided

    async def _allows(self, rule: ApprovalRule, approval: Approval) -> bool:
        now, name = self._clock(), rule.approver.name
        today = await self._approvals.decided_count(name, now - DAY)
        lately = await self._approvals.decided_count(
            name, now - MONTH, requester=approval.requester
        )
        return within(rule, today=today, of_requester=lately)

    async def _approve(self, rule: ApprovalRule, approval: Approval, now: datetime) -> bool:
        try:
            await self._approvals.decide(
                approval.id,
                "approved",
                approver=rule.approver,
                digest=approval.proposal.digest,
                now=now,
            )
        except ApprovalError:  # a person was faster
            return False
        return True


def _with_what_was_asked(found: ToolResult, approval: Approval) -> ToolResult:
    """A backend that is asked by the key alone need not repeat the arguments; sentences do."""
    return replace(found, data={**approval.proposal.asked.data, **found.data})


def warrant_of(approval: Approval) -> Warrant:
    """The approval as the tools take it."""
    return Warrant(
        tool=approval.proposal.tool,
        arguments=approval.proposal.arguments,
        digest=approval.proposal.digest,
        requester=approval.requester,
        key=approval.key,
    )
