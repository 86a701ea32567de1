"""The review queue as two people work it, in a real browser, on a running service."""

import asyncio
import json
import os
import secrets
import socket
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.bus import topics
from agent.bus.client import read_all
from agent.domain.events import ReplyReleased
from tests.acceptance.command import Citedesk
from tests.broker import begin_at_end
from tests.chromium import violations

T = TypeVar("T")
SPEC = topics.TopicSpec(
    partitions=1, replication=1, retention=timedelta(days=7), max_message_bytes=8_388_608
)
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
PASSWORD = "correct horse battery staple"
ASKED = "How many days do I have to return a dress? I want to speak to a human, please call me."
#: Where the page's pictures go; `make screenshots` names `docs`.
SHOTS = os.environ.get("CITEDESK_TEST_SHOTS")


def shot(page: Page, name: str) -> None:
    """A small picture of what a test sees, in light and in dark, where pictures are asked for."""
    if not SHOTS:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        end = "" if scheme == "light" else "-dark"
        page.screenshot(path=f"{SHOTS}/{name}{end}.jpg", type="jpeg", quality=72)
    page.emulate_media(color_scheme="light")


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Runs it in a thread of its own: the browser's driver has the loop of this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture(scope="module")
def service(
    kafka: str, learnt: Path, address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Citedesk]:
    """One process with every part, two reviewers, and a broker of the run."""
    token = secrets.token_hex(4)
    folder = tmp_path_factory.mktemp("review")
    made = Citedesk(
        folder=folder,
        settings={
            "DATA": str(learnt),
            "DATABASE__URL": f"sqlite:///{folder / 'citedesk.db'}",
            "KAFKA__BOOTSTRAP": kafka,
            "KAFKA__GROUP": f"g-{token}",
            "KAFKA__INSTANCE": token,
            "HTTP__PORT": "0",
            "WEB__PORT": address.rpartition(":")[2],
        },
    )
    apart(topics.create(kafka, SPEC))
    apart(begin_at_end(kafka, topics.TICKETS, f"g-{token}"))
    assert made("migrate").code == 0
    for name, role in (("anna", "admin"), ("ben", "reviewer")):
        done = made(
            "users", "add", name, "--role", role, "--password-stdin", stdin=PASSWORD.encode()
        )
        assert done.code == 0, done.told
    running = made.start("serve")
    _answers(address)
    yield made
    running.terminate()
    assert running.wait(60) == 0


def _answers(address: str) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            urlopen(f"{address}/sign-in", timeout=5).close()
        except OSError:
            assert time.monotonic() < end, "the review queue did not come up"
        else:
            return


@pytest.fixture
def anna(chromium: Browser, service: Citedesk, address: str) -> Iterator[Page]:
    yield from _signed_in(chromium, address, "anna")


@pytest.fixture
def ben(chromium: Browser, service: Citedesk, address: str) -> Iterator[Page]:
    yield from _signed_in(chromium, address, "ben")


def _signed_in(chromium: Browser, address: str, name: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=address, viewport={"width": 1360, "height": 860})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto("/queue")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#rows")).to_be_visible()
    expect(page.locator("#live")).to_have_text("live", timeout=20_000)
    yield page
    context.close()
    assert faults == []


def submit(service: Citedesk, body: str = ASKED) -> str:
    """A ticket through Kafka; returns its id."""
    # Letters alone: a name with digits in it may be taken for an order or an article.
    name = "R" + secrets.token_hex(4).translate(str.maketrans("0123456789", "ghijklmnop"))
    data = {
        "ticket_id": name,
        "desk": "support",
        "subject": f"Return of a dress ({name})",
        "requester": {"id": "C-5001", "assurance": "verified", "country": "IE"},
        "body": body,
    }
    assert service("submit", "-", stdin=json.dumps(data).encode() + b"\n").code == 0
    return name


def row(page: Page, ticket: str) -> None:
    """Wait until the ticket's draft is in the list, without a reload."""
    expect(page.locator(".row", has_text=ticket)).to_be_visible(timeout=60_000)


def opened(page: Page, ticket: str) -> None:
    row(page, ticket)
    page.locator(".row", has_text=ticket).click()
    expect(page.locator("#case-title")).to_contain_text(ticket)


def test_a_draft_comes_to_the_open_page_and_its_sentence_shows_its_evidence(
    anna: Page, service: Citedesk
) -> None:
    ticket = submit(service)

    opened(anna, ticket)

    expect(anna.locator(".why")).to_contain_text("asks_for_person")
    sentence = anna.locator(".s-proved").first
    sentence.hover()
    card = anna.locator(".card.lit")
    expect(card).to_have_count(1)
    marked = card.locator("mark").inner_text()
    assert marked in sentence.inner_text()
    expect(card).to_contain_text("policies/en/")
    shot(anna, "review")


