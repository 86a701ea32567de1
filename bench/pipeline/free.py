"""Act `free`: the model-free pipeline, as many tickets a second as two cores carry."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.pipeline.accounting import Stage, added, stages
from bench.pipeline.ledger import Ledger, ledger
from bench.pipeline.machine import (
    Child,
    Services,
    citedesk,
    cpu_seconds,
    kept,
    metrics,
    port,
    ready,
)
from bench.pipeline.tickets import make_tickets, send
from bench.pipeline.waiting import finished

_FIRST = "SELECT extract(epoch FROM min(received_at))::float8 FROM inbox WHERE id > $1"
_LAST = "SELECT extract(epoch FROM max(published_at))::float8 FROM outbox"
_OUTCOMES = "SELECT count(*) FROM inbox WHERE id > $1 AND outcome = $2"
_NEWEST = "SELECT max(id) FROM inbox"
#: `citedesk serve` in one process, or the work shared with a second one.
SPLITS = {1: ((),), 2: ((), ("--only", "work"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """The model-free pipeline in so many processes."""

    processes: int
    tickets: int
    seconds: float  #: from the first record in the inbox to the last draft that Kafka has
    ready: int
    stages: tuple[Stage, ...]
    service_ms: float  #: CPU a ticket of the service's processes, all told
    kafka_ms: float
    postgres_ms: float

    @property
    def rate(self) -> float:
        return self.tickets / self.seconds

    @property
    def rest_ms(self) -> float:
        """The event loop, the drivers' callbacks, the consumer: in no stage."""
        return self.service_ms - sum(stage.cpu_ms for stage in self.stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spent:
    service: float
    kafka: float
    postgres: float


async def free(services: Services, tickets: int, processes: int) -> Free:
    """Warm up with a tenth of the tickets, then send all at once and wait for the last draft."""
    database = f"free_{processes}"
    services.postgres.create_database(database)
    log = services.folder / f"{database}.log"
    ports = [port() for _ in range(processes)]
    envs = [
        services.environment(database, http__port=str(number), kafka__instance=str(place))
        for place, number in enumerate(ports)
    ]
    await citedesk("migrate", env=envs[0], log=log)
    children: list[Child] = []
    async with AsyncExitStack() as stack:
        for env, only in zip(envs, SPLITS[processes], strict=True):
            child = await Child.start("agent.cli", "serve", *only, log=log, env=env)
            await stack.enter_async_context(kept(child))
            children.append(child)
        for child, number in zip(children, ports, strict=True):
            await ready(child, number)
        book = await stack.enter_async_context(ledger(services, database))
        result = await _measure(services, children, ports, book, tickets)
        for child in children:
            await child.stop()
    return result


async def _measure(
    services: Services, children: Sequence[Child], ports: Sequence[int], book: Ledger, tickets: int
) -> Free:
    name, now = f"free{len(children)}", datetime.now(UTC)
    warm = make_tickets(max(tickets // 10, 100), f"{name}w", now)
    load = make_tickets(tickets, name, now)
    await send(services.kafka.bootstrap, warm)
    await finished(services.say, book, len(warm), children)
    newest = await book.value(_NEWEST)
    before, spent_before = added(await metrics(ports)), _spent(services, children)
    await send(services.kafka.bootstrap, load)
    await finished(services.say, book, len(warm) + len(load), children)
    spent, after = _spent(services, children), added(await metrics(ports))
    return Free(
        processes=len(children),
        tickets=tickets,
        seconds=await book.value(_LAST) - await book.value(_FIRST, newest),
        ready=await book.value(_OUTCOMES, newest, "ready"),
        stages=tuple(stages(before, after, tickets)),
        service_ms=1000 * (spent.service - spent_before.service) / tickets,
        kafka_ms=1000 * (spent.kafka - spent_before.kafka) / tickets,
        postgres_ms=1000 * (spent.postgres - spent_before.postgres) / tickets,
    )


def _spent(services: Services, children: Sequence[Child]) -> _Spent:
    return _Spent(
        service=cpu_seconds(*(child.pid for child in children)),
        kafka=cpu_seconds(services.kafka.pid),
        postgres=cpu_seconds(services.postgres.pid),
    )
