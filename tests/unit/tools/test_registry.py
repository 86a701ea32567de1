"""The registry authorises in code, and ends every call in a result or a named outcome."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from agent.observe.log import EVENT
from tools.base import Effect, Phrase, Scope, ToolResult
from tools.errors import NeedsApproval, RetryCall, ToolError, ToolFailed
from tools.registry import Registry

VERIFIED = Scope(requester="C-1", verified=True, desk="support")
CLAIMED = Scope(requester="C-1", verified=False, desk="support")


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int = 0


class Probe:
    """A tool that does what its test says, and remembers that it was called."""

    description = "for tests"
    arguments: type[BaseModel] = Arguments

    def __init__(
        self,
        does: Callable[[], Awaitable[None]] | None = None,
        *,
        effect: Effect = Effect.READ,
        personal: bool = True,
    ) -> None:
        self.name = "probe"
        self.effect = effect
        self.personal = personal
        self.calls: list[tuple[Any, Scope]] = []
        self._does = does

    async def call(self, arguments: Any, scope: Scope) -> ToolResult:
        self.calls.append((arguments, scope))
        if self._does:
            await self._does()
        return ToolResult(tool=self.name, label="probe", data={"requester": scope.requester})

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return ()


async def test_a_call_gets_its_requester_from_the_scope_alone() -> None:
    probe = Probe()

    result = await Registry([probe]).call("probe", {"number": "7"}, VERIFIED)

    assert result.data == {"requester": "C-1"}
    assert probe.calls == [(Arguments(number=7), VERIFIED)]


async def test_a_side_effect_waits_for_an_approval_and_is_not_run() -> None:
    probe = Probe(effect=Effect.WRITE)

    with pytest.raises(NeedsApproval) as waits:
        await Registry([probe]).call("probe", {"number": "7"}, VERIFIED)

    assert (waits.value.tool, waits.value.arguments) == ("probe", {"number": 7})
    assert probe.calls == []


async def test_a_claimed_identity_cannot_even_ask_for_a_side_effect() -> None:
    probe = Probe(effect=Effect.WRITE, personal=False)

    with pytest.raises(ToolFailed) as failed:
        await Registry([probe]).call("probe", {}, CLAIMED)

    assert failed.value.code == "unverified"


async def test_a_desk_calls_the_tools_it_lists() -> None:
    registry = Registry([Probe()], desks={"support": ["probe"], "hr": []})
    in_hr = Scope(requester="C-1", verified=True, desk="hr")

    assert (await registry.call("probe", {}, VERIFIED)).label == "probe"
    with pytest.raises(ToolFailed) as failed:
        await registry.call("probe", {}, in_hr)

    assert failed.value.code == "refused"


async def test_what_only_looks_up_is_neither_prepared_nor_carried_out() -> None:
    registry = Registry([Probe()])

    with pytest.raises(RetryCall, match="no side effect"):
        await registry.prepare("probe", {}, VERIFIED)


async def test_personal_data_is_refused_to_a_claimed_identity_before_the_call() -> None:
    probe = Probe()

    with pytest.raises(ToolFailed) as failed:
        await Registry([probe]).call("probe", {}, CLAIMED)

    assert failed.value.code == "unverified"
    assert probe.calls == []


async def test_what_is_not_personal_is_there_for_a_claimed_identity() -> None:
    result = await Registry([Probe(personal=False)]).call("probe", {}, CLAIMED)

    assert result.label == "probe"


@pytest.mark.parametrize("arguments", [{"number": "seven"}, {"nummer": 7}])
async def test_wrong_arguments_may_be_mended_and_are_not_quoted(arguments: dict[str, Any]) -> None:
    probe = Probe()

    with pytest.raises(RetryCall) as retry:
        await Registry([probe]).call("probe", arguments, VERIFIED)

    assert "num" in retry.value.hint
    assert "seven" not in str(retry.value)
    assert probe.calls == []


async def test_a_tool_that_does_not_exist_is_a_mistake_to_mend() -> None:
    with pytest.raises(RetryCall, match=r"known: 'probe'"):
        await Registry([Probe()]).call("prober", {}, VERIFIED)


async def test_a_slow_backend_is_a_timeout() -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    with pytest.raises(ToolFailed) as failed:
        await Registry([Probe(never)], timeout=0.01).call("probe", {}, VERIFIED)

    assert failed.value.code == "timeout"


async def test_a_broken_backend_is_told_without_its_data(caplog: pytest.LogCaptureFixture) -> None:
    async def breaks() -> None:
        raise KeyError("row of Ada Byrne")

    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(ToolFailed) as failed,
    ):
        await Registry([Probe(breaks)]).call("probe", {}, VERIFIED)

    assert failed.value.code == "backend"
    assert "Ada" not in str(failed.value)
    logged = [(record.getMessage(), record.__dict__[EVENT]) for record in caplog.records]
    assert logged == [("tool.backend", {"tool": "probe", "error": "KeyError"})]
    assert "Ada" not in caplog.text


@pytest.mark.parametrize(
    "outcome",
    [RetryCall("probe", "another year"), ToolFailed("probe", "refused", "closed account")],
    ids=lambda outcome: type(outcome).__name__,
)
async def test_a_tools_own_outcome_passes_through(outcome: ToolError) -> None:
    async def says() -> None:
        raise outcome

    with pytest.raises(ToolError) as raised:
        await Registry([Probe(says)]).call("probe", {}, VERIFIED)

    assert raised.value is outcome


async def test_a_cancelled_call_stays_cancelled() -> None:
    started = asyncio.Event()

    async def waits() -> None:
        started.set()
        await asyncio.Event().wait()

    call = asyncio.create_task(Registry([Probe(waits)]).call("probe", {}, VERIFIED))
    await started.wait()
    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call


def test_names_are_sorted() -> None:
    assert Registry([Probe()]).names == ("probe",)
    assert Registry([]).names == ()
