"""Act `naive`: the same work inside Kafka handlers; how fast, and what kill -9 loses."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agent.bus.client import Producer, admin, tail
from bench.pipeline.accounting import Losses, Seen, losses, rate
from bench.pipeline.machine import Child, Services, kept, until
from bench.pipeline.slots import Load

PARTITIONS = 6
QUIET_ROUNDS = 5  #: of the work's time without a result, after which nothing more is expected
QUIET_S = 12.0  #: beside them: a dead member's session, a start, a rebalance


@dataclass(frozen=True, slots=True, kw_only=True)
class Naive:
    design: str
    sent: int
    kills: int
    rate: float
    losses: Losses


async def naive(services: Services, design: str, load: Load) -> Naive:
    """Kill it at even shares of the way, start again each time, wait until nothing more comes."""
    source, out = f"naive.{design}.in", f"naive.{design}.out"
    await _topics(services, source, out)
    each = 1 if design == "ack-after" else load.slots
    rounds = max(round(load.seconds / load.work_seconds), 2 * (load.kills + 1))
    count = rounds * each
    sent = [f"{design}-{number}" for number in range(count)]
    await _send(services, source, sent)
    log = services.folder / f"naive.{design}.log"

    async def start() -> Child:
        return await Child.start(
            "bench.pipeline.naive_app",
            *(design, "--bootstrap", services.kafka.bootstrap, "--source", source, "--out", out),
            *("--slots", str(load.slots), "--work-seconds", str(load.work_seconds)),
            log=log,
        )

    first_kill: float | None = None
    async with _watching(services, out) as seen:
        for kill in load.moments:
            child = await start()
            async with kept(child):
                await _reached(seen, kill.share * count, load, child)
                await asyncio.sleep(kill.phase * load.work_seconds)  # in the midst of a round
                await child.kill()
            first_kill = first_kill or time.time()
        last = await start()
        async with kept(last):
            await _quiet(seen, count, load, last)
    return Naive(
        design=design,
        sent=count,
        kills=load.kills,
        rate=rate(seen, load.work_seconds, first_kill or time.time()),
        losses=losses(sent, [one.ticket for one in seen]),
    )


async def _reached(seen: list[Seen], results: float, load: Load, child: Child) -> None:
    async def enough() -> bool:
        return len(seen) >= results

    limit = 60 + 4 * load.seconds
    await until(enough, f"{results:.0f} results", limit, while_running=(child,))


async def _quiet(seen: list[Seen], count: int, load: Load, child: Child) -> None:
    """Until everything is there, or nothing has come for so long that nothing more will."""
    patience = QUIET_ROUNDS * load.work_seconds + QUIET_S
    began = time.time()

    async def over() -> bool:
        last = max(seen[-1].at, began)
        return len({one.ticket for one in seen}) >= count or time.time() - last > patience

    await until(over, "the last ticket", 10 * load.seconds + 120, while_running=(child,))


async def _topics(services: Services, *names: str) -> None:
    async with admin(services.kafka.bootstrap) as client:
        answers = await client.create(names, PARTITIONS, 1, {})
    for name, (code, words) in answers.items():
        if code:
            raise RuntimeError(f"topic {name!r} was not made: {words or code}")


async def _send(services: Services, topic: str, tickets: list[str]) -> None:
    async with Producer(services.kafka.bootstrap, max_message_bytes=1_048_576) as producer:
        for ack in [await producer.send(topic, one.encode(), key=one) for one in tickets]:
            await ack


@asynccontextmanager
async def _watching(services: Services, topic: str) -> AsyncGenerator[list[Seen]]:
    """What comes out of a topic, as it comes."""
    seen: list[Seen] = []

    async def watch() -> None:
        records = tail(
            services.kafka.bootstrap, topic, from_start=True, max_message_bytes=1_048_576
        )
        async for record in records:
            seen.append(Seen(record.value.decode(), time.time()))

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
