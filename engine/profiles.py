"""Ready profiles of OpenAI-compatible servers: where they are, what they take, what they cost.

Each quirk stands beside the document it is taken from; `docs/engines.md` holds the same table for
readers. Prices are per million tokens as published on the day in `asof`, and every field can be
set anew: providers change all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from engine.budget import Prices

LOCAL: Final = "local"
"""The region of an engine that runs on this machine."""


class Structured(StrEnum):
    """How a server is held to the schema of an answer."""

    JSON_SCHEMA = "json_schema"  #: it compiles the schema
    JSON_OBJECT = "json_object"  #: it gives some JSON; the prompt carries the schema
    PROMPT = "prompt"  #: nothing but the schema in the prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a server understands beyond the common part of the protocol."""

    structured: Structured = Structured.JSON_SCHEMA
    seed: Literal["seed", "random_seed"] | None = "seed"  #: the field's name; None: it takes none
    stream_usage: bool = True  #: takes `stream_options`
    priority: bool = False  #: takes `priority`, lower first
    strict: bool = True  #: takes `strict` beside the schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    name: str
    title: str
    base_url: str  #: empty: has to be set
    model: str  #: empty: has to be set
    key_variable: str | None  #: where the key is read from; None: the server wants none
    region: str  #: two letters of a country, or `LOCAL`
    prices: Prices | None = None  #: None: not published where we could read it, has to be set
    asof: str = ""  #: day on which the prices were read
    context: int | None = None  #: tokens of prompt and answer together
    per_minute: int | None = None  #: requests a key may make, as documented
    dialect: Dialect = Dialect()
    documents: tuple[str, ...] = ()


_ALL = (
    Profile(
        name="ovhcloud",
        title="OVHcloud AI Endpoints",
        base_url="https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
        model="Mistral-Nemo-Instruct-2407",
        key_variable="OVH_AI_ENDPOINTS_ACCESS_TOKEN",
        region="FR",  # Gravelines
        prices=Prices(input=0.0, output=0.0),
        asof="2026-05-05",
        context=16_384,  # not stated; what others found to work
        per_minute=400,  # with a key, per project and model; 2 without
        documents=(
            "https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-getting-started",
            "https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-capabilities",
            "https://www.ovhcloud.com/en/public-cloud/ai-endpoints/catalog/",
        ),
    ),
    Profile(
        name="ionos",
        title="IONOS AI Model Hub",
        base_url="https://openai.inference.de-txl.ionos.com/v1",
        model="mistralai/Mistral-Nemo-Instruct-2407",
        key_variable="IONOS_API_TOKEN",
        region="DE",  # Berlin
        context=128_000,
        per_minute=300,  # 5 a second per contract, bursts of 10
        documents=(
            "https://docs.ionos.com/cloud/ai/ai-model-hub/models/llms/mistral-nemo",
            "https://docs.ionos.com/cloud/ai/ai-model-hub/how-tos/rate-limits",
            "https://docs.ionos.com/cloud/ai/ai-model-hub/troubleshooting",
        ),
    ),
    Profile(
        name="nim",
        title="NVIDIA NIM, hosted",
        base_url="https://integrate.api.nvidia.com/v1",
        model="nv-mistralai/mistral-nemo-12b-instruct",
        key_variable="NVIDIA_API_KEY",
        region="US",
        context=128_000,
        # `guided_json` is ignored by NIM 2; `response_format` is enforced by every current one.
        documents=(
            "https://build.nvidia.com/nv-mistralai/mistral-nemo-12b-instruct",
            "https://docs.nvidia.com/nim/large-language-models/latest/structured-generation.html",
        ),
    ),
    Profile(
        name="mistral",
        title="Mistral AI",
        base_url="https://api.mistral.ai/v1",
        # Nemo was retired there on 2026-07-31; Ministral 3 8B is the successor that Mistral names.
        model="ministral-8b-2512",
        key_variable="MISTRAL_API_KEY",
        region="FR",
        prices=Prices(input=0.15, output=0.15),
        asof="2026-06-08",
        context=262_144,
        # Fields it does not know are refused (422 `extra_forbidden`): `seed`, `stream_options`.
        dialect=Dialect(seed="random_seed", stream_usage=False),
        documents=(
            "https://docs.mistral.ai/api/",
            "https://docs.mistral.ai/capabilities/structured-output/",
            "https://github.com/mistralai/platform-docs-public/issues/7",
        ),
    ),
    Profile(
        name="ollama",
        title="Ollama on this machine",
        base_url="http://localhost:11434/v1",
        model="mistral-nemo",
        key_variable=None,
        region=LOCAL,
        prices=Prices(),
        # Its own default is 4,096 and it cuts a longer prompt without a word: start it with
        # OLLAMA_CONTEXT_LENGTH=16384.
        context=16_384,
        documents=("https://docs.ollama.com/api/openai-compatibility",),
    ),
    Profile(
        name="lmstudio",
        title="LM Studio on this machine",
        base_url="http://localhost:1234/v1",
        model="mistral-nemo-instruct-2407",
        key_variable=None,
        region=LOCAL,
        prices=Prices(),
        context=16_384,
        # `json_object` is refused: "'response_format.type' must be 'json_schema' or 'text'".
        documents=(
            "https://lmstudio.ai/docs/developer/openai-compat/structured-output",
            "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189",
            "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2322",
        ),
    ),
    Profile(
        name="vllm_serve",
        title="vLLM's own server",
        base_url="http://localhost:8000/v1",
        model="mistralai/Mistral-Nemo-Instruct-2407",
        key_variable=None,
        region=LOCAL,
        prices=Prices(),
        context=16_384,
        documents=("https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html",),
    ),
    Profile(
        name="endpoint",
        title="Any other OpenAI-compatible server",
        base_url="",
        model="",
        key_variable=None,
        region="",
    ),
)
PROFILES: Final[Mapping[str, Profile]] = MappingProxyType({one.name: one for one in _ALL})


def profile_named(name: str) -> Profile | None:
    """The profile of that name; `vllm-serve` and `vllm_serve` are the same."""
    return PROFILES.get(name.strip().lower().replace("-", "_"))


_EU: Final = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK EU"
#: Areas that may be allowed by one name, and what lies in them.
_AREAS: Final = MappingProxyType({"EU": _EU, "EEA": f"{_EU} IS LI NO EEA"})


def allowed_in(region: str, allowed: tuple[str, ...]) -> bool:
    """Whether data may go to `region`: named itself, in a named area, or on this machine."""
    if region == LOCAL:
        return True
    names = {name.strip().upper() for name in allowed}
    wanted = region.upper()
    return wanted in names or any(wanted in _AREAS.get(name, "").split() for name in names)
