"""Which language models answer, in which order, where, and for how much."""

import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from agent.settings.sections import Section
from agent.settings.vllm import VllmSettings


def _listed(value: Any) -> Any:
    """`a,b` or `["a", "b"]`: both are how people write a list into a variable."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError('write names with a comma between them, or ["a", "b"]') from None
    return [part.strip() for part in value.split(",") if part.strip()]


def _unset(value: Any) -> Any:
    """An empty variable leaves the profile's value."""
    return None if value == "" else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Text = Annotated[str | None, BeforeValidator(_unset)]
Money = Annotated[Annotated[float, Field(ge=0)] | None, BeforeValidator(_unset)]
Tokens = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_unset)]
Seconds = Annotated[Annotated[float, Field(gt=0)] | None, BeforeValidator(_unset)]


class EndpointSettings(Section):
    """What differs from the profile of the same name; `profile` where the name is another."""

    profile: Text = Field(default=None, description="ready profile; default: the one of this name")
    base_url: Text = Field(default=None, description="up to and with /v1")
    model: Text = Field(default=None, description="as the server calls it")
    key_variable: Text = Field(
        default=None, description="the variable that holds the key; `none`: no key is sent"
    )
    region: Text = Field(
        default=None, description="where it computes: a country such as FR, or local"
    )
    structured: Text = Field(default=None, description="json_schema, json_object or prompt")
    price_input: Money = Field(default=None, description="per million tokens; 0 is a price")
    price_output: Money = Field(default=None, description="per million tokens; 0 is a price")
    per_minute: Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(_unset)] = Field(
        default=None, description="calls that the server takes in a minute, spread evenly"
    )
    seconds: Seconds = Field(
        default=None, description="longest one call may take; default: CALL_SECONDS"
    )


class DeskEngineSettings(Section):
    """What differs for one desk."""

    chain: Annotated[Names | None, BeforeValidator(_listed)] = Field(
        default=None, description="its own order of engines"
    )
    regions: Annotated[Names | None, BeforeValidator(_listed)] = Field(
        default=None, description="where its tickets may go"
    )
    tokens_per_day: Tokens = Field(default=None, description="in place of the general limit")
    money_per_day: Money = Field(default=None, description="in place of the general limit")


class EngineSettings(Section):
    chain: Names = Field(
        default=(),
        description="engines in the order they are asked: vllm, profiles, names of ENDPOINTS; "
        "empty: no model",
    )
    regions: Names = Field(
        default=("EU",),
        description="where tickets may go: countries such as FR, EU, EEA; this machine always may",
    )
    endpoints: dict[str, EndpointSettings] = Field(
        default_factory=dict[str, EndpointSettings], description="changes to profiles, by name"
    )
    desks: dict[str, DeskEngineSettings] = Field(
        default_factory=dict[str, DeskEngineSettings], description="changes for desks, by name"
    )
    tokens_per_day: Tokens = Field(
        default=None, description="of each desk, prompt and answer, UTC days; empty: no limit"
    )
    money_per_day: Money = Field(
        default=None, description="of each desk, in the prices' currency; empty: no limit"
    )
    vllm: VllmSettings = Field(
        default_factory=VllmSettings, description="the embedded engine, where the chain names it"
    )
    call_seconds: float = Field(default=30, gt=0, description="longest one call may take")
    tries: int = Field(default=2, ge=1, le=10, description="calls of one engine in a row")
    pause_seconds: float = Field(
        default=0.25, ge=0, description="before the second try; doubles, jittered"
    )
    hold_seconds: float = Field(
        default=10, ge=0, description="a Retry-After up to this is waited for, if no engine is left"
    )
    breaker_calls: int = Field(
        default=5, ge=1, description="calls that must be known before a breaker opens"
    )
    breaker_share: float = Field(
        default=0.5, gt=0, le=1, description="share of failed calls that opens a breaker"
    )
    breaker_seconds: float = Field(
        default=15, gt=0, description="how long it opens first; doubles up to 5 minutes"
    )
