"""What a desk may spend in a day, and what happens at its end."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base import Prompt, Sampling, Usage, assumed_usage
from engine.budget import (
    Account,
    Budget,
    Ledger,
    Limits,
    MemoryLedger,
    Prices,
    Reservation,
    Short,
    Spend,
    short_of,
    token_bound,
)
from engine.ledger_file import FileLedger

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def budget(limits: Limits, clock: Callable[[], datetime] = lambda: NOON, **desks: Limits) -> Budget:
    return Budget(MemoryLedger(), limits=limits, desks=desks, clock=clock)


def tokens(count: int) -> Spend:
    return Spend(tokens=count)


async def reserved(of: Budget, bound: Spend, desk: str = "hr") -> Reservation:
    held = await of.reserve(desk, bound, seconds=0)
    assert isinstance(held, Reservation)
    return held


@pytest.mark.parametrize(
    ("account", "bound", "limits", "short"),
    [
        (Account(), Spend(tokens=10), Limits(), None),
        (Account(), Spend(tokens=10), Limits(tokens=10), None),
        (Account(spent=Spend(tokens=1)), Spend(tokens=10), Limits(tokens=10), None),  # alone
        (Account(spent=Spend(tokens=10)), Spend(tokens=1), Limits(tokens=10), "tokens"),
        (Account(reserved=Spend(tokens=5), calls=1), Spend(tokens=6), Limits(tokens=10), "tokens"),
        (Account(reserved=Spend(tokens=5), calls=1), Spend(tokens=5), Limits(tokens=10), None),
        (Account(), Spend(tokens=1), Limits(tokens=0), "tokens"),
        (Account(), Spend(tokens=1, money=0.1), Limits(money=0), "money"),
        (Account(), Spend(tokens=1, money=0), Limits(money=0), None),  # zero is a price
        (Account(spent=Spend(money=2)), Spend(tokens=1, money=0), Limits(money=1), None),
    ],
)
def test_a_call_is_let_through_when_the_most_it_can_cost_fits(
    account: Account, bound: Spend, limits: Limits, short: str | None
) -> None:
    assert short_of(account, bound, limits) == short


@given(
    limit=st.integers(0, 500),
    calls=st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), max_size=60),
    order=st.randoms(use_true_random=False),
)
def test_no_order_of_calls_passes_the_limit_by_more_than_one_call(
    limit: int, calls: list[tuple[int, float]], order: Random
) -> None:
    """Reserved and settled in any order, each spending up to its bound."""

    async def run() -> None:
        ledger, limits, open_calls = MemoryLedger(), Limits(tokens=limit), list[Reservation]()
        largest = max((bound for bound, _ in calls), default=0)
        for bound, share in calls:
            wanted = Reservation(desk="hr", day=NOON.date(), bound=tokens(bound))
            if await ledger.reserve(wanted, limits) is None:
                open_calls.append(wanted)
            while open_calls and share < order.random():
                held = open_calls.pop(order.randrange(len(open_calls)))
                await ledger.settle(held, tokens(int(held.bound.tokens * share)))
        for held in open_calls:
            await ledger.settle(held, held.bound)
        account = await ledger.account("hr", NOON.date())
        assert account.spent.tokens <= limit + largest
        assert account.calls == 0
        assert account.reserved == Spend()

    asyncio.run(run())


async def test_each_desk_and_each_day_has_its_own() -> None:
    now = NOON
    of = budget(Limits(tokens=10), lambda: now)
    held = await reserved(of, tokens(10))
    await of.settle(held, tokens(10))
    assert isinstance(await of.reserve("hr", tokens(1), seconds=0), Short)

    assert await reserved(of, tokens(1), desk="support")
    now = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
    assert await reserved(of, tokens(1))


async def test_a_call_is_paid_by_the_day_on_which_it_began() -> None:
    now = datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC)
    of = budget(Limits(tokens=10), lambda: now)
    held = await reserved(of, tokens(10))
    now = datetime(2026, 11, 26, 0, 0, 5, tzinfo=UTC)

    await of.settle(held, tokens(7))

    assert (await of.ledger.account("hr", date(2026, 11, 25))).spent == tokens(7)
    assert (await of.today("hr")).spent == Spend()


async def test_a_desk_with_limits_of_its_own_does_not_use_the_general_ones() -> None:
    of = budget(Limits(tokens=0), hr=Limits(tokens=100))

    assert await reserved(of, tokens(50))
    assert isinstance(await of.reserve("support", tokens(1), seconds=0), Short)


async def test_a_call_waits_for_what_running_calls_may_give_back() -> None:
    of = budget(Limits(tokens=100))
    held = await reserved(of, tokens(90))
    waiting = asyncio.create_task(of.reserve("hr", tokens(50), seconds=30))
    await asyncio.sleep(0)
    assert not waiting.done()

    await of.settle(held, tokens(9))

    assert isinstance(await waiting, Reservation)


async def test_nothing_is_waited_for_when_it_is_all_spent() -> None:
    of = budget(Limits(tokens=100))
    await of.settle(await reserved(of, tokens(100)), tokens(100))
    await of.ledger.reserve(
        Reservation(desk="hr", day=NOON.date(), bound=Spend()), Limits()
    )  # a free call that runs on

    short = await of.reserve("hr", tokens(1), seconds=3_600)

    assert short == Short(what="tokens", waiting=False)


class TestLedgers:
    """What any ledger keeps."""

    @pytest.fixture(params=["memory", "file", "a file that cannot be"])
    def ledger(self, request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
        (tmp_path / "taken").mkdir()
        kinds: dict[str, Ledger] = {
            "memory": MemoryLedger(),
            "file": FileLedger(tmp_path / "below" / "budgets.db"),
            "a file that cannot be": FileLedger(tmp_path / "taken"),
        }
        return kinds[str(request.param)]

    async def test_what_is_reserved_counts_until_it_is_settled(self, ledger: Ledger) -> None:
        limits = Limits(tokens=100)
        first = Reservation(desk="hr", day=NOON.date(), bound=Spend(tokens=60, money=0.5))
        assert await ledger.reserve(first, limits) is None
        assert isinstance(await ledger.reserve(first, limits), Short)

        await ledger.settle(first, Spend(tokens=30, money=0.25))

        account = await ledger.account("hr", NOON.date())
        assert account == Account(spent=Spend(tokens=30, money=0.25))
        assert await ledger.reserve(first, limits) is None

    async def test_what_was_spent_is_remembered_by_the_next_process(self, tmp_path: Path) -> None:
        held = Reservation(desk="hr", day=NOON.date(), bound=tokens(60))
        before = FileLedger(tmp_path / "budgets.db")
        for _ in range(2):
            await before.reserve(held, Limits())
            await before.settle(held, Spend(tokens=50, money=0.1))

        after = FileLedger(tmp_path / "budgets.db")

        spent = (await after.account("hr", NOON.date())).spent
        assert spent.tokens == 100
        assert spent.money == pytest.approx(0.2)
        assert await after.reserve(held, Limits(tokens=100)) == Short(what="tokens", waiting=False)

    async def test_two_processes_share_what_they_spend(self, tmp_path: Path) -> None:
        one, other = (FileLedger(tmp_path / "budgets.db") for _ in range(2))
        held = Reservation(desk="hr", day=NOON.date(), bound=tokens(60))
        for ledger in (one, other, one, other):
            await ledger.reserve(held, Limits())
            await ledger.settle(held, tokens(10))

        assert (await one.account("hr", NOON.date())).spent == tokens(40)


async def test_old_days_are_forgotten() -> None:
    ledger = MemoryLedger()
    for day in range(1, 29):
        held = Reservation(desk="hr", day=date(2026, 11, day), bound=tokens(5))
        await ledger.reserve(held, Limits())
        await ledger.settle(held, tokens(5))

    assert (await ledger.account("hr", date(2026, 11, 28))).spent == tokens(5)
    assert (await ledger.account("hr", date(2026, 11, 27))).spent == tokens(5)
    assert (await ledger.account("hr", date(2026, 11, 20))).spent == Spend()


@given(st.text(max_size=400), st.integers(1, 4_000), st.integers(1, 2))
def test_what_is_assumed_never_passes_what_was_reserved(text: str, most: int, turns: int) -> None:
    prompt, sampling = Prompt(text=text), Sampling(max_tokens=most)

    bound = token_bound(prompt, sampling, turns=turns)
    assumed = assumed_usage(prompt, sampling)

    assert assumed.prompt <= bound.prompt
    assert assumed.completion <= bound.completion


def test_prices_are_per_million_tokens() -> None:
    prices = Prices(input=0.15, output=0.60)

    assert prices.cost(Usage(prompt=1_000_000, completion=500_000)) == pytest.approx(0.45)
    assert Prices().cost(Usage(prompt=10**9, completion=10**9)) == 0
