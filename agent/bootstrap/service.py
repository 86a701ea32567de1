"""The service of one process: its parts, their start and their drain."""

import asyncio
import os
import socket
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from agent import observe, telemetry, waiting
from agent.approvals import Executor
from agent.bootstrap.approvals import build_approvals, build_executor, build_external
from agent.bootstrap.checkpoints import StoreCheckpoints
from agent.bootstrap.model import build_engine, read_calibration
from agent.bootstrap.pipeline import Clock, Desks, build_desks, build_pipeline, build_reader, now
from agent.bootstrap.reload import Reloader
from agent.bootstrap.signals import stop_on_signals, stop_with_parent
from agent.bootstrap.web import build_review_app, serve_review
from agent.bus import topics
from agent.bus.decisions import Decisions
from agent.bus.errors import BrokerUnreachable, BusError, TopicsWrong
from agent.bus.ingest import Ingest, IngestSettings
from agent.bus.member import claim
from agent.bus.relay import Relay
from agent.domain.desk import Desk
from agent.domain.events import RequesterV1, TicketMessage
from agent.domain.ids import ConversationId, EventId
from agent.intake import Received, to_ticket
from agent.pipeline.orchestrator import Orchestrator
from agent.pipeline.ports import Work, Writer
from agent.pipeline.research import DeskResearcher
from agent.pipeline.write import ModelFreeWriter
from agent.settings import Settings, static_member_id
from agent.store import SHARDS, Store, open_store
from agent.store.errors import StoreUnavailable
from agent.web.health import health_app
from agent.web.server import listen, serve_http
from agent.worker import AdmitSettings, Admitter, Settler, Worker, WorkerSettings
from agent.worker.admit import Decider
from agent.worker.handle import Handler
from agent.worker.readings import Readings
from agent.worker.retry import Backoff
from engine.base import Engine

T = TypeVar("T")


