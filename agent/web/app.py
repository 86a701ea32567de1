"""The review queue as an ASGI app."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import Response

from agent import observe
from agent.approvals import ApprovalError, Approvals, UnknownApproval
from agent.review.desk import ReviewDesk
from agent.review.errors import (
    BadDecision,
    Forbidden,
    HeldByOther,
    NoLongerOpen,
    NotProved,
    ReviewError,
    UnknownDraft,
)
from agent.store.errors import StoreUnavailable
from agent.web.access import Access
from agent.web.api import api
from agent.web.approvals import approvals_api, approvals_pages
from agent.web.facets import Recent
from agent.web.guard import HEADERS, Harden, NotFromHere, SignInFirst
from agent.web.intake import Publish, Refused, Sender, intake_api
from agent.web.live import Live
from agent.web.models import Problem
from agent.web.pages import STATIC, pages
from agent.web.render import render
from agent.web.strings import TEXT

PROBLEM = "application/problem+json"
_STATUS: dict[type[ReviewError], int] = {
    UnknownDraft: 404,
    Forbidden: 403,
    HeldByOther: 409,
    NoLongerOpen: 409,
    NotProved: 409,
    BadDecision: 409,
}


def review_app(
    desk: ReviewDesk,
    access: Access,
    approvals: Approvals,
    *,
    clock: Callable[[], datetime],
    publish: Publish,
    senders: Mapping[str, Sender] | None = None,
    secure_cookies: bool = True,
) -> FastAPI:
    """Pages under `/queue`, the JSON API under `/api/v1` with its OpenAPI document."""
    app = FastAPI(
        title="citedesk review queue",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = desk
    app.state.approvals = approvals
    app.state.access = access
    app.state.clock = clock
    app.state.publish = publish
    app.state.senders = senders or {}
    app.state.secure_cookies = secure_cookies
    app.state.text = TEXT
    app.state.recent = Recent(lambda: desk.store.tallies(clock()))
    app.state.live = Live(desk.store.newest, changed=app.state.recent.forget)
    app.add_middleware(Harden)
    for router in (api, approvals_api, intake_api, pages, approvals_pages):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _handlers(app)
    _document(app)
    return app


def _document(app: FastAPI) -> None:
    """The OpenAPI document says problems as they are sent: `application/problem+json`."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        known = app.openapi_schema
        return known if known is not None else _with_problems(made())

    app.openapi = openapi


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "content" in answer:
                    answer["content"] = {PROBLEM: answer["content"]["application/json"]}
    return document


def _handlers(app: FastAPI) -> None:
    app.add_exception_handler(SignInFirst, _sign_in_first)
    app.add_exception_handler(NotFromHere, _not_from_here)
    app.add_exception_handler(ReviewError, _review_error)
    app.add_exception_handler(ApprovalError, _approval_error)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(StoreUnavailable, _store_away)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _defect)


async def _sign_in_first(request: Request, _: Exception) -> Response:
    if _for_machine(request):
        return _problem(401, "sign-in", "sign in first")
    access: Access = request.app.state.access
    if access.signs_in_here:
        return RedirectResponse("/sign-in", status_code=303)
    return _message(request, 403, "forbidden")


async def _not_from_here(request: Request, _: Exception) -> Response:
    return _problem(403, "csrf", "the request lacks the page's `x-csrf-token`")


async def _review_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReviewError)
    status = _STATUS.get(type(error), 409)
    if not _for_machine(request):
        return _message(request, status, "not_found" if status == 404 else "forbidden", str(error))
    claims = list(error.claims) if isinstance(error, NotProved) else []
    return _problem(status, error.code, str(error), claims=claims)


async def _approval_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApprovalError)
    status = 404 if isinstance(error, UnknownApproval) else 409
    return _problem(status, error.code, str(error))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _problem(error.status, error.code, str(error))


async def _unfit(request: Request, error: Exception) -> Response:
    """Field and reason, never the value."""
    assert isinstance(error, RequestValidationError)
    faults = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return _problem(422, "invalid", "; ".join(faults))


async def _store_away(request: Request, error: Exception) -> Response:
    return _problem(503, "store", str(error), headers={"retry-after": "5"})


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _for_machine(request):
        return _problem(error.status_code, "http", str(error.detail), headers=error.headers)
    return _message(request, error.status_code, "not_found")


async def _defect(request: Request, error: Exception) -> Response:
    """Outside of every other layer: it brings its own headers. Only the type is logged."""
    observe.log.error("web.defect", path=request.url.path, error=type(error).__name__)
    answer = (
        _problem(500, "defect", TEXT["trouble"])
        if _for_machine(request)
        else _message(request, 500, "trouble")
    )
    answer.headers.update(HEADERS)
    return answer


def _for_machine(request: Request) -> bool:
    return request.url.path.startswith("/api/") or "text/html" not in request.headers.get(
        "accept", ""
    )


def _message(request: Request, status: int, code: str, detail: str = "") -> HTMLResponse:
    page = render("message.html", request=request, session=None, code=code, detail=detail)
    return HTMLResponse(page, status_code=status)


def _problem(
    status: int, code: str, detail: str, *, claims: Any = (), headers: Any = None
) -> JSONResponse:
    body = Problem(
        title=code.replace("-", " "), status=status, detail=detail, code=code, claims=list(claims)
    )
    return JSONResponse(
        body.model_dump(mode="json"),
        status_code=status,
        headers=dict(headers or {}),
        media_type=PROBLEM,
    )
