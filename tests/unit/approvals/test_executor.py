"""After a worker died: what a backend then says is believed as far as it can be, and no further."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from agent.approvals import Approval, ApprovalState, Executor
from agent.approvals.executor import UNKNOWN
from agent.store import Store
from tests.contract.store.asking import Counter, a_counter, a_proposal, terms
from tests.contract.store.values import NOW
from tests.services import Answer, Asked, Service, service, told
from tools.base import Effect
from tools.http.spec import ArgumentSpec, Ask, FieldSpec, HttpSpec, Saying
from tools.http.tool import http_tool
from tools.registry import Registry

DAY = timedelta(days=1)
LATER = timedelta(minutes=2)  #: longer than a reservation
UNTIL = FieldSpec(name="until", path=("until",), kind="date")


@pytest.fixture
async def erp() -> AsyncGenerator[Service]:
    async with service() as running:
        yield running


def extend(erp: Service) -> Registry:
    at = f"http://{erp.host}"
    spec = HttpSpec(
        name="extend_return",
        description="Give the requester more days to return an order.",
        effect=Effect.WRITE,
        personal=True,
        ask=Ask(method="POST", url=f"{at}/orders", body={"who": "{requester}"}, fields=(UNTIL,)),
        done=Ask(url=f"{at}/effects/{{key}}", fields=(UNTIL,)),
        hosts=(erp.host,),
        arguments=(ArgumentSpec(name="order_id"),),
        says=(
            Saying(
                when={"state": "done"},
                text={"en": "You can return order {order_id} until {until}."},
            ),
        ),
    )
    return Registry([http_tool(spec)])


class Worker:
    """Carries one approval out, at times of its own."""

    def __init__(self, counter: Counter, registry: Registry, approval: Approval) -> None:
        self.now = NOW
        self.registry = registry
        self._counter = counter
        self._approval = approval
        self._executor = Executor(counter.approvals, registry, owner="w2", clock=lambda: self.now)

    async def one_that_died(self) -> None:
        """Somebody took it in hand and was not heard of again."""
        reserve = self._counter.approvals.reserve
        await reserve(self._approval.id, **terms(self._approval), owner="w1", now=self.now)
        self.now += LATER

    async def attempt(self) -> Approval:
        await self._executor.step_of(await self._counter.approvals.get(self._approval.id))
        self.now += LATER
        return await self._counter.approvals.get(self._approval.id)


@pytest.fixture
async def worker(store: Store, erp: Service) -> Worker:
    counter = a_counter(store)
    (asked,) = await counter.ask("c-1", a_proposal("extend_return", order_id="61233"), expires=DAY)
    return Worker(counter, extend(erp), await counter.approve(asked))


async def test_what_was_done_before_a_crash_is_told_with_what_was_asked(
    worker: Worker, erp: Service
) -> None:
    await worker.one_that_died()
    erp.says(told({"until": "2026-12-24"}))

    ended = await worker.attempt()

    assert ended.state is ApprovalState.CONSUMED
    assert [one.method for one in erp.asked] == ["GET"]
    assert ended.result is not None
    assert ended.result.data == {"state": "done", "order_id": "61233", "until": "2026-12-24"}
    (said,) = worker.registry.get("extend_return").phrases(ended.result, "en")
    assert said.text == "You can return order 61233 until 24 December 2026."


@pytest.mark.parametrize("status", [404, 403, 422])
async def test_a_no_after_a_crash_may_be_a_no_to_a_second_time(
    worker: Worker, erp: Service, status: int
) -> None:
    def answer(asked: Asked) -> Answer:
        return told({}, 404 if asked.method == "GET" else status)

    erp.answer = answer
    await worker.one_that_died()

    for _ in range(2, Executor.ATTEMPTS):
        assert (await worker.attempt()).state is ApprovalState.RESERVED
    ended = await worker.attempt()

    assert (ended.state, ended.failure) == (ApprovalState.FAILED, UNKNOWN)


async def test_a_question_by_the_key_that_is_refused_tells_nothing(
    worker: Worker, erp: Service
) -> None:
    await worker.one_that_died()
    erp.says(told({}, 401))
    assert (await worker.attempt()).state is ApprovalState.RESERVED
    assert [one.method for one in erp.asked] == ["GET"]

    erp.says(told({"until": "2026-12-24"}))
    assert (await worker.attempt()).state is ApprovalState.CONSUMED


@pytest.mark.parametrize(
    ("status", "failure"), [(404, "not-found"), (403, "refused"), (422, "arguments")]
)
async def test_a_no_to_the_first_attempt_is_one(
    worker: Worker, erp: Service, status: int, failure: str
) -> None:
    erp.says(told({}, status))
    ended = await worker.attempt()
    assert (ended.state, ended.failure) == (ApprovalState.FAILED, failure)
