"""What a chain does with each engine's answer, in virtual time."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from engine.base import A, Completion, Prompt, Sampling, Terms, Usage
from engine.breaker import BreakerPolicy, State
from engine.budget import Budget, Limits, MemoryLedger, Prices
from engine.errors import (
    BadAnswer,
    BudgetSpent,
    DeadlinePassed,
    EngineBusy,
    EngineDown,
    EngineError,
    EngineUnusable,
    NoEngineLeft,
    PromptRefused,
    PromptTooLong,
)
from engine.failover import Chain
from engine.link import Call, Link, Patience
from engine.scripted import ScriptedEngine
from tests.virtual import in_virtual_time

Clock = Callable[[], datetime]
ASK = Prompt(text="How long do I have?")


class Reply(BaseModel):
    sentence: str


GOOD = json.dumps({"sentence": "Thirty days."})


class Fails:
    """An engine that fails with these errors in turn, then answers; keeps when it was called."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        errors: Sequence[EngineError | Exception] = (),
        *,
        seconds: float = 0.0,
    ) -> None:
        self.name = name
        self.called: list[datetime] = []
        self.given: list[float] = []
        self._clock = clock
        self._errors = list(errors)
        self._good = ScriptedEngine(lambda _, __: GOOD, seconds=seconds, clock=clock)

    async def complete(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        self.called.append(self._clock())
        self.given.append((terms.deadline - self._clock()).total_seconds())
        if self._errors:
            raise self._errors.pop(0)
        return await self._good.complete(prompt, answer, sampling=sampling, terms=terms)

    async def stream(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> AsyncIterator[str]:
        self.called.append(self._clock())
        if self._errors:
            raise self._errors.pop(0)
        async for piece in self._good.stream(prompt, answer, sampling=sampling, terms=terms):
            yield piece

    async def health(self) -> str | None:
        return await self._good.health()

    async def close(self) -> None:
        await self._good.close()


def chain_of(
    *engines: Any, clock: Clock, seconds: float = 30, tries: int = 2, **more: Any
) -> Chain:
    links = [Link(engine=e, seconds=seconds, tries=tries) for e in engines]
    return Chain(links, clock=clock, chance=lambda: 0.5, **more)


async def ask(
    chain: Chain, clock: Clock, *, seconds: float = 60, desk: str = ""
) -> Completion[Reply]:
    terms = Terms(deadline=clock() + timedelta(seconds=seconds), desk=desk)
    return await chain.complete(ASK, Reply, sampling=Sampling(max_tokens=50), terms=terms)


def virtual(test: Callable[[Clock], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """The test in virtual time."""

    def run() -> None:
        in_virtual_time(test)

    run.__doc__ = test.__doc__
    return run


@virtual
async def test_the_first_engine_that_works_answers(clock: Clock) -> None:
    first, second = Fails("first", clock), Fails("second", clock)

    done = await ask(chain_of(first, second, clock=clock), clock)

    assert done.engine == "scripted"
    assert (len(first.called), len(second.called)) == (1, 0)


@virtual
async def test_an_engine_that_is_down_is_tried_again_after_a_pause_then_the_next_answers(
    clock: Clock,
) -> None:
    first = Fails("first", clock, [EngineDown("first", "died")] * 5)
    second = Fails("second", clock)

    await ask(chain_of(first, second, clock=clock, patience=Patience(pause=2)), clock)

    assert len(first.called) == 2
    assert (first.called[1] - first.called[0]).total_seconds() == pytest.approx(2)
    assert len(second.called) == 1


@pytest.mark.parametrize(
    "error",
    [BadAnswer("first", ()), PromptRefused("first", "no"), DeadlinePassed("first")],
)
def test_what_would_fail_again_goes_to_the_next_engine_at_once(error: EngineError) -> None:
    async def run(clock: Clock) -> None:
        first, second = Fails("first", clock, [error] * 5), Fails("second", clock)

        await ask(chain_of(first, second, clock=clock), clock)

        assert (len(first.called), len(second.called)) == (1, 1)
        assert second.called == first.called  # no time was lost

    in_virtual_time(run)


@virtual
async def test_an_error_that_no_engine_promises_is_failed_over_too(clock: Clock) -> None:
    first = Fails("first", clock, [RuntimeError("a defect inside")] * 5)

    done = await ask(chain_of(first, Fails("second", clock), clock=clock), clock)

    assert done.answer.sentence == "Thirty days."


@virtual
async def test_a_slow_engine_leaves_the_others_their_share_of_the_time(clock: Clock) -> None:
    slow = [Fails(name, clock, seconds=500) for name in ("first", "second", "third")]

    with pytest.raises(DeadlinePassed):
        await ask(chain_of(*slow, clock=clock, seconds=100), clock, seconds=60)

    assert [engine.given for engine in slow] == [[20.0], [20.0], [20.0]]


@virtual
async def test_no_call_gets_more_than_its_engines_limit(clock: Clock) -> None:
    first = Fails("first", clock, seconds=500)

    await ask(chain_of(first, Fails("second", clock), clock=clock, seconds=5), clock, seconds=60)

    assert first.given == [5.0]


@virtual
async def test_an_engine_that_does_not_keep_its_deadline_is_left(clock: Clock) -> None:
    class Deaf(Fails):
        async def complete(
            self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
        ) -> Completion[A]:
            later = Terms(deadline=terms.deadline + timedelta(hours=1))
            return await super().complete(prompt, answer, sampling=sampling, terms=later)

    began = clock()
    await ask(
        chain_of(
            Deaf("first", clock, seconds=900), Fails("second", clock), clock=clock, seconds=10
        ),
        clock,
    )

    assert (clock() - began).total_seconds() == pytest.approx(10, rel=0.05)


@virtual
async def test_a_pause_that_the_only_engine_asks_for_is_waited_out(clock: Clock) -> None:
    first = Fails("first", clock, [EngineBusy("first", timedelta(seconds=4))])

    await ask(chain_of(first, clock=clock), clock)

    assert (first.called[1] - first.called[0]).total_seconds() == pytest.approx(4.5)  # and a jitter


@virtual
async def test_while_one_pauses_the_next_answers_and_the_first_is_left_alone(clock: Clock) -> None:
    first = Fails("first", clock, [EngineBusy("first", timedelta(seconds=60))])
    second = Fails("second", clock)
    chain = chain_of(first, second, clock=clock)

    for _ in range(3):
        await ask(chain, clock)

    assert (len(first.called), len(second.called)) == (1, 3)


@virtual
async def test_a_pause_beyond_patience_or_deadline_is_not_waited_for(clock: Clock) -> None:
    began = clock()
    for pause, seconds in ((60, 600), (9, 5)):
        first = Fails("first", clock, [EngineBusy("first", timedelta(seconds=pause))])
        with pytest.raises(EngineError):
            await ask(chain_of(first, clock=clock), clock, seconds=seconds)

    assert clock() == began


@virtual
async def test_a_bad_key_shuts_the_engine_for_good_and_says_what_to_mend(clock: Clock) -> None:
    first = Fails("first", clock, [EngineUnusable("first", "put a valid key into KEY")])
    second = Fails("second", clock, [EngineDown("second", "died")] * 9)
    chain = chain_of(first, second, clock=clock, tries=1)
    with pytest.raises(NoEngineLeft):
        await ask(chain, clock)

    with pytest.raises(NoEngineLeft, match="put a valid key into KEY"):
        await ask(chain, clock)

    assert chain.breakers["first"].state is State.LOCKED
    assert len(first.called) == 1


@virtual
async def test_an_engine_that_fails_too_often_is_left_alone_and_tried_again(clock: Clock) -> None:
    first = Fails("first", clock, [EngineDown("first", "died")] * 4)
    chain = chain_of(first, Fails("second", clock), clock=clock, breaker=BreakerPolicy(least=4))
    for _ in range(5):
        await ask(chain, clock)
    assert len(first.called) == 4

    from asyncio import sleep

    await sleep(60)
    await ask(chain, clock)

    assert len(first.called) == 5
    assert chain.breakers["first"].state is State.CLOSED


@virtual
async def test_a_prompt_that_is_too_long_for_one_may_fit_the_next(clock: Clock) -> None:
    first = Fails("first", clock, [PromptTooLong("first")] * 99)
    chain = chain_of(first, Fails("second", clock), clock=clock)

    for _ in range(20):
        await ask(chain, clock)

    assert len(first.called) == 20  # it is not the engine's fault


@virtual
async def test_a_prompt_that_all_refuse_is_refused(clock: Clock) -> None:
    engines = [Fails(name, clock, [PromptTooLong(name)] * 2) for name in ("first", "second")]

    with pytest.raises(PromptRefused):
        await ask(chain_of(*engines, clock=clock), clock)


@virtual
async def test_the_cost_of_an_answer_holds_that_of_failed_tries(clock: Clock) -> None:
    bad = BadAnswer("first", ())
    bad.usage = Usage(prompt=1_000, completion=1_000)
    calls: list[Call] = []
    chain = Chain(
        [
            Link(engine=Fails("first", clock, [bad]), prices=Prices(input=1_000, output=2_000)),
            Link(engine=Fails("second", clock), prices=Prices(input=0, output=1_000_000)),
        ],
        clock=clock,
        observer=calls.append,
    )

    done = await ask(chain, clock)

    assert done.cost == pytest.approx(1 + 2 + done.usage.completion)
    assert [(call.engine, call.outcome) for call in calls] == [
        ("first", "BadAnswer"),
        ("second", "ok"),
    ]
    assert sum(call.cost for call in calls) == pytest.approx(done.cost)


@virtual
async def test_over_budget_a_free_engine_answers_and_without_one_none(clock: Clock) -> None:
    paid, free = Fails("paid", clock), Fails("free", clock)
    budget = Budget(MemoryLedger(), limits=Limits(money=0), clock=clock)
    dear = Link(engine=paid, prices=Prices(input=1, output=1))

    both = Chain([dear, Link(engine=free)], budget=budget, clock=clock)
    assert (await ask(both, clock)).answer.sentence
    alone = Chain([dear], budget=budget, clock=clock)
    with pytest.raises(BudgetSpent, match="'hr' has used up its money"):
        await ask(alone, clock, desk="hr")

    assert paid.called == []


@virtual
async def test_a_desk_uses_its_own_engines_in_its_own_order(clock: Clock) -> None:
    first, second = Fails("first", clock), Fails("second", clock)
    chain = chain_of(first, second, clock=clock, plans={"hr": ("second",)})

    await ask(chain, clock, desk="hr")
    await ask(chain, clock, desk="support")

    assert (len(first.called), len(second.called)) == (1, 1)


@virtual
async def test_a_stream_is_failed_over_before_its_first_piece(clock: Clock) -> None:
    first = Fails("first", clock, [EngineDown("first", "died")] * 9)
    chain = chain_of(first, Fails("second", clock), clock=clock)
    terms = Terms(deadline=clock() + timedelta(seconds=60))

    pieces = [p async for p in chain.stream(ASK, Reply, sampling=Sampling(), terms=terms)]

    assert "".join(pieces) == GOOD


@virtual
async def test_a_stream_that_breaks_off_is_not_begun_anew(clock: Clock) -> None:
    class Breaks(Fails):
        async def stream(
            self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
        ) -> AsyncIterator[str]:
            yield '{"sentence": "Th'
            raise EngineDown(self.name, "died")

    second = Fails("second", clock)
    chain = chain_of(Breaks("first", clock), second, clock=clock)
    terms = Terms(deadline=clock() + timedelta(seconds=60))
    stream = aiter(chain.stream(ASK, Reply, sampling=Sampling(), terms=terms))
    first = await anext(stream)

    with pytest.raises(EngineDown):
        await anext(stream)

    assert first == '{"sentence": "Th'
    assert second.called == []


@virtual
async def test_a_cancelled_call_is_paid_for_and_says_nothing_about_its_engine(clock: Clock) -> None:
    import asyncio

    ledger = MemoryLedger()
    budget = Budget(ledger, limits=Limits(tokens=100_000), clock=clock)
    chain = chain_of(Fails("first", clock, seconds=20), clock=clock, budget=budget)
    call = asyncio.create_task(ask(chain, clock, desk="hr"))
    await asyncio.sleep(1)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)

    account = await ledger.account("hr", clock().date())
    assert account.calls == 0
    assert account.spent.tokens > 50
    assert chain.breakers["first"].state is State.CLOSED


@virtual
async def test_a_servers_limit_is_kept_and_all_are_answered_in_their_turn(clock: Clock) -> None:
    import asyncio

    only = Fails("only", clock)
    chain = Chain([Link(engine=only, per_minute=300)], clock=clock)  # five a second, ten at once

    await asyncio.gather(*(ask(chain, clock, seconds=60) for _ in range(100)))

    began = only.called[0]
    after = [(at - began).total_seconds() for at in only.called]
    assert len(after) == 100
    assert sum(at == 0 for at in after) == 10
    assert all(at == pytest.approx((n - 9) / 5) for n, at in enumerate(after) if n > 9)


@virtual
async def test_who_would_wait_long_for_a_limited_server_is_answered_by_the_next(
    clock: Clock,
) -> None:
    import asyncio

    limited, free = Fails("limited", clock), Fails("free", clock)
    links = [Link(engine=limited, per_minute=60), Link(engine=free)]
    chain = Chain(links, clock=clock, patience=Patience(hold=3))
    began = clock()

    await asyncio.gather(*(ask(chain, clock, seconds=60) for _ in range(50)))

    assert len(limited.called) == 5  # two at once, one a second while that is worth it
    assert len(free.called) == 45
    assert (clock() - began).total_seconds() <= 3


@virtual
async def test_who_cannot_have_a_turn_in_time_is_not_kept_waiting(clock: Clock) -> None:
    import asyncio

    chain = Chain([Link(engine=Fails("only", clock), per_minute=6)], clock=clock)
    began = clock()

    done = await asyncio.gather(
        *(ask(chain, clock, seconds=60) for _ in range(20)), return_exceptions=True
    )

    assert sum(isinstance(one, EngineBusy) for one in done) == 16
    assert (clock() - began).total_seconds() <= 30


@virtual
async def test_a_chain_is_well_while_one_engine_is(clock: Clock) -> None:
    first = Fails("first", clock, [EngineUnusable("first", "no key")])
    second = Fails("second", clock)
    chain = chain_of(first, second, clock=clock)
    await ask(chain, clock)
    assert await chain.health() is None

    await second.close()

    assert await chain.health() == "first: no key; second: is closed"


@virtual
async def test_without_engines_it_says_so(clock: Clock) -> None:
    with pytest.raises(NoEngineLeft, match="none is set up"):
        await ask(chain_of(clock=clock), clock)
