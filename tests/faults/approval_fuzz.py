"""Random orders of what may befall an approval, on a real store, and a checker of what came of it.

An order is one request and two strands of random steps that run at once: decisions right and
wrong, effects carried out, killed before or after they happen, answered too late, by workers that
hold old views; messages that move the ticket on; rows altered by an intruder; the clock running.
The checker knows only what was asked for, who approved what, and the shop's own book.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from pydantic import BaseModel, ConfigDict

from agent.approvals import (
    Approval,
    ApprovalError,
    Approvals,
    ApprovalState,
    Approver,
    Executor,
    ExternalDecisions,
    Key,
    signature,
)
from agent.domain.events import ApprovalDecided
from agent.domain.ids import ConversationId, DeskName, TicketId
from agent.domain.triage import Priority
from agent.store import Store
from agent.store.database import Database
from agent.store.records import Admission, ApprovalChange, Lease, Settled
from tests.contract.store.asking import a_proposal, an_approval, asking
from tests.contract.store.values import NOW, Desk, an_identity, to_queue
from tests.faults.approval_worlds import MemoryWorld, StoreWorld, World
from tools.base import Effect, Phrase, Prepared, Scope, ToolResult
from tools.errors import NeedsApproval, ToolFailed
from tools.registry import Registry
from tools.values import arguments_digest, canonical_json

ANNA = Approver(name="anna", desks=frozenset({"support"}))
STRANGER = Approver(name="bert", desks=frozenset({"hr"}))
KEY = Key(approver=ANNA, secret=b"k" * 32)
EXPIRES = timedelta(hours=1)
STEPS = 6  #: of one strand
BATCH = 100  #: orders at once


class Killed(BaseException):
    """The process died here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One effect in the shop's book."""

    key: str
    digest: str
    requester: str
    at: datetime


@dataclass(slots=True)
class Shop:
    """The backend: it honours keys, and its book is what is checked."""

    clock: Callable[[], datetime]
    book: dict[str, Entry] = field(default_factory=dict[str, Entry])
    fate: str = "well"  #: of the next call

    async def pay(self, arguments: dict[str, Any], scope: Scope, key: str) -> ToolResult:
        fate, self.fate = self.fate, "well"
        await asyncio.sleep(0)
        if fate == "killed-before":
            raise Killed
        if fate == "lost-before":
            raise ToolFailed("cancel_order", "timeout", "no answer")
        if fate == "refused":
            raise ToolFailed("cancel_order", "refused", "not now")
        self.book.setdefault(
            key,
            Entry(
                key=key,
                digest=arguments_digest(arguments),
                requester=scope.requester,
                at=self.clock(),
            ),
        )
        await asyncio.sleep(0)
        if fate == "killed-after":
            raise Killed
        if fate == "lost-after":
            raise ToolFailed("cancel_order", "backend", "the connection broke")
        return _result(key)


def _result(key: str) -> ToolResult:
    return ToolResult(tool="cancel_order", label=key, data={"state": "done", "key": key})


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    order_id: str


class Cancel:
    """A tool over the shop."""

    name = "cancel_order"
    effect = Effect.WRITE
    description = "for the fuzz"
    personal = True
    arguments: type[BaseModel] = _Order

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def call(self, arguments: Any, scope: Scope) -> ToolResult:
        raise NeedsApproval(self.name)

    async def prepare(self, arguments: Any, scope: Scope) -> Prepared:
        return Prepared(arguments=arguments.model_dump(), result=_result(""))

    async def execute(self, arguments: Any, scope: Scope, key: str) -> ToolResult:
        return await self._shop.pay(arguments.model_dump(), scope, key)

    async def done(self, key: str) -> ToolResult | None:
        return _result(key) if key in self._shop.book else None

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return ()


@dataclass(slots=True)
class Order:
    """One request and all that happens to it."""

    seed: int
    asked: Approval
    world: World
    now: datetime = NOW
    approved: list[str] = field(default_factory=list[str])  #: digests that were approved
    seen: list[Approval] = field(default_factory=list[Approval])
    trail: list[str] = field(default_factory=list[str])
    shop: Shop = field(init=False)
    approvals: Approvals = field(init=False)
    outside: ExternalDecisions = field(init=False)
    workers: list[Executor] = field(init=False)

    def __post_init__(self) -> None:
        self.shop = Shop(clock=lambda: self.now)
        registry = Registry([Cancel(self.shop)])
        self.approvals = Approvals(self.world.rows, clock=lambda: self.now)
        self.outside = ExternalDecisions(
            self.approvals, {"anna": KEY}, clock=lambda: self.now, skew=timedelta(seconds=5)
        )
        self.workers = [
            Executor(self.approvals, registry, owner=f"w{n}", clock=lambda: self.now)
            for n in range(3)
        ]
        self.seen.append(self.asked)

    async def run(self) -> None:
        dice = random.Random(self.seed)
        strands = [[dice.choice(_STEPS) for _ in range(STEPS)] for _ in range(2)]
        await asyncio.gather(
            *(self._strand(steps, random.Random(dice.random())) for steps in strands)
        )
        await self._to_the_end()

    async def _strand(self, steps: Sequence["Step"], dice: random.Random) -> None:
        for step in steps:
            self.trail.append(step.__name__)
            try:
                await step(self, dice)
            except (ApprovalError, Killed) as exc:
                self.trail.append(f"  {type(exc).__name__}")

    async def _to_the_end(self) -> None:
        """Let healthy workers find what is left, until nothing is open."""
        self.shop.fate = "well"
        for _ in range(8):
            now = await self.approvals.get(self.asked.id)
            if not now.state.open:
                return
            await self.workers[0].step_of(now)
            self.now += timedelta(minutes=20)

    async def carry_out(self, worker: int, view: Approval) -> None:
        await self.workers[worker].carry_out(view)

    async def look(self) -> None:
        self.seen.append(await self.approvals.get(self.asked.id))


