"""A review queue with one waiting draft, on a small shop and an SQLite file of the test's own."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from agent.approvals import Approvals
from agent.bootstrap.web import read_thread
from agent.citations.checker import ClaimChecker
from agent.citations.source import Source
from agent.domain.desk import FRAMES
from agent.domain.draft import Draft, Route, SourceKind, SourceRef, WrittenBy
from agent.domain.envelope import Coordinates, Packed, read, sha256
from agent.domain.ids import ConversationId, DeskName, SourceId, TicketId, draft_id
from agent.domain.triage import Priority, Triage
from agent.pipeline.announce import announce
from agent.review.desk import ReviewDesk
from agent.store import Store, open_store
from agent.store.records import Admission, Identity, Queue, RawRecord, Settled, Settlement
from agent.web.access import Access
from agent.web.app import review_app
from agent.web.intake import Sender
from agent.worker.reader import Reader
from migrations import upgrade
from tests.unit.pipeline.small import a_desk

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
_SMALL = a_desk()
_RETURNS = replace(_SMALL.categories[0], id="returns", title="Returns")
DESK = replace(_SMALL, categories=(*_SMALL.categories, _RETURNS))
RETURNS = DESK.policies[0]
SECRET = b"0123456789abcdef0123"
BODY = """Hello,
Thank you for your message.

You can return an item within 30 days of delivery. [1]

Kind regards,
The shop

Sources:
[1] Returning an item · How long you have"""


@dataclass(slots=True)
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Shop:
    """What a test drives: the app as a browser sees it, and what lies behind it."""

    store: Store
    app: FastAPI
    client: httpx.AsyncClient
    clock: Clock
    published: list[Packed] = field(default_factory=list[Packed])
    csrf: str = ""
    tickets: int = 0

    async def waiting(
        self,
        body: str = BODY,
        *,
        text: str = "How long can I return it?",
        title: str = "My dress",
        reasons: Sequence[str] = ("asks_for_person: 'a human'",),
    ) -> Draft:
        """A ticket that came in, was drafted, and waits for a person."""
        self.tickets += 1
        name = f"T-{self.tickets}"
        lease = await self._leased(name, text)
        draft = a_draft(name, body, answers=tuple(row.identity.event_id for row in lease.rows))
        draft = replace(draft, reasons=tuple(reasons))
        settlement = Settlement(
            lease=lease, draft=draft, messages=(announce(draft, None),), title=title
        )
        assert await self.store.settle([settlement], now=self.clock()) == [Settled.DONE]
        self.app.state.live.ring()  # as its look at the store would within half a second
        return draft

    async def message(self, name: str, text: str) -> None:
        await self._admit(name, text)

    async def _leased(self, name: str, text: str) -> Any:
        await self._admit(name, text)
        (lease,) = await self.store.lease(
            "w", limit=9, now=self.clock(), until=self.clock() + timedelta(minutes=1)
        )
        return lease

    async def _admit(self, name: str, text: str) -> None:
        record = a_record(name, text, offset=int(self.clock().timestamp()) * 1000 + self.tickets)
        assert await self.store.ingest([record], self.clock()) == 1
        (row,) = await self.store.unread(10)
        incoming = read(record.value, record.headers, record.at)
        queue = Queue(
            conversation=ConversationId(name),
            ticket=TicketId(name),
            desk=DESK.name,
            requester="C-1",
            lane=Priority.NORMAL,
            due_at=self.clock() + timedelta(hours=4),
        )
        identity = Identity(
            source=incoming.source,
            event_id=incoming.id,
            data_sha256=incoming.data_sha256,
            type="ticket.message",
        )
        admission = Admission(row=row.id, identity=identity, decision=queue)
        await self.store.admit([admission], now=self.clock())

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(
            path, json=body, headers={"x-csrf-token": self.csrf, **headers}
        )

    async def outbox(self) -> list[dict[str, Any]]:
        """What the relay would send, oldest first."""
        rows = await self.store.unpublished(range(64), 1_000)
        return [
            {"type": dict(row.message.headers)["ce_type"].decode()} | json.loads(row.message.value)
            for row in rows
        ]


def a_record(name: str, text: str, *, offset: int) -> RawRecord:
    data = {
        "ticket_id": name,
        "desk": str(DESK.name),
        "requester": {"id": "C-1", "name": "Ann Howe", "assurance": "verified", "country": "IE"},
        "subject": "My dress",
        "body": text,
    }
    value = json.dumps(data).encode()
    return RawRecord(
        at=Coordinates(cluster="test", topic="tickets.v1", partition=0, offset=offset),
        key=name.encode(),
        value=value,
        headers=(),
        timestamp=NOW,
        size=len(value),
        sha256=sha256(value),
    )


def the_source() -> Source:
    start = RETURNS.text.index("## How long")
    ref = SourceRef(
        id=SourceId("returns#1"),
        kind=SourceKind.POLICY,
        label="Returning an item · How long you have",
        content_hash=RETURNS.content_hash,
        policy_id=RETURNS.id,
        language="en",
        file=RETURNS.file,
        start=start,
        end=RETURNS.text.index("## What it costs"),
        line=3,
        valid_from="2026-01-01",
    )
    return Source(ref=ref, text=RETURNS.text)


def a_draft(name: str, body: str, *, answers: Sequence[Any]) -> Draft:
    frames = DESK.voice("en").frames
    claims = ClaimChecker().check(
        body, language="en", sources=[the_source()], frames=[frames[key] for key in FRAMES]
    )
    return Draft(
        id=draft_id(ConversationId(name), 1),
        conversation=ConversationId(name),
        ticket=TicketId(name),
        revision=1,
        desk=DeskName(DESK.name),
        language="en",
        route=Route.REVIEW,
        reasons=("asks_for_person: 'a human'",),
        body=body,
        claims=claims,
        sources=(the_source().ref,),
        triage=Triage(category="order_status", confidence=0.62, priority=Priority.NORMAL),
        answers=tuple(answers),
        written_by=WrittenBy(writer="model-free"),
        created_at=NOW,
    )


def _nothing(_tool: str, _data: Mapping[str, Any], _language: str) -> Sequence[Any]:
    return ()


@asynccontextmanager
async def a_shop(folder: Path, *, users: bool = False, proxy: str = "") -> AsyncGenerator[Shop]:
    """Open on loopback, or with users who sign in, or behind a proxy that names them."""
    url = f"sqlite:///{folder / 'store.db'}"
    await asyncio.to_thread(upgrade, url)  # it has a loop of its own
    store, clock = await open_store(url), Clock()
    queue = store.review_queue()
    published: list[Packed] = []

    async def publish(record: Packed) -> None:
        published.append(record)

    desk = ReviewDesk(
        queue,
        lambda: {DESK.name: DESK},
        read_thread=read_thread(Reader()),
        checker=ClaimChecker(),
        render=_nothing,
        clock=clock,
    )
    access = Access(
        queue,
        open_to_local=not users and not proxy,
        proxy_header=proxy,
        proxy_addresses=frozenset({"127.0.0.1"} if proxy else ()),
        clock=clock,
    )
    app = review_app(
        desk,
        access,
        Approvals(store.approvals, clock=clock),
        clock=clock,
        publish=publish,
        senders={"shop": Sender(desk=DESK.name, secret=SECRET)},
        secure_cookies=False,
    )
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        shop = Shop(store=store, app=app, client=client, clock=clock, published=published)
        if not users and not proxy:
            page = await client.get("/queue", headers={"accept": "text/html"})
            shop.csrf = page.text.partition('name="csrf" content="')[2].partition('"')[0]
        yield shop
    await store.close()
