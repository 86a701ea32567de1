"""`citedesk engine check` against a server on this machine, and without one."""

import asyncio
import json

import pytest

from tests.acceptance.command import Citedesk, Done
from tests.provider import Provider, answer_json, in_turn, playing
from tests.shapes import completion

WEEK = completion("vllm_serve", json.dumps({"number": 7, "word": "seven"}))
KEY = "sk-the-secret-of-a-test"


def at(citedesk: Citedesk, provider: Provider, **more: str) -> Citedesk:
    mine = {"PROFILE": "endpoint", "BASE_URL": provider.base_url, "MODEL": "some-model", **more}
    given = {f"ENGINE__ENDPOINTS__MINE__{name}": value for name, value in mine.items()}
    return citedesk.given(ENGINE__CHAIN="mine", **given)


async def checked(citedesk: Citedesk, *arguments: str) -> Done:
    return await asyncio.to_thread(citedesk, "engine", "check", *arguments)


async def test_what_came_back_is_shown_with_tokens_time_and_cost(citedesk: Citedesk) -> None:
    async with playing(in_turn([WEEK])) as provider:
        given = {"PRICE_INPUT": "2", "PRICE_OUTPUT": "4", "REGION": "US"}
        done = await checked(at(citedesk, provider, **given))

    assert done.code == 0, done.told
    for shown in ("mine", "US", '{"number":7,"word":"seven"}', "25 + 60", "0.000290"):
        assert shown in done.out
    assert "no ticket may go to US" in done.out


async def test_the_same_for_machines(citedesk: Citedesk) -> None:
    """Of two engines, of which one is not there."""
    async with playing(in_turn([WEEK])) as provider:
        nobody = {"ENGINE__CHAIN": "ollama,mine"}
        nobody["ENGINE__ENDPOINTS__OLLAMA__BASE_URL"] = "http://127.0.0.1:1/v1"
        done = await checked(at(citedesk, provider).given(**nobody), "--json")

    gone, there = json.loads(done.out)["engines"]
    assert done.code == 1
    assert gone["problem"] == "127.0.0.1:1: cannot be reached"
    assert (there["engine"], there["problem"]) == ("mine", None)
    assert (there["prompt_tokens"], there["completion_tokens"]) == (25, 60)
    assert there["cost"] == 0  # a machine of one's own is free
    assert there["seconds"] > 0


async def test_an_engine_that_does_not_answer_is_said_with_its_mend(citedesk: Citedesk) -> None:
    refused = answer_json({"message": "Unauthorized"}, status=401)
    async with playing(in_turn([refused])) as provider:
        asked = at(citedesk, provider, KEY_VARIABLE="CITEDESK_TEST_KEY")
        done = await checked(asked.given(TEST_KEY=KEY))

    assert done.code == 1
    assert "no answer" in done.out
    assert "put a valid one into CITEDESK_TEST_KEY" in done.out
    assert KEY not in done.told


@pytest.mark.parametrize(
    ("settings", "arguments", "words"),
    [
        ({}, (), "CITEDESK_ENGINE__CHAIN: no engine is set up"),
        ({}, ("ovhclud",), "did you mean 'ovhcloud'"),
        ({"ENGINE__TRIES": "0"}, ("ollama",), "CITEDESK_ENGINE__TRIES: "),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    citedesk: Citedesk, settings: dict[str, str], arguments: tuple[str, ...], words: str
) -> None:
    done = citedesk.given(**settings)("engine", "check", *arguments)

    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_a_missing_key_is_named_and_asked_for_before_anything_is_sent(citedesk: Citedesk) -> None:
    done = citedesk.given(ENGINE__ENDPOINTS__IONOS__KEY_VARIABLE="CITEDESK_TEST_NO_KEY")(
        "engine", "check", "ionos"
    )

    assert done.code == 2
    assert "CITEDESK_TEST_NO_KEY: is not set, and engine 'ionos'" in done.err


def test_settings_of_engines_are_shown_without_a_login(citedesk: Citedesk) -> None:
    done = citedesk.given(
        ENGINE__CHAIN="mine",
        ENGINE__ENDPOINTS__MINE__MODEL="some-model",
        ENGINE__ENDPOINTS__MINE__BASE_URL="https://user:hunter2@host/v1",
    )("config", "--json")

    assert "hunter2" not in done.told
    shown = json.loads(done.out)
    assert shown["CITEDESK_ENGINE__CHAIN"] == ["mine"]
    assert shown["CITEDESK_ENGINE__ENDPOINTS__MINE__MODEL"] == "some-model"