def test_an_edit_with_a_wrong_number_is_refused_and_a_right_one_is_released(
    anna: Page, service: Citedesk, kafka: str
) -> None:
    ticket = submit(service)
    opened(anna, ticket)
    anna.keyboard.press("e")
    reply = anna.locator("#reply")
    drafted = reply.input_value()
    assert "30 days" in drafted

    reply.fill(drafted.replace("30 days", "60 days"))
    expect(anna.locator("#check")).to_contain_text("60 days")
    expect(anna.locator(".editor button.primary")).to_be_disabled()
    shot(anna, "review-edit")
    refused = anna.evaluate(
        """async () => {
            const id = document.querySelector('.case').dataset.draft;
            const answer = await fetch(`/api/v1/drafts/${id}/release`, {
                method: 'POST',
                headers: {'content-type': 'application/json',
                          'x-csrf-token': document.querySelector('meta[name=csrf]').content},
                body: JSON.stringify({revision: 1, vouched: true,
                                      body: document.querySelector('#reply').value})});
            return [answer.status, (await answer.json()).code];
        }"""
    )
    assert refused == [409, "not-proved"]

    reply.fill(drafted.replace("Thank you for your message.", "Thank you for asking."))
    expect(anna.locator(".editor button.primary")).to_be_enabled()
    anna.locator(".editor button.primary").click()

    expect(anna.locator(".row", has_text=ticket)).to_have_count(0)
    event = released(kafka, ticket)
    assert "Thank you for asking." in event.body
    assert (event.edited, event.released_by) == (True, "anna")


def released(kafka: str, ticket: str) -> ReplyReleased:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for record in apart(read_all(kafka, ReplyReleased.TOPIC)):
            told = ReplyReleased.model_validate_json(record.value or b"")
            if told.ticket_id == ticket:
                return told
    raise AssertionError("no reply was released")


def test_a_second_reviewer_is_told_who_has_a_draft_and_when_it_is_decided(
    anna: Page, ben: Page, service: Citedesk
) -> None:
    ticket = submit(service)
    opened(anna, ticket)
    expect(ben.locator(".row", has_text=ticket)).to_contain_text("anna", timeout=20_000)

    opened(ben, ticket)

    expect(ben.locator("#notice")).to_contain_text("anna")
    expect(ben.locator('[data-act="release"]')).to_have_count(0)
    anna.locator('[data-act="release"]').click()
    expect(ben.locator("#notice")).to_contain_text("decided or replaced", timeout=20_000)


def test_the_keyboard_alone_is_enough(anna: Page, service: Citedesk) -> None:
    ticket = submit(service)
    row(anna, ticket)
    anna.keyboard.press("/")
    anna.keyboard.type(ticket)
    expect(anna.locator(".row")).to_have_count(1)
    anna.keyboard.press("Enter")
    expect(anna.locator("#search")).not_to_be_focused()
    anna.keyboard.press("j")
    expect(anna.locator("#case-title")).to_contain_text(ticket)
    anna.keyboard.press("Enter")
    expect(anna.locator(".s").first).to_be_focused()
    anna.keyboard.press("?")
    expect(anna.locator("#keys")).to_be_visible()
    anna.keyboard.press("Escape")
    expect(anna.locator("#keys")).to_be_hidden()
    anna.keyboard.press("r")
    expect(anna.locator("dialog#reject")).to_be_visible()
    anna.keyboard.press("ArrowDown")
    anna.keyboard.press("Enter")
    expect(anna.locator(".row")).to_have_count(0, timeout=20_000)


def test_a_new_message_retires_the_draft_in_front_of_the_reviewer(
    anna: Page, service: Citedesk
) -> None:
    ticket = submit(service)
    opened(anna, ticket)
    later = {
        "ticket_id": f"{ticket}-2",
        "in_reply_to": ticket,
        "desk": "support",
        "requester": {"id": "C-5001", "assurance": "verified", "country": "IE"},
        "body": "And please let a human answer: is the return free?",
    }

    assert service("submit", "-", stdin=json.dumps(later).encode() + b"\n").code == 0

    expect(anna.locator("#notice")).to_contain_text("decided or replaced", timeout=60_000)
    expect(anna.locator('[data-act="release"]')).to_be_disabled()


def test_no_page_breaks_a_rule_of_accessibility(
    anna: Page, service: Citedesk, chromium: Browser, address: str
) -> None:
    ticket = submit(service)
    opened(anna, ticket)
    anna.keyboard.press("e")
    expect(anna.locator("#check")).not_to_be_empty()

    found = {"case": violations(anna)}
    for path in ("/queue", "/insights", "/approvals"):
        anna.goto(path)
        found[path] = violations(anna)
        if path == "/insights":
            shot(anna, "insights")
    with chromium.new_context(base_url=address, color_scheme="dark") as dark:
        page = dark.new_page()
        page.goto("/sign-in")
        found["sign-in"] = violations(page)

    assert not any(found.values()), found


def test_on_a_phone_list_and_draft_take_turns(
    chromium: Browser, service: Citedesk, address: str
) -> None:
    ticket = submit(service)
    with chromium.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, has_touch=True
    ) as phone:
        page = phone.new_page()
        page.goto("/queue")
        page.get_by_label("Name").fill("ben")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        opened(page, ticket)
        expect(page.locator(".list")).to_be_hidden()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390
        shot(page, "review-phone")
        page.locator(".to-list").click()
        expect(page.locator(".list")).to_be_visible()
