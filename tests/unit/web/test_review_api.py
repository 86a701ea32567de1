"""What a reviewer may decide, and what is refused, over the JSON API."""

from datetime import timedelta

import pytest

from agent.review.case import REJECT_REASONS
from agent.web.models import RejectReason
from tests.unit.web.shop import BODY, Shop


async def test_a_waiting_draft_is_listed_with_its_reason_and_counted(shop: Shop) -> None:
    draft = await shop.waiting()

    listed = (await shop.client.get("/api/v1/queue")).json()
    counts = (await shop.client.get("/api/v1/queue/counts")).json()

    (item,) = listed["items"]
    assert (item["draft_id"], item["title"], item["revision"]) == (draft.id, "My dress", 1)
    assert item["reasons"] == ["asks_for_person: 'a human'"]
    assert (counts["waiting"], counts["reason"]) == (1, [{"value": "asks_for_person", "count": 1}])
    assert listed["next"] is None


async def test_the_queue_is_read_stretch_by_stretch(shop: Shop) -> None:
    drafts = [(await shop.waiting()).id for _ in range(5)]

    first = (await shop.client.get("/api/v1/queue?limit=2")).json()
    second = (await shop.client.get("/api/v1/queue", params={"after": first["next"]})).json()

    assert {i["draft_id"] for i in first["items"] + second["items"]} == set(drafts)
    assert len(first["items"]) == 2


async def test_a_case_shows_thread_claims_and_sources_and_the_view_is_audited(shop: Shop) -> None:
    draft = await shop.waiting(text="How long can I return it?\n\n-- \nAnn")

    case = (await shop.client.get(f"/api/v1/drafts/{draft.id}")).json()

    assert case["thread"][0]["body"] == "How long can I return it?"
    (fact,) = [claim for claim in case["claims"] if claim["kind"] == "fact"]
    assert fact["evidence"][0]["quote"] == "You can return an item within 30 days of delivery."
    assert case["edited_policies"] == []
    seen = await shop.store.review_queue().audit(draft.id)
    assert [(e.action, e.actor) for _, e in seen][-1] == ("ticket.viewed", "local")


async def test_a_release_publishes_the_reply_once(shop: Shop) -> None:
    draft = await shop.waiting()

    first = await shop.post(f"/api/v1/drafts/{draft.id}/release", {"revision": 1})
    again = await shop.post(f"/api/v1/drafts/{draft.id}/release", {"revision": 1})

    assert (first.status_code, again.status_code) == (200, 409)
    assert again.json()["code"] == "no-longer-open"
    (reply,) = [one for one in await shop.outbox() if one["type"] == "reply.released"]
    assert (reply["body"], reply["edited"], reply["released_by"]) == (BODY, False, "local")


@pytest.mark.parametrize(
    ("edited", "reason"),
    [("60 days", "60 days"), ("up to 45 days", "45 days")],
)
async def test_an_edit_that_contradicts_its_source_is_never_released(
    shop: Shop, edited: str, reason: str
) -> None:
    draft = await shop.waiting()
    body = BODY.replace("30 days", edited)

    refused = await shop.post(
        f"/api/v1/drafts/{draft.id}/release", {"revision": 1, "body": body, "vouched": True}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "not-proved")
    assert reason in refused.json()["claims"][0]["reason"]
    assert [one["type"] for one in await shop.outbox()] == ["draft.created"]


async def test_a_sentence_without_a_source_goes_out_only_when_somebody_vouches(shop: Shop) -> None:
    draft = await shop.waiting()
    body = BODY.replace("[1]\n", "[1] Our warehouse stands in Ghent.\n", 1)
    asked = {"revision": 1, "body": body}

    check = (await shop.post(f"/api/v1/drafts/{draft.id}/check", {"body": body})).json()
    alone = await shop.post(f"/api/v1/drafts/{draft.id}/release", asked)
    vouched = await shop.post(f"/api/v1/drafts/{draft.id}/release", {**asked, "vouched": True})

    assert check["releasable"] is False
    assert (alone.status_code, vouched.status_code) == (409, 200)
    entry = (await shop.store.review_queue().audit(draft.id))[-1][1]
    assert (entry.action, entry.details["vouched"], entry.details["edited"]) == (
        "reply.released",
        True,
        True,
    )


