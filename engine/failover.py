"""A chain of engines that is an engine itself: the first that can answer in time does.

Deadline: what is left is shared among the engines still to come, so that a slow one cannot use up
the time of the others. Retries: jittered, for passing errors only. Each engine has a breaker; each
desk a budget, reserved before a call. `Retry-After` is honoured: the engine is left alone that
long, and when no other is left it is waited for, if that is soon.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from engine.base import NOTHING, A, Completion, Prompt, Sampling, Terms, assumed_usage
from engine.breaker import Breaker, BreakerPolicy
from engine.budget import Budget, MemoryLedger, Reservation, Short, Spend, token_bound
from engine.errors import (
    BudgetSpent,
    DeadlinePassed,
    EngineBusy,
    EngineDown,
    EngineError,
    EngineUnusable,
    NoEngineLeft,
    PermanentError,
)
from engine.link import Call, Link, Observer, Patience
from engine.pace import Pace
from engine.verdict import outcome_of, worth_another_try
from engine.way import Asked, Running, closed_after

_GRACE: Final = 1.02
"""How far an engine may pass the time it was given before the call is taken from it."""


class Chain:
    """Asks its links in order; gives up on each after its tries, on all at the deadline."""

    def __init__(
        self,
        links: Sequence[Link],
        *,
        plans: Mapping[str, Sequence[str]] | None = None,
        budget: Budget | None = None,
        breaker: BreakerPolicy | None = None,
        patience: Patience | None = None,
        observer: Observer = lambda _: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`plans` names each desk's engines in order; a desk that has none uses all links."""
        self.name = "chain"
        self.links = tuple(links)
        self._plans = {desk: tuple(names) for desk, names in (plans or {}).items()}
        self.budget = budget or Budget(MemoryLedger(), clock=clock)
        policy = breaker or BreakerPolicy()
        self.breakers = {
            link.name: Breaker(policy, clock=clock, chance=chance) for link in self.links
        }
        self._paces = {
            link.name: Pace(link.per_minute, clock=clock)
            for link in self.links
            if link.per_minute is not None
        }
        self._patience = patience or Patience()
        self._observer = observer
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._closed = False

    async def complete(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        """The first answer; its cost holds what failed tries cost.

        Raises the error of the only engine there is, `DeadlinePassed`, or `NoEngineLeft`.
        """
        asked = Asked(prompt=prompt, sampling=sampling, terms=terms)
        while running := await self._next(asked):
            async with self._call(running, asked):
                made = running.link.engine.complete(
                    prompt, answer, sampling=sampling, terms=running.terms(terms)
                )
                done = await self._taken(running, asked, made)
                running.usage, running.model = done.usage, done.model
            if running.outcome == "ok":
                name = done.engine or running.link.name
                return replace(done, engine=name, cost=asked.cost)
        raise self._end(asked)

    async def stream(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> AsyncIterator[str]:
        """The first answer as it comes; once a piece has gone out, no other engine is asked."""
        asked = Asked(prompt=prompt, sampling=sampling, terms=terms)
        while running := await self._next(asked):
            said = 0
            async with self._call(running, asked):
                pieces = running.link.engine.stream(
                    prompt, answer, sampling=sampling, terms=running.terms(terms)
                )
                async with closed_after(pieces):
                    async for piece in pieces:
                        said += len(piece.encode())
                        yield piece
                running.usage = replace(assumed_usage(prompt, sampling), completion=said // 3 + 1)
            if running.outcome == "ok":
                return
            if said:
                raise asked.errors[-1]
        raise self._end(asked)

    def serves(self, desk: str) -> bool:
        """Whether the desk has an engine at all; one that chose none does without a model."""
        return bool(self._plan(desk))

    async def health(self) -> str | None:
        """None while one link can take a call; else why each of them cannot."""
        reasons: list[str] = []
        for link in self.links:
            breaker = self.breakers[link.name]
            why = breaker.why_not() if not breaker.admits else await link.engine.health()
            if why is None:
                return None
            reasons.append(f"{link.name}: {why}")
        return "; ".join(reasons) or "no engine is set up"

    async def close(self) -> None:
        self._closed = True
        await asyncio.gather(*(link.engine.close() for link in self.links))

    async def _next(self, asked: Asked) -> Running | None:
        """The next call to make; None when there is none left, or no time for it."""
        if asked.pause:
            await self._sleep(min(asked.pause, max(self._left(asked), 0)))
            asked.pause = 0.0
        while self._left(asked) > 0 and not self._closed:
            if not asked.todo and not await self._another_round(asked):
                return None
            running = await self._entered(*asked.todo.popleft(), asked)
            if running is not None:
                return running
        return None

    async def _another_round(self, asked: Asked) -> bool:
        """Line the desk's links up: at first, and after a pause that one of them asked for."""
        links = self._plan(asked.desk)
        if asked.rounds:
            held = [until for link in links if (until := self.breakers[link.name].held_until)]
            wait = (min(held) - self._clock()).total_seconds() if held else float("inf")
            wait *= 1 + self._chance() / 4  # not all that wait at the same instant
            if wait > min(self._patience.hold, self._left(asked)):
                return False
            await self._sleep(wait)
        asked.rounds += 1
        asked.todo.extend((link, 0) for link in links)
        return bool(links) and asked.rounds <= self._patience.rounds

    async def _entered(self, link: Link, attempt: int, asked: Asked) -> Running | None:
        """A place for one call of the link, or the reason why not among the errors."""
        breaker = self.breakers[link.name]
        if not breaker.admits:
            return self._left_out(link, breaker, asked)
        if not await self._paced(link, asked):
            return None
        held = await self._reserved(link, asked)
        if isinstance(held, Short):
            asked.errors.append(BudgetSpent(link.name, asked.desk, held.what))
            return None
        entry = breaker.enter()
        seconds = self._share(link, asked)
        if entry is None or seconds <= 0:
            await self.budget.settle(held, Spend())
            return self._left_out(link, breaker, asked)
        return Running(
            link=link, attempt=attempt, entry=entry, held=held, began=self._clock(), seconds=seconds
        )

    async def _paced(self, link: Link, asked: Asked) -> bool:
        """Wait for the link's turn; not when others are there to answer sooner, or it is far."""
        pace = self._paces.get(link.name)
        if pace is None:
            return True
        share = self._share(link, asked) / 2
        worth = min(share, self._patience.hold) if asked.todo else self._left(asked) / 2
        if pace.wait() > worth:
            asked.errors.append(EngineBusy(link.name, timedelta(seconds=pace.wait())))
            return False
        wait = pace.take()
        if wait > 0:
            await self._sleep(wait)
        return True

    def _left_out(self, link: Link, breaker: Breaker, asked: Asked) -> None:
        asked.errors.append(EngineDown(link.name, f"is left out: {breaker.why_not()}"))

    async def _reserved(self, link: Link, asked: Asked) -> Reservation | Short:
        bound = link.spend(token_bound(asked.prompt, asked.sampling, turns=link.turns))
        patience = self._patience.hold - asked.waited
        began = self._clock()
        held = await self.budget.reserve(
            asked.desk, bound, seconds=max(min(self._share(link, asked), patience), 0)
        )
        asked.waited += (self._clock() - began).total_seconds()
        return held

    @asynccontextmanager
    async def _call(self, running: Running, asked: Asked) -> AsyncGenerator[None]:
        """Around one call: its error is noted, not raised; breaker, budget, observer are told."""
        breaker = self.breakers[running.link.name]
        try:
            yield
        except EngineError as error:
            running.outcome, running.why = type(error).__name__, error.why
            running.usage = error.usage or NOTHING
            self._failed(running, error, asked)
        except BaseException as error:  # given up by the caller: what was sent may be charged
            running.outcome = type(error).__name__
            running.usage = assumed_usage(asked.prompt, asked.sampling)
            breaker.leave(running.entry, outcome_of(None))
            raise
        else:
            breaker.leave(running.entry, outcome_of("ok"))
        finally:
            spent = running.link.spend(running.usage)
            asked.cost += spent.money
            await self.budget.settle(running.held, spent)
            self._tell(running, asked, spent)

    def _failed(self, running: Running, error: EngineError, asked: Asked) -> None:
        """Judge the engine by its error, and decide whether it is asked again."""
        asked.errors.append(error)
        breaker = self.breakers[running.link.name]
        fair = running.seconds >= self._patience.fair
        breaker.leave(running.entry, outcome_of(error, fair=fair))
        if isinstance(error, EngineBusy) and error.retry_after is not None:
            breaker.hold(error.retry_after)
        if isinstance(error, EngineUnusable):
            breaker.lock(error.why)
        if running.attempt + 1 < running.link.tries and worth_another_try(error):
            jitter = 0.5 + self._chance()
            asked.pause = self._patience.pause * 2**running.attempt * jitter
            asked.todo.appendleft((running.link, running.attempt + 1))

    async def _taken(
        self, running: Running, asked: Asked, call: Awaitable[Completion[A]]
    ) -> Completion[A]:
        """The call's answer; taken away from an engine that does not keep its deadline.

        An engine that breaks in a way it does not promise is as good as one that is down.
        """
        name = running.link.name
        try:
            async with asyncio.timeout(running.seconds * _GRACE):
                return await call
        except TimeoutError:
            late = DeadlinePassed(name)
            late.usage = assumed_usage(asked.prompt, asked.sampling)
            raise late from None
        except EngineError:
            raise
        except Exception as broken:
            raise EngineDown(name, f"broke inside ({type(broken).__name__})") from broken

    def _tell(self, running: Running, asked: Asked, spent: Spend) -> None:
        self._observer(
            Call(
                engine=running.link.name,
                model=running.model,
                desk=asked.desk,
                began=running.began,
                seconds=(self._clock() - running.began).total_seconds(),
                outcome=running.outcome,
                why=running.why,
                usage=running.usage,
                cost=spent.money,
            )
        )

    def _end(self, asked: Asked) -> EngineError:
        """What the caller is told when no engine answered."""
        errors = asked.errors
        if self._closed:
            return EngineDown(self.name, "is closed")
        if self._left(asked) <= 0:
            return DeadlinePassed(self.name)
        if errors and (
            len({e.engine for e in errors}) == 1
            or all(isinstance(e, PermanentError) for e in errors)
        ):
            return errors[-1]
        return NoEngineLeft(self.name, errors)

    def _plan(self, desk: str) -> tuple[Link, ...]:
        names = self._plans.get(desk)
        if names is None:
            return self.links
        by_name = {link.name: link for link in self.links}
        return tuple(by_name[name] for name in names)

    def _left(self, asked: Asked) -> float:
        return (asked.terms.deadline - self._clock()).total_seconds()

    def _share(self, link: Link, asked: Asked) -> float:
        """Seconds for a call of the link: the links behind it that may be called keep theirs."""
        behind = {other.name for other, _ in asked.todo} - {link.name}
        later = sum(self.breakers[name].admits for name in behind)
        return min(link.seconds, self._left(asked) / (1 + later))
