"""Who gets in, by which way, and what a browser can be made to do."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.store.people import User
from agent.web.access import COOKIE, Attempts, is_loopback
from agent.web.passwords import WeakPassword, fits, hash_password
from tests.unit.web.shop import Shop, a_shop

HTML = {"accept": "text/html"}
PASSWORD = "correct horse battery"


async def a_user(shop: Shop, name: str = "anna", role: str = "reviewer", *desks: str) -> None:
    user = User(name=name, secret=hash_password(PASSWORD), role=role, desks=desks, disabled=False)
    await shop.store.review_queue().add_user(user, shop.clock())


async def sign_in(shop: Shop, name: str = "anna", password: str = PASSWORD) -> int:
    answer = await shop.client.post("/sign-in", data={"name": name, "password": password})
    page = await shop.client.get("/queue", headers=HTML)
    shop.csrf = page.text.partition('name="csrf" content="')[2].partition('"')[0]
    return answer.status_code


async def test_a_person_signs_in_and_out(tmp_path: Path) -> None:
    async with a_shop(tmp_path, users=True) as shop:
        await a_user(shop)
        before = await shop.client.get("/queue", headers=HTML)
        assert (before.status_code, before.headers["location"]) == (303, "/sign-in")
        assert (await shop.client.get("/api/v1/me")).status_code == 401

        assert await sign_in(shop) == 303

        assert (await shop.client.get("/api/v1/me")).json()["name"] == "anna"
        await shop.post("/sign-out")
        assert (await shop.client.get("/api/v1/me")).status_code == 401


async def test_the_cookie_is_kept_from_scripts_and_other_sites(tmp_path: Path) -> None:
    async with a_shop(tmp_path, users=True) as shop:
        await a_user(shop)
        answer = await shop.client.post("/sign-in", data={"name": "anna", "password": PASSWORD})

        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(COOKIE)
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()


async def test_a_session_ends_by_its_time(tmp_path: Path) -> None:
    async with a_shop(tmp_path, users=True) as shop:
        await a_user(shop)
        await sign_in(shop)

        shop.clock.now += timedelta(hours=13)

        assert (await shop.client.get("/api/v1/me")).status_code == 401


async def test_guessing_a_password_is_slowed(tmp_path: Path) -> None:
    async with a_shop(tmp_path, users=True) as shop:
        await a_user(shop)

        codes = [await sign_in(shop, password=f"wrong password {n}") for n in range(7)]

        assert codes == [401] * 5 + [429] * 2
        assert await sign_in(shop) == 429


async def test_without_the_pages_token_nothing_is_changed(shop: Shop) -> None:
    draft = await shop.waiting()
    shop.csrf = "guessed"

    answer = await shop.post(f"/api/v1/drafts/{draft.id}/release", {"revision": 1})

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert [one["type"] for one in await shop.outbox()] == ["draft.created"]


async def test_a_page_under_a_foreign_name_is_refused_on_loopback(shop: Shop) -> None:
    answer = await shop.client.get("/api/v1/queue", headers={"host": "evil.example"})

    assert answer.status_code == 401


async def test_a_reader_reads_and_decides_nothing(tmp_path: Path) -> None:
    async with a_shop(tmp_path, users=True) as shop:
        await a_user(shop, "rita", "reader")
        draft = await shop.waiting()
        await sign_in(shop, "rita")

        seen = await shop.client.get(f"/api/v1/drafts/{draft.id}")
        refused = await shop.post(f"/api/v1/drafts/{draft.id}/release", {"revision": 1})

        assert (seen.status_code, refused.status_code) == (200, 403)


async def test_a_person_of_another_desk_sees_nothing(tmp_path: Path) -> None:
    async with a_shop(tmp_path, users=True) as shop:
        await a_user(shop, "hilde", "reviewer", "hr")
        draft = await shop.waiting()
        await sign_in(shop, "hilde")

        listed = (await shop.client.get("/api/v1/queue")).json()["items"]
        counts = (await shop.client.get("/api/v1/queue/counts")).json()["waiting"]
        seen = await shop.client.get(f"/api/v1/drafts/{draft.id}")

        assert (listed, counts, seen.status_code) == ([], 0, 404)


async def test_a_proxy_is_believed_for_known_users_only(tmp_path: Path) -> None:
    async with a_shop(tmp_path, proxy="x-forwarded-user") as shop:
        await a_user(shop)

        known = await shop.client.get("/api/v1/me", headers={"x-forwarded-user": "anna"})
        unknown = await shop.client.get("/api/v1/me", headers={"x-forwarded-user": "mallory"})
        nobody = await shop.client.get("/api/v1/me")

        assert (known.status_code, unknown.status_code, nobody.status_code) == (200, 401, 401)


async def test_every_answer_forbids_inline_scripts_and_frames(shop: Shop) -> None:
    for path in ("/queue", "/static/app.js", "/api/v1/queue", "/nothing", "/insights"):
        headers = (await shop.client.get(path, headers=HTML)).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_what_a_ticket_says_is_shown_as_text(shop: Shop) -> None:
    draft = await shop.waiting(text="<script>alert(1)</script> <img src=x>", title="<b>bold</b>")

    page = (await shop.client.get(f"/queue/{draft.id}", headers=HTML)).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;bold" in page


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_loopback_is_told_from_what_others_reach(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_password_fits_its_own_hash_only() -> None:
    secret = hash_password(PASSWORD)

    assert fits(secret, PASSWORD)
    assert not fits(secret, PASSWORD + "!")
    assert not fits(None, PASSWORD)
    with pytest.raises(WeakPassword):
        hash_password("short")


def test_attempts_are_forgotten_after_their_window() -> None:
    now = [0.0]
    attempts = Attempts(limit=2, window_s=60, clock=lambda: now[0])
    attempts.failed("a")
    attempts.failed("a")

    assert attempts.wait_s("a") == 60
    assert attempts.wait_s("b") == 0
    now[0] = 61
    assert attempts.wait_s("a") == 0
