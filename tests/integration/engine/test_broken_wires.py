"""What goes wrong between us and a server, over real HTTP."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import BaseModel, Field

from engine.base import Prompt, Sampling, Terms, assumed_usage
from engine.breaker import BreakerPolicy
from engine.endpoint.engine import TURNS, EndpointEngine
from engine.endpoint.values import Endpoint
from engine.errors import (
    BadAnswer,
    CutOff,
    DeadlinePassed,
    EngineBusy,
    EngineDown,
    EngineError,
    NoEngineLeft,
    PromptRefused,
)
from engine.failover import Chain
from engine.link import Link, Patience
from engine.scripted import ScriptedEngine
from tests.provider import Play, Provider, Request, answer_json, in_turn, playing
from tests.shapes import completion

ASK = Prompt(text="How long do I have to send a lamp back?")
GOOD = json.dumps({"sentence": "Thirty days.", "evidence": ["E1"]})
DATE = "Wed, 25 Nov 2026 09:00:00 GMT"


class Reply(BaseModel):
    sentence: str
    evidence: list[str] = Field(default_factory=list)


def soon(seconds: float = 20) -> Terms:
    return Terms(deadline=datetime.now(UTC) + timedelta(seconds=seconds))


def engine_at(base_url: str, name: str = "there") -> EndpointEngine:
    return EndpointEngine(Endpoint(name=name, base_url=base_url, model="m"))


async def fails(play: Play, *, seconds: float = 20) -> tuple[EngineError, Provider]:
    """What the engine makes of a server that answers so, and the server."""
    async with playing(in_turn([play])) as provider:
        engine = engine_at(provider.base_url)
        with pytest.raises(EngineError) as failed:
            await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon(seconds))
        await engine.close()
    return failed.value, provider


@pytest.mark.parametrize(
    ("play", "error"),
    [
        (Play(body=completion("ionos", GOOD).body, end="reset"), EngineDown),
        (Play(body=completion("ionos", GOOD).body, end="short"), EngineDown),
        (Play(body=b'{"choices": [{"mess'), EngineDown),
        (Play(body=b""), EngineDown),
        (Play(body=b"null"), EngineDown),
        (Play(body=b"[]"), EngineDown),
        (Play(body=b"{}"), EngineDown),
        (Play(headers={}, body=completion("ionos", GOOD).body), EngineDown),
        (Play(headers={"content-type": "text/plain"}, body=b"hello"), EngineDown),
        (Play(body=b'{"choices": []}'), BadAnswer),
        (Play(body=b'{"choices": [{}]}'), BadAnswer),
        (Play(body=b'{"choices": [{"message": null, "finish_reason": null}]}'), BadAnswer),
        (completion("ionos", None), BadAnswer),
        (completion("ionos", ""), BadAnswer),
        (completion("ionos", "   "), BadAnswer),
        (completion("ionos", GOOD[:25], finish="length"), CutOff),
        (completion("mistral", GOOD[:25], finish="model_length"), CutOff),
        (completion("nim", "", finish="content_filter"), PromptRefused),
        (completion("nim", GOOD, finish="content_filter"), PromptRefused),
        (completion("mistral", "", finish="error"), EngineDown),
        (Play(body=b"\xff\xfe\x00"), EngineDown),
        (Play(body=b"[" * 100_000), EngineDown),
    ],
)
async def test_an_answer_that_is_none_is_told_apart(play: Play, error: type[EngineError]) -> None:
    failed, provider = await fails(play)

    assert type(failed) is error
    assert len(provider.requests) <= TURNS


async def test_a_refusal_in_words_of_its_own_field_is_a_refusal() -> None:
    body = json.loads(completion("nim", None).body)
    body["choices"][0]["message"]["refusal"] = "I cannot help with that."

    failed, _ = await fails(answer_json(body))

    assert type(failed) is PromptRefused
    assert "cannot help" not in str(failed)


async def test_a_whole_answer_that_ends_at_the_limit_is_an_answer() -> None:
    async with playing(in_turn([completion("ionos", GOOD, finish="length")])) as provider:
        engine = engine_at(provider.base_url)
        done = await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
        await engine.close()

    assert done.answer.sentence == "Thirty days."


@pytest.mark.parametrize(
    "play",
    [
        Play(end="silence"),
        Play(body=completion("ionos", GOOD).body, piece=1, pause=0.05),
    ],
    ids=["nothing comes", "a byte now and then"],
)
async def test_the_deadline_holds_over_the_whole_answer(play: Play) -> None:
    failed, _ = await fails(play, seconds=0.4)

    assert type(failed) is DeadlinePassed
    assert failed.usage == assumed_usage(ASK, Sampling())  # it was sent, and may be charged


async def test_the_deadline_holds_over_a_stream_too() -> None:
    play = Play(
        headers={"content-type": "text/event-stream"}, body=b": wait\n\n" * 500, piece=1, pause=0.05
    )
    async with playing(in_turn([play])) as provider:
        engine = engine_at(provider.base_url)
        with pytest.raises(DeadlinePassed):
            async for _ in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon(0.4)):
                pass
        await engine.close()


async def test_an_answer_without_end_is_cut() -> None:
    failed, _ = await fails(Play(body=b" " * (9 * 1024 * 1024), piece=65_536))

    assert type(failed) is EngineDown
    assert "more than" in failed.why


async def test_nobody_there_is_told_with_the_address() -> None:
    async with playing(in_turn([Play()])) as provider:
        gone = provider.base_url
        port = provider.port
    engine = engine_at(gone)

    with pytest.raises(EngineDown, match=f"127.0.0.1:{port}: cannot be reached"):
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
    await engine.close()


async def test_a_cancelled_call_lets_the_server_go() -> None:
    async with playing(in_turn([Play(end="silence")])) as provider:
        engine = engine_at(provider.base_url)
        call = asyncio.create_task(engine.complete(ASK, Reply, sampling=Sampling(), terms=soon()))
        await provider.asked.wait()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await provider.left.wait()
        await engine.close()

    assert call.cancelled()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "1500"}, 1.5),
        (
            {
                "retry_after": "Wed, 25 Nov 2026 09:00:30 GMT",
                "date": "Wed, 25 Nov 2026 09:00:00 GMT",
            },
            30,
        ),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-3"}, None),
        ({"retry_after": "nan"}, None),
        ({}, None),
    ],
)
async def test_retry_after_is_read_in_all_its_forms(
    headers: dict[str, str], seconds: float | None
) -> None:
    failed, _ = await fails(answer_json({"error": "slow down"}, status=429, **headers))

    assert isinstance(failed, EngineBusy)
    assert failed.retry_after == (None if seconds is None else timedelta(seconds=seconds))


async def test_a_date_without_the_servers_clock_counts_from_ours() -> None:
    until = datetime.now(UTC) + timedelta(seconds=60)
    play = answer_json({}, status=429, retry_after=format_datetime(until, usegmt=True))

    failed, _ = await fails(play)

    assert isinstance(failed, EngineBusy)
    assert failed.retry_after is not None
    assert 50 < failed.retry_after.total_seconds() <= 60


class TestRepair:
    """One repair turn inside the same call."""

    async def test_a_bad_answer_is_asked_for_again_with_what_is_wrong(self) -> None:
        plays = [completion("ionos", '{"sentence": null}'), completion("ionos", GOOD)]
        async with playing(in_turn(plays)) as provider:
            engine = engine_at(provider.base_url)
            done = await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
            await engine.close()

        question, bad, repair = provider.requests[1].body["messages"]
        assert question["content"] == ASK.text
        assert bad == {"role": "assistant", "content": '{"sentence": null}'}
        assert "sentence" in repair["content"]
        assert done.answer.sentence == "Thirty days."
        assert done.usage.prompt == 50  # both turns are paid for
        assert done.usage.completion == 120

    async def test_there_is_one_and_no_more(self) -> None:
        failed, provider = await fails(completion("ionos", "nonsense"))

        assert type(failed) is BadAnswer
        assert len(provider.requests) == 2
        assert failed.usage is not None
        assert failed.usage.prompt == 50

    async def test_an_answer_that_was_cut_off_is_asked_for_in_fewer_words(self) -> None:
        plays = [completion("ionos", GOOD[:20], finish="length"), completion("ionos", GOOD)]
        async with playing(in_turn(plays)) as provider:
            engine = engine_at(provider.base_url)
            await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
            await engine.close()

        assert "fewer words" in provider.requests[1].body["messages"][2]["content"]


WAYS: list[Callable[[], Play]] = [
    lambda: answer_json({"error": "slow"}, status=429, retry_after="1"),
    lambda: answer_json({"error": "slow"}, status=429),
    lambda: answer_json({"error": "broken"}, status=500),
    lambda: Play(status=502, headers={"content-type": "text/html"}, body=b"<html>bad</html>"),
    lambda: Play(end="silence"),
    lambda: Play(body=completion("ionos", GOOD).body, piece=1, pause=0.05),
    lambda: Play(body=completion("ionos", GOOD).body, end="reset"),
    lambda: Play(body=completion("ionos", GOOD).body, end="short"),
    lambda: completion("ionos", GOOD[:20], finish="length"),
    lambda: completion("nim", "", finish="content_filter"),
    lambda: Play(headers={"content-type": "text/html"}, body=b"<html>proxy</html>"),
    lambda: Play(body=b'{"choices": []}'),
    lambda: completion("ionos", None),
    lambda: completion("ionos", "nonsense"),
]


async def test_a_chain_answers_though_two_of_its_servers_fail_in_every_way() -> None:
    """The chaos of `tests/faults/test_chain.py` over real connections, with fewer tickets."""
    asked: list[int] = []
    few = asyncio.Semaphore(8)

    def broken(_: Request) -> Play:
        asked.append(len(asked) % len(WAYS))
        return WAYS[asked[-1]]()

    async with playing(broken) as first, playing(broken) as second:
        links = [engine_at(first.base_url, "first"), engine_at(second.base_url, "second")]
        third = ScriptedEngine(lambda _, __: GOOD)
        chain = Chain(
            [Link(engine=engine, seconds=3, turns=TURNS) for engine in (*links, third)],
            patience=Patience(pause=0.02),
            breaker=BreakerPolicy(least=1_000, longest_hold=timedelta(0)),  # all are called
        )

        async def ask() -> Reply:
            async with few:
                done = await chain.complete(ASK, Reply, sampling=Sampling(), terms=soon(60))
                return done.answer

        answers = await asyncio.gather(*(ask() for _ in range(24)))
        await chain.close()

    assert {answer.sentence for answer in answers} == {"Thirty days."}
    assert set(asked) == set(range(len(WAYS)))


async def test_with_no_server_left_every_reason_is_told() -> None:
    page = Play(status=502, headers={"content-type": "text/html"}, body=b"<html>bad</html>")
    async with playing(in_turn([page])) as first, playing(in_turn([Play(body=b"{}")])) as second:
        engines = [engine_at(first.base_url, "one"), engine_at(second.base_url, "two")]
        chain = Chain([Link(engine=e, tries=1) for e in engines], patience=Patience(pause=0))
        with pytest.raises(NoEngineLeft) as failed:
            await chain.complete(ASK, Reply, sampling=Sampling(), terms=soon())
        await chain.close()

    assert "one: answered with an error (status 502)" in str(failed.value)
    assert "answered without choices" in str(failed.value)
