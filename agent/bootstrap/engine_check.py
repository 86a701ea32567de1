"""One call of one engine, to see whether it answers: what came back, how long, for how much."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from pydantic import BaseModel, Field

from agent.bootstrap.engine_plan import Planned, allowed_regions, chain_of, plan_engine
from agent.bootstrap.engines import Clock, build_link, now
from agent.settings import Settings, SettingsError
from engine.base import Completion, Prompt, Sampling, Terms
from engine.errors import EngineError
from engine.profiles import allowed_in

_QUESTION: Final = Prompt(
    text="How many days does a week have? Give the number, and its word in English."
)
_SAMPLING: Final = Sampling(temperature=0, max_tokens=64)


class Probe(BaseModel):
    """The answer that is asked for: small, and wrong at a glance."""

    number: int
    word: str = Field(max_length=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one call of an engine showed."""

    engine: str
    address: str
    region: str
    allowed: bool  #: whether tickets may go there by the general setting
    problem: str | None = None
    model: str = ""
    revision: str | None = None
    came_back: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None  #: None: the price is not known


def engines_to_check(settings: Settings, name: str | None) -> list[Planned]:
    """The engine of that name, or all of the chain; raises `SettingsError`."""
    names = [name] if name else chain_of(settings.engine)
    if not names:
        raise SettingsError(
            [
                "CITEDESK_ENGINE__CHAIN: no engine is set up; name one here, such as "
                "`citedesk engine check ollama`, or set it"
            ]
        )
    source = "engine check" if name else "CITEDESK_ENGINE__CHAIN"
    found = [plan_engine(settings.engine, one, environ=os.environ, source=source) for one in names]
    faults = [fault for one in found if not isinstance(one, Planned) for fault in one]
    if faults:
        raise SettingsError(faults)
    return [one for one in found if isinstance(one, Planned)]


async def check_engines(
    settings: Settings, planned: Sequence[Planned], *, clock: Clock = now
) -> list[Checked]:
    """Call each engine once, one after the other; an engine's error is a result."""
    return [await _checked(settings, one, clock) for one in planned]


async def _checked(settings: Settings, planned: Planned, clock: Clock) -> Checked:
    where = Checked(
        engine=planned.name,
        address=planned.endpoint.base_url if planned.endpoint else "in this process",
        region=planned.region,
        allowed=allowed_in(planned.region, allowed_regions(settings.engine, "")[0]),
    )
    try:
        link = await build_link(settings, planned, warm=(Probe,), clock=clock)
    except EngineError as error:  # the embedded engine says what this machine lacks
        return replace(where, problem=error.why)
    began = time.perf_counter()
    try:
        terms = Terms(deadline=clock() + timedelta(seconds=planned.seconds))
        done = await link.engine.complete(_QUESTION, Probe, sampling=_SAMPLING, terms=terms)
        return replace(_came_back(where, done, planned), seconds=_since(began))
    except EngineError as error:
        return replace(where, problem=error.why, seconds=_since(began))
    finally:
        await link.engine.close()


def _came_back(where: Checked, done: Completion[Probe], planned: Planned) -> Checked:
    return replace(
        where,
        model=done.model,
        revision=done.revision,
        came_back=done.answer.model_dump_json(),
        prompt_tokens=done.usage.prompt,
        completion_tokens=done.usage.completion,
        cost=planned.prices.cost(done.usage) if planned.prices else None,
    )


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 3)
