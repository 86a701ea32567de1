"""A side effect over HTTP: prepared freely, carried out by a warrant alone, once for each key."""

import json
from dataclasses import replace

import pytest

from tests.services import Answer, Asked, Service, told
from tools.base import Effect, Scope, Warrant
from tools.errors import NeedsApproval, RetryCall, ToolFailed
from tools.http.spec import ArgumentSpec, Ask, Auth, FieldSpec, HttpSpec, Saying
from tools.http.tool import http_tool
from tools.registry import Registry
from tools.values import arguments_digest

ANNA = Scope(requester="C-5012", verified=True, desk="support")
GIVEN = {"order_id": "61233", "days": 14}


def extend(erp: Service) -> HttpSpec:
    at = f"http://{erp.host}"
    return HttpSpec(
        name="extend_return",
        description="Give the requester more days to return an order.",
        effect=Effect.WRITE,
        personal=True,
        ask=Ask(
            method="POST",
            url=f"{at}/orders/{{order_id}}/return-window",
            body={"customer": "{requester}", "days": "{days}", "note": "{note}", "by": ["desk"]},
            fields=(FieldSpec(name="until", path=("until",), kind="date"),),
        ),
        check=Ask(
            url=f"{at}/orders/{{order_id}}",
            fields=(FieldSpec(name="open", path=("open",), kind="boolean"),),
            owner=("customer",),
            require={"open": True},
        ),
        done=Ask(
            url=f"{at}/effects/{{key}}",
            fields=(FieldSpec(name="until", path=("until",), kind="date"),),
        ),
        hosts=(erp.host,),
        auth=Auth(kind="header", secret="erp", header="X-Api-Key"),
        timeout=1.0,
        arguments=(
            ArgumentSpec(name="order_id"),
            ArgumentSpec(name="days", kind="integer"),
            ArgumentSpec(name="note", required=False),
        ),
        says=(
            Saying(
                when={"state": "requested"},
                text={"en": "You asked for {days} more days to return order {order_id}."},
            ),
            Saying(when={"state": "done"}, text={"en": "You can return it until {until}."}),
        ),
    )


def registry(erp: Service) -> Registry:
    return Registry([http_tool(extend(erp), secret="s3cret")])


def warrant(**given: object) -> Warrant:
    arguments = {**GIVEN, **given}
    return Warrant(
        tool="extend_return",
        arguments=arguments,  # pyright: ignore[reportArgumentType] -- scalars
        digest=arguments_digest(arguments),
        requester="C-5012",
        key="approval-1",
    )


async def test_a_call_needs_an_approval_and_asks_nobody(erp: Service) -> None:
    with pytest.raises(NeedsApproval):
        await registry(erp).call("extend_return", GIVEN, ANNA)
    assert erp.asked == []


async def test_preparing_only_looks(erp: Service) -> None:
    erp.says(told({"customer": "C-5012", "open": True}))

    prepared = await registry(erp).prepare("extend_return", GIVEN, ANNA)

    assert prepared.arguments == GIVEN
    assert prepared.result.data == {**GIVEN, "state": "requested", "open": True}
    assert [one.method for one in erp.asked] == ["GET"]
    (said,) = registry(erp).get("extend_return").phrases(prepared.result, "en")
    assert said.text == "You asked for 14 more days to return order 61233."


async def test_what_is_asked_for_is_what_was_given(erp: Service) -> None:
    erp.says(told({"customer": "C-5012", "open": True, "days": 99}))
    spec = extend(erp)
    assert spec.check is not None
    fields = (*spec.check.fields, FieldSpec(name="days", path=("days",), kind="integer"))
    spec = replace(spec, check=replace(spec.check, fields=fields))

    prepared = await Registry([http_tool(spec, secret="s3cret")]).prepare(spec.name, GIVEN, ANNA)

    assert prepared.result.data["days"] == GIVEN["days"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"customer": "C-5012", "open": False}, "refused"),
        ({"customer": "C-1", "open": True}, "not-found"),
    ],
)
async def test_what_is_not_possible_or_not_theirs_is_not_asked_of_a_person(
    erp: Service, answer: object, code: str
) -> None:
    erp.says(told(answer))
    with pytest.raises(ToolFailed) as failed:
        await registry(erp).prepare("extend_return", GIVEN, ANNA)
    assert failed.value.code == code


async def test_a_warrant_carries_it_out_with_its_key_and_the_requester(erp: Service) -> None:
    erp.says(told({"until": "2026-12-24"}, 201))

    result = await registry(erp).execute(warrant(), ANNA)

    (asked,) = erp.asked
    assert (asked.method, asked.target) == ("POST", "/orders/61233/return-window")
    assert asked.headers["idempotency-key"] == "approval-1"
    assert asked.headers["x-api-key"] == "s3cret"
    assert json.loads(asked.body) == {"customer": "C-5012", "days": 14, "by": ["desk"]}
    assert result.data == {**GIVEN, "state": "done", "until": "2026-12-24"}


@pytest.mark.parametrize(
    "changed",
    [
        replace(warrant(), arguments={"order_id": "61234", "days": 14}),
        replace(warrant(), requester="C-1"),
        replace(warrant(), key=""),
    ],
)
async def test_anything_but_what_was_approved_reaches_no_service(
    erp: Service, changed: Warrant
) -> None:
    with pytest.raises(ToolFailed) as failed:
        await registry(erp).execute(changed, ANNA)
    assert failed.value.code == "refused"
    assert erp.asked == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (told({}, 404), "not-found"),
        (told({}, 403), "refused"),
        # After these it may have happened, so they are asked about and not told as refused.
        (told({}, 409), "backend"),
        (told({}, 500), "backend"),
        (told({}, 503), "backend"),
        (told({}, 307, location="/again"), "backend"),
        (told({"until": "one day"}), "backend"),
        (Answer(never=True), "timeout"),
    ],
)
async def test_an_effect_is_sent_once_whatever_the_answer(
    erp: Service, answer: Answer, code: str
) -> None:
    erp.says(answer)
    with pytest.raises(ToolFailed) as failed:
        await registry(erp).execute(warrant(), ANNA)
    assert failed.value.code == code
    assert len(erp.asked) == 1


async def test_an_effect_that_the_service_will_not_read_has_not_happened(erp: Service) -> None:
    erp.says(told({}, 422))
    with pytest.raises(RetryCall):
        await registry(erp).execute(warrant(), ANNA)


async def test_what_was_done_is_asked_by_the_key(erp: Service) -> None:
    def answer(asked: Asked) -> Answer:
        known = asked.target == "/effects/approval-1"
        return told({"until": "2026-12-24"}) if known else told({}, 404)

    erp.answer = answer
    found = await registry(erp).done("extend_return", "approval-1")
    assert found is not None
    assert found.data == {"state": "done", "until": "2026-12-24"}
    assert await registry(erp).done("extend_return", "approval-2") is None
