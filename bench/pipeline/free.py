"""Act `free`: the model-free pipeline, as many tickets a second as two cores carry."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bench.pipeline.accounting import Stage, stages
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
_PARTS = ("--only", "ingest", "--only", "work", "--only", "relay")


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
    number = port()
    env = services.environment(
        database, http__port=str(number), web__port="0", worker__processes=str(processes)
    )
    await citedesk("migrate", env=env, log=log)
    child = await Child.start("agent.cli", "serve", *_PARTS, log=log, env=env)
    async with kept(child), ledger(services, database) as book:
        await ready(child, number, seconds=300)
        result = await _measure(services, child, number, book, (tickets, processes))
        await child.stop()
    return result


async def _measure(
    services: Services, child: Child, number: int, book: Ledger, load_of: tuple[int, int]
) -> Free:
    tickets, processes = load_of
    name, now = f"free{processes}", datetime.now(UTC)
    warm = make_tickets(max(tickets // 10, 100), f"{name}w", now)
    load = make_tickets(tickets, name, now)
    await send(services.kafka.bootstrap, warm)
    await finished(services.say, book, len(warm), (child,))
    newest = await book.value(_NEWEST)
    before, spent_before = await metrics(number), _spent(services, child)
    await send(services.kafka.bootstrap, load)
    await finished(services.say, book, len(warm) + len(load), (child,))
    spent, after = _spent(services, child), await metrics(number)
    return Free(
        processes=processes,
        tickets=tickets,
        seconds=await book.value(_LAST) - await book.value(_FIRST, newest),
        ready=await book.value(_OUTCOMES, newest, "ready"),
        stages=tuple(stages(before, after, tickets)),
        service_ms=1000 * (spent.service - spent_before.service) / tickets,
        kafka_ms=1000 * (spent.kafka - spent_before.kafka) / tickets,
        postgres_ms=1000 * (spent.postgres - spent_before.postgres) / tickets,
    )


def _spent(services: Services, child: Child) -> _Spent:
    return _Spent(
        service=cpu_seconds(child.pid),
        kafka=cpu_seconds(services.kafka.pid),
        postgres=cpu_seconds(services.postgres.pid),
    )