Step = Callable[[Order, random.Random], Awaitable[None]]


async def approve(order: Order, dice: random.Random) -> None:
    digest = order.asked.proposal.digest
    await order.approvals.decide(order.asked.id, "approved", approver=ANNA, digest=digest)
    order.approved.append(digest)


async def approve_by_event(order: Order, dice: random.Random) -> None:
    taken = await order.outside.take(a_decision(order, order.now))
    if taken is not None and taken.decided_by == "anna":
        order.approved.append(order.asked.proposal.digest)


async def refuse(order: Order, dice: random.Random) -> None:
    if dice.random() < 0.3:
        digest = order.asked.proposal.digest
        await order.approvals.decide(order.asked.id, "refused", approver=ANNA, digest=digest)


async def approve_something_else(order: Order, dice: random.Random) -> None:
    digest = a_proposal(order_id="66666").digest
    await order.approvals.decide(order.asked.id, "approved", approver=ANNA, digest=digest)
    raise AssertionError("another digest was approved")


async def approve_as_a_stranger(order: Order, dice: random.Random) -> None:
    digest = order.asked.proposal.digest
    await order.approvals.decide(order.asked.id, "approved", approver=STRANGER, digest=digest)
    raise AssertionError("a stranger approved")


async def forge(order: Order, dice: random.Random) -> None:
    """Unsigned, signed by another key, altered behind the signature, or too old."""
    old = order.now - timedelta(hours=3)
    changed = a_decision(order, order.now).replace(b'"note":""', b'"note":"x"')
    forged = [
        a_decision(order, order.now, secret=None),
        a_decision(order, order.now, secret=b"z" * 32),
        changed,
        a_decision(order, old),
    ]
    before = (await order.approvals.get(order.asked.id)).state
    if await order.outside.take(dice.choice(forged)) is not None:
        raise AssertionError(f"a forged decision was believed, from {before}")


async def carry_out(order: Order, dice: random.Random) -> None:
    fates = ["well", "well", "killed-before", "killed-after", "lost-before", "lost-after"]
    order.shop.fate = dice.choice([*fates, "refused"] if dice.random() < 0.1 else fates)
    await order.carry_out(dice.randrange(3), dice.choice(order.seen))


async def look_again(order: Order, dice: random.Random) -> None:
    await order.look()


async def carry_out_for_somebody_else(order: Order, dice: random.Random) -> None:
    terms = {
        "conversation": order.asked.conversation,
        "requester": order.asked.requester,
        "digest": order.asked.proposal.digest,
    }
    terms[dice.choice(sorted(terms))] = "another"
    await order.approvals.reserve(order.asked.id, **terms, owner="thief", now=order.now)
    raise AssertionError(f"reserved with {terms}")


async def alter(order: Order, dice: random.Random) -> None:
    """An intruder writes into the row: from then on nothing may begin."""
    if dice.random() < 0.5:
        return
    column = dice.choice(["requester = 'r-666'", "revision = 77", "payload = :payload"])
    await order.world.alter(order.asked, column)
    await carry_out(order, dice)


async def let_time_pass(order: Order, dice: random.Random) -> None:
    order.now += dice.choice([timedelta(seconds=30), timedelta(seconds=90), timedelta(minutes=25)])


async def expire(order: Order, dice: random.Random) -> None:
    await order.approvals.expire(order.asked.id, order.now)


async def write_again(order: Order, dice: random.Random) -> None:
    """A later message, or the ticket closed."""
    if dice.random() < 0.5:
        return
    close = dice.random() < 0.3
    await order.world.move_on(order.asked.conversation, close=close, now=order.now)


