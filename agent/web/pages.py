"""The pages: queue, case, policy, insights, sign-in. Each also works without a script."""

import asyncio
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from starlette.responses import Response

from agent.review.case import REJECT_REASONS, Case
from agent.review.errors import UnknownDraft
from agent.review.people import Action
from agent.store.queue import QueueFilter, Standing
from agent.web import plots, view
from agent.web.access import COOKIE, SESSION, Access
from agent.web.api import desk_of
from agent.web.approvals import pending_of
from agent.web.cursor import pack_cursor, unpack_cursor
from agent.web.facets import FACETS, facets
from agent.web.filters import Wanted, chosen
from agent.web.guard import Session, Someone, seen
from agent.web.models import PRINTABLE
from agent.web.passwords import fits
from agent.web.render import render

pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_ROWS = 50
_SNOOZES = (60, 240, 1440, 4320)


@pages.get("/")
async def home() -> Response:
    return RedirectResponse("/queue", status_code=303)


@pages.get("/queue")
@pages.get("/queue/{draft_id}")
async def queue(
    request: Request,
    session: Session,
    wanted: Wanted,
    draft_id: str = "",
    after: Annotated[str | None, Query(max_length=600)] = None,
    part: Annotated[str, Query(pattern="^(rows|case|)$")] = "",
) -> Response:
    """The whole page; with `part`, only the rows or only the case, for the page's own script."""
    context: dict[str, Any] = {"draft_id": draft_id}
    if part != "case":
        context |= await _list(request, session, wanted, after)
    if draft_id and part != "rows":
        context |= await _case(request, session, draft_id)
    template = {"rows": "rows.html", "case": "case.html"}.get(part, "queue.html")
    return _page(request, session, template, context)


async def _list(
    request: Request, session: Session, wanted: QueueFilter, after: str | None
) -> dict[str, Any]:
    person = session.person
    page = await desk_of(request).page(person, wanted, limit=_ROWS, after=unpack_cursor(after))
    tallies = await request.app.state.recent()
    values = chosen(wanted)
    kept = {name: value for name, value in values.items() if value}
    if wanted.snoozed:
        kept["snoozed"] = "true"
    return {
        "chosen": values,
        "snoozed": wanted.snoozed,
        "items": page.items,
        "next": pack_cursor(page.next),
        "facets": facets(one for one in tallies if person.sees(one.desk)),
        "facet_names": FACETS,
        "filters": urlencode(kept),
        "filtered": bool(kept),
        "now": request.app.state.clock(),
    }


async def _case(request: Request, session: Session, draft_id: str) -> dict[str, Any]:
    desk = desk_of(request)
    if len(draft_id) > 256 or not draft_id.isprintable():
        raise UnknownDraft(draft_id[:40])
    case = await desk.case(session.person, draft_id)
    may = session.person.may(Action.REVIEW) and case.standing is Standing.OPEN
    now = request.app.state.clock()
    held = case.item.held_by_other(session.person.name, now)
    return {
        "case": case,
        "sentences": _sentences(case),
        "evidence": view.evidence(case),
        "may_decide": may and not held and case.draft is not None,
        "held": held,
        "readonly": not session.person.may(Action.REVIEW),
        "now": now,
        "categories": case.desk.categories if case.desk else (),
        "reject_reasons": REJECT_REASONS,
        "snoozes": _SNOOZES,
        "approvals": await pending_of(request, case.item.conversation),
        "may": session.person.may(Action.APPROVE),
    }


def _sentences(case: Case) -> tuple[view.SentenceView, ...]:
    return view.sentences(case.draft.body, case.claims, case) if case.draft else ()


@pages.get("/policy/{desk}/{file:path}")
async def policy(request: Request, session: Session, desk: str, file: str) -> Response:
    """A policy as the desk has it now, line by line."""
    known = {str(name): one for name, one in desk_of(request).desks.items()}
    if desk not in known or not session.person.sees(desk):
        return _missing(request, session)
    found = next((p for p in known[desk].policies if p.file == file), None)
    if found is None:
        return _missing(request, session)
    lines = found.text.splitlines()
    return _page(request, session, "policy.html", {"policy": found, "lines": lines})


@pages.get("/insights")
async def insights(
    request: Request, session: Session, days: Annotated[int, Query(ge=1, le=365)] = 30
) -> Response:
    found, gaps = await desk_of(request).insights(session.person, days)
    bands = [(band.low, band.high, band.count, band.stood) for band in found.bands]
    context = {
        "found": found,
        "gaps": gaps,
        "chosen_days": days,
        "days": plots.by_day(found.days),
        "bands": plots.reliability(bands),
    }
    return _page(request, session, "insights.html", context)


@pages.get("/live")
async def live(request: Request, _: Someone) -> Response:
    """Server-sent events, for as long as the page is open."""
    return StreamingResponse(
        request.app.state.live.watch(),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


@pages.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    if not _access(request).signs_in_here:
        return RedirectResponse("/queue", status_code=303)
    return HTMLResponse(render("sign_in.html", request=request, session=None, error=""))


@pages.post("/sign-in")
async def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=100, pattern=PRINTABLE)],
    password: Annotated[str, Form(max_length=500)],
) -> Response:
    """Opens a session. Guessing is slowed by name and by address."""
    access = _access(request)
    if not access.signs_in_here or request.headers.get("sec-fetch-site") == "cross-site":
        return RedirectResponse("/queue", status_code=303)
    keys = (f"name:{name}", f"from:{seen(request).client}")
    if wait := access.attempts.wait_s(*keys):
        text = request.app.state.text["sign_in_slow"].format(seconds=wait)
        page = render("sign_in.html", request=request, session=None, error=text)
        return HTMLResponse(page, status_code=429, headers={"retry-after": str(wait)})
    user = await desk_of(request).store.user(name)
    # A password hash takes its time on purpose; tickets must not wait for it.
    secret = user.secret if user and not user.disabled else None
    if not await asyncio.to_thread(fits, secret, password) or user is None:
        access.attempts.failed(*keys)
        text = request.app.state.text["sign_in_failed"]
        return HTMLResponse(
            render("sign_in.html", request=request, session=None, error=text), status_code=401
        )
    access.attempts.forget(keys[0])
    token = await access.open_session(user)
    answer = RedirectResponse("/queue", status_code=303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.app.state.secure_cookies,
        path="/",
    )
    return answer


@pages.post("/sign-out")
async def sign_out(request: Request, _: Someone) -> Response:
    if cookie := request.cookies.get(COOKIE):
        await _access(request).end_session(cookie)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _access(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


def _missing(request: Request, session: Session) -> Response:
    page = render("message.html", request=request, session=session, code="not_found")
    return HTMLResponse(page, status_code=404)


def _page(
    request: Request, session: Session, template: str, context: dict[str, Any]
) -> HTMLResponse:
    return HTMLResponse(render(template, request=request, session=session, **context))


STATIC = Path(__file__).parent / "static"