class Service:
    """The parts of one process, started and drained in order."""

    def __init__(
        self,
        settings: Settings,
        parts: frozenset[str],
        *,
        store: Store,
        desks: Desks | None,
        cluster: str,
        clock: Clock = now,
        writer: Writer | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.settings = settings
        self.parts = parts
        self.store = store
        self.owner = f"{static_member_id(settings.kafka)}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._clock = clock
        self._relay_bell = asyncio.Event()
        self.desks = desks
        self._readings = Readings()
        self.pipeline, self._warming = self._pipelines(desks, writer, engine)
        self.approvals = build_approvals(
            settings.approvals, store, clock=clock, ring=self._ring_executor
        )
        self.executor = self._executor(desks) if desks else None
        self.worker = self._worker(desks, self.pipeline) if desks and self.pipeline else None
        self.relay = self._relay() if "relay" in parts else None
        self.ingest = self._ingest(cluster) if "ingest" in parts else None
        self.decisions = self._decisions() if "ingest" in parts else None

    async def warm_up(self) -> None:
        """Read a word in every language of every desk: first use builds its tables and indexes.

        No model is asked.
        """
        if self.desks is None or self._warming is None:
            return
        for desk in self.desks.desks.values():
            for language in desk.understands:
                await self._warming.handle(_first_word(desk, language, self._clock()))

    def _pipelines(
        self, desks: Desks | None, writer: Writer | None, engine: Engine | None
    ) -> tuple[Orchestrator | None, Orchestrator | None]:
        """What answers tickets, and what warms it up: the same parts without a model."""
        if desks is None:
            return None, None
        build = partial(
            build_pipeline,
            desks,
            clock=self._clock,
            writer=writer or ModelFreeWriter(),
            researcher=DeskResearcher(desks.registry),
            readings=self._readings,
        )
        free = build()
        if engine is None:
            return free, free
        modelled = build(
            engine=engine,
            model=self.settings.model,
            checkpoints=StoreCheckpoints(self.store),
            calibration=read_calibration(self.settings.data, desks.desks),
        )
        return modelled, free

    async def run(self, stop: asyncio.Event, *, http: socket.socket | None = None) -> None:
        """Run until `stop`, then drain: no new records, no new leases, wait, release, flush.

        Health and metrics are served on `http`, a bound socket.
        """
        halt_relay = asyncio.Event()
        async with AsyncExitStack() as stack:
            if self.relay is not None:
                await self.relay.start()
                stack.push_async_callback(self.relay.stop)
            async with asyncio.TaskGroup() as group:
                if http is not None:
                    group.create_task(self._http(http, stop))
                if self.relay is not None:
                    poll = self.settings.worker.poll_ms / 1000
                    group.create_task(self.relay.run(halt_relay, poll_seconds=poll))
                group.create_task(self._keep(stop))
                if self.desks is not None:
                    group.create_task(self._reloader(self.desks).run(stop))
                await self._work(stop)
                halt_relay.set()
                self._relay_bell.set()

    def _reloader(self, desks: Desks) -> Reloader:
        settings = self.settings
        return Reloader(desks, partial(build_desks, settings), settings.desks, settings.data)

    async def _work(self, stop: asyncio.Event) -> None:
        """Ingest and worker side by side until `stop`; ingest ends first."""
        async with asyncio.TaskGroup() as group:
            if self.worker is not None:
                group.create_task(self.worker.run(stop))
            if self.executor is not None:
                poll = self.settings.approvals.poll_ms / 1000
                group.create_task(self.executor.run(stop, poll_seconds=poll))
            if self.ingest is not None:
                group.create_task(self._read_until(stop, self.ingest))
            if self.decisions is not None:
                group.create_task(_decide_until(stop, self.decisions))
            await stop.wait()

    def _ring_executor(self) -> None:
        """A decision was taken: carry it out, publish it."""
        self._relay_bell.set()
        if self.executor is not None:
            self.executor.ring()

    async def _read_until(self, stop: asyncio.Event, ingest: Ingest) -> None:
        await ingest.start()
        observe.log.info("ingest.started", topic=topics.TICKETS)
        try:
            await ingest.watch_pressure(stop)
        finally:
            await ingest.stop()

    async def _keep(self, stop: asyncio.Event) -> None:
        """Old rows out once an hour, backlog gauges every few seconds."""
        next_purge = self._clock()
        while not stop.is_set():
            try:
                observe.METRICS.backlog(await self.store.backlog())
                if self._clock() >= next_purge:
                    await self.store.purge(
                        self._clock() - timedelta(days=self.settings.retention.days)
                    )
                    next_purge = self._clock() + timedelta(hours=1)
            except StoreUnavailable as exc:
                observe.log.warning("store.unavailable", error=type(exc).__name__)
            await waiting.first(stop, seconds=5)

    async def _http(self, bound: socket.socket, stop: asyncio.Event) -> None:
        host, port = bound.getsockname()[:2]
        observe.log.info("http.listening", address=f"{host}:{port}")
        await serve_http(health_app(self._checks(), telemetry.render_metrics), bound, stop)

    def _checks(self) -> dict[str, Callable[[], Awaitable[str | None]]]:
        checks: dict[str, Callable[[], Awaitable[str | None]]] = {"database": self._database_check}
        if self.ingest is not None or self.relay is not None:
            checks["kafka"] = self._kafka_check
        parts = {
            "ingest": self.ingest,
            "decisions": self.decisions,
            "relay": self.relay,
            "worker": self.worker,
            "approvals": self.executor,
        }
        for name, part in parts.items():
            if part is not None:
                checks[name] = _last_error(part)
        return checks

    async def _kafka_check(self) -> str | None:
        """Clients keep quiet about a broker that is gone, so it is asked."""
        try:
            await topics.cluster_id(self.settings.kafka.bootstrap)
        except BusError as exc:
            return str(exc)
        return None

    async def _database_check(self) -> str | None:
        try:
            await self.store.ping()
        except StoreUnavailable as exc:
            return str(exc)
        return None

    def _worker(self, desks: Desks, pipeline: Orchestrator) -> Worker:
        settings, reader = self.settings.worker, build_reader(self.settings)
        handler = Handler(
            desks=desks.desks,
            reader=reader,
            pipeline=pipeline,
            readings=self._readings,
            approve_within=self.settings.approvals.expiry,
        )
        decider = Decider(
            desks=desks.desks,
            triage=desks.triage,
            reader=reader,
            max_age=self.settings.intake.max_age,
            readings=self._readings,
        )
        return Worker(
            worker_settings(self.settings),
            owner=self.owner,
            store=self.store,
            admitter=Admitter(
                AdmitSettings(batch=settings.admit_batch),
                owner=self.owner,
                store=self.store,
                decider=decider,
                clock=self._clock,
                ring=self._relay_bell.set,
            ),
            settler=Settler(
                self.store,
                window_seconds=settings.settle_window_ms / 1000,
                clock=self._clock,
                ring=self._relay_bell.set,
            ),
            handle=handler,
            clock=self._clock,
        )

    def _relay(self) -> Relay:
        return Relay(
            self.settings.kafka.bootstrap,
            store=self.store,
            owner=self.owner,
            shards=SHARDS,
            clock=self._clock,
            max_message_bytes=self.settings.kafka.max_message_bytes,
            bell=self._relay_bell,
        )

    def _executor(self, desks: Desks) -> Executor:
        return build_executor(
            self.settings.approvals,
            self.approvals,
            desks.registry,
            self.store,
            owner=self.owner,
            clock=self._clock,
        )

    def _decisions(self) -> Decisions | None:
        """Listens where somebody has a key to sign decisions with, and only there."""
        external = build_external(self.settings.approvals, self.approvals, clock=self._clock)
        if external is None:
            return None
        kafka = self.settings.kafka
        settings = self._consumer(group=f"{kafka.group}-decisions")
        return Decisions(settings, topic=topics.DECISIONS, take=external.take)

    def _consumer(self, group: str) -> IngestSettings:
        kafka = self.settings.kafka
        return IngestSettings(
            bootstrap=kafka.bootstrap,
            group=group,
            member=static_member_id(kafka),
            session_timeout_ms=kafka.session_timeout_ms,
            batch=kafka.batch,
            max_message_bytes=kafka.max_message_bytes,
            high_water=self.settings.worker.high_water,
        )

    def _ingest(self, cluster: str) -> Ingest:
        return Ingest(
            self._consumer(self.settings.kafka.group),
            cluster=cluster,
            topic=topics.TICKETS,
            store=self.store,
            clock=self._clock,
            ring=self.worker.ring if self.worker is not None else lambda: None,
        )


def _first_word(desk: Desk, language: str, at: datetime) -> Work:
    conversation = ConversationId("warm-up")
    event = TicketMessage(
        ticket_id="warm-up",
        desk=desk.name,
        requester=RequesterV1(id="warm-up", locale=language),
        body=desk.voice(language).frames["ask_detail"],
    )
    received = Received(event_id=EventId("warm-up"), event=event, received_at=at)
    ticket = to_ticket([received], desk, conversation=conversation)
    return Work(
        conversation=conversation,
        revision=1,
        ticket=replace(ticket, language=language),
        desk=desk,
        attempt=1,
        deadline=at + timedelta(minutes=1),
    )


def worker_settings(settings: Settings) -> WorkerSettings:
    worker = settings.worker
    return WorkerSettings(
        slots=worker.slots,
        lease=timedelta(seconds=worker.lease_seconds),
        ticket_deadline=timedelta(seconds=worker.ticket_seconds),
        backoff=Backoff(
            first=timedelta(seconds=worker.backoff_seconds),
            cap=timedelta(seconds=worker.backoff_cap_seconds),
            attempts=worker.attempts,
        ),
        poll_seconds=worker.poll_ms / 1000,
        drain=timedelta(seconds=worker.drain_seconds),
    )


async def run_service(
    settings: Settings,
    parts: frozenset[str],
    *,
    engines: Sequence[str] | None = None,
    health: socket.socket | None = None,
) -> int:
    """What `citedesk serve` does: 0 after a drain, an error when it could not start.

    `engines` stands in place of the settings' chain: `("none",)` is no model. One process of
    several is given the socket of its health, and ends with its parent.
    """
    telemetry.set_up(settings.telemetry)
    stop = asyncio.Event()
    stop_on_signals(stop)
    if health is not None:
        stop_with_parent(stop)
    try:
        # What only a person can mend is found first: a taken port or name, a broken desk, a key.
        async with AsyncExitStack() as stack:
            bound = health or listen(settings.http.host, settings.http.port)
            http = stack.enter_context(closing(bound))
            page = _page_socket(settings, stack) if "review" in parts else None
            if "ingest" in parts:
                stack.enter_context(_member(settings))
            desks = build_desks(settings) if parts & {"work", "review"} else None
            works = desks if "work" in parts else None
            engine = await _engine(settings, works, engines, stack) if works else None
            await _serve(
                settings, parts, desks=desks, engine=engine, http=http, page=page, stop=stop
            )
    finally:
        telemetry.shut_down()
    return 0


async def _engine(
    settings: Settings, desks: Desks, names: Sequence[str] | None, stack: AsyncExitStack
) -> Engine | None:
    """The engine for these desks, closed at the end."""
    engine = await build_engine(settings, desks.desks, desks.registry, names)
    if engine is not None:
        stack.push_async_callback(engine.close)
    return engine


async def _serve(
    settings: Settings,
    parts: frozenset[str],
    *,
    desks: Desks | None,
    engine: Engine | None,
    http: socket.socket,
    page: socket.socket | None,
    stop: asyncio.Event,
) -> None:
    """Connect, patiently, then run until `stop`."""
    limit = timedelta(seconds=settings.start.retry_seconds)
    url, pool = settings.database.url, settings.database.pool
    store = await patiently(lambda: open_store(url, connections=pool), limit, stop)
    if store is None:
        return
    try:
        cluster = await patiently(lambda: _cluster(settings.kafka.bootstrap), limit, stop)
        if cluster is not None:
            works = desks if "work" in parts else None
            service = Service(
                settings, parts, store=store, desks=works, cluster=cluster, engine=engine
            )
            await service.warm_up()
            observe.log.info("service.started", parts=",".join(sorted(parts)))
            async with asyncio.TaskGroup() as group:
                if page is not None and desks is not None:
                    app = await build_review_app(
                        settings,
                        store,
                        lambda: desks.desks,
                        approvals=service.approvals,
                        clock=now,
                    )
                    group.create_task(serve_review(app, page, stop))
                await service.run(stop, http=http)
            observe.log.info("service.drained")
    finally:
        await store.close()


async def _cluster(bootstrap: str) -> str:
    """The cluster's id, once it has all topics."""
    await topics.require(bootstrap)
    return await topics.cluster_id(bootstrap)


def _page_socket(settings: Settings, stack: AsyncExitStack) -> socket.socket:
    web = settings.web
    bound = listen(web.host, web.port, setting="CITEDESK_WEB__PORT")
    return stack.enter_context(closing(bound))


def _member(settings: Settings) -> AbstractContextManager[None]:
    kafka = settings.kafka
    return claim(static_member_id(kafka), group=kafka.group, bootstrap=kafka.bootstrap)


async def patiently(
    step: Callable[[], Awaitable[T]], limit: timedelta, stop: asyncio.Event
) -> T | None:
    """Do a step of the start again until it works, `stop` is set (None) or `limit` is over."""
    until = now() + limit
    pause = 0.5
    while True:
        try:
            return await step()
        except (BrokerUnreachable, StoreUnavailable, TopicsWrong) as exc:
            if now() >= until:
                raise
            observe.log.warning("start.waiting", problem=str(exc)[:180], seconds=pause)
        if await waiting.first(stop, seconds=pause):
            return None
        pause = min(pause * 2, 10.0)


async def _decide_until(stop: asyncio.Event, decisions: Decisions) -> None:
    await decisions.start()
    observe.log.info("decisions.started", topic=topics.DECISIONS)
    try:
        await stop.wait()
    finally:
        await decisions.stop()


def _last_error(
    part: Ingest | Relay | Worker | Executor | Decisions,
) -> Callable[[], Awaitable[str | None]]:
    async def check() -> str | None:
        return part.last_error

    return check
