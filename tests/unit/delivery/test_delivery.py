"""Drafts go back as drafts: an unsent mail with its proof, a Zammad ticket's shared draft."""

import json
from email import message_from_bytes
from email.policy import default

import httpx
import pytest

from agent.delivery.eml import file_name, unsent_mail
from agent.delivery.zammad import NotDelivered, Zammad, as_html, shared_draft, ticket_number
from agent.domain.events import DraftCreated
from agent.pipeline.announce import draft_event
from tests.unit.web.shop import BODY, a_draft


def a_draft_event(conversation: str = "m1@example.org", body: str = BODY) -> DraftCreated:
    return draft_event(a_draft(conversation, body, answers=()))


def test_a_mail_is_unsent_in_its_thread_and_carries_the_draft() -> None:
    draft = a_draft_event()

    mail = message_from_bytes(unsent_mail(draft), policy=default)

    assert (mail["X-Unsent"], mail["To"]) == ("1", None)
    assert (mail["In-Reply-To"], mail["References"]) == ("<m1@example.org>", "<m1@example.org>")
    body = mail.get_body()
    assert body is not None
    assert body.get_content().splitlines() == BODY.splitlines()
    (attached,) = mail.iter_attachments()
    assert DraftCreated.model_validate_json(attached.get_content()) == draft


@pytest.mark.parametrize("hostile", ["a@b\r\nBcc: x@y", "<a@b>", "a b@c"])
def test_a_tickets_id_never_adds_a_header(hostile: str) -> None:
    draft = a_draft_event().model_copy(update={"ticket_id": hostile, "conversation_id": hostile})

    mail = message_from_bytes(unsent_mail(draft), policy=default)

    assert mail["Bcc"] is None
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)


def test_a_draft_has_one_file_however_often_it_is_written() -> None:
    draft = a_draft_event()

    assert file_name(draft) == f"{draft.draft_id}.eml"


@pytest.mark.parametrize(
    ("conversation", "number"),
    [("zammad-81", "81"), ("zammad-", None), ("zammad-8/../1", None), ("T-1", None)],
)
def test_only_tickets_of_its_webhook_are_zammads(conversation: str, number: str | None) -> None:
    assert ticket_number(conversation) == number


def test_text_becomes_html_without_tags_of_its_own() -> None:
    assert as_html("Hi <b>\nthere\n\nBye") == "<p>Hi &lt;b&gt;<br>there</p><p>Bye</p>"


async def test_a_shared_draft_is_put_into_its_ticket_and_again_is_the_same() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"shared_draft_id": 7, "assets": {}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        zammad = Zammad(client, url="https://help.example/", token="t-1")
        draft = a_draft_event("zammad-81")
        assert await zammad.deliver(draft)
        assert await zammad.deliver(draft)
        assert not await zammad.deliver(a_draft_event("T-1"))

    first, second = seen
    assert (first.method, str(first.url)) == (
        "PUT",
        "https://help.example/api/v1/tickets/81/shared_draft",
    )
    assert first.headers["authorization"] == "Token token=t-1"
    assert first.content == second.content
    assert json.loads(first.content) == shared_draft(draft)


@pytest.mark.parametrize(
    ("status", "again"), [(401, False), (404, False), (429, True), (502, True)]
)
async def test_a_refusal_says_whether_to_try_again(status: int, again: bool) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, text="secret body"))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(NotDelivered) as refused:
            await Zammad(client, url="https://help.example", token="t").deliver(
                a_draft_event("zammad-1")
            )

    assert refused.value.again is again
    assert "secret" not in str(refused.value)
