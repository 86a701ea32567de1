"""Tools that desks describe, put together with the secrets of the settings."""

from dataclasses import replace

import pytest

from agent.bootstrap.tools import with_desks
from agent.desk import DeskError, load_desk
from agent.domain.desk import Desk
from agent.settings import SHIPPED_DESKS, Settings, ToolsSettings
from tools.base import Effect, Scope
from tools.errors import ToolFailed
from tools.http.spec import Ask, Auth, HttpSpec
from tools.registry import Registry
from tools.render import TOOL_NAMES

HR = load_desk(SHIPPED_DESKS / "hr", known_tools=TOOL_NAMES)
SPEC = HttpSpec(
    name="payslip",
    description="When the requester's last payslip was sent.",
    effect=Effect.READ,
    personal=True,
    ask=Ask(url="https://hr.example.com/{requester}"),
    hosts=("hr.example.com",),
    auth=Auth(kind="bearer", secret="hr"),
)
WITH = Settings(tools=ToolsSettings(secrets={"hr": "s3cret"}))  # pyright: ignore[reportArgumentType] -- read by pydantic


def desk(*specs: HttpSpec, name: str = "hr") -> Desk:
    return replace(HR, name=name, described=specs, tools=tuple(s.name for s in specs))


def test_a_secret_that_is_not_set_is_named_at_the_start() -> None:
    with pytest.raises(DeskError) as caught:
        with_desks(Registry([]), [desk(SPEC)], Settings())
    assert str(caught.value) == (
        "hr/desk.toml: http_tools['payslip'].auth.secret: there is no secret 'hr' "
        "(set CITEDESK_TOOLS__SECRETS__HR)"
    )


def test_the_operator_may_bound_the_hosts_of_all_desks() -> None:
    bound = Settings(tools=replace_hosts("erp.example.com"))
    with pytest.raises(DeskError, match=r"hosts: 'hr.example.com' is not allowed"):
        with_desks(Registry([]), [desk(SPEC)], bound)
    assert with_desks(Registry([]), [desk(SPEC)], Settings(tools=replace_hosts("hr.example.com")))


def test_a_side_effect_is_over_before_another_worker_may_begin_it() -> None:
    slow = replace(SPEC, effect=Effect.WRITE, timeout=30.0, done=Ask(url="https://hr.example.com/"))
    with pytest.raises(DeskError) as caught:
        with_desks(Registry([]), [desk(slow)], WITH)
    assert str(caught.value) == (
        "hr/desk.toml: http_tools['payslip'].timeout_seconds: two calls of 30 s outlast a "
        "reservation of 60 s (lower it, or set CITEDESK_APPROVALS__RESERVE_SECONDS to 61)"
    )
    assert with_desks(Registry([]), [desk(replace(slow, timeout=29.5))], WITH)
    assert with_desks(Registry([]), [desk(replace(slow, effect=Effect.READ))], WITH)
    longer = WITH.approvals.model_copy(update={"reserve_seconds": 61})
    assert with_desks(Registry([]), [desk(slow)], WITH.model_copy(update={"approvals": longer}))


def replace_hosts(host: str) -> ToolsSettings:
    return WITH.tools.model_copy(update={"hosts": (host,)})


def test_two_desks_mean_one_thing_by_one_name() -> None:
    other = replace(SPEC, description="Another.")
    with pytest.raises(DeskError, match="is another tool on another desk"):
        with_desks(Registry([]), [desk(SPEC), desk(other, name="pay")], WITH)
    both = with_desks(Registry([]), [desk(SPEC), desk(SPEC, name="pay")], WITH)
    assert both.names == ("payslip",)


async def test_a_desk_calls_no_tool_that_another_describes() -> None:
    made = with_desks(Registry([]), [desk(SPEC), desk(name="pay")], WITH)
    with pytest.raises(ToolFailed, match="is not a tool of desk 'pay'"):
        await made.call("payslip", {}, Scope(requester="E-1", verified=True, desk="pay"))


async def test_a_registry_goes_on_with_the_tools_of_a_reload() -> None:
    running = with_desks(Registry([]), [desk()], WITH)
    running.take(with_desks(Registry([]), [desk(SPEC)], WITH))
    assert running.names == ("payslip",)
