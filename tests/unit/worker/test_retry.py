"""Back-off: it grows, it is capped, it is spread, and it ends."""

from datetime import timedelta

import pytest

from agent.worker.retry import Backoff

BACKOFF = Backoff(first=timedelta(seconds=2), cap=timedelta(seconds=60), attempts=8)


@pytest.mark.parametrize(("attempt", "whole"), [(1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (7, 60)])
def test_each_delay_lies_in_the_upper_half_of_its_doubling(attempt: int, whole: int) -> None:
    assert BACKOFF.delay(attempt, 0.0) == timedelta(seconds=whole / 2)
    assert BACKOFF.delay(attempt, 1.0) == timedelta(seconds=whole)


def test_the_last_attempt_has_no_next() -> None:
    assert BACKOFF.delay(7, 0.5) is not None
    assert BACKOFF.delay(8, 0.5) is None


def test_a_ticket_that_was_leased_absurdly_often_does_not_overflow() -> None:
    endless = Backoff(first=timedelta(seconds=2), cap=timedelta(minutes=5), attempts=10**9)
    assert endless.delay(10**6, 1.0) == timedelta(minutes=5)
