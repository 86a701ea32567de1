"""The service with a scripted model in front of its writer.

All else is `citedesk serve`. Ten times a second it notes how many tickets are in flight and how
many of them are at the model.
"""

import argparse
import asyncio
import json
import signal
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel

from agent import telemetry, waiting
from agent.bootstrap import Service, build_desks
from agent.bus import topics
from agent.domain.draft import WrittenBy
from agent.pipeline.ports import Brief, Writer, Written
from agent.pipeline.write import ModelFreeWriter
from agent.settings import load_settings
from agent.store import open_store
from agent.web.server import listen
from engine.base import Engine, Prompt, Sampling, Terms
from engine.scripted import ScriptedEngine

EVERY_S = 0.1


class Answer(BaseModel):
    """What the scripted model says; what is written rests on the sources all the same."""

    sentences: list[str]


class ModelThenQuotes:
    """A writer that waits for a model as a model-backed one does, and then writes model-free."""

    def __init__(self, engine: Engine, quotes: Writer) -> None:
        self.engine = engine
        self._quotes = quotes

    async def write(self, brief: Brief) -> Written:
        done = await self.engine.complete(
            Prompt(text=_prompt(brief)),
            Answer,
            sampling=Sampling(seed=1),
            terms=Terms(deadline=brief.deadline),
        )
        written = await self._quotes.write(brief)
        by = WrittenBy(
            writer=self.engine.name,
            model=done.model,
            prompt_tokens=done.usage.prompt,
            completion_tokens=done.usage.completion,
        )
        return replace(written, written_by=by)


def _prompt(brief: Brief) -> str:
    evidence = (f"{g.key}: {g.source.text}" for g in brief.research.grounds)
    return "\n".join((*evidence, *(message.body for message in brief.ticket.messages)))


def script(_: Prompt, __: Sampling) -> str:
    return json.dumps({"sentences": ["It is written below."]})


async def serve(samples: Path, seconds: float, parts: frozenset[str]) -> int:
    settings = load_settings()
    telemetry.set_up(settings.telemetry)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = await open_store(settings.database.url)
    writer = ModelThenQuotes(ScriptedEngine(script), ModelFreeWriter())
    with closing(listen(settings.http.host, settings.http.port)) as http:
        service = Service(
            settings,
            parts,
            store=store,
            desks=build_desks(settings),
            cluster=await topics.cluster_id(settings.kafka.bootstrap),
            writer=writer,
        )
        await service.warm_up()
        writer.engine = ScriptedEngine(script, seconds=seconds)
        async with asyncio.TaskGroup() as group:
            group.create_task(_sample(service, writer.engine, samples, stop))
            await service.run(stop, http=http)
    await store.close()
    telemetry.shut_down()
    return 0


async def _sample(
    service: Service, engine: ScriptedEngine, file: Path, stop: asyncio.Event
) -> None:
    assert service.worker is not None
    with file.open("a", buffering=1) as out:
        while not await waiting.first(stop, seconds=EVERY_S):
            out.write(f"{time.time():.3f} {service.worker.in_flight} {engine.in_flight}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--work-seconds", type=float, required=True)
    parser.add_argument("--parts", required=True, help="that it runs, comma between them")
    asked = parser.parse_args()
    parts = frozenset(asked.parts.split(","))
    return asyncio.run(serve(asked.samples, asked.work_seconds, parts))


if __name__ == "__main__":
    raise SystemExit(main())
