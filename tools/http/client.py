"""Sends one request within limits. The only file of the tools that imports httpx.

Only listed hosts are reached, over TLS unless the desk says otherwise; an answer is read no
further than its limit; a redirect is followed by a lookup alone, and to a listed host alone.
Connections end with the call: none outlives the desk that it was made for. No proxy and no
`.netrc` of the environment is used: they would reach a host, or send a login, that no desk names.
"""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from urllib.parse import urljoin, urlsplit

import httpx
import stamina

from tools.errors import FailureCode, RetryCall, ToolFailed
from tools.http.request import Request, address

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HOPS = 3
_BUSY = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE = 2.0  #: seconds


class _Busy(Exception):
    """The service asks to be asked again."""

    def __init__(self, status: int, pause: float | None) -> None:
        self.status = status
        self.pause = pause
        super().__init__(status)


class Client:
    """For one tool: its hosts, its limits, how it proves who calls."""

    def __init__(
        self,
        tool: str,
        *,
        hosts: frozenset[str],
        credentials: Mapping[str, str],
        max_bytes: int,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._tool = tool
        self._hosts = hosts
        self._credentials = credentials
        self._max_bytes = max_bytes
        self._transport = transport

    async def send(self, request: Request, *, repeats: bool, timeout: float) -> bytes:
        """The body of a good answer; raises `RetryCall` or `ToolFailed`.

        `repeats` says that the request changes nothing: it may be sent twice and redirected.
        """
        try:
            # httpx's own limit is one for each read: an answer may drip for ever.
            async with asyncio.timeout(timeout), self._open(timeout) as client:
                if not repeats:
                    return await self._once(client, request, repeats=False)
                retry = stamina.AsyncRetryingCaller(
                    attempts=2, timeout=timeout, wait_initial=0.05, wait_max=_LONGEST_PAUSE
                )
                return await retry.on(_again)(self._once, client, request, repeats=True)
        except _Busy as exc:
            raise self._failed("backend", f"the service is busy ({exc.status})") from exc
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise self._failed("timeout", f"no answer within {timeout:g} s") from exc
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            # A driver's message may quote an address with an argument in it.
            kind = type(exc).__name__
            raise self._failed("backend", f"the service cannot be reached ({kind})") from exc

    def _open(self, timeout: float) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=_trusted(),
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            transport=self._transport,
            # Unpacking could make a small answer large before it is measured.
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )

    async def _once(self, client: httpx.AsyncClient, request: Request, *, repeats: bool) -> bytes:
        url, query = request.url, dict(request.query)
        home = _origin(url)
        for _ in range(_HOPS + 1):
            self._listed(url)
            headers = dict(request.headers)
            if _origin(url) == home:
                headers |= self._credentials
            if request.body is not None:
                headers["content-type"] = "application/json"
            sending = client.stream(
                request.method, url, params=query or None, headers=headers, content=request.body
            )
            async with sending as answer:
                if answer.status_code not in _REDIRECTS:
                    self._judge(answer)
                    return await self._body(answer)
                if not repeats or request.method != "GET":
                    raise self._failed("backend", "the service redirects a request with a body")
                url, query = self._moved(answer), {}
        raise self._failed("backend", f"the service redirects more than {_HOPS} times")

    def _moved(self, answer: httpx.Response) -> str:
        """Where a redirect leads; raises `ToolFailed` for what is no address, or not encrypted."""
        try:
            url = urljoin(str(answer.url), answer.headers.get("location", ""))
            address(url)
        except ValueError as exc:
            raise self._failed("backend", "the service redirects to what is no address") from exc
        if answer.url.scheme == "https" and urlsplit(url).scheme == "http":
            raise self._failed("refused", "the service redirects from https to http")
        return url

    def _listed(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https") or address(url) not in self._hosts:
            raise self._failed("refused", "the service redirects to a host that is not listed")
        if urlsplit(url).username is not None:
            raise self._failed("refused", "the service redirects to an address with a login in it")

    def _judge(self, answer: httpx.Response) -> None:
        """Raises for any answer that is not a good one; its body is not read."""
        status = answer.status_code
        if status in (404, 410):
            raise self._failed("not-found", "the service knows nothing of it for the requester")
        if status in (400, 422):
            raise RetryCall(self._tool, f"the service did not accept the arguments ({status})")
        if status in (401, 403):
            raise self._failed("refused", f"the service did not accept who asks ({status})")
        if status in _BUSY:
            raise _Busy(status, _seconds(answer.headers.get("retry-after", "")))
        if not answer.is_success:
            raise self._failed("backend", f"the service failed ({status})")

    async def _body(self, answer: httpx.Response) -> bytes:
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise self._failed("backend", "the service sent a packed answer, which was not asked")
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > self._max_bytes:
                problem = f"the answer is longer than {self._max_bytes} bytes"
                raise self._failed("backend", problem)
        return bytes(body)

    def _failed(self, code: FailureCode, detail: str) -> ToolFailed:
        return ToolFailed(self._tool, code, detail)


def _again(exc: Exception) -> bool | timedelta:
    """Whether to ask once more, and when: as the service says, else soon."""
    if isinstance(exc, _Busy):
        if exc.pause is None:
            return True
        return timedelta(seconds=exc.pause) if exc.pause <= _LONGEST_PAUSE else False
    return isinstance(exc, httpx.ConnectError | httpx.RemoteProtocolError | httpx.ReadError)


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() else None


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, address(url)


@cache
def _trusted() -> ssl.SSLContext:
    """Certificate authorities, read once."""
    return httpx.create_ssl_context()
