"""Three engines, the first two of which fail in every way there is, and 5,000 tickets.

Seeded, in virtual time: nothing depends on how busy the machine is. The engines are real endpoint
engines; what a server would send is played below the client. The same ways come over a real
connection in `tests/integration/engine`.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import BaseModel, Field

from engine.base import A, Completion, Engine, Prompt, Sampling, Terms
from engine.breaker import BreakerPolicy, State
from engine.budget import Budget, Limits, MemoryLedger, Prices, token_bound
from engine.endpoint.engine import TURNS, EndpointEngine
from engine.endpoint.values import Endpoint, Said
from engine.errors import EngineError
from engine.failover import Chain
from engine.link import Call, Link
from tests.virtual import in_virtual_time

TICKETS = 5_000
A_SECOND = 40  #: tickets that arrive
LATE = 1.1  #: of its deadline, the latest at which a ticket may end
KEY_BREAKS_AT = 4_000  #: from this ticket on, the second engine refuses our key
SAMPLING = Sampling(max_tokens=200)


class Reply(BaseModel):
    sentence: str
    evidence: list[str] = Field(default_factory=list)


Ending = Said | str
Way = Callable[["Played"], Awaitable[Ending]]


def said(status: int, body: object, kind: str = "application/json", **headers: str) -> Said:
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    raw = body if isinstance(body, str) else json.dumps(body)
    return Said(status=status, headers={"content-type": kind, **sent}, body=raw.encode())


def completion(content: str | None, finish: str = "stop", refusal: str | None = None) -> Said:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return said(
        200,
        {
            "model": "m-1",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 700, "completion_tokens": 60},
        },
    )


GOOD = json.dumps({"sentence": "Thirty days.", "evidence": ["E1"]})
PAGE = "<html><body>502 Bad Gateway</body></html>"


async def limited(of: "Played") -> Ending:
    """429: with seconds, with a date, with nothing."""
    pause = of.chance.choice([1, 3, 20])
    date = format_datetime(of.clock() + timedelta(seconds=pause), usegmt=True)
    headers = of.chance.choice([{"retry_after": str(pause)}, {"retry_after": date}, {}])
    return said(429, {"error": {"message": "slow down", "type": "rate_limited"}}, **headers)


async def broken(of: "Played") -> Ending:
    """5xx, as JSON and as a proxy's page."""
    status = of.chance.choice([500, 502, 503, 504, 529])
    return of.chance.choice(
        [said(status, {"error": {"code": status}}), said(status, PAGE, "text/html")]
    )


async def silent(_: "Played") -> Ending:
    """A time-out: nothing ever comes."""
    await asyncio.sleep(3_600)
    return "never said"


async def dripping(_: "Played") -> Ending:
    """A byte now and then: each read is quick, the body is not."""
    for _byte in range(3_600):
        await asyncio.sleep(1)
    return completion(GOOD)


async def reset(of: "Played") -> Ending:
    await asyncio.sleep(of.chance.uniform(0, 2))
    return "the connection failed (ReadError)"


async def refused_connection(_: "Played") -> Ending:
    return "cannot be reached"


async def truncated(_: "Played") -> Ending:
    return completion(GOOD[:20], finish="length")


async def refusing(_: "Played") -> Ending:
    return completion(None, refusal="I cannot help with that.")


async def filtered(_: "Played") -> Ending:
    return completion("", finish="content_filter")


async def a_page(_: "Played") -> Ending:
    return said(200, PAGE, "text/html")


async def no_choices(_: "Played") -> Ending:
    return said(200, {"model": "m-1", "choices": []})


async def null_content(_: "Played") -> Ending:
    return completion(None)


async def garbage(_: "Played") -> Ending:
    return completion("As a language model, I would say thirty days.")


async def another_shape(_: "Played") -> Ending:
    return completion(json.dumps({"sentence": None}))


async def half_a_body(_: "Played") -> Ending:
    return said(200, '{"choices": [{"mess')


async def too_long(_: "Played") -> Ending:
    return said(400, {"error": {"message": "maximum context length is 4096 tokens"}})


async def not_understood(_: "Played") -> Ending:
    return said(422, {"detail": [{"type": "extra_forbidden"}]})


WAYS: tuple[Way, ...] = (
    limited,
    broken,
    silent,
    dripping,
    reset,
    refused_connection,
    truncated,
    refusing,
    filtered,
    a_page,
    no_choices,
    null_content,
    garbage,
    another_shape,
    half_a_body,
    too_long,
    not_understood,
)


@dataclass(kw_only=True)
class Played:
    """A server below the client: it answers well, or fails in one of the ways, by chance."""

    clock: Callable[[], datetime]
    chance: random.Random
    failing: float  #: share of requests that fail
    key_refused: bool = False
    seen: Counter[str] = field(default_factory=Counter[str])

    async def post(self, body: dict[str, Any]) -> Said | str:
        if self.key_refused:
            self.seen["key"] += 1
            return said(401, {"message": "Unauthorized"})
        if self.chance.random() < self.failing:
            way = self.chance.choice(WAYS)
            self.seen[way.__name__] += 1
            return await way(self)
        self.seen["good"] += 1
        await asyncio.sleep(self.chance.uniform(0.5, 2))
        return completion(GOOD)

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Said | str]:
        yield await self.post(body)

    async def close(self) -> None:
        return None


