"""What every writer promises, whatever makes the reply."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.draft import ClaimKind
from agent.pipeline.fallback import FallbackWriter
from agent.pipeline.model.calls import Calls
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.played import play
from agent.pipeline.model.summary import Summariser
from agent.pipeline.model.writer import ModelWriter
from agent.pipeline.ports import Answered, Brief, Writer, Written
from agent.pipeline.write import ModelFreeWriter
from engine.base import Engine
from engine.errors import EngineDown
from engine.scripted import ScriptedEngine
from tests.unit.pipeline.small import NOW, OrderBook, a_brief, a_registry, a_ticket, a_triage

pytestmark = pytest.mark.contract


def now() -> datetime:
    return NOW


def model_backed(engine: Engine) -> ModelWriter:
    calls, texts = Calls(engine, clock=now), DeskTexts()
    summariser = Summariser(calls, texts)
    return ModelWriter(calls, engine=engine.name, texts=texts, summariser=summariser)


def down(*_: object) -> str:
    raise EngineDown("scripted", "cannot be reached")


WRITERS: dict[str, Callable[[], Writer]] = {
    "model-free": ModelFreeWriter,
    "model": lambda: model_backed(ScriptedEngine(play, clock=now)),
    "fallback": lambda: FallbackWriter(
        model_backed(ScriptedEngine(down, clock=now)), ModelFreeWriter()
    ),
}


@pytest.fixture(params=WRITERS)
def writer(request: pytest.FixtureRequest) -> Writer:
    return WRITERS[cast(str, request.param)]()


async def brief_of(body: str, language: str = "en") -> Brief:
    return await a_brief(a_ticket(body, language=language))


def facts(written: Written) -> list[str]:
    return [s.text for s in written.sentences if s.kind is ClaimKind.FACT]


async def test_a_question_that_the_policies_answer_is_answered(writer: Writer) -> None:
    written = await writer.write(await brief_of("How long do I have to return an item?"))

    assert written.answered is Answered.FULLY
    assert "You can return an item within 30 days of delivery." in facts(written)
    assert written.written_by.writer


async def test_every_fact_names_evidence_that_the_brief_has(writer: Writer) -> None:
    brief = await brief_of("How long is the warranty? What does a return cost?")

    written = await writer.write(brief)

    known = {ground.key for ground in brief.research.grounds}
    of_facts = [s.grounds for s in written.sentences if s.kind is ClaimKind.FACT]
    assert of_facts
    assert all(grounds and set(grounds) <= known for grounds in of_facts)


async def test_what_is_no_fact_is_the_desks_own_words(writer: Writer) -> None:
    brief = await brief_of("Do you sell bicycles to wholesalers?")

    written = await writer.write(brief)

    frames = set(brief.desk.voice("en").frames.values())
    assert all(s.text in frames for s in written.sentences if s.kind is not ClaimKind.FACT)


async def test_what_nothing_answers_stays_open_with_a_reason(writer: Writer) -> None:
    written = await writer.write(await brief_of("Do you sell bicycles to wholesalers?"))

    assert written.answered is Answered.NOT
    assert written.reasons


async def test_each_question_has_its_own_paragraph(writer: Writer) -> None:
    written = await writer.write(await brief_of("How long is the warranty? What costs a return?"))

    assert {s.paragraph for s in written.sentences if s.kind is ClaimKind.FACT} == {0, 1}


async def test_a_reply_is_in_the_tickets_language(writer: Writer) -> None:
    written = await writer.write(
        await brief_of("Wie lange kann ich einen Artikel zurückgeben?", language="de")
    )

    assert any(text.startswith("Sie können einen Artikel innerhalb") for text in facts(written))


async def test_policy_in_another_language_is_not_said(writer: Writer) -> None:
    written = await writer.write(await brief_of("Hoe lang is de garantie (warranty)?", "nl"))

    assert facts(written) == []
    assert written.reasons


async def test_a_record_answers_in_the_tools_own_words(writer: Writer) -> None:
    brief = await a_brief(a_ticket("Where is my order 48213?"), triage=a_triage("48213"))

    assert "Order 48213 is on its way." in facts(await writer.write(brief))


async def test_a_record_that_cannot_be_read_is_not_guessed(writer: Writer) -> None:
    brief = await a_brief(
        a_ticket("Where is my order 48213?"),
        triage=a_triage("48213"),
        registry=a_registry(OrderBook({}, down=True)),
    )

    written = await writer.write(brief)

    assert written.answered is not Answered.FULLY
    assert any("could not be reached" in reason for reason in written.reasons)


async def test_an_empty_message_is_asked_about(writer: Writer) -> None:
    written = await writer.write(await brief_of(""))

    assert written.answered is Answered.NOT
    assert [s.kind for s in written.sentences] == [ClaimKind.QUESTION]


async def test_the_same_brief_gives_the_same_reply(writer: Writer) -> None:
    brief = await brief_of("How long is the warranty?")

    assert await writer.write(brief) == await writer.write(brief)


async def test_a_reason_holds_nothing_of_the_ticket(writer: Writer) -> None:
    written = await writer.write(await brief_of("Does Kilimanjaro deliver to Zanzibar?"))

    assert not any("Zanzibar" in r or "Kilimanjaro" in r for r in written.reasons)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=200), language=st.sampled_from(["en", "de", "nl"]))
def test_no_text_makes_it_fail(writer: Writer, text: str, language: str) -> None:
    brief = asyncio.run(brief_of(text, language))

    written = asyncio.run(writer.write(brief))

    assert written.sentences