async def test_an_edit_is_measured_for_the_insights(shop: Shop) -> None:
    draft = await shop.waiting()
    await shop.post(
        f"/api/v1/drafts/{draft.id}/release",
        {"revision": 1, "body": BODY.replace("Hello,", "Hello Ann,")},
    )

    (decision,) = await shop.store.review_queue().decided(shop.clock() - timedelta(days=1))

    assert (decision.kind.value, decision.distance, decision.length) == ("edited", 4, len(BODY))


async def test_a_rejection_needs_a_known_reason_and_sends_nothing(shop: Shop) -> None:
    draft = await shop.waiting()

    unknown = await shop.post(
        f"/api/v1/drafts/{draft.id}/reject", {"revision": 1, "reason_code": "bad mood"}
    )
    known = await shop.post(
        f"/api/v1/drafts/{draft.id}/reject", {"revision": 1, "reason_code": "incomplete"}
    )

    assert (unknown.status_code, known.status_code) == (422, 200)
    assert [one["type"] for one in await shop.outbox()] == ["draft.created"]


async def test_another_revision_than_the_one_seen_decides_nothing(shop: Shop) -> None:
    draft = await shop.waiting()

    stale = await shop.post(f"/api/v1/drafts/{draft.id}/release", {"revision": 2})

    assert (stale.status_code, stale.json()["code"]) == (409, "no-longer-open")


async def test_a_draft_sent_back_needs_a_note_and_leaves_the_queue(shop: Shop) -> None:
    draft = await shop.waiting()

    empty = await shop.post(f"/api/v1/drafts/{draft.id}/rewrite", {"revision": 1, "note": "  "})
    told = await shop.post(f"/api/v1/drafts/{draft.id}/rewrite", {"revision": 1, "note": "Shorter"})

    assert (empty.status_code, told.status_code) == (422, 200)
    assert (await shop.client.get("/api/v1/queue")).json()["items"] == []


async def test_a_category_is_corrected_to_one_of_the_desk_only(shop: Shop) -> None:
    draft = await shop.waiting()
    path = f"/api/v1/drafts/{draft.id}/category"

    unknown = await shop.post(path, {"revision": 1, "category": "gardening"})
    known = await shop.post(path, {"revision": 1, "category": "returns"})

    assert unknown.status_code == 409
    assert "order_status, returns" in unknown.json()["detail"]
    assert known.status_code == 200
    (item,) = (await shop.client.get("/api/v1/queue")).json()["items"]
    assert item["category"] == "returns"


async def test_a_snoozed_draft_comes_back_when_asked(shop: Shop) -> None:
    draft = await shop.waiting()
    await shop.post(f"/api/v1/drafts/{draft.id}/snooze", {"minutes": 60})

    hidden = (await shop.client.get("/api/v1/queue")).json()["items"]
    put_off = (await shop.client.get("/api/v1/queue?snoozed=true")).json()["items"]
    await shop.post(f"/api/v1/drafts/{draft.id}/snooze", {"minutes": None})
    back = (await shop.client.get("/api/v1/queue")).json()["items"]

    assert (len(hidden), len(put_off), len(back)) == (0, 1, 1)


async def test_an_unknown_draft_is_told_without_a_traceback(shop: Shop) -> None:
    found = await shop.client.get("/api/v1/drafts/nothing")

    assert (found.status_code, found.json()["code"]) == (404, "unknown-draft")
    assert found.headers["content-type"] == "application/problem+json"


async def test_a_cursor_that_no_page_gave_is_refused(shop: Shop) -> None:
    found = await shop.client.get("/api/v1/queue?after=%F0%9F%98%80")

    assert (found.status_code, found.json()["code"]) == (409, "bad-decision")


def test_the_reasons_of_the_api_are_those_of_the_desk() -> None:
    assert RejectReason.__args__ == REJECT_REASONS
