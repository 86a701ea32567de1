"""The chain as `citedesk serve` builds it, from settings to an answer over HTTP."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from agent.bootstrap.engines import build_engines
from agent.settings import EngineSettings, Settings, SettingsError
from engine.base import Prompt, Sampling, Terms
from engine.errors import BudgetSpent
from engine.failover import Chain
from engine.link import Call
from tests.provider import Play, Provider, in_turn, playing
from tests.shapes import completion

GOOD = completion("vllm_serve", json.dumps({"sentence": "Thirty days."}))


class Reply(BaseModel):
    sentence: str


def settings(folder: Path, **engine: Any) -> Settings:
    return Settings(data=folder, desks=folder, engine=EngineSettings.model_validate(engine))


def at(*providers: Provider, **more: Any) -> dict[str, Any]:
    """A chain of servers, each by a name of its own."""
    names = [f"server{number}" for number in range(len(providers))]
    there = {
        name: {"profile": "endpoint", "base_url": provider.base_url, "model": "m", **more}
        for name, provider in zip(names, providers, strict=True)
    }
    return {"chain": names, "endpoints": there}


async def built(of: Settings, calls: list[Call], chosen: Sequence[str] | None = None) -> Chain:
    chain = await build_engines(of, ["hr"], chosen=chosen, observer=calls.append)
    assert chain is not None
    return chain


async def ask(chain: Chain, *, desk: str = "hr") -> str:
    terms = Terms(deadline=datetime.now(UTC) + timedelta(seconds=30), desk=desk)
    done = await chain.complete(
        Prompt(text="How long?"), Reply, sampling=Sampling(max_tokens=50), terms=terms
    )
    return done.engine


async def test_the_second_answers_when_the_first_is_broken(tmp_path: Path) -> None:
    page = Play(status=502, headers={"content-type": "text/html"}, body=b"<html>bad</html>")
    calls: list[Call] = []
    async with playing(in_turn([page])) as first, playing(in_turn([GOOD])) as second:
        chain = await built(settings(tmp_path, pause_seconds=0, **at(first, second)), calls)
        assert await ask(chain) == "server1"
        await chain.close()

    assert [(call.engine, call.outcome) for call in calls] == [
        ("server0", "EngineDown"),
        ("server0", "EngineDown"),
        ("server1", "ok"),
    ]
    assert {call.desk for call in calls} == {"hr"}


async def test_a_days_budget_is_not_begun_anew_by_a_restart(tmp_path: Path) -> None:
    async with playing(in_turn([GOOD])) as provider:
        limited = settings(tmp_path, tokens_per_day=100, **at(provider))  # a call uses 85
        for answered in (True, True, False):
            chain = await built(limited, [])
            if answered:
                assert await ask(chain) == "server0"
            else:
                with pytest.raises(BudgetSpent):
                    await ask(chain)
            await chain.close()

    assert len(provider.requests) == 2
    assert (tmp_path / "budgets.db").is_file()


async def test_without_limits_nothing_is_written(tmp_path: Path) -> None:
    async with playing(in_turn([GOOD])) as provider:
        chain = await built(settings(tmp_path, **at(provider)), [])
        await ask(chain)
        await chain.close()

    assert os.listdir(tmp_path) == []


async def test_what_a_person_chose_stands_in_place_of_the_settings(tmp_path: Path) -> None:
    async with playing(in_turn([GOOD])) as first, playing(in_turn([GOOD])) as second:
        of = settings(tmp_path, **at(first, second))
        chain = await built(of, [], chosen=["server1"])
        assert await ask(chain) == "server1"
        await chain.close()
        assert await build_engines(of, ["hr"], chosen=["none"]) is None


async def test_nothing_is_sent_where_a_desks_tickets_may_not_go(tmp_path: Path) -> None:
    async with playing(in_turn([GOOD])) as provider:
        of = settings(tmp_path, desks={"hr": {"regions": "DE"}}, **at(provider, region="US"))
        (tmp_path / "hr").mkdir()
        with pytest.raises(SettingsError, match="desk 'hr' may not send tickets"):
            await build_engines(of, ["hr"])

    assert provider.requests == []
