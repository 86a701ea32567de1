"""What a desk may spend on models in a day: reserved before a call, settled after it.

A call is let through when the most it can cost still fits beside what was spent and what other
calls have reserved. When nothing is reserved, one call is let through as long as anything is left:
so a day's budget is used up, and never passed by more than one call.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, Protocol

from engine.base import Prompt, Sampling, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Per million tokens, in the price table's currency; zero is a price."""

    input: float = 0.0
    output: float = 0.0

    def cost(self, usage: Usage) -> float:
        return (usage.prompt * self.input + usage.completion * self.output) / 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one desk may use in a day (UTC); None is no limit."""

    tokens: int | None = None
    money: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    tokens: int = 0
    money: float = 0.0

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(tokens=self.tokens + other.tokens, money=self.money + other.money)

    def __sub__(self, other: "Spend") -> "Spend":
        return Spend(tokens=self.tokens - other.tokens, money=self.money - other.money)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One desk's day."""

    spent: Spend = Spend()
    reserved: Spend = Spend()
    calls: int = 0  #: that hold a reservation


What = Literal["tokens", "money"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    desk: str
    day: date
    bound: Spend


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """Nothing was reserved."""

    what: What
    waiting: bool  #: calls that run now may give some back


def short_of(account: Account, bound: Spend, limits: Limits) -> What | None:
    """What of a budget does not suffice for a call that costs up to `bound`; pure."""
    for what in ("tokens", "money"):
        limit: float | None = getattr(limits, what)
        if limit is None:
            continue
        spent, reserved = getattr(account.spent, what), getattr(account.reserved, what)
        most: float = getattr(bound, what)
        alone = account.calls == 0 and spent < limit
        if most and spent + reserved + most > limit and not alone:
            return what
    return None


def may_give_back(account: Account, what: What, limits: Limits) -> bool:
    """Whether running calls, once settled, can leave room under the limit; pure."""
    return account.calls > 0 and getattr(account.spent, what) < getattr(limits, what)


class Ledger(Protocol):
    """Keeps the accounts. One that outlives the process does each step in one transaction."""

    async def reserve(self, wanted: Reservation, limits: Limits) -> Short | None:
        """Reserve, if `short_of` allows it; None when it is reserved."""
        ...

    async def settle(self, held: Reservation, spent: Spend) -> None:
        """Put what was spent in the place of what was reserved."""
        ...

    async def account(self, desk: str, day: date) -> Account: ...


class MemoryLedger:
    """Accounts that live as long as the process; the last two days are kept."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[date, str], Account] = {}

    async def reserve(self, wanted: Reservation, limits: Limits) -> Short | None:
        account = await self.account(wanted.desk, wanted.day)
        if what := short_of(account, wanted.bound, limits):
            return Short(what=what, waiting=may_give_back(account, what, limits))
        self._put(
            wanted,
            Account(
                spent=account.spent,
                reserved=account.reserved + wanted.bound,
                calls=account.calls + 1,
            ),
        )
        return None

    async def settle(self, held: Reservation, spent: Spend) -> None:
        account = await self.account(held.desk, held.day)
        calls = max(account.calls - 1, 0)
        # Sums of fractions leave a trace: without a call nothing is reserved.
        reserved = account.reserved - held.bound if calls else Spend()
        self._put(held, Account(spent=account.spent + spent, reserved=reserved, calls=calls))

    async def account(self, desk: str, day: date) -> Account:
        return self._accounts.get((day, desk), Account())

    def learn(self, desk: str, day: date, spent: Spend) -> None:
        """Somebody knows of more that was spent."""
        known = self._accounts.get((day, desk), Account())
        more = Spend(
            tokens=max(spent.tokens, known.spent.tokens), money=max(spent.money, known.spent.money)
        )
        if more != known.spent:
            self._put(Reservation(desk=desk, day=day, bound=Spend()), replace(known, spent=more))

    def _put(self, of: Reservation, account: Account) -> None:
        if (of.day, of.desk) not in self._accounts:
            days = sorted({day for day, _ in self._accounts} | {of.day})[-2:]
            self._accounts = {key: a for key, a in self._accounts.items() if key[0] in days}
        self._accounts[of.day, of.desk] = account


def token_bound(prompt: Prompt, sampling: Sampling, *, turns: int) -> Usage:
    """The most tokens a call can use: no tokenizer makes more tokens than a text has bytes.

    A later turn repeats the prompt, carries the answer before it and gives another.
    """
    size = len(prompt.text.encode()) + 1_024  # the chat template, and a schema beside the prompt
    asked = sum(size + turn * (sampling.max_tokens + 1_024) for turn in range(turns))
    return Usage(prompt=asked, completion=turns * sampling.max_tokens)


class Budget:
    """The budgets of all desks, over one ledger."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        limits: Limits = Limits(),
        desks: Mapping[str, Limits] | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        self.ledger = ledger
        self._limits = limits
        self._desks = dict(desks or {})
        self._clock = clock
        self._settled: dict[str, asyncio.Event] = {}

    def limits(self, desk: str) -> Limits:
        return self._desks.get(desk, self._limits)

    async def reserve(self, desk: str, bound: Spend, *, seconds: float) -> Reservation | Short:
        """Reserve `bound`; waits up to `seconds` when running calls may give enough back."""
        until = asyncio.get_running_loop().time() + seconds
        while True:
            settled = self._settled.setdefault(desk, asyncio.Event())
            wanted = Reservation(desk=desk, day=self._clock().date(), bound=bound)
            short = await self.ledger.reserve(wanted, self.limits(desk))
            if short is None:
                return wanted
            if not short.waiting or not await _before(until, settled):
                return short

    async def settle(self, held: Reservation, spent: Spend) -> None:
        await self.ledger.settle(held, spent)
        if waiting := self._settled.pop(held.desk, None):
            waiting.set()

    async def today(self, desk: str) -> Account:
        return await self.ledger.account(desk, self._clock().date())


async def _before(until: float, event: asyncio.Event) -> bool:
    """Whether the event came before the loop's time `until`."""
    try:
        async with asyncio.timeout_at(until):
            return await event.wait()
    except TimeoutError:
        return False
