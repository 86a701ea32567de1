"""Each provider's real answers and refusals, over real HTTP, through the real client."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel, Field

from engine.base import Prompt, Sampling, Terms
from engine.endpoint.engine import EndpointEngine
from engine.endpoint.values import Endpoint
from engine.errors import EngineError, EngineUnusable, PromptTooLong
from engine.profiles import PROFILES, Structured
from engine.schema import strict_schema
from tests.provider import Play, Provider, in_turn, playing
from tests.refusals import REFUSALS, Shape
from tests.shapes import answering, completion, events

KEY = "sk-this-is-the-secret-value"
SECRET = "my card is 4111 1111 1111 1111"
ASK = Prompt(text=f"Somebody writes: {SECRET}. How long can they return it?")
GOOD = json.dumps({"sentence": "Thirty days.", "evidence": ["E1"]})


class Reply(BaseModel):
    sentence: str
    evidence: list[str] = Field(default_factory=list)


def soon(seconds: float = 20, **headers: str) -> Terms:
    return Terms(deadline=datetime.now(UTC) + timedelta(seconds=seconds), headers=headers)


def engine_of(profile: str, provider: Provider, **changes: Any) -> EndpointEngine:
    given = PROFILES[profile]
    values: dict[str, Any] = {
        "name": profile,
        "base_url": provider.base_url,
        "model": given.model or "some-model",
        "key": KEY if given.key_variable else None,
        "key_variable": given.key_variable,
        "model_setting": "MODEL_SETTING",
        "url_setting": "URL_SETTING",
        "structured_setting": "STRUCTURED_SETTING",
        "dialect": given.dialect,
    }
    return EndpointEngine(Endpoint(**{**values, **changes}))


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_request_is_what_the_provider_takes(profile: str) -> None:
    async with playing(answering(profile, [GOOD])) as provider:
        engine = engine_of(profile, provider)
        done = await engine.complete(
            ASK, Reply, sampling=Sampling(seed=7, max_tokens=99), terms=soon()
        )
        await engine.close()

    sent = provider.requests[0]
    assert done.answer.sentence == "Thirty days."
    assert sent.path == "/v1/chat/completions"
    assert sent.body["messages"] == [{"role": "user", "content": ASK.text}]
    assert sent.body["max_tokens"] == 99
    assert sent.body["temperature"] == Sampling().temperature
    assert sent.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "Reply", "schema": strict_schema(Reply), "strict": True},
    }
    seed = PROFILES[profile].dialect.seed
    assert {name for name in ("seed", "random_seed") if name in sent.body} == {seed}


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_key_goes_only_where_one_is_wanted(profile: str) -> None:
    async with playing(answering(profile, [GOOD])) as provider:
        engine = engine_of(profile, provider)
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
        await engine.close()

    wanted = f"Bearer {KEY}" if PROFILES[profile].key_variable else None
    assert provider.requests[0].headers.get("authorization") == wanted


async def test_nothing_of_this_machine_and_of_the_trace_only_its_id_is_told() -> None:
    async with playing(answering("nim", [GOOD])) as provider:
        engine = engine_of("nim", provider)
        terms = soon(traceparent="00-ab-cd-01", baggage="customer=C-7")
        await engine.complete(ASK, Reply, sampling=Sampling(), terms=terms)
        await engine.close()

    sent = provider.requests[0].headers
    assert sent["traceparent"] == "00-ab-cd-01"
    assert sent["user-agent"] == "citedesk"
    assert "baggage" not in sent
    assert [name for name in sent if "os" in name.split("-") or "runtime" in name] == []


@pytest.mark.parametrize("mode", [Structured.JSON_OBJECT, Structured.PROMPT])
async def test_a_server_without_schemas_is_given_the_schema_in_the_prompt(mode: Structured) -> None:
    from dataclasses import replace

    fenced = f"Here you are:\n```json\n{GOOD}\n```\n"
    async with playing(answering("ollama", [fenced])) as provider:
        dialect = replace(PROFILES["ollama"].dialect, structured=mode)
        engine = engine_of("ollama", provider, dialect=dialect)
        done = await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
        await engine.close()

    sent = provider.requests[0].body
    message = sent["messages"][0]["content"]
    assert done.answer.sentence == "Thirty days."
    assert json.dumps(strict_schema(Reply), separators=(",", ":")) in message
    assert message.endswith(ASK.text)  # the stable part first, so that a prefix cache holds
    assert sent.get("response_format") == (
        {"type": "json_object"} if mode is Structured.JSON_OBJECT else None
    )


@pytest.mark.parametrize(
    ("profile", "shape"),
    [
        pytest.param(profile, shape, id=f"{profile}: {shape.what}")
        for profile, shapes in REFUSALS.items()
        for shape in shapes
    ],
)
async def test_each_refusal_is_told_for_what_it_is(profile: str, shape: Shape) -> None:
    async with playing(in_turn([shape.play])) as provider:
        engine = engine_of(profile, provider)
        with pytest.raises(EngineError) as failed:
            await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
        await engine.close()

    assert type(failed.value) is shape.error
    assert shape.document.startswith("https://")
    assert SECRET not in str(failed.value)
    assert KEY not in str(failed.value)
    assert len(provider.requests) == 1  # tried again by the chain alone


@pytest.mark.parametrize(
    ("profile", "shape"),
    [
        pytest.param(profile, shape, id=f"{profile}: {shape.what}")
        for profile, shapes in REFUSALS.items()
        for shape in shapes
    ],
)
async def test_a_refusal_means_the_same_when_a_stream_was_asked_for(
    profile: str, shape: Shape
) -> None:
    async with playing(in_turn([shape.play])) as provider:
        engine = engine_of(profile, provider)
        with pytest.raises(EngineError) as failed:
            async for _ in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon()):
                pass
        await engine.close()

    # What comes with status 200 is no stream: that much is all that can be told of it.
    expected = shape.error if shape.play.status != 200 else EngineError
    assert isinstance(failed.value, expected)
    assert KEY not in str(failed.value)


@pytest.mark.parametrize(
    ("profile", "what", "mend"),
    [
        ("ovhcloud", "a token that is not valid", "OVH_AI_ENDPOINTS_ACCESS_TOKEN"),
        ("ionos", "an expired token", "IONOS_API_TOKEN"),
        ("nim", "a model that the account may not use", "MODEL_SETTING"),
        ("mistral", "the model that was retired", "MODEL_SETTING"),
        ("ollama", "a model that was not pulled", "MODEL_SETTING"),
        ("lmstudio", "no model loaded", "MODEL_SETTING"),
        ("endpoint", "a wrong address: some other web server", "URL_SETTING"),
        ("endpoint", "an address that moved", "URL_SETTING"),
    ],
)
async def test_what_a_person_has_to_mend_is_named(profile: str, what: str, mend: str) -> None:
    shape = next(shape for shape in REFUSALS[profile] if shape.what == what)
    async with playing(in_turn([shape.play])) as provider:
        engine = engine_of(profile, provider)
        with pytest.raises(EngineUnusable, match=mend):
            await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
        await engine.close()


async def test_the_limit_of_the_context_is_told_where_the_server_tells_it() -> None:
    shape = REFUSALS["vllm_serve"][0]
    async with playing(in_turn([shape.play])) as provider:
        engine = engine_of("vllm_serve", provider)
        with pytest.raises(PromptTooLong) as failed:
            await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
        await engine.close()

    assert failed.value.limit == 16_384


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_streamed_answer_comes_in_pieces(profile: str) -> None:
    async with playing(in_turn([events(GOOD)])) as provider:
        engine = engine_of(profile, provider)
        pieces = [p async for p in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon())]
        await engine.close()

    asks_for_usage = PROFILES[profile].dialect.stream_usage
    assert "".join(pieces) == GOOD
    assert len(pieces) > 3
    assert ("stream_options" in provider.requests[0].body) is asks_for_usage


async def test_an_error_in_the_midst_of_a_stream_is_told() -> None:
    """vLLM's server, when its engine dies while it answers."""
    begun = events(GOOD).body.split(b"\n\n")[:3]
    error = b'data: {"error": {"message": "EngineCore died", "type": "InternalServerError"}}'
    body = b"\n\n".join([*begun, error, b"data: [DONE]", b""])
    play = Play(headers={"content-type": "text/event-stream"}, body=body)
    async with playing(in_turn([play])) as provider:
        engine = engine_of("vllm_serve", provider)
        with pytest.raises(EngineError, match="error"):
            async for _ in engine.stream(ASK, Reply, sampling=Sampling(), terms=soon()):
                pass
        await engine.close()


async def test_a_model_that_stands_in_for_another_is_recorded_as_what_it_is() -> None:
    """OVHcloud sends requests for a retired model on to its successor."""
    async with playing(in_turn([completion("mistral", GOOD)])) as provider:
        engine = engine_of("ovhcloud", provider)
        done = await engine.complete(ASK, Reply, sampling=Sampling(), terms=soon())
        await engine.close()

    assert done.model == "ministral-8b-2512"
    assert done.engine == "ovhcloud"
