"""The tickets of the benchmark, and the prompts that the pipeline makes of them."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from agent.bootstrap import DEMO_DAY, Desks, build_pipeline
from agent.domain.events import TicketMessage
from agent.domain.ids import ConversationId, DeskName, EventId
from agent.intake import Received, to_ticket
from agent.pipeline.model.schema import ReplyAnswer
from agent.pipeline.orchestrator import Orchestrator
from agent.pipeline.ports import Work
from bench.engine.asked import PATIENCE
from bench.pipeline.tickets import make_tickets
from engine.base import A, Completion, Engine, Prompt, Sampling, Terms
from engine.errors import EngineDown

DAY = datetime(DEMO_DAY.year, DEMO_DAY.month, DEMO_DAY.day, 9, tzinfo=UTC)


def make_work(desks: Desks, count: int) -> list[Work]:
    """`count` conversations of one message each, over all desks and languages."""
    return [_work(desks, sent.id, sent.value) for sent in make_tickets(count, "bench", DAY)]


def pipeline_with(desks: Desks, engine: Engine) -> Orchestrator:
    return build_pipeline(desks, engine=engine)


async def reply_prompts(desks: Desks, count: int) -> list[str]:
    """What the pipeline asks a model for, as it writes the replies of `count` tickets or fewer.

    Tickets without a question or without evidence need no reply by a model.
    """
    seen = _Seen()
    pipeline = pipeline_with(desks, seen)
    for work in make_work(desks, count):
        await pipeline.handle(work)
    return seen.prompts


class _Seen:
    """An engine that notes what it is asked and is down."""

    name = "seen"

    def __init__(self) -> None:
        self.prompts: list[str] = []

    async def complete(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> Completion[A]:
        if issubclass(answer, ReplyAnswer):
            self.prompts.append(prompt.text)
        await asyncio.sleep(0)
        raise EngineDown(self.name, "only notes")

    async def stream(
        self, prompt: Prompt, answer: type[A], *, sampling: Sampling, terms: Terms
    ) -> AsyncIterator[str]:
        raise EngineDown(self.name, "only notes")
        yield ""

    async def health(self) -> str | None:
        return None

    async def close(self) -> None:
        pass


def _work(desks: Desks, name: str, value: bytes) -> Work:
    event = TicketMessage.model_validate(json.loads(value))
    desk = desks.desks[DeskName(event.desk)]
    conversation = ConversationId(name)
    received: Sequence[Received] = [
        Received(event_id=EventId(name), event=event, received_at=DAY + timedelta(minutes=1))
    ]
    return Work(
        conversation=conversation,
        revision=1,
        ticket=to_ticket(received, desk, conversation=conversation),
        desk=desk,
        attempt=1,
        deadline=datetime.now(UTC) + PATIENCE,
    )