class Watched:
    """An engine that notes when it was called though its breaker was open."""

    def __init__(self, engine: Engine) -> None:
        self.name = engine.name
        self._engine = engine
        self.state: Callable[[], State] = lambda: State.CLOSED
        self.called_while_open = 0
        self.calls = 0

    async def complete(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        self.calls += 1
        self.called_while_open += self.state() in (State.OPEN, State.LOCKED)
        return await self._engine.complete(prompt, answer, sampling=sampling, terms=terms)

    def stream(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> AsyncIterator[str]:
        return self._engine.stream(prompt, answer, sampling=sampling, terms=terms)

    async def health(self) -> str | None:
        return await self._engine.health()

    async def close(self) -> None:
        await self._engine.close()


@dataclass(kw_only=True)
class Ended:
    """How one ticket went."""

    desk: str
    given: float  #: seconds to its deadline
    took: float
    by: str  #: the engine that answered, or the error's class


@dataclass(kw_only=True)
class Run:
    tickets: list[Ended]
    engines: dict[str, Watched]
    servers: dict[str, Played]
    most: dict[str, int]  #: by desk: the most tokens that were ever spent
    calls: list[Call]
    states: Counter[tuple[str, State]]  #: of each breaker, looked at whenever a ticket ends


LIMITS = {"plenty": Limits(), "tight": Limits(tokens=900_000)}
PROMPT = Prompt(text="How long do I have? " * 140)


def one_call() -> int:
    used = token_bound(PROMPT, SAMPLING, turns=TURNS)
    return used.prompt + used.completion


async def chaos(clock: Callable[[], datetime], seed: int) -> Run:
    chance = random.Random(seed)
    servers = {
        name: Played(clock=clock, chance=random.Random(chance.random()), failing=failing)
        for name, failing in (("first", 0.5), ("second", 0.35), ("third", 0.0))
    }
    engines = {
        name: Watched(
            EndpointEngine(
                Endpoint(name=name, base_url="http://played/v1", model="m", key_variable="KEY"),
                wire=server,
                clock=clock,
            )
        )
        for name, server in servers.items()
    }
    ledger, calls = MemoryLedger(), list[Call]()
    most = dict.fromkeys(LIMITS, 0)
    chain = Chain(
        [Link(engine=e, prices=Prices(input=1, output=1), turns=TURNS) for e in engines.values()],
        budget=Budget(ledger, desks=LIMITS, clock=clock),
        breaker=BreakerPolicy(pause=timedelta(seconds=2), longest=timedelta(seconds=5)),
        observer=calls.append,
        clock=clock,
        chance=chance.random,
    )
    for name, engine in engines.items():
        breaker = chain.breakers[name]
        engine.state = lambda breaker=breaker: breaker.state

    states = Counter[tuple[str, State]]()

    async def ticket(number: int) -> Ended:
        await asyncio.sleep(number / A_SECOND)
        servers["second"].key_refused |= number >= KEY_BREAKS_AT
        desk = "tight" if number % 3 == 0 else "plenty"
        given, began = chance.uniform(5, 60), clock()
        terms = Terms(deadline=began + timedelta(seconds=given), desk=desk)
        try:
            done = await chain.complete(PROMPT, Reply, sampling=SAMPLING, terms=terms)
            by = done.engine
        except EngineError as error:
            by = type(error).__name__
        states.update((name, breaker.state) for name, breaker in chain.breakers.items())
        account = await ledger.account(desk, clock().date())
        most[desk] = max(most[desk], account.spent.tokens)
        return Ended(desk=desk, given=given, took=(clock() - began).total_seconds(), by=by)

    tickets = await asyncio.gather(*(ticket(number) for number in range(TICKETS)))
    await chain.close()
    return Run(
        tickets=tickets, engines=engines, servers=servers, most=most, calls=calls, states=states
    )


@pytest.fixture(scope="module", params=[1, 20_261_125])
def run(request: pytest.FixtureRequest) -> Run:
    return in_virtual_time(lambda clock: chaos(clock, int(request.param)))


def test_every_ticket_ends(run: Run) -> None:
    assert len(run.tickets) == TICKETS
    assert {ended.by for ended in run.tickets} <= {*run.engines, "NoEngineLeft", "DeadlinePassed"}


def test_no_ticket_waits_past_its_deadline_plus_a_tenth(run: Run) -> None:
    late = [ended for ended in run.tickets if ended.took > ended.given * LATE]

    assert late == []


def test_no_engine_is_called_while_its_breaker_is_open(run: Run) -> None:
    assert {name: e.called_while_open for name, e in run.engines.items()} == dict.fromkeys(
        run.engines, 0
    )
    # So that this says something: both were called and left alone again and again.
    for name in ("first", "second"):
        assert run.engines[name].calls > 100
        assert run.states[name, State.OPEN] > 100
        assert run.states[name, State.CLOSED] > 100


def test_no_budget_is_passed_by_more_than_one_call(run: Run) -> None:
    limit = LIMITS["tight"].tokens
    assert limit is not None

    assert limit * 0.95 < run.most["tight"] <= limit + one_call()


def test_a_desk_with_a_budget_left_is_answered_while_one_engine_works(run: Run) -> None:
    plenty = [ended for ended in run.tickets if ended.desk == "plenty"]

    assert sum(ended.by in run.engines for ended in plenty) == len(plenty)


def test_the_engines_failed_in_every_way(run: Run) -> None:
    for name in ("first", "second"):
        assert {way.__name__ for way in WAYS} <= set(run.servers[name].seen)


def test_a_refused_key_is_tried_only_by_the_calls_under_way(run: Run) -> None:
    assert 1 <= run.servers["second"].seen["key"] <= 30


def test_what_observers_are_told_adds_up_to_what_was_spent(run: Run) -> None:
    told = sum(
        call.usage.prompt + call.usage.completion for call in run.calls if call.desk == "tight"
    )

    assert told == run.most["tight"]
