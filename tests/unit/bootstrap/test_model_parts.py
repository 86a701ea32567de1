"""How a process wires a model: paid calls for tickets only, answers kept in its database."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.bootstrap.checkpoints import StoreCheckpoints
from agent.bootstrap.model import ModelParts, build_engine, build_model_parts
from agent.pipeline.model.played import play
from agent.pipeline.ports import Run, Written
from agent.pipeline.write import WRITER, ModelFreeWriter
from agent.settings import DeskEngineSettings, EngineSettings, Settings
from agent.store import Store, open_store
from agent.store.errors import StoreUnavailable
from engine.base import Prompt, Sampling
from engine.scripted import ScriptedEngine
from migrations import upgrade
from tests.unit.pipeline.model.parts import Decided, now
from tests.unit.pipeline.small import NOW, a_brief, a_desk, a_registry, a_ticket

ASK = "How long do I have to return an item?"


class Counted:
    """Plays a model and counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, prompt: Prompt, sampling: Sampling) -> str:
        self.calls += 1
        return play(prompt, sampling)


class ForSome(ScriptedEngine):
    """An engine that one desk chose to do without."""

    def serves(self, desk: str) -> bool:
        return desk != "shop"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    url = f"sqlite:///{tmp_path / 'citedesk.db'}"
    await asyncio.to_thread(upgrade, url)
    opened = await open_store(url)
    yield opened
    await opened.close()


def parts(engine: ScriptedEngine, kept: StoreCheckpoints | None = None) -> ModelParts:
    free = ModelParts(triager=Decided(), writer=ModelFreeWriter())
    return build_model_parts(engine, free=free, registry=a_registry(), clock=now, checkpoints=kept)


async def replied(made: ModelParts) -> tuple[Written, Run]:
    run = Run(deadline=NOW + timedelta(seconds=30))
    triage = await made.triager.triage(a_ticket(ASK), a_desk(), run=run)
    brief = await a_brief(a_ticket(ASK), triage=triage)
    return await made.writer.write(brief), run


async def test_an_answer_outlives_the_process_that_paid_for_it(store: Store) -> None:
    """A worker that is killed after the call finds the answer when the ticket is leased again."""
    first, second = Counted(), Counted()

    one = await replied(parts(ScriptedEngine(first, clock=now), StoreCheckpoints(store)))
    other = await replied(parts(ScriptedEngine(second, clock=now), StoreCheckpoints(store)))

    assert one[0] == other[0]
    assert (first.calls, second.calls) == (2, 0)
    assert one[1].calls == other[1].calls


async def test_a_database_that_is_away_costs_the_checkpoint_only(
    store: Store, tmp_path: Path
) -> None:
    await store.close()
    (tmp_path / "citedesk.db").unlink()
    (tmp_path / "citedesk.db").mkdir()
    kept, counted = StoreCheckpoints(store), Counted()
    with pytest.raises(StoreUnavailable):
        await store.checkpoint_get("e0", "write", "h")

    written, _ = await replied(parts(ScriptedEngine(counted, clock=now), kept))

    assert written.written_by.writer == "scripted"
    assert counted.calls == 2


async def test_a_desk_that_chose_no_model_is_never_asked_of_one() -> None:
    counted = Counted()

    written, run = await replied(parts(ForSome(counted, clock=now)))

    assert counted.calls == 0
    assert written.written_by.writer == WRITER
    assert not written.written_by.fallback
    assert run.calls == []


@pytest.mark.parametrize(("chain", "names"), [((), None), ((), ["none"]), (("ollama",), ["none"])])
async def test_no_engine_is_built_where_none_is_asked_for(
    tmp_path: Path, chain: tuple[str, ...], names: list[str] | None
) -> None:
    desk = a_desk()
    settings = Settings(data=tmp_path, engine=EngineSettings(chain=chain))

    assert await build_engine(settings, {desk.name: desk}, a_registry(), names) is None


async def test_a_desk_of_its_own_without_a_model_is_not_served(tmp_path: Path) -> None:
    desk = a_desk()
    own = DeskEngineSettings(chain=("none",))
    settings = Settings(
        data=tmp_path, engine=EngineSettings(chain=("ollama",), desks={"shop": own})
    )

    engine = await build_engine(settings, {desk.name: desk}, a_registry(), None)

    assert engine is None
