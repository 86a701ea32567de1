"""A stored draft is re-checked offline: what still holds, what changed, what was tampered with."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.citations import ClaimChecker
from agent.citations.errors import BadDraft
from agent.citations.source import Fact, Source
from agent.citations.verify import Standing, Verification, verify
from agent.domain.desk import FRAMES, Desk, Thresholds, Voice
from agent.domain.draft import Claim, Route, SourceKind, SourceRef, WrittenBy, canonical
from agent.domain.events import DraftCreated
from agent.domain.ids import DeskName, SourceId
from agent.domain.triage import Priority, Triage
from retrieval.corpus import Policy

TEXT = (
    "---\nid: returns\n---\n# Returns\n\nYou have up to 30 days. Sale items cannot be returned.\n"
)
DATA: Mapping[str, Any] = {"refund": "42.00 EUR", "order": "48213"}
BODY = """Hello Anna,

You have up to 30 days. [1] Sale items can't be returned. [1] Your refund is €42.00. [2]

Kind regards,
The team

Sources:
[1] returns.md · Returns
[2] order 48213"""


def says(tool: str, data: Mapping[str, Any], language: str) -> Sequence[Fact]:
    sum_of = str(data.get("refund", "")).removesuffix(" EUR")
    return (Fact(text=f"Your refund is €{sum_of}.", fields=("refund",)),) if tool == "order" else ()


def a_policy(text: str = TEXT) -> Policy:
    return Policy(
        id="returns",
        language="en",
        title="Returns",
        file="policies/en/returns.md",
        text=text,
        body_start=text.index("# Returns"),
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def a_desk(*policies: Policy) -> Desk:
    frames = dict.fromkeys(FRAMES, "Well.") | {
        "greeting_name": "Hello {name},",
        "closing": "Kind regards,",
        "signature": "The team",
        "sources": "Sources:",
    }
    return Desk(
        name=DeskName("support"),
        title="Support",
        languages=("en",),
        understands=("en",),
        default_language="en",
        audience="customer",
        categories=(),
        rules=(),
        tools=("order",),
        voices={"en": Voice(language="en", frames=frames)},
        sla={},
        thresholds=Thresholds(),
        policies=policies,
        examples=(),
    )


def the_sources() -> tuple[Source, ...]:
    policy, result = a_policy(), canonical(DATA)
    return (
        Source(
            ref=SourceRef(
                id=SourceId("returns/en#returns"),
                kind=SourceKind.POLICY,
                label="returns.md · Returns",
                content_hash=policy.content_hash,
                policy_id=policy.id,
                language="en",
                file=policy.file,
                start=policy.body_start,
                end=len(policy.text),
                line=4,
            ),
            text=policy.text,
        ),
        Source(
            ref=SourceRef(
                id=SourceId("T1"),
                kind=SourceKind.TOOL,
                label="order 48213",
                content_hash=hashlib.sha256(result.encode()).hexdigest(),
                tool="order",
                text=result,
            ),
            text=result,
            facts=tuple(says("order", DATA, "en")),
        ),
    )


def a_draft(body: str = BODY) -> DraftCreated:
    sources = the_sources()
    frames = list(a_desk().voice("en").frames.values())
    return DraftCreated(
        draft_id="d1",
        conversation_id="c1",
        ticket_id="t1",
        revision=1,
        desk="support",
        language="en",
        route=Route.READY,
        reasons=(),
        body=body,
        claims=ClaimChecker().check(body, language="en", sources=sources, frames=frames),
        sources=tuple(source.ref for source in sources),
        triage=Triage(category="other", confidence=1.0, priority=Priority.NORMAL),
        answers=("e1",),
        written_by=WrittenBy(writer="model-free"),
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


def standings(found: Verification) -> list[Standing]:
    """Of the three facts of the body."""
    return [one.standing for one in found.claims if one.claim.evidence]


HOLDS = [Standing.HOLDS] * 3


def test_an_untouched_draft_holds() -> None:
    found = verify(a_draft(), a_desk(a_policy()), says)
    assert (standings(found), found.problems, found.holds) == (HOLDS, (), True)


def test_a_draft_holds_after_a_trip_through_json() -> None:
    assert verify(a_draft().model_dump(mode="json"), a_desk(a_policy()), says).holds
    event = {"specversion": "1.0", "data": a_draft().model_dump(mode="json")}
    assert verify(event, a_desk(a_policy()), says).holds


def test_an_edited_policy_that_still_holds_the_sentence_is_told_apart() -> None:
    edited = TEXT.replace("# Returns", "# Returning\n\nNew words.").replace(
        "30 days. ", "30 days.\n"
    )
    policy = replace(a_policy(), text=edited, content_hash="1" * 64)
    found = verify(a_draft(), a_desk(policy), says)
    assert standings(found) == [Standing.EDITED, Standing.EDITED, Standing.HOLDS]
    assert found.holds


def test_a_policy_that_says_otherwise_now_is_text_gone() -> None:
    found = verify(a_draft(), a_desk(a_policy(TEXT.replace("30 days", "14 days"))), says)
    assert standings(found) == [Standing.GONE, Standing.EDITED, Standing.HOLDS]
    assert not found.holds


def test_a_policy_that_was_removed_is_source_missing() -> None:
    found = verify(a_draft(), a_desk(), says)
    assert standings(found) == [Standing.MISSING, Standing.MISSING, Standing.HOLDS]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("30 days", "60 days"),
        ("30 days", "30 weeks"),
        ("up to 30", "at least 30"),
        ("up to ", ""),
        ("can't", "can"),
        ("€42.00", "€24.00"),
        ("€42.00", "£42.00"),
        ("Sale items", "All items"),
    ],
)
def test_a_changed_word_in_body_and_claim_does_not_hold(was: str, becomes: str) -> None:
    draft = tampered(a_draft(), lambda text: text.replace(was, becomes))
    found = verify(draft, a_desk(a_policy()), says)
    assert Standing.ALTERED in standings(found)
    assert not found.holds
    reason = next(one.reason for one in found.claims if one.standing is Standing.ALTERED)
    assert reason


def tampered(draft: DraftCreated, change: Callable[[str], str]) -> DraftCreated:
    """The draft with its body changed and its claims' offsets and texts made to fit."""
    body, at = "", 0
    claims: list[Claim] = []
    for claim in draft.claims:
        body += draft.body[at : claim.start]
        text = change(claim.text)
        claims.append(replace(claim, start=len(body), end=len(body) + len(text), text=text))
        body, at = body + text, claim.end
    return draft.model_copy(update={"body": body + draft.body[at:], "claims": tuple(claims)})


