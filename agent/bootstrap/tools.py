"""The tools of a process, and one desk's alone, without training anything."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from agent.desk import load_desk
from agent.desk.faults import DeskError, Fault, known
from agent.domain.desk import Desk
from agent.settings import Settings
from tools.base import Effect, Tool
from tools.demo_backend import demo_registry
from tools.http.spec import HttpSpec
from tools.registry import Registry

#: The demo's backend is a snapshot of this day; its answers do not change with the calendar.
DEMO_DAY: Final = date(2026, 11, 25)


def build_registry(settings: Settings) -> Registry:
    """The tools that this installation has."""
    return demo_registry(settings.data / "demo-backend.db", lambda: DEMO_DAY)


def with_desks(registry: Registry, desks: Iterable[Desk], settings: Settings) -> Registry:
    """The registry with what the desks describe themselves; each desk may call its own list.

    Raises `DeskError` for a secret that is not set, a host that the settings do not allow, a side
    effect that may outlive its reservation, and two desks that mean different things by one name.
    """
    desks = tuple(desks)
    specs: dict[str, HttpSpec] = {}
    faults: list[Fault] = []
    for desk in desks:
        for spec in http_specs(desk):
            faults += _faults(desk, spec, settings, specs.get(spec.name))
            specs.setdefault(spec.name, spec)
    if faults:
        raise DeskError(faults)
    return registry.with_tools(
        _http_tools(specs.values(), settings), desks={desk.name: desk.tools for desk in desks}
    )


def http_specs(desk: Desk) -> tuple[HttpSpec, ...]:
    """The tools over HTTP among those that the desk describes."""
    return tuple(one for one in desk.described if isinstance(one, HttpSpec))


def _http_tools(specs: Iterable[HttpSpec], settings: Settings) -> list[Tool]:
    specs = tuple(specs)
    if not specs:
        return []
    from tools.http.tool import http_tool  # httpx is for those who use it

    return [http_tool(spec, secret=_secret(spec, settings) or "") for spec in specs]


def _faults(
    desk: Desk, spec: HttpSpec, settings: Settings, other: HttpSpec | None
) -> Iterator[Fault]:
    file = f"{desk.name}/desk.toml"
    key = f"http_tools[{spec.name!r}]"
    if other is not None and other != spec:
        mend = "rename one, or describe both alike"
        yield Fault(file=file, key=key, problem="is another tool on another desk", mend=mend)
    if spec.auth and _secret(spec, settings) is None:
        problem = f"there is no secret {spec.auth.secret!r}"
        mend = f"set CITEDESK_TOOLS__SECRETS__{spec.auth.secret.upper()}"
        yield Fault(file=file, key=f"{key}.auth.secret", problem=problem, mend=mend)
    yield from _too_slow(file, key, spec, settings.approvals.reserve_seconds)
    for host in spec.hosts if settings.tools.hosts else ():
        if host not in settings.tools.hosts:
            problem = f"{host!r} is not allowed"
            mend = known(settings.tools.hosts, label="CITEDESK_TOOLS__HOSTS")
            yield Fault(file=file, key=f"{key}.hosts", problem=problem, mend=mend)


def _too_slow(file: str, key: str, spec: HttpSpec, reserved: float) -> Iterator[Fault]:
    """After the reservation another worker begins: what was done is asked, then it is sent."""
    needed = 2 * spec.timeout + 1
    if spec.effect is not Effect.WRITE or needed <= reserved:
        return
    problem = f"two calls of {spec.timeout:g} s outlast a reservation of {reserved:g} s"
    mend = f"lower it, or set CITEDESK_APPROVALS__RESERVE_SECONDS to {needed:g}"
    yield Fault(file=file, key=f"{key}.timeout_seconds", problem=problem, mend=mend)


def _secret(spec: HttpSpec, settings: Settings) -> str | None:
    found = settings.tools.secrets.get(spec.auth.secret) if spec.auth else None
    return found.get_secret_value() if found else None


def desk_registry(settings: Settings, folder: Path) -> tuple[Registry, tuple[str, ...]]:
    """The tools that the desk in a folder may call, and their names; raises `DeskError`."""
    registry = build_registry(settings)
    desk = load_desk(folder, known_tools=registry.names)
    return with_desks(registry, [desk], settings), desk.tools
