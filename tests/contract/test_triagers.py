"""What every triager promises, whatever makes it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.triage import UNSURE
from agent.pipeline.fallback import FallbackTriager
from agent.pipeline.model.calls import Calls
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.played import play
from agent.pipeline.model.triager import ModelTriager
from agent.pipeline.ports import Triager
from agent.pipeline.triage import ModelFreeTriager
from engine.errors import EngineDown
from engine.scripted import ScriptedEngine
from tests.unit.triage.small import SENT, a_desk, a_ticket

pytestmark = pytest.mark.contract

DESK = a_desk()


def model_free(cache: Path) -> Triager:
    return ModelFreeTriager.for_desks([DESK], cache)


def model_backed(cache: Path) -> Triager:
    return ModelTriager(
        Calls(ScriptedEngine(play, clock=now), clock=now),
        free=model_free(cache),
        texts=DeskTexts(),
        clock=now,
    )


def fallen_back(cache: Path) -> Triager:
    engine = ScriptedEngine(down, clock=now)
    first = ModelTriager(
        Calls(engine, clock=now), free=model_free(cache), texts=DeskTexts(), clock=now
    )
    return FallbackTriager(first, model_free(cache))


def now() -> datetime:
    return SENT


def down(*_: object) -> str:
    raise EngineDown("scripted", "cannot be reached")


TRIAGERS: dict[str, Callable[[Path], Triager]] = {
    "model-free": model_free,
    "model": model_backed,
    "fallback": fallen_back,
}


@pytest.fixture(scope="module", params=TRIAGERS)
def triager(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Triager:
    return TRIAGERS[str(request.param)](tmp_path_factory.mktemp("triage"))


async def test_the_category_is_one_of_the_desks_or_unsure(triager: Triager) -> None:
    triage = await triager.triage(a_ticket("Why is there a fine on my card?"), DESK)

    assert triage.category in {c.id for c in DESK.categories} | {UNSURE}
    assert 0 <= triage.confidence <= 1


async def test_categories_are_ranked_best_first(triager: Triager) -> None:
    ranked = (await triager.triage(a_ticket("When is the concert?"), DESK)).ranked

    assert [c for _, c in ranked] == sorted((c for _, c in ranked), reverse=True)
    assert len({name for name, _ in ranked}) == len(ranked)
    assert {name for name, _ in ranked} <= {c.id for c in DESK.categories}


async def test_a_rule_of_the_desk_reaches_a_person_with_its_words(triager: Triager) -> None:
    triage = await triager.triage(a_ticket("I will ask my lawyer about this fine."), DESK)

    assert triage.needs_human
    assert [(f.reason, f.words) for f in triage.fired] == [("legal_threat", "my lawyer")]


async def test_what_the_text_names_is_normalised(triager: Triager) -> None:
    triage = await triager.triage(a_ticket("I paid 3,50 € for loan #61.234, 61.234!"), DESK)

    assert triage.entities.order_ids == ("61234",)
    assert triage.entities.amounts == ("3.50 EUR",)


async def test_the_same_ticket_gets_the_same_answer(triager: Triager) -> None:
    ticket = a_ticket("Can I renew?")

    assert await triager.triage(ticket, DESK) == await triager.triage(ticket, DESK)


async def test_an_empty_ticket_gets_an_answer(triager: Triager) -> None:
    triage = await triager.triage(a_ticket(""), DESK)

    assert not triage.fired
    assert triage.no_reply is None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=300), language=st.sampled_from(DESK.understands))
def test_no_text_makes_it_fail(triager: Triager, text: str, language: str) -> None:
    triage = asyncio.run(triager.triage(a_ticket(text, language=language), DESK))

    assert 0 <= triage.confidence <= 1