def test_a_body_changed_behind_its_claims_does_not_hold() -> None:
    draft = a_draft().model_copy(update={"body": BODY.replace("30", "60")})
    assert verify(draft, a_desk(a_policy()), says).claims[1].standing is Standing.ALTERED


def test_a_sentence_without_a_claim_is_a_problem() -> None:
    draft = a_draft().model_copy(update={"body": BODY + "\nAnd returns are free."})
    found = verify(draft, a_desk(a_policy()), says)
    assert not found.holds
    assert found.problems == (
        f"body: characters {len(BODY)} to {len(BODY) + 22} belong to no claim",
    )


def test_a_fact_passed_off_as_courtesy_does_not_hold() -> None:
    draft = tampered(a_draft(), lambda text: text.replace("Hello Anna,", "Returns are free."))
    first = verify(draft, a_desk(a_policy()), says).claims[0]
    assert (first.standing, first.reason) == (
        Standing.ALTERED,
        "kind: it is called courtesy, but states a fact",
    )


def test_evidence_moved_to_another_sentence_does_not_hold() -> None:
    draft = a_draft()
    claim = draft.claims[1]
    (evidence,) = claim.evidence
    half = replace(evidence, start=evidence.start + 9, quote=evidence.quote[9:])
    claims = (draft.claims[0], replace(claim, evidence=(half,)), *draft.claims[2:])
    found = verify(draft.model_copy(update={"claims": claims}), a_desk(a_policy()), says)
    assert found.claims[1].standing is Standing.ALTERED


def test_a_tool_result_changed_in_the_draft_does_not_match_its_hash() -> None:
    draft = a_draft()
    tool = replace(draft.sources[1], text=canonical({**DATA, "refund": "99.00 EUR"}))
    changed = draft.model_copy(update={"sources": (draft.sources[0], tool)})
    found = verify(changed, a_desk(a_policy()), says)
    assert standings(found) == [Standing.HOLDS, Standing.HOLDS, Standing.ALTERED]


def test_a_tool_result_with_a_new_hash_must_still_word_the_sentence() -> None:
    draft = a_draft()
    text = canonical({**DATA, "refund": "99.00 EUR"})
    digest = hashlib.sha256(text.encode()).hexdigest()
    tool = replace(draft.sources[1], text=text, content_hash=digest)
    changed = draft.model_copy(update={"sources": (draft.sources[0], tool)})
    assert standings(verify(changed, a_desk(a_policy()), says))[2] is Standing.ALTERED


def test_without_the_tool_s_wording_its_claims_do_not_hold() -> None:
    found = verify(a_draft(), a_desk(a_policy()))
    assert standings(found) == [Standing.HOLDS, Standing.HOLDS, Standing.MISSING]


def test_a_mark_moved_to_another_source_does_not_hold() -> None:
    draft = tampered(a_draft(), lambda text: text.replace("days. [1]", "days. [2]"))
    assert standings(verify(draft, a_desk(a_policy()), says))[0] is Standing.ALTERED


def test_an_unproved_sentence_in_a_ready_draft_is_a_problem() -> None:
    found = verify(a_draft("You have 60 days. [1]"), a_desk(a_policy()), says)
    assert found.claims[0].standing is Standing.UNPROVED
    assert found.problems == ("route: the draft is called ready with 1 unproved claims",)


def test_another_desk_and_unknown_fields_are_named() -> None:
    given = a_draft().model_dump(mode="json")
    given["extra"] = 1
    given["claims"][0]["secret"] = True
    other = replace(a_desk(a_policy()), name=DeskName("hr"))
    assert verify(given, other, says).problems == (
        "unknown field: claims.0.secret",
        "unknown field: extra",
        "desk: the draft is of 'support', not of 'hr'",
    )


@pytest.mark.parametrize(
    ("given", "where"),
    [({}, "draft_id"), ({"specversion": "1.0"}, "draft"), ({"data": 1}, "draft_id")],
)
def test_what_is_no_draft_is_refused_with_the_field(given: dict[str, Any], where: str) -> None:
    with pytest.raises(BadDraft, match=rf"^draft: {where}: ") as caught:
        verify(given, a_desk(), says)
    assert caught.value.where == where


def test_a_list_of_drafts_is_no_draft() -> None:
    given: Any = [a_draft().model_dump(mode="json")]
    with pytest.raises(BadDraft, match="not an object"):
        verify(given, a_desk())
