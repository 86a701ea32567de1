"""What is refused before anything starts, and by which variable it is mended."""

from collections.abc import Mapping
from typing import Any

import pytest

from agent.bootstrap.engine_plan import EnginePlan, Planned, chain_of, plan_engine, plan_engines
from agent.settings import EngineSettings, SettingsError
from engine.budget import Limits, Prices
from engine.profiles import PROFILES, Structured

KEY = "the-secret-value"
KEYS = {p.key_variable: KEY for p in PROFILES.values() if p.key_variable}


DESKS = ("support", "hr")


def planned(
    *,
    environ: Mapping[str, str] = KEYS,
    chosen: tuple[str, ...] | None = None,
    **settings: Any,
) -> EnginePlan:
    return plan_engines(
        EngineSettings.model_validate(settings),
        desks=DESKS,
        known_desks=DESKS,
        environ=environ,
        chain=chosen,
    )


def faults(**given: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        planned(**given)
    assert KEY not in str(refused.value)
    return str(refused.value)


def one(name: str = "mine", **endpoint: Any) -> dict[str, Any]:
    given = {"profile": "endpoint", "base_url": "http://gpu1:8000/v1", "model": "m", "region": "FR"}
    return {"chain": (name,), "endpoints": {name: {**given, **endpoint}}}


def test_without_a_chain_there_is_no_engine() -> None:
    assert planned().engines == ()


def test_none_is_no_engine_whatever_the_settings_say() -> None:
    assert planned(chain=("ollama",), chosen=("none",)).engines == ()


def test_a_profile_is_enough() -> None:
    (engine,) = planned(chain=("ovhcloud",)).engines
    assert engine.endpoint is not None

    assert engine.endpoint.base_url == PROFILES["ovhcloud"].base_url
    assert engine.endpoint.key == KEY
    assert engine.region == "FR"
    assert engine.prices == Prices()
    assert KEY not in repr(engine)


def test_the_embedded_engine_stands_in_the_chain_by_its_name() -> None:
    plan = planned(chain=("vllm", "ovhcloud"))

    assert [engine.name for engine in plan.engines] == ["vllm", "ovhcloud"]
    assert plan.engines[0].endpoint is None
    assert plan.order == {"support": ("vllm", "ovhcloud"), "hr": ("vllm", "ovhcloud")}


def test_an_engine_that_two_desks_use_is_built_once() -> None:
    plan = planned(chain="ollama,vllm", desks={"hr": {"chain": "vllm"}})

    assert [engine.name for engine in plan.engines] == ["ollama", "vllm"]
    assert plan.order == {"support": ("ollama", "vllm"), "hr": ("vllm",)}


class TestRefused:
    def test_an_unknown_engine_with_the_nearest_name(self) -> None:
        told = faults(chain=("ovhclud",))

        assert told.startswith("CITEDESK_ENGINE__CHAIN: no engine 'ovhclud'")
        assert "did you mean 'ovhcloud'" in told

    def test_changes_to_a_profile_that_is_not_there(self) -> None:
        told = faults(endpoints={"ovhclud": {"model": "m"}})

        assert told.startswith("CITEDESK_ENGINE__ENDPOINTS__OVHCLUD: no engine 'ovhclud'; did you")

    def test_an_unknown_engine_of_the_command_line(self) -> None:
        assert faults(chosen=("gpt",)).startswith("--engine: no engine 'gpt'")

    def test_a_missing_key_by_the_name_of_its_variable(self) -> None:
        told = faults(chain=("ovhcloud",), environ={})

        assert told.startswith("OVH_AI_ENDPOINTS_ACCESS_TOKEN: is not set")
        assert "CITEDESK_ENGINE__ENDPOINTS__OVHCLOUD__KEY_VARIABLE" in told

    @pytest.mark.parametrize("key", [f"{KEY}\n{KEY}", f"Bearer {KEY}", f"{KEY}é"])
    def test_a_key_that_is_none(self, key: str) -> None:
        told = faults(chain=("ionos",), environ={"IONOS_API_TOKEN": key})

        assert told.startswith("IONOS_API_TOKEN: holds")

    @pytest.mark.parametrize(
        "url",
        ["gpu1:8000", "ftp://gpu1/v1", "http://", "http://[::1", "http://gpu1:port/v1", "/v1"],
    )
    def test_an_address_that_is_none(self, url: str) -> None:
        assert "CITEDESK_ENGINE__ENDPOINTS__MINE__BASE_URL: is no address" in faults(
            **one(base_url=url)
        )

    def test_a_login_in_an_address_without_showing_it(self) -> None:
        told = faults(**one(base_url=f"https://user:{KEY}@gpu1/v1"))

        assert "BASE_URL: holds a login" in told

    def test_a_server_without_address_and_model(self) -> None:
        told = faults(**one(base_url=None, model=None))

        assert "CITEDESK_ENGINE__ENDPOINTS__MINE__BASE_URL: is not set" in told
        assert "CITEDESK_ENGINE__ENDPOINTS__MINE__MODEL: is not set" in told

    def test_an_unknown_structured_mode(self) -> None:
        assert "STRUCTURED: 'xml' is no mode (known: json_schema," in faults(
            **one(structured="xml")
        )

    def test_a_desk_that_is_not_there(self) -> None:
        told = faults(desks={"humans": {"regions": "FR"}})

        assert told == "CITEDESK_ENGINE__DESKS__HUMANS: no desk 'humans' (known: hr, support)"

    def test_every_fault_at_once(self) -> None:
        told = faults(chain=("ovhcloud", "ionos", "gpt"), environ={})

        assert len(told.splitlines()) == 3


class TestRegions:
    """An engine outside a desk's regions is refused at start."""

    def test_outside_the_union_is_refused_unless_it_is_named(self) -> None:
        told = faults(chain=("nim",))
        assert "CITEDESK_ENGINE__REGIONS: desk 'support' may not send tickets" in told
        assert "desk 'hr' may not" in told

        assert planned(chain=("nim",), regions="EU,US", money_per_day=None).engines

    def test_one_desk_may_be_stricter(self) -> None:
        told = faults(chain="ovhcloud", desks={"hr": {"regions": "DE"}})

        assert told.splitlines() == [
            "CITEDESK_ENGINE__DESKS__HR__REGIONS: desk 'hr' may not send tickets to engine "
            "'ovhcloud' in FR (allowed: DE); take it out of the desk's chain, or add FR"
        ]

    def test_a_desk_with_no_region_keeps_its_tickets_on_this_machine(self) -> None:
        plan = planned(chain="ollama", desks={"hr": {"regions": ""}})

        assert [engine.region for engine in plan.engines] == ["local"]

    def test_a_local_profile_on_another_machine_is_not_local(self) -> None:
        told = faults(chain=("ollama",), endpoints={"ollama": {"base_url": "http://gpu1:11434/v1"}})

        assert told.startswith(
            "CITEDESK_ENGINE__ENDPOINTS__OLLAMA__REGION: say where gpu1 computes"
        )

    def test_a_providers_profile_at_another_address_is_not_where_the_provider_is(self) -> None:
        told = faults(chain=("ionos",), endpoints={"ionos": {"base_url": "https://proxy.eu/v1"}})

        assert "CITEDESK_ENGINE__ENDPOINTS__IONOS__REGION" in told

    @pytest.mark.parametrize(
        "url", ["http://localhost:9/v1", "http://127.0.0.1/v1", "http://[::1]:9/v1"]
    )
    def test_an_address_of_this_machine_is_local(self, url: str) -> None:
        (engine,) = planned(**one(base_url=url, region=None)).engines

        assert engine.region == "local"
        assert engine.prices == Prices()  # and free


class TestBudgets:
    def test_a_budget_in_money_needs_a_price(self) -> None:
        told = faults(chain=("ionos",), money_per_day=5)

        assert "CITEDESK_ENGINE__ENDPOINTS__IONOS__PRICE_INPUT: the price" in told

    def test_zero_is_a_price(self) -> None:
        settings = {"ionos": {"price_input": 0, "price_output": 0}}

        (engine,) = planned(chain=("ionos",), money_per_day=5, endpoints=settings).engines

        assert engine.prices == Prices()

    def test_a_desk_has_its_own_limits_and_the_general_ones_beside(self) -> None:
        own = {"hr": {"tokens_per_day": 0}}

        plan = planned(tokens_per_day=100, money_per_day=2, desks=own)

        assert plan.limits == {
            "support": Limits(tokens=100, money=2),
            "hr": Limits(tokens=0, money=2),
        }


def test_what_a_person_sets_takes_the_place_of_the_profile() -> None:
    given = {
        "base_url": "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
        "model": "Mistral-Small",
        "structured": "json_object",
        "price_input": 0.1,
        "price_output": 0.3,
        "seconds": 7,
        "key_variable": "MY_KEY",
    }
    engine = plan_engine(
        EngineSettings.model_validate({"endpoints": {"ovhcloud": given}}),
        "ovhcloud",
        environ={"MY_KEY": KEY},
    )

    assert isinstance(engine, Planned)
    assert engine.endpoint is not None
    assert engine.endpoint.model == "Mistral-Small"
    assert engine.endpoint.dialect.structured is Structured.JSON_OBJECT
    assert engine.endpoint.key_variable == "MY_KEY"
    assert engine.prices == Prices(input=0.1, output=0.3)
    assert engine.seconds == 7
    assert engine.region == "FR"  # the same host


def test_a_name_may_be_written_with_either_dash() -> None:
    changes = {"vllm-serve": {"model": "mine"}}

    (engine,) = planned(chain="VLLM_serve", endpoints=changes).engines

    assert engine.endpoint is not None
    assert (engine.name, engine.endpoint.model) == ("vllm_serve", "mine")


@pytest.mark.parametrize("chain", ["none", ""])
def test_a_desk_may_do_without_a_model(chain: str) -> None:
    plan = planned(chain="ollama", desks={"hr": {"chain": chain}})

    assert plan.order == {"support": ("ollama",), "hr": ()}


def test_a_provider_may_be_used_without_a_key_where_it_allows_that() -> None:
    keyless = {"ovhcloud": {"key_variable": "none"}}

    (engine,) = planned(environ={}, chain="ovhcloud", endpoints=keyless).engines

    assert engine.endpoint is not None
    assert engine.endpoint.key is None


def test_the_engines_of_all_desks_are_found() -> None:
    settings = EngineSettings.model_validate(
        {"chain": "ollama,none", "desks": {"hr": {"chain": "vllm"}}}
    )

    assert chain_of(settings) == ("ollama", "vllm")
