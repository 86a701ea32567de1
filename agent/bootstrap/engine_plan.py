"""Which engines the settings ask for, and everything about them that only a person can mend.

Pure: decides from values. Every fault is found at once, and each names the variable to change.
"""

import difflib
import ipaddress
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import SplitResult, urlsplit

from agent.settings import (
    DeskEngineSettings,
    EndpointSettings,
    EngineSettings,
    SettingsError,
)
from engine.budget import Limits, Prices
from engine.endpoint.values import Endpoint
from engine.profiles import LOCAL, PROFILES, Profile, Structured, allowed_in, profile_named

VLLM: Final = "vllm"
NONE: Final = "none"
_SECTION: Final = "CITEDESK_ENGINE__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One engine that is to be built; without an endpoint it is the embedded vLLM."""

    name: str
    region: str
    seconds: float
    endpoint: Endpoint | None = None
    prices: Prices | None = Prices()  # noqa: RUF009 - a frozen value; None: not known
    per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePlan:
    """The engines, each once, and what holds for each desk."""

    engines: tuple[Planned, ...]
    order: Mapping[str, tuple[str, ...]]  #: by desk, names of engines
    limits: Mapping[str, Limits]  #: by desk


def plan_engines(
    settings: EngineSettings,
    *,
    desks: Collection[str],
    known_desks: Collection[str],
    environ: Mapping[str, str],
    chain: Sequence[str] | None = None,
) -> EnginePlan:
    """What to build for these desks; raises `SettingsError` with all faults.

    `chain` is what a person chose on the command line in place of the settings' order.
    """
    faults = [_no_desk(name, known_desks) for name in settings.desks if name not in known_desks]
    faults += [
        _no_engine(settings, name, f"{_SECTION}ENDPOINTS__{name.upper()}")
        for name, given in settings.endpoints.items()
        if given.profile is None and profile_named(name) is None
    ]
    order = {desk: _order(settings, desk, chain) for desk in desks}
    wanted = tuple(dict.fromkeys(name for names in order.values() for name in names))
    engines: list[Planned] = []
    for name in wanted:
        source = "--engine" if chain is not None else f"{_SECTION}CHAIN"
        planned = plan_engine(settings, name, environ=environ, source=source)
        if isinstance(planned, Planned):
            engines.append(planned)
        else:
            faults += planned
    limits = {desk: _limits(settings, settings.desks.get(desk)) for desk in desks}
    by_name = {one.name: one for one in engines}
    for desk, names in order.items():
        used = [by_name[name] for name in names if name in by_name]
        faults += _not_allowed(settings, desk, used)
        faults += _no_price(desk, limits[desk], used)
    if faults:
        raise SettingsError(list(dict.fromkeys(faults)))
    return EnginePlan(engines=tuple(engines), order=order, limits=limits)


def plan_engine(
    settings: EngineSettings,
    name: str,
    *,
    environ: Mapping[str, str],
    source: str = f"{_SECTION}CHAIN",
) -> Planned | list[str]:
    """One engine by its name, or what is wrong with it; `source` is where the name was given."""
    name = _canonical(name)
    if name == VLLM:
        return Planned(name=VLLM, region=LOCAL, seconds=settings.call_seconds)
    given = _given(settings, name)
    profile = profile_named(given.profile or name)
    if profile is None:
        where = _variable(name, "PROFILE") if given.profile else source
        return [_no_engine(settings, given.profile or name, where)]
    url = given.base_url or profile.base_url
    wrong_url = _wrong_url(name, url)
    faults = [
        *wrong_url,
        *_missing(name, "MODEL", given.model or profile.model, "the model, as the server calls it"),
        *_wrong_structured(name, given.structured),
    ]
    key, missing = _key(name, profile, given, environ)
    region = _region(profile, given, url)
    if not region and not wrong_url:
        faults.append(
            f"{_variable(name, 'REGION')}: say where {_host(url)} computes: a country such as FR, "
            "or local for a machine of your own"
        )
    if faults or missing:
        return faults + missing
    return Planned(
        name=name,
        region=region,
        seconds=given.seconds or settings.call_seconds,
        prices=_prices(profile, given, region),
        per_minute=given.per_minute or profile.per_minute,
        endpoint=_endpoint(name, profile, given, url=url, key=key),
    )


def chain_of(settings: EngineSettings) -> tuple[str, ...]:
    """Every engine that is set up for any desk, in order."""
    own = [desk.chain or () for desk in settings.desks.values()]
    names = [name for chain in (settings.chain, *own) for name in chain]
    canonical = dict.fromkeys(_canonical(name) for name in names)
    return tuple(name for name in canonical if name != NONE)


def _order(settings: EngineSettings, desk: str, chain: Sequence[str] | None) -> tuple[str, ...]:
    own = settings.desks.get(desk)
    names = settings.chain if own is None or own.chain is None else own.chain
    canonical = (_canonical(name) for name in (names if chain is None else chain))
    return tuple(dict.fromkeys(name for name in canonical if name != NONE))


def _canonical(name: str) -> str:
    """`vllm-serve` is `vllm_serve`, as a variable has to write it."""
    return name.strip().lower().replace("-", "_")


def _given(settings: EngineSettings, name: str) -> EndpointSettings:
    found = (one for key, one in settings.endpoints.items() if _canonical(key) == name)
    return next(found, EndpointSettings())


