"""Getting the bare object out of what a model said, and regions."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.endpoint.reading import bare_json
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
