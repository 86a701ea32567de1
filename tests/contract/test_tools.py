"""What every tool that looks something up promises; see `test_side_effects` for the others."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from tests.unit.tools.tables import ADA, JAN, SANNE, TOM, a_registry
from tools.base import Effect, Scope, ToolResult
from tools.errors import RetryCall, ToolFailed
from tools.phrases.catalogue import catalogue, languages
from tools.registry import Registry
from tools.render import render_phrases
from tools.values import Money, Scalar

pytestmark = pytest.mark.contract


@dataclass(frozen=True, kw_only=True)
class Case:
    tool: str
    scope: Scope  #: whose records they are
    stranger: Scope  #: a verified requester who has no such record
    arguments: tuple[Mapping[str, Any], ...]
    missing: Mapping[str, Any]  #: arguments of a record that nobody has

    def __str__(self) -> str:
        return self.tool


ORDERS = ("10001", "10002", "10004", "10005", "10007", "10008")
CASES = (
    Case(
        tool="order",
        scope=ADA,
        stranger=JAN,
        arguments=tuple({"order_id": o} for o in (*ORDERS, "10003", "10006")),
        missing={"order_id": "99999"},
    ),
    Case(
        tool="shipment",
        scope=ADA,
        stranger=JAN,
        arguments=tuple({"order_id": o} for o in ORDERS),
        missing={"order_id": "99999"},
    ),
    Case(
        tool="refund_eligibility",
        scope=ADA,
        stranger=JAN,
        arguments=tuple({"order_id": o} for o in (*ORDERS, "10003", "10006")),
        missing={"order_id": "99999"},
    ),
    Case(
        tool="leave_balance",
        scope=SANNE,
        stranger=TOM,
        arguments=({}, {"year": 2025}),
        missing={"year": 2001},
    ),
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Only read here, so that one serves all tests."""
    return a_registry(tmp_path_factory.mktemp("tools"))


def test_every_registered_tool_is_held_to_this_contract(registry: Registry) -> None:
    looks_up = {name for name in registry.names if registry.get(name).effect is Effect.READ}
    assert looks_up == {case.tool for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=str)
class TestEveryTool:
    async def results(self, registry: Registry, case: Case) -> list[ToolResult]:
        return [await registry.call(case.tool, a, case.scope) for a in case.arguments]

    async def test_its_data_is_flat_and_survives_json(self, registry: Registry, case: Case) -> None:
        for result in await self.results(registry, case):
            assert result.tool == case.tool
            assert result.label
            assert json.loads(json.dumps(dict(result.data))) == dict(result.data)
            for value in result.data.values():
                assert value is None or isinstance(value, str | int | float | bool)

    async def test_the_same_call_gives_the_same_data(self, registry: Registry, case: Case) -> None:
        assert await self.results(registry, case) == await self.results(registry, case)

    @pytest.mark.parametrize("language", languages())
    async def test_each_phrase_is_one_sentence_resting_on_known_fields(
        self, registry: Registry, case: Case, language: str
    ) -> None:
        for result in await self.results(registry, case):
            phrases = registry.get(case.tool).phrases(result, language)
            assert phrases
            for phrase in phrases:
                assert phrase.topic
                assert phrase.text.endswith(".")
                assert not re.search(r"[.!?] \w", re.sub(r"\d\. ", "", phrase.text))
                assert "{" not in phrase.text
                assert phrase.fields
                assert all(result.data.get(name) is not None for name in phrase.fields)
            assert len({phrase.text for phrase in phrases}) == len(phrases)

    @pytest.mark.parametrize("language", languages())
    async def test_no_number_is_said_that_its_fields_do_not_hold(
        self, registry: Registry, case: Case, language: str
    ) -> None:
        for result in await self.results(registry, case):
            for phrase in registry.get(case.tool).phrases(result, language):
                left = phrase.text
                forms = {f for name in phrase.fields for f in forms_of(result.data[name], language)}
                for form in sorted(forms, key=len, reverse=True):
                    left = left.replace(form, "")
                assert not re.search(r"\d", left), (phrase, left)

    async def test_phrases_need_no_backend(self, registry: Registry, case: Case) -> None:
        for result in await self.results(registry, case):
            stored = json.loads(json.dumps(dict(result.data)))
            for language in languages():
                said = registry.get(case.tool).phrases(result, language)
                assert render_phrases(case.tool, stored, language) == said

    async def test_a_language_without_a_catalogue_is_not_spoken(
        self, registry: Registry, case: Case
    ) -> None:
        for result in await self.results(registry, case):
            for language in ("fi", "", "../en", "EN"):
                assert registry.get(case.tool).phrases(result, language) == ()

    async def test_a_claimed_identity_reaches_nothing(self, registry: Registry, case: Case) -> None:
        claimed = replace(case.scope, verified=False)

        with pytest.raises(ToolFailed) as failed:
            await registry.call(case.tool, case.arguments[0], claimed)

        assert failed.value.code == "unverified"

    async def test_no_argument_names_another_requester(
        self, registry: Registry, case: Case
    ) -> None:
        for smuggled in ("customer_id", "employee_id", "requester", "scope", "verified"):
            arguments = {**case.arguments[0], smuggled: case.scope.requester}
            with pytest.raises(RetryCall, match=smuggled):
                await registry.call(case.tool, arguments, case.stranger)

    async def test_what_nobody_has_is_not_found(self, registry: Registry, case: Case) -> None:
        with pytest.raises(ToolFailed) as failed:
            await registry.call(case.tool, case.missing, case.scope)

        assert failed.value.code == "not-found"


@pytest.mark.parametrize("case", [c for c in CASES if c.tool != "leave_balance"], ids=str)
async def test_anothers_order_fails_in_the_words_of_one_that_does_not_exist(
    registry: Registry, case: Case
) -> None:
    with pytest.raises(ToolFailed) as anothers:
        await registry.call(case.tool, {"order_id": "20001"}, ADA)
    with pytest.raises(ToolFailed) as missing:
        await registry.call(case.tool, {"order_id": "99999"}, ADA)

    assert anothers.value.code == missing.value.code == "not-found"
    assert anothers.value.detail.replace("20001", "99999") == missing.value.detail


async def test_a_leave_balance_is_only_ever_the_requesters_own(registry: Registry) -> None:
    sannes = await registry.call("leave_balance", {}, SANNE)
    toms = await registry.call("leave_balance", {}, TOM)

    assert sannes.data["annual_entitled_days"] == 25
    assert toms.data["annual_entitled_days"] == 20


def forms_of(value: Scalar, language: str) -> set[str]:
    """All ways a field's value may be written in a language."""
    words = catalogue(language)
    assert words is not None
    forms = {str(value)}
    if isinstance(value, int | float) and not isinstance(value, bool):
        forms |= {words.days(value), words.days(value).split(" ")[0]}
    with suppress(ValueError):
        forms.add(words.date(date.fromisoformat(str(value))))
    with suppress(ValueError):
        forms.add(words.money(Money.parse(str(value))))
    return forms
