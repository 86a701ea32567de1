"""The JSON API: all that the pages do."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from agent.domain.ticket import Message
from agent.review.case import Case
from agent.review.desk import ReviewDesk
from agent.review.recheck import stops_release
from agent.web.cursor import pack_cursor, unpack_cursor
from agent.web.facets import Recent, facets
from agent.web.filters import Wanted
from agent.web.guard import Someone
from agent.web.models import (
    CaseView,
    Check,
    Checked,
    Counts,
    Done,
    DraftPath,
    Facet,
    Held,
    Item,
    Me,
    Problem,
    Queue,
    Recategorise,
    Reject,
    Release,
    Released,
    Rewrite,
    Snooze,
    Standing,
    ThreadMessage,
)

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "the request cannot be read"},
    401: {"model": Problem, "description": "sign in first"},
    403: {"model": Problem, "description": "not allowed"},
    404: {"model": Problem, "description": "no such draft"},
    409: {
        "model": Problem,
        "description": "held by somebody else, decided, superseded, or the reply is not proved",
    },
    422: {"model": Problem, "description": "the request does not have the shape described here"},
    503: {"model": Problem, "description": "the database is away"},
}
api = APIRouter(prefix="/api/v1", responses=PROBLEMS)


def desk_of(request: Request) -> ReviewDesk:
    desk: ReviewDesk = request.app.state.desk
    return desk


def _recent(request: Request) -> Recent:
    recent: Recent = request.app.state.recent
    return recent


@api.get("/me", summary="Who is signed in")
async def me(someone: Someone) -> Me:
    return Me(name=someone.name, role=someone.role, desks=list(someone.desks))


@api.get("/queue", summary="Drafts that wait, the earliest deadline first")
async def queue(
    request: Request,
    someone: Someone,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=600)] = None,
) -> Queue:
    page = await desk_of(request).page(someone, wanted, limit=limit, after=unpack_cursor(after))
    return Queue(items=[Item.of(item) for item in page.items], next=pack_cursor(page.next))


@api.get("/queue/counts", summary="How many wait, by each filter")
async def counts(request: Request, someone: Someone) -> Counts:
    found = facets(one for one in await _recent(request)() if someone.sees(one.desk))
    by = {
        name: [Facet(value=value, count=count) for value, count in pairs]
        for name, pairs in found.by.items()
    }
    return Counts(waiting=found.waiting, **by)


@api.get("/drafts/{draft_id}", summary="A draft with its ticket and proof")
async def case(request: Request, someone: Someone, draft_id: DraftPath) -> CaseView:
    return _case_view(await desk_of(request).case(someone, draft_id))


@api.get("/drafts/{draft_id}/standing", summary="Whether it can still be decided, and who holds it")
async def standing(request: Request, someone: Someone, draft_id: DraftPath) -> Standing:
    under = await desk_of(request).standing(someone, draft_id)
    assert under.item is not None
    return Standing(
        standing=under.standing.value,
        revision=under.item.revision,
        hold_by=under.item.hold_by,
        hold_until=under.item.hold_until,
    )


@api.post("/drafts/{draft_id}/check", summary="Check an edited reply, without keeping it")
async def check(request: Request, someone: Someone, draft_id: DraftPath, asked: Check) -> Checked:
    claims = await desk_of(request).recheck(someone, draft_id, asked.body)
    return Checked(claims=list(claims), releasable=not stops_release(claims, vouched=False))


@api.put("/drafts/{draft_id}/hold", summary="Keep others off for two minutes")
async def hold(request: Request, someone: Someone, draft_id: DraftPath) -> Held:
    return Held(until=await desk_of(request).hold(someone, draft_id))


@api.delete("/drafts/{draft_id}/hold", summary="Let others have it")
async def let_go(request: Request, someone: Someone, draft_id: DraftPath) -> Done:
    await desk_of(request).let_go(someone, draft_id)
    return Done()


@api.post("/drafts/{draft_id}/release", summary="Send the reply out")
async def release(
    request: Request, someone: Someone, draft_id: DraftPath, asked: Release
) -> Released:
    reply = await desk_of(request).release(
        someone,
        draft_id,
        revision=asked.revision,
        body=asked.body,
        vouched=asked.vouched,
    )
    _changed(request)
    return Released(
        draft_id=reply.draft_id,
        edited=reply.edited,
        released_by=reply.released_by,
        released_at=reply.released_at,
    )


@api.post("/drafts/{draft_id}/reject", summary="Turn the draft down")
async def reject(request: Request, someone: Someone, draft_id: DraftPath, asked: Reject) -> Done:
    await desk_of(request).reject(
        someone,
        draft_id,
        revision=asked.revision,
        reason_code=asked.reason_code,
        note=asked.note,
    )
    return _changed(request)


@api.post("/drafts/{draft_id}/rewrite", summary="Have it drafted again, with a note")
async def rewrite(request: Request, someone: Someone, draft_id: DraftPath, asked: Rewrite) -> Done:
    await desk_of(request).rewrite(someone, draft_id, revision=asked.revision, note=asked.note)
    return _changed(request)


@api.post("/drafts/{draft_id}/category", summary="Correct the category")
async def recategorise(
    request: Request, someone: Someone, draft_id: DraftPath, asked: Recategorise
) -> Done:
    await desk_of(request).recategorise(
        someone, draft_id, revision=asked.revision, category=asked.category
    )
    return _changed(request)


@api.post("/drafts/{draft_id}/snooze", summary="Put it off, or bring it back")
async def snooze(request: Request, someone: Someone, draft_id: DraftPath, asked: Snooze) -> Done:
    pause = timedelta(minutes=asked.minutes) if asked.minutes else None
    await desk_of(request).snooze(someone, draft_id, pause)
    return _changed(request)


def _changed(request: Request) -> Done:
    request.app.state.live.ring()
    return Done()


def _case_view(case: Case) -> CaseView:
    draft = case.draft
    return CaseView(
        item=Item.of(case.item),
        standing=case.standing.value,
        body=draft.body if draft else None,
        claims=list(case.claims),
        sources=list(draft.sources) if draft else [],
        triage=draft.triage if draft else None,
        written_by=draft.written_by if draft else None,
        thread=_thread(case),
        edited_policies=list(case.sources.edited),
        missing_sources=list(case.sources.missing),
    )


def _thread(case: Case) -> list[ThreadMessage]:
    if case.ticket is None or case.draft is None:
        return []
    answered = set(case.draft.answers)
    messages = (*case.ticket.history, *case.ticket.messages)
    return [_message(one, one.event_id in answered) for one in messages]


def _message(message: Message, waiting: bool) -> ThreadMessage:
    return ThreadMessage(
        author=message.author.value,
        sent_at=message.sent_at,
        subject=message.subject,
        body=message.body,
        quoted=message.quoted,
        attachments=[one.name for one in message.attachments],
        waiting=waiting,
    )
