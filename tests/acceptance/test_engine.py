"""`citedesk ask --engine`: a ticket answered through an OpenAI-compatible server."""

import asyncio
import json
from collections.abc import AsyncGenerator

import pytest

from agent.pipeline.model.played import play
from engine.base import Prompt, Sampling
from tests.acceptance.command import Citedesk, Done
from tests.provider import Play, Provider, Request, playing
from tests.shapes import completion

ASK = "How long do I have to return a dress?"


def model(request: Request) -> Play:
    """A plain model behind the server."""
    prompt = Prompt(text=request.body["messages"][0]["content"])
    return completion("vllm_serve", play(prompt, Sampling()))


def garbage(request: Request) -> Play:
    return completion("vllm_serve", "I would rather talk about the weather.")


@pytest.fixture
async def server() -> AsyncGenerator[Provider]:
    async with playing(model) as provider:
        yield provider


async def asked(citedesk: Citedesk, provider: Provider, *options: str) -> Done:
    command = citedesk.given(
        ENGINE__ENDPOINTS__VLLM_SERVE__BASE_URL=provider.base_url,
        ENGINE__ENDPOINTS__VLLM_SERVE__MODEL="small",
        ENGINE__ENDPOINTS__VLLM_SERVE__REGION="local",
    )
    arguments = ("ask", ASK, "--json", *options)
    done = await asyncio.to_thread(command, *arguments)
    assert done.out, done.err
    return done


async def test_a_draft_tells_which_engine_wrote_it_and_what_it_used(
    citedesk: Citedesk, server: Provider
) -> None:
    done = await asked(citedesk, server, "--engine", "vllm_serve")

    draft = json.loads(done.out)
    by = draft["written_by"]
    assert (by["writer"], by["fallback"]) == ("vllm_serve", False)
    assert by["prompt_tokens"] == 25 * len(server.requests)
    assert by["prompt_version"].startswith("triage-")
    facts = [claim for claim in draft["claims"] if claim["kind"] == "fact"]
    assert facts
    assert all(claim["evidence"] for claim in facts if claim["verdict"] == "exact")


async def test_a_model_that_talks_nonsense_ends_in_a_review_with_the_policys_words(
    citedesk: Citedesk,
) -> None:
    async with playing(garbage) as provider:
        done = await asked(citedesk, provider, "--engine", "vllm_serve")

    draft = json.loads(done.out)
    assert done.code == 1
    assert (draft["route"], draft["written_by"]["fallback"]) == ("review", True)
    assert any(reason.startswith("fallback: ") for reason in draft["reasons"])
    assert "30 days" in draft["body"]
    assert "weather" not in done.told


async def test_no_engine_is_asked_without_one(citedesk: Citedesk, server: Provider) -> None:
    """The settings name one; `none` stands in its place."""
    chained = citedesk.given(ENGINE__CHAIN="vllm_serve")

    done = await asked(chained, server, "--engine", "none")

    assert json.loads(done.out)["written_by"]["writer"] == "model-free"
    assert server.requests == []


def test_an_engine_that_is_not_known_is_told_with_those_that_are(citedesk: Citedesk) -> None:
    for command in (("ask", ASK), ("serve",)):
        done = citedesk(*command, "--engine", "gpt")
        assert done.code == 2
        assert "--engine: no engine 'gpt'" in done.err
        assert "ovhcloud" in done.err


def test_a_missing_key_is_told_by_its_variable(citedesk: Citedesk) -> None:
    done = citedesk("ask", ASK, "--engine", "mistral")

    assert done.code == 2
    assert "MISTRAL_API_KEY" in done.err
