"""Getting the bare object out of what a model said, and regions."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base import Usage
from engine.endpoint.reading import NotAReply, bare_json, read_reply
from engine.profiles import PROFILES, allowed_in, profile_named

OBJECT = '{"sentence": "a } b", "evidence": []}'


@pytest.mark.parametrize(
    "said",
    [
        OBJECT,
        f"  {OBJECT}\n",
        f"```json\n{OBJECT}\n```",
        f"```\n{OBJECT}\n```",
        f"```JSON\n{OBJECT}\n```\nI hope this helps!",
        f"Here is the answer:\n\n{OBJECT}",
        f"{{x}} {OBJECT}"[4:],
        f"<think>The object {{}} is needed.</think>\n{OBJECT}",
        f"<think>\nhm\n</think>```json\n{OBJECT}\n```",
    ],
)
def test_the_object_is_found_in_its_wrapping(said: str) -> None:
    assert json.loads(bare_json(said)) == json.loads(OBJECT)


@pytest.mark.parametrize(
    "said", ["", "no", "[1, 2]", "} {", "```json\nno\n```", '{"a": 1', "{" * 5_000]
)
def test_what_holds_no_object_stays_as_it_was(said: str) -> None:
    assert bare_json(said) == said.strip()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "delta", "content", "refusal", "finish_reason", "type", "text"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["choices", "usage", "model", "system_fingerprint", "error"]),
        _JSON | st.lists(_JSON, max_size=3),
    )
)
def test_no_body_breaks_the_reading(body: dict[str, object]) -> None:
    with suppress(NotAReply):
        reply = read_reply(json.dumps(body).encode(), "application/json")
        assert reply.usage is None or reply.usage.prompt > 0


@pytest.mark.parametrize(
    ("said", "used"),
    [
        ({"prompt_tokens": 7, "completion_tokens": 3}, Usage(prompt=7, completion=3)),
        ({"prompt_tokens": 7}, Usage(prompt=7, completion=0)),
        (
            {"prompt_tokens": 7, "prompt_tokens_details": {"cached_tokens": 99}},
            Usage(prompt=7, completion=0, cached=7),
        ),
        ({"prompt_tokens": -7, "completion_tokens": 3}, None),
        ({"prompt_tokens": 7, "completion_tokens": -3}, None),
        ({"prompt_tokens": 0, "completion_tokens": 0}, None),
        ({"prompt_tokens": "many"}, None),
        ([], None),
        (None, None),
    ],
)
def test_usage_counts_when_it_can_be_counted_by(said: object, used: Usage | None) -> None:
    choice = {"message": {"content": OBJECT}}

    reply = read_reply(
        json.dumps({"choices": [choice], "usage": said}).encode(), "application/json"
    )

    assert reply.text == OBJECT
    assert reply.usage == used


@given(st.text(max_size=300))
def test_no_text_breaks_it(said: str) -> None:
    bare_json(said)


@pytest.mark.parametrize(
    ("region", "allowed", "fits"),
    [
        ("local", (), True),
        ("FR", ("EU",), True),
        ("FR", ("fr",), True),
        ("fr", ("FR",), True),
        ("US", ("EU",), False),
        ("CH", ("EEA",), False),
        ("NO", ("EEA",), True),
        ("NO", ("EU",), False),
        ("EU", ("EEA",), True),
        ("EU", ("FR",), False),
        ("FR", (), False),
        ("US", ("EU", "US"), True),
    ],
)
def test_data_goes_only_where_it_may(region: str, allowed: tuple[str, ...], fits: bool) -> None:
    assert allowed_in(region, allowed) is fits


@pytest.mark.parametrize("name", ["vllm-serve", "vllm_serve", " VLLM_Serve "])
def test_a_profile_is_known_by_either_spelling(name: str) -> None:
    assert profile_named(name) is PROFILES["vllm_serve"]


def test_every_profile_names_the_documents_it_is_taken_from() -> None:
    for profile in PROFILES.values():
        if profile.base_url:
            assert profile.documents
            assert all(url.startswith("https://") for url in profile.documents)
            assert profile.base_url.endswith("/v1")
