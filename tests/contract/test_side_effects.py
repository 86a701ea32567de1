"""What every tool with a side effect promises: nothing without a warrant, once with one."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.contract.test_tools import forms_of
from tests.unit.tools.tables import ADA, JAN, SANNE, TOM, a_registry
from tools.base import Effect, Prepared, Scope, ToolResult, Warrant
from tools.effects import STATES
from tools.errors import NeedsApproval, RetryCall, ToolFailed
from tools.phrases.catalogue import languages
from tools.registry import Registry
from tools.render import render_label, render_phrases
from tools.values import arguments_digest

pytestmark = pytest.mark.contract
KEY = "6b0f6a34-0000-5000-8000-000000000001"


@dataclass(frozen=True, kw_only=True)
class Case:
    tool: str
    scope: Scope
    stranger: Scope  #: a verified requester who may not have it done
    arguments: Mapping[str, Any]
    complete: Mapping[str, Any]  #: the arguments with what was left open
    impossible: Mapping[str, Any]  #: the requester's own, but not now
    changed: str  #: a query that tells whether it was done

    def __str__(self) -> str:
        return self.tool


CASES = (
    Case(
        tool="cancel_order",
        scope=ADA,
        stranger=JAN,
        arguments={"order_id": 10003},
        complete={"order_id": "10003"},
        impossible={"order_id": "10002"},
        changed="SELECT status FROM orders WHERE order_id = '10003'",
    ),
    Case(
        tool="refund",
        scope=ADA,
        stranger=JAN,
        arguments={"order_id": "10009"},
        complete={"order_id": "10009", "amount": "25.00 EUR"},
        impossible={"order_id": "10005"},
        changed="SELECT status, amount FROM refunds WHERE order_id = '10009'",
    ),
    Case(
        tool="change_address",
        scope=ADA,
        stranger=JAN,
        arguments={"order_id": "10003", "street": "1 Quay St", "city": "Cork", "country": "ie"},
        complete={
            "order_id": "10003",
            "street": "1 Quay St",
            "postal_code": "",
            "city": "Cork",
            "country": "IE",
        },
        impossible={"order_id": "10002", "street": "1 Quay St", "city": "Cork", "country": "IE"},
        changed="SELECT count(*) FROM effects",
    ),
    Case(
        tool="send_replacement",
        scope=ADA,
        stranger=JAN,
        arguments={"order_id": "10001", "sku": "A-2"},
        complete={"order_id": "10001", "sku": "A-2"},
        impossible={"order_id": "10002"},
        changed="SELECT count(*) FROM effects",
    ),
    Case(
        tool="book_leave",
        scope=SANNE,
        stranger=TOM,
        arguments={"start": "2026-12-07", "end": "2026-12-11"},
        complete={"start": "2026-12-07", "end": "2026-12-11"},
        impossible={"start": "2026-12-01", "end": "2026-12-31"},
        changed="SELECT planned_days FROM leave_balances"
        " WHERE employee_id = 'E-1' AND year = '2026' AND kind = 'annual'",
    ),
)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return a_registry(tmp_path)


def peek(folder: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / "demo.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def a_warrant(case: Case, prepared: Prepared, **changed: Any) -> Warrant:
    warrant = Warrant(
        tool=case.tool,
        arguments=prepared.arguments,
        digest=arguments_digest(prepared.arguments),
        requester=case.scope.requester,
        key=KEY,
    )
    return replace(warrant, **changed)


def test_every_registered_side_effect_is_held_to_this_contract(registry: Registry) -> None:
    acts = {name for name in registry.names if registry.get(name).effect is Effect.WRITE}
    assert acts == {case.tool for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=str)
class TestEverySideEffect:
    async def test_a_call_only_ever_asks(
        self, registry: Registry, case: Case, tmp_path: Path
    ) -> None:
        before = peek(tmp_path, case.changed)
        tool = registry.get(case.tool)

        with pytest.raises(NeedsApproval):
            await registry.call(case.tool, case.arguments, case.scope)
        with pytest.raises(NeedsApproval):
            await tool.call(tool.arguments.model_validate(dict(case.arguments)), case.scope)

        assert peek(tmp_path, case.changed) == before

    async def test_it_is_prepared_without_being_done(
        self, registry: Registry, case: Case, tmp_path: Path
    ) -> None:
        before = peek(tmp_path, case.changed)

        prepared = await registry.prepare(case.tool, case.arguments, case.scope)

        assert dict(prepared.arguments) == case.complete
        assert prepared.result.data["state"] == "requested"
        assert json.loads(json.dumps(dict(prepared.result.data))) == dict(prepared.result.data)
        assert peek(tmp_path, case.changed) == before

    async def test_it_is_done_once_for_each_key(
        self, registry: Registry, case: Case, tmp_path: Path
    ) -> None:
        prepared = await registry.prepare(case.tool, case.arguments, case.scope)
        warrant = a_warrant(case, prepared)
        before = peek(tmp_path, case.changed)
        assert await registry.done(case.tool, KEY) is None

        results = await asyncio.gather(*(registry.execute(warrant, case.scope) for _ in range(4)))
        after = peek(tmp_path, case.changed)
        again = await registry.execute(warrant, case.scope)

        assert before != after
        assert all(result == again for result in results)
        assert again.data["state"] == "done"
        assert await registry.done(case.tool, KEY) == again
        assert peek(tmp_path, case.changed) == after
        assert peek(tmp_path, "SELECT count(*) FROM effects") == [(1,)]

    @pytest.mark.parametrize(
        "changed",
        [
            {"requester": "C-2"},
            {"key": ""},
            {"digest": "0" * 64},
            {"arguments": {"order_id": "10001"}},
        ],
        ids=str,
    )
    async def test_a_warrant_for_anything_else_does_nothing(
        self, registry: Registry, case: Case, tmp_path: Path, changed: dict[str, Any]
    ) -> None:
        prepared = await registry.prepare(case.tool, case.arguments, case.scope)
        before = peek(tmp_path, case.changed)

        with pytest.raises(ToolFailed) as failed:
            await registry.execute(a_warrant(case, prepared, **changed), case.scope)

        assert failed.value.code == "refused"
        assert peek(tmp_path, case.changed) == before

    async def test_it_is_the_requesters_own_or_nothing(
        self, registry: Registry, case: Case, tmp_path: Path
    ) -> None:
        prepared = await registry.prepare(case.tool, case.arguments, case.scope)
        before = peek(tmp_path, case.changed)

        with pytest.raises(ToolFailed):
            await registry.prepare(case.tool, case.arguments, case.stranger)
        stolen = a_warrant(case, prepared, requester=case.stranger.requester)
        with pytest.raises(ToolFailed):
            await registry.execute(stolen, case.stranger)
        with pytest.raises(ToolFailed) as claimed:
            await registry.prepare(case.tool, case.arguments, replace(case.scope, verified=False))
        smuggled = {**case.arguments, "customer_id": case.scope.requester}
        with pytest.raises(RetryCall, match="customer_id"):
            await registry.prepare(case.tool, smuggled, case.stranger)

        assert claimed.value.code == "unverified"
        assert peek(tmp_path, case.changed) == before

    async def test_what_is_impossible_is_refused_before_anybody_is_asked(
        self, registry: Registry, case: Case
    ) -> None:
        with pytest.raises(ToolFailed) as failed:
            await registry.prepare(case.tool, case.impossible, case.scope)

        assert failed.value.code == "refused"

    async def test_it_is_worded_in_every_language_and_state(
        self, registry: Registry, case: Case
    ) -> None:
        prepared = await registry.prepare(case.tool, case.arguments, case.scope)
        done = await registry.execute(a_warrant(case, prepared), case.scope)
        results = [_in_state(prepared.result, state) for state in STATES] + [done]
        for language in languages():
            for result in results:
                (phrase,) = registry.get(case.tool).phrases(result, language)
                assert render_phrases(case.tool, result.data, language) == (phrase,)
                assert render_label(case.tool, result.data, language)
                assert "state" in phrase.fields
                assert phrase.text.endswith(".")
                assert "{" not in phrase.text
                assert _numbers_left(phrase.text, result, language) == ""


def _in_state(result: ToolResult, state: str) -> ToolResult:
    extra = {"refunded_on": "2026-11-21"} if result.tool == "refund" and state == "done" else {}
    return replace(result, data={**result.data, "state": state, **extra})


def _numbers_left(text: str, result: ToolResult, language: str) -> str:
    forms = {form for value in result.data.values() for form in forms_of(value, language)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "")
    return "".join(re.findall(r"\d", text))
