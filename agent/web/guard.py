"""What every request passes: who asks, and that a change comes from our own page."""

import hmac
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.review.people import Person
from agent.web.access import COOKIE, Access, Seen, SignedIn

CSRF_HEADER = "x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: No script, style or frame but our own; forms go nowhere else.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "font-src 'self'; manifest-src 'self'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class SignInFirst(Exception):
    """Nobody is signed in."""


class NotFromHere(Exception):
    """A change that does not come from our own page."""


def seen(request: Request) -> Seen:
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return Seen(
        client=request.client.host if request.client else "",
        host=host,
        cookie=request.cookies.get(COOKIE),
        headers=request.headers,
    )


async def signed_in(request: Request) -> SignedIn:
    """The person behind a request; raises `SignInFirst` and, for changes, `NotFromHere`."""
    access: Access = request.app.state.access
    found = await access.who(seen(request))
    if found is None:
        raise SignInFirst
    if request.method not in _SAFE and not _ours(request, found):
        raise NotFromHere
    return found


def _ours(request: Request, found: SignedIn) -> bool:
    given = request.headers.get(CSRF_HEADER, "")
    return hmac.compare_digest(given.encode(), found.csrf.encode())


async def person(found: Annotated[SignedIn, Depends(signed_in)]) -> Person:
    return found.person


Someone = Annotated[Person, Depends(person)]
Session = Annotated[SignedIn, Depends(signed_in)]


class Harden:
    """Puts the headers on every answer that keep a browser from being used against us."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        static = str(scope["path"]).startswith("/static/")

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    keep = static and name == "cache-control"
                    headers.setdefault(name, "no-cache" if keep else value)
            await send(message)

        await self._app(scope, receive, hardened)