def _endpoint(
    name: str, profile: Profile, given: EndpointSettings, *, url: str, key: str | None
) -> Endpoint:
    dialect = profile.dialect
    if given.structured:
        dialect = replace(dialect, structured=Structured(given.structured))
    return Endpoint(
        name=name,
        base_url=url,
        model=given.model or profile.model,
        key=key,
        key_variable=_key_variable(profile, given),
        model_setting=_variable(name, "MODEL"),
        url_setting=_variable(name, "BASE_URL"),
        structured_setting=_variable(name, "STRUCTURED"),
        dialect=dialect,
    )


def _key_variable(profile: Profile, given: EndpointSettings) -> str | None:
    name = given.key_variable or profile.key_variable
    return None if name is None or name.lower() == NONE else name


def _key(
    name: str, profile: Profile, given: EndpointSettings, environ: Mapping[str, str]
) -> tuple[str | None, list[str]]:
    """The key, and what is wrong with it; its value is never told."""
    variable = _key_variable(profile, given)
    if variable is None:
        return None, []
    key = environ.get(variable, "").strip()
    setting = _variable(name, "KEY_VARIABLE")
    if not key:
        return None, [
            f"{variable}: is not set, and engine {name!r} ({profile.title}) reads its key there; "
            f"set it, or name another variable in {setting}"
        ]
    if not key.isascii() or not key.isprintable() or " " in key:
        return None, [f"{variable}: holds a space or a character that no key has; set it anew"]
    return key, []


def _region(profile: Profile, given: EndpointSettings, url: str) -> str:
    """Where it computes: as told; this machine by its address; the profile's while its host is."""
    if given.region:
        return LOCAL if given.region.strip().lower() == LOCAL else given.region.strip().upper()
    host = _host(url)
    if _is_loopback(host):
        return LOCAL
    return profile.region if host == _host(profile.base_url) and profile.region != LOCAL else ""


def _prices(profile: Profile, given: EndpointSettings, region: str) -> Prices | None:
    """What is told, else what is published; a machine of one's own is free."""
    known = profile.prices or (Prices() if region == LOCAL else None)
    if given.price_input is None and given.price_output is None:
        return known
    return Prices(
        input=given.price_input if given.price_input is not None else (known or Prices()).input,
        output=given.price_output if given.price_output is not None else (known or Prices()).output,
    )


def _limits(settings: EngineSettings, own: DeskEngineSettings | None) -> Limits:
    tokens, money = settings.tokens_per_day, settings.money_per_day
    if own is not None:
        tokens = own.tokens_per_day if own.tokens_per_day is not None else tokens
        money = own.money_per_day if own.money_per_day is not None else money
    return Limits(tokens=tokens, money=money)


def allowed_regions(settings: EngineSettings, desk: str) -> tuple[tuple[str, ...], str]:
    """Where a desk's tickets may go, and the variable that says so."""
    own = settings.desks.get(desk)
    if own is not None and own.regions is not None:
        return own.regions, f"{_SECTION}DESKS__{desk.upper()}__REGIONS"
    return settings.regions, f"{_SECTION}REGIONS"


def _not_allowed(settings: EngineSettings, desk: str, used: Collection[Planned]) -> list[str]:
    regions, variable = allowed_regions(settings, desk)
    return [
        f"{variable}: desk {desk!r} may not send tickets to engine {one.name!r} in {one.region} "
        f"(allowed: {', '.join(regions) or 'this machine only'}); take it out of the desk's chain, "
        f"or add {one.region}"
        for one in used
        if not allowed_in(one.region, regions)
    ]


def _no_price(desk: str, limits: Limits, used: Collection[Planned]) -> list[str]:
    if limits.money is None:
        return []
    return [
        f"{_variable(one.name, 'PRICE_INPUT')}: the price of engine {one.name!r} is not known, and "
        f"desk {desk!r} has a budget in money; set it and PRICE_OUTPUT, 0 is a price"
        for one in used
        if one.prices is None
    ]


def _wrong_url(name: str, url: str) -> list[str]:
    variable = _variable(name, "BASE_URL")
    if not url:
        return [f"{variable}: is not set; give the server's address, such as http://host:8000/v1"]
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return [f"{variable}: is no address of a server; write http://HOST:PORT/v1 or https://…"]
    if parts.username or parts.password or parts.query or parts.fragment:
        return [
            f"{variable}: holds a login or a query; write the address alone, the key goes into "
            f"the variable that {_variable(name, 'KEY_VARIABLE')} names"
        ]
    return []


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _wrong_structured(name: str, value: str | None) -> list[str]:
    modes = [mode.value for mode in Structured]
    if value is None or value in modes:
        return []
    return [f"{_variable(name, 'STRUCTURED')}: {value!r} is no mode (known: {', '.join(modes)})"]


def _missing(name: str, field: str, value: str, what: str) -> list[str]:
    return [] if value else [f"{_variable(name, field)}: is not set; give {what}"]


def _no_engine(settings: EngineSettings, name: str, where: str) -> str:
    own = [key for key, given in settings.endpoints.items() if given.profile]
    known = list(dict.fromkeys([VLLM, *PROFILES, *own]))
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    mend = f"did you mean {near[0]!r}? " if near else ""
    return f"{where}: no engine {name!r}; {mend}known: {', '.join(known)}"


def _no_desk(name: str, known: Collection[str]) -> str:
    return f"{_SECTION}DESKS__{name.upper()}: no desk {name!r} (known: {', '.join(sorted(known))})"


def _variable(name: str, field: str) -> str:
    return f"{_SECTION}ENDPOINTS__{name.upper()}__{field}"


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "") if url else ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
