"""One configuration through our engine: `python -m bench.engine.ours ASKED` prints one JSON line.

Two acts for each number of tickets at once. *Replies*: the pipeline's own prompts, each answered
with the same number of tokens. *Tickets*: whole tickets through the pipeline, whatever the model
says; with invented weights most replies are refused by our checks, so only a real checkpoint says
what a ticket costs.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from agent.bootstrap import Desks, build_desks
from agent.pipeline.model import schema
from agent.pipeline.ports import Work
from agent.settings import Settings
from bench.engine.asked import Asked, LongReply, read_asked, sampling, terms
from bench.engine.measures import Measures, measures
from bench.engine.traffic import make_work, pipeline_with, reply_prompts
from engine.base import Prompt
from engine.errors import CutOff
from engine.vllm import VllmEngine, start_vllm


async def run(asked: Asked) -> dict[str, Any]:
    """All acts of one configuration."""
    with tempfile.TemporaryDirectory() as data:
        desks = build_desks(Settings(data=Path(data)))
        prompts = await reply_prompts(desks, max(asked.at_once))
        began = time.perf_counter()
        warm = (LongReply, schema.ReplyAnswer, schema.SummaryAnswer)
        engine = await start_vllm(asked.options, warm=warm)
        started = time.perf_counter() - began
        try:
            acts = [await _act(engine, desks, prompts, asked, n) for n in asked.at_once]
        finally:
            await engine.close()
    return {"start_s": round(started, 1), "prompts": len(prompts), "acts": acts}


async def _act(
    engine: VllmEngine, desks: Desks, prompts: Sequence[str], asked: Asked, at_once: int
) -> dict[str, Any]:
    replies = await _replies(engine, prompts, asked, at_once)
    tickets = await _tickets(engine, desks, at_once)
    return {"at_once": at_once, **replies, **tickets}


async def _replies(
    engine: VllmEngine, prompts: Sequence[str], asked: Asked, at_once: int
) -> dict[str, Any]:
    """Tokens a second, time to the first token, time of a whole reply, and our own CPU."""
    count = asked.replies(at_once)
    took: list[float] = []

    async def one(prompt: str) -> None:
        began = time.perf_counter()
        try:
            await engine.complete(
                Prompt(text=prompt), LongReply, sampling=sampling(asked.tokens), terms=terms()
            )
        except CutOff:
            took.append(time.perf_counter() - began)

    before, cpu, began = measures(), time.process_time(), time.perf_counter()
    await _side_by_side(one, list(islice(cycle(prompts), count)), at_once)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    spent = measures() - before
    return {
        "replies": len(took),
        "reply_tokens_s": round(spent.generated / seconds, 1),
        "prompt_tokens_s": round(spent.prompt / seconds, 1),
        "cached_share": round(spent.cached / spent.prompt, 3) if spent.prompt else 0.0,
        "ttft_p50_s": spent.first_token(0.50),
        "ttft_p95_s": spent.first_token(0.95),
        "reply_p50_s": round(statistics.median(took), 3),
        "reply_p95_s": round(sorted(took)[int(0.95 * (len(took) - 1))], 3),
        "our_cpu_ms_a_call": round(1_000 * cpu / count, 2),
    }


async def _tickets(engine: VllmEngine, desks: Desks, at_once: int) -> dict[str, Any]:
    """Whole tickets a second, what they asked of the model, and how many it wrote itself."""
    works = make_work(desks, at_once)
    pipeline = pipeline_with(desks, engine)
    drafts: list[bool] = []

    async def one(work: Work) -> None:
        draft = await pipeline.handle(work)
        drafts.append(draft.written_by.writer == engine.name and not draft.written_by.fallback)

    before, began = measures(), time.perf_counter()
    await _side_by_side(one, works, at_once)
    seconds = time.perf_counter() - began
    spent: Measures = measures() - before
    return {
        "tickets_s": round(len(works) / seconds, 3),
        "calls_a_ticket": round(spent.calls / len(works), 2),
        "ticket_tokens_s": round(spent.generated / seconds, 1),
        "written_by_model": sum(drafts),
    }


async def _side_by_side(
    do: Callable[[Any], Awaitable[None]], items: Sequence[Any], at_once: int
) -> None:
    """All items, so many at a time; a free place takes the next one."""
    left = iter(items)

    async def place() -> None:
        for item in left:
            await do(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(place())


def main() -> int:
    asked = read_asked(sys.argv[1])
    if asked.device == "cpu":
        from deploy.vllm.processor import use_processor

        use_processor()
    print(json.dumps(asyncio.run(run(asked))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