_STEPS: Sequence[Step] = (
    approve,
    approve,
    approve,
    approve_by_event,
    refuse,
    approve_something_else,
    approve_as_a_stranger,
    forge,
    carry_out,
    carry_out,
    carry_out,
    carry_out,
    look_again,
    look_again,
    carry_out_for_somebody_else,
    alter,
    let_time_pass,
    let_time_pass,
    expire,
    write_again,
)


def a_decision(order: Order, at: datetime, secret: bytes | None = KEY.secret) -> bytes:
    event = ApprovalDecided(
        approval_id=order.asked.id,
        arguments_sha256=order.asked.proposal.digest,
        decision="approved",
        decided_by="anna",
        decided_at=at,
    )
    data = event.model_dump(mode="json", exclude={"signature"})
    signed = data | ({"signature": signature(data, secret)} if secret else {})
    return canonical_json(signed)


def faults(order: Order, ended: Approval) -> list[str]:
    """Everything that is wrong with how an order came out. Pure."""
    book = order.shop.book
    asked = order.asked
    found: list[str] = []
    if len(book) > 1:
        found.append(f"{len(book)} effects")
    for entry in book.values():
        if asked.proposal.digest not in order.approved:
            found.append("an effect that nobody approved")
        if (entry.key, entry.digest) != (asked.id, asked.proposal.digest):
            found.append("another effect than the one approved")
        if entry.requester != asked.requester:
            found.append(f"an effect for {entry.requester!r}")
        if entry.at >= asked.expires_at:
            found.append("an effect after the approval expired")
    if ended.state.open:
        found.append(f"still {ended.state.value}")
    if ended.state is ApprovalState.CONSUMED and not book:
        found.append("consumed without an effect")
    never = (ApprovalState.REFUSED, ApprovalState.EXPIRED, ApprovalState.WITHDRAWN)
    if ended.state in never and book:
        found.append(f"an effect, though it is {ended.state.value}")
    if len(order.approved) > 1:
        found.append("approved twice")
    return found


async def requests(
    store: Store, count_of: int, offsets: "count[int]", first: int
) -> list[Approval]:
    """So many tickets, each parked with its request."""
    desk = Desk(store, offsets=offsets)
    names = [f"c-{first + n}" for n in range(count_of)]
    rows = await desk.receive(*[b"{}"] * count_of)
    admissions = [
        Admission(row=row, identity=an_identity(f"e-{row}"), decision=to_queue(name))
        for row, name in zip(rows, names, strict=True)
    ]
    await store.admit(admissions, now=NOW)
    leases: list[Lease] = []
    while len(leases) < count_of:
        leases += await desk.lease(limit=count_of, until=NOW + timedelta(days=1))
        leases = [lease for lease in leases if lease.conversation in names]
    settlements = [
        asking(lease, a_proposal(order_id=lease.conversation), expires=EXPIRES) for lease in leases
    ]
    assert set(await desk.settle(*settlements)) == {Settled.DONE}
    return [settlement.approvals[0] for settlement in settlements]


async def fuzz(store: Store, database: Database, *, orders: int, seed: int) -> dict[str, int]:
    """Run so many orders on a store; how they ended.

    Raises AssertionError with the seed, the trail and what is wrong.
    """
    offsets = count(seed)
    world = StoreWorld(store, database, offsets)
    ends: dict[str, int] = {}
    for first in range(0, orders, BATCH):
        asked = await requests(store, min(BATCH, orders - first), offsets, first)
        await _run(asked, world, seed + first, ends)
    return ends


async def fuzz_in_memory(*, orders: int, seed: int) -> dict[str, int]:
    """The same over the store's promises in memory."""
    ends: dict[str, int] = {}
    for first in range(0, orders, BATCH):
        world = MemoryWorld()
        asked = [a_request(f"c-{first + n}") for n in range(min(BATCH, orders - first))]
        for one in asked:
            await world.add(one, ApprovalChange(approval=one), NOW)
        await _run(asked, world, seed + first, ends)
    return ends


async def _run(asked: Sequence[Approval], world: World, seed: int, ends: dict[str, int]) -> None:
    batch = [Order(seed=seed + n, asked=one, world=world) for n, one in enumerate(asked)]
    await asyncio.gather(*(order.run() for order in batch))
    for order in batch:
        ended = await order.approvals.get(order.asked.id)
        wrong = faults(order, ended)
        assert not wrong, f"order {order.seed}: {wrong}\n" + "\n".join(order.trail)
        name = ended.state.value + ("+effect" if order.shop.book else "")
        ends[name] = ends.get(name, 0) + 1


def a_request(conversation: str) -> Approval:
    """A request of a conversation at its first revision."""
    lease = Lease(
        owner="w",
        conversation=ConversationId(conversation),
        desk=DeskName("support"),
        ticket=TicketId(conversation),
        revision=1,
        attempt=1,
        rows=(),
        history=(),
        due_at=NOW,
        lane=Priority.NORMAL,
    )
    return an_approval(lease, a_proposal(order_id=conversation), EXPIRES)
