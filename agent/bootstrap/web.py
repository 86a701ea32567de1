"""The review queue, put together."""

import asyncio
import socket
from collections.abc import Callable, Collection, Mapping, Sequence

from fastapi import FastAPI

from agent import observe
from agent.approvals import Approvals
from agent.bootstrap.pipeline import Clock, build_reader
from agent.bus.client import Producer
from agent.bus.errors import BusError
from agent.citations.checker import ClaimChecker
from agent.domain.desk import Desk
from agent.domain.envelope import Packed
from agent.domain.ids import ConversationId, DeskName, EventId
from agent.domain.ticket import Ticket
from agent.review.desk import ReadThread, ReviewDesk
from agent.settings import KafkaSettings, Settings
from agent.store import Store
from agent.store.records import LeasedRow
from agent.web.access import Access, NotConfigured, is_loopback
from agent.web.app import review_app
from agent.web.intake import Refused, Sender
from agent.web.server import serve_http
from agent.worker.reader import Reader
from tools.render import render_phrases

AllDesks = Callable[[], Mapping[DeskName, Desk]]
"""The desks in force: they may change while the service runs."""


async def build_review_app(
    settings: Settings, store: Store, desks: AllDesks, *, approvals: Approvals, clock: Clock
) -> FastAPI:
    """The pages and the API; raises `NotConfigured` when everybody could come in."""
    queue = store.review_queue()
    web = settings.web
    nobody = not web.proxy_header and not await queue.users()
    if nobody and not is_loopback(web.host):
        raise NotConfigured(web.host)
    desk = ReviewDesk(
        queue,
        desks,
        read_thread=read_thread(build_reader(settings)),
        checker=ClaimChecker(),
        render=render_phrases,
        clock=clock,
    )
    access = Access(
        queue,
        open_to_local=nobody,
        proxy_header=web.proxy_header,
        proxy_addresses=frozenset(web.proxy_addresses),
        clock=clock,
    )
    secure = web.secure_cookies and not is_loopback(web.host)
    return review_app(
        desk,
        access,
        approvals,
        clock=clock,
        publish=Publisher(settings.kafka),
        senders={
            name: Sender(desk=one.desk, secret=one.secret.get_secret_value().encode())
            for name, one in web.webhooks.items()
        },
        secure_cookies=secure,
    )


class Publisher:
    """Sends records on one producer, connected when the first one comes."""

    def __init__(self, settings: KafkaSettings) -> None:
        limit = settings.max_message_bytes
        self._producer = Producer(settings.bootstrap, max_message_bytes=limit)
        self._turn = asyncio.Lock()
        self._connected = False

    async def __call__(self, record: Packed) -> None:
        """Returns once the broker has the record; raises `Refused` when it is away."""
        try:
            async with self._turn:
                if not self._connected:
                    await self._producer.start()
                    self._connected = True
            sent = await self._producer.send(
                record.topic, record.value, key=record.key, headers=record.headers
            )
            await sent
        except BusError as exc:
            raise Refused(503, "broker", str(exc)) from exc

    async def stop(self) -> None:
        await self._producer.stop()


def read_thread(reader: Reader) -> ReadThread:
    """Stored messages as the ticket that a draft answered."""

    def read(
        rows: Sequence[LeasedRow],
        answered: Collection[EventId],
        desk: Desk,
        conversation: ConversationId,
    ) -> Ticket | None:
        waiting = [row for row in rows if row.identity.event_id in answered]
        first = waiting[0].id if waiting else 0
        history = [row for row in rows if row.id < first]
        told = [one for row in waiting if (one := reader.leased(row))]
        before = [one for row in history if (one := reader.leased(row))]
        return reader.ticket(told, desk, conversation, before) if told else None

    return read


async def serve_review(app: FastAPI, bound: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop`; open live lines are ended first, so that the drain is not held up."""
    host, port = bound.getsockname()[:2]
    observe.log.info("review.listening", address=f"http://{host}:{port}/queue")

    async def hang_up() -> None:
        await stop.wait()
        app.state.live.close()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(hang_up())
            group.create_task(serve_http(app, bound, stop))
    finally:
        await app.state.publish.stop()
