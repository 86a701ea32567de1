"""When a breaker opens, how it closes again, and what says nothing about an engine."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel

from engine.breaker import Breaker, BreakerPolicy, Outcome, State
from engine.errors import (
    BadAnswer,
    CutOff,
    DeadlinePassed,
    EngineBusy,
    EngineDown,
    EngineError,
    EngineUnusable,
    PromptRefused,
    PromptTooLong,
    RequestRefused,
)
from engine.verdict import outcome_of, worth_another_try


class Clock(BaseModel):
    at: datetime = datetime(2026, 11, 25, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    policy = BreakerPolicy(window=4, least=2, share=0.5, pause=timedelta(seconds=10))
    return Breaker(policy, clock=clock, chance=lambda: 0.0)


def call(breaker: Breaker, outcome: Outcome) -> None:
    entry = breaker.enter()
    assert entry is not None
    breaker.leave(entry, outcome)


def opened(breaker: Breaker) -> None:
    for _ in range(2):
        call(breaker, Outcome.FAILED)
    assert breaker.state is State.OPEN


def test_one_failure_opens_nothing(breaker: Breaker) -> None:
    call(breaker, Outcome.FAILED)

    assert breaker.state is State.CLOSED


def test_it_opens_when_half_of_the_last_calls_failed(breaker: Breaker) -> None:
    for outcome in (Outcome.WORKED, Outcome.WORKED, Outcome.WORKED, Outcome.FAILED):
        call(breaker, outcome)
    assert breaker.state is State.CLOSED

    call(breaker, Outcome.FAILED)

    assert breaker.state is State.OPEN
    assert breaker.enter() is None


def test_what_is_not_known_is_not_counted(breaker: Breaker) -> None:
    for _ in range(10):
        call(breaker, Outcome.UNKNOWN)

    assert breaker.state is State.CLOSED


def test_after_its_pause_one_call_tries(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.pass_by(9.9)
    assert breaker.enter() is None

    clock.pass_by(0.1)

    assert breaker.state is State.HALF_OPEN
    assert breaker.enter() is not None
    assert breaker.enter() is None  # one at a time


def test_a_try_that_works_closes_it(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.pass_by(10)

    call(breaker, Outcome.WORKED)

    assert breaker.state is State.CLOSED
    call(breaker, Outcome.FAILED)
    assert breaker.state is State.CLOSED  # what was before is forgotten


def test_a_try_that_fails_opens_it_for_twice_as_long(breaker: Breaker, clock: Clock) -> None:
    opened(breaker)
    clock.pass_by(10)
    call(breaker, Outcome.FAILED)

    clock.pass_by(19.9)
    assert breaker.state is State.OPEN
    clock.pass_by(0.1)
    assert breaker.state is State.HALF_OPEN


def test_a_pause_is_never_longer_than_the_longest(clock: Clock) -> None:
    policy = BreakerPolicy(least=1, pause=timedelta(seconds=10), longest=timedelta(seconds=30))
    breaker = Breaker(policy, clock=clock, chance=lambda: 0.0)
    for _ in range(50):
        call(breaker, Outcome.FAILED)
        clock.pass_by(30)
        assert breaker.state is State.HALF_OPEN


def test_a_try_that_its_caller_gave_up_lets_the_next_one_try(
    breaker: Breaker, clock: Clock
) -> None:
    opened(breaker)
    clock.pass_by(10)

    call(breaker, Outcome.UNKNOWN)

    assert breaker.state is State.HALF_OPEN
    assert breaker.enter() is not None


def test_a_call_from_before_it_opened_says_nothing_about_after(
    breaker: Breaker, clock: Clock
) -> None:
    early = [breaker.enter() for _ in range(3)]
    opened(breaker)

    for entry in early:
        assert entry is not None
        breaker.leave(entry, Outcome.WORKED)

    assert breaker.state is State.OPEN
    clock.pass_by(10)
    assert breaker.state is State.HALF_OPEN


def test_a_pause_that_the_engine_asked_for_is_kept_and_closes_nothing(
    breaker: Breaker, clock: Clock
) -> None:
    breaker.hold(timedelta(seconds=7))
    assert not breaker.admits
    assert breaker.state is State.CLOSED

    clock.pass_by(7)

    assert [breaker.enter() is not None for _ in range(3)] == [True, True, True]


def test_an_absurd_pause_is_cut(breaker: Breaker, clock: Clock) -> None:
    breaker.hold(timedelta(days=400))

    clock.pass_by(3_600)

    assert breaker.admits


def test_a_locked_one_stays_shut(breaker: Breaker, clock: Clock) -> None:
    entry = breaker.enter()
    assert entry is not None
    breaker.lock("refuses the key; put a valid one into KEY")

    breaker.leave(entry, Outcome.WORKED)
    clock.pass_by(1_000_000)

    assert breaker.state is State.LOCKED
    assert breaker.enter() is None
    assert "KEY" in breaker.why_not()


BUSY = EngineBusy("e", timedelta(seconds=3))


@pytest.mark.parametrize(
    ("ended", "outcome", "again"),
    [
        (EngineDown("e", "died"), Outcome.FAILED, True),
        (EngineBusy("e"), Outcome.FAILED, True),
        (BUSY, Outcome.UNKNOWN, False),
        (DeadlinePassed("e"), Outcome.FAILED, False),
        (BadAnswer("e", ()), Outcome.FAILED, False),
        (CutOff("e"), Outcome.FAILED, False),
        (PromptRefused("e", "no"), Outcome.WORKED, False),
        (PromptTooLong("e"), Outcome.WORKED, False),
        (RequestRefused("e", "no"), Outcome.FAILED, False),
        (EngineUnusable("e", "key"), Outcome.FAILED, False),
    ],
)
def test_each_error_says_this_about_its_engine(
    ended: EngineError, outcome: Outcome, again: bool
) -> None:
    assert outcome_of(ended) is outcome
    assert worth_another_try(ended) is again


def test_a_call_that_had_no_time_says_nothing() -> None:
    assert outcome_of(DeadlinePassed("e"), fair=False) is Outcome.UNKNOWN
    assert outcome_of(EngineDown("e", "died"), fair=False) is Outcome.FAILED
