"""The whole service on a real vLLM: Kafka in, triage, tools, drafts out, and a death in between.

The weights are random, so what the model says is nonsense of the right shape; whatever it says,
every ticket ends, its draft keeps the contract, and says what made it.
"""

import asyncio
import json
import multiprocessing
import os
import signal
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest
import pytest_asyncio

from agent.bootstrap import Desks, build_desks
from agent.bootstrap.engines import build_engines
from agent.domain.events import DraftCreated
from agent.settings import EngineSettings, Settings
from agent.settings.vllm import VllmSettings
from agent.store.records import Ending, Outcome
from engine.breaker import BreakerPolicy, State
from engine.failover import Chain
from engine.vllm import VllmEngine
from migrations import upgrade
from tests.broker import read_all
from tests.integration.service.town import (
    Town,
    a_message,
    a_name,
    header,
    serving,
    settings_for,
)
from tests.vllm.measures import measured, until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1_800)]

TICKETS = 64
DESKS = Path(__file__).parents[2] / "desks"
ENDS = {Outcome.READY, Outcome.REVIEW, Outcome.NO_REPLY, Outcome.SUPERSEDED}


@dataclass(frozen=True, kw_only=True)
class OnVllm:
    """A service whose only engine is the embedded one."""

    town: Town
    chain: Chain

    @property
    def engine(self) -> VllmEngine:
        [link] = self.chain.links
        assert isinstance(link.engine, VllmEngine)
        return link.engine

    async def send(self, count: int) -> set[str]:
        """Real questions of the support desk, each as a conversation of its own."""
        names = {a_name() for _ in range(count)}
        for name, body in zip(sorted(names), islice(cycle(questions()), count), strict=True):
            await self.town.tell(a_message(name, body))
        return names

    async def endings(self, names: Collection[str]) -> list[Ending]:
        return [e for e in await self.town.store.endings(100_000) if e.conversation in names]

    async def all_ended(self, names: Collection[str]) -> list[Ending]:
        async with asyncio.timeout(800):
            while len(found := await self.endings(names)) < len(names):  # noqa: ASYNC110 - a database
                await asyncio.sleep(0.2)
            while await self.town.store.outbox_count():  # noqa: ASYNC110 - a database
                await asyncio.sleep(0.2)
        return found

    async def drafts(self, names: Collection[str]) -> list[DraftCreated]:
        records = await read_all(self.town.kafka, DraftCreated.TOPIC)
        return [
            DraftCreated.model_validate_json(record.value)
            for record in records
            if header(record, "ce_type") == DraftCreated.TYPE
            and (record.key or b"").decode() in names
        ]


def questions() -> list[str]:
    lines = (DESKS / "support" / "demo.jsonl").read_text().splitlines()
    return [body for line in lines if (body := json.loads(line).get("body"))]


@pytest.fixture(scope="module")
def on_tiny(kafka: str, postgres_url: str, learnt: Path, tiny: Path) -> Settings:
    upgrade(postgres_url)
    plain = settings_for(kafka, postgres_url, learnt, ticket_seconds=400, slots=TICKETS)
    vllm = VllmSettings(
        model=str(tiny),
        quantization="none",
        device="cpu",
        enforce_eager=True,
        offline=True,
        max_model_len=12_288,
        max_num_seqs=32,
    )
    engine = EngineSettings(
        chain=("vllm",),
        vllm=vllm,
        call_seconds=200,
        # Random weights give answers that are refused: only one that never answers is shut out.
        breaker_share=1,
        breaker_seconds=1,
    )
    return plain.model_copy(update={"engine": engine})


@pytest.fixture(scope="module")
def desks(on_tiny: Settings) -> Desks:
    return build_desks(on_tiny)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chain(on_tiny: Settings, desks: Desks) -> AsyncGenerator[Chain]:
    """As the service builds it. The engine starts once for the module."""
    built = await build_engines(on_tiny, [str(name) for name in desks.desks])
    assert built is not None
    yield built
    await built.close()


#: Opens when calls fail by the dozen, as they do when the engine dies under load.
SHUT_OUT = BreakerPolicy(least=12, window=24, share=0.5, pause=timedelta(seconds=1))


@pytest_asyncio.fixture(loop_scope="session")
async def service(
    on_tiny: Settings, desks: Desks, chain: Chain, request: pytest.FixtureRequest
) -> AsyncGenerator[OnVllm]:
    """The service on that engine, through a chain of the test's own where it names a breaker.

    What random weights say is refused often, and a breaker that one test has opened would hold
    the next one's calls back.
    """
    policy: BreakerPolicy | None = getattr(request, "param", None)
    own = chain if policy is None else Chain(chain.links, breaker=policy)
    kafka = on_tiny.kafka.model_copy(update={"group": a_name()})  # the last's may be alive
    async with serving(on_tiny.model_copy(update={"kafka": kafka}), desks, engine=own) as town:
        yield OnVllm(town=town, chain=own)


def engine_core() -> int:
    """The process that computes."""
    [found] = [p for p in multiprocessing.active_children() if "EngineCore" in p.name]
    assert found.pid is not None
    return found.pid


async def test_sixty_four_tickets_at_once_end_with_drafts_of_valid_structure(
    service: OnVllm,
) -> None:
    names = await service.send(TICKETS)

    endings = await service.all_ended(names)
    drafts = await service.drafts(names)

    assert {ending.outcome for ending in endings} <= ENDS
    assert len({ending.conversation for ending in endings}) == TICKETS
    assert {draft.conversation_id for draft in drafts} <= names
    for draft in drafts:
        for claim in draft.claims:
            assert draft.body[claim.start : claim.end] == claim.text
    assert measured("vllm:request_success_total") > TICKETS
    assert service.engine.restarts == 0


@pytest.mark.parametrize("service", [SHUT_OUT], indirect=True)
async def test_when_the_engine_dies_under_load_every_ticket_ends_and_it_comes_back(
    service: OnVllm,
) -> None:
    breaker = service.chain.breakers["vllm"]
    opened = asyncio.create_task(until(lambda: breaker.state is State.OPEN, 600))
    names = await service.send(TICKETS)
    await until(lambda: service.engine.in_flight >= 16, 300)

    os.kill(engine_core(), signal.SIGKILL)
    endings = await service.all_ended(names)

    assert {ending.outcome for ending in endings} <= ENDS
    assert len({ending.conversation for ending in endings}) == TICKETS
    await opened

    await until(lambda: service.engine.restarts == 1, 900)
    await until(lambda: breaker.state is not State.OPEN, 300)
    answered = measured("vllm:request_success_total")
    await service.all_ended(await service.send(1))
    assert measured("vllm:request_success_total") > answered
