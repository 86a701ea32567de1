"""The `openai` client, reduced to what the engine needs: a body in, a status and a body out."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

import openai

from engine.endpoint.values import Said

_LARGEST: Final = 4 * 1024 * 1024
"""Bytes of an answer that are read; a real one has a few thousand."""
_OURS: Final = {"User-Agent": "citedesk", "Accept-Encoding": "identity"}
_HTTP: Final = frozenset({"httpx", "httpx2", "httpcore", "httpcore2", "h11", "anyio"})
"""Where a connection's errors come from; which of them it is depends on the version of `openai`."""
#: The client tells the provider the machine's system and Python by itself; nobody needs that.
_UNSAID: Final = (
    "Arch",
    "Async",
    "Lang",
    "OS",
    "Package-Version",
    "Raw-Response",
    "Read-Timeout",
    "Retry-Count",
    "Runtime",
    "Runtime-Version",
    "Stream-Helper",
    "Timeout",
)


class _Response(Protocol):
    """What we use of the HTTP library's response; which library it is depends on `openai`."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Any: ...
    @property
    def content(self) -> bytes: ...


class _Streamed(Protocol):
    """What we use of a response whose body is still to come."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Any: ...
    def iter_bytes(self) -> AsyncIterator[bytes]: ...
    def iter_lines(self) -> AsyncIterator[str]: ...


class Client:
    """One server over HTTP. A connection's trouble comes back as words, never as an exception."""

    def __init__(self, base_url: str, key: str | None, *, connect_seconds: float) -> None:
        parts = urlsplit(base_url)
        self._connect_seconds = connect_seconds
        self._keyless = key is None
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=key or "none",
            max_retries=0,  # the chain decides what is tried again
            timeout=openai.Timeout(None, connect=connect_seconds),  # the caller has the deadline
            default_headers=cast(dict[str, str], _headers()),
            http_client=openai.DefaultAsyncHttpxClient(
                follow_redirects=False,  # a ticket goes where the settings say, nowhere else
                trust_env=parts.hostname not in ("localhost", "127.0.0.1", "::1"),
                verify=parts.scheme == "https",  # plain HTTP needs no certificates loaded
            ),
        )

    async def post(self, body: dict[str, Any]) -> Said | str:
        """One answer, whole."""
        try:
            async with self._sent(body) as response:
                headers = _lower(response.headers)
                said = bytearray()
                async for chunk in response.iter_bytes():
                    said += chunk
                    if len(said) > _LARGEST:
                        return f"sent more than {_LARGEST} bytes"
                return Said(status=response.status_code, headers=headers, body=bytes(said))
        except openai.APIStatusError as refused:
            return _said(cast(_Response, refused.response))
        except openai.APITimeoutError:
            return f"took more than {self._connect_seconds:g} s to connect"
        except Exception as broken:  # the HTTP library's own too, while a body is read
            return _broken(broken)

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Said | str]:
        """The events of a streamed answer; a refusal, or trouble in words, is the last one."""
        try:
            async with self._sent({**body, "stream": True}) as response:
                headers = _lower(response.headers)
                if "text/event-stream" not in headers.get("content-type", ""):
                    kind = headers.get("content-type", "").split(";")[0]
                    yield f"answered with {kind or 'no content type'}, not with a stream"
                    return
                async with aclosing(_events(response.iter_lines())) as events:
                    async for event in events:
                        yield Said(status=200, headers=headers, body=event)
        except openai.APIStatusError as refused:
            yield _said(cast(_Response, refused.response))
        except openai.APITimeoutError:
            yield f"took more than {self._connect_seconds:g} s to connect"
        except Exception as broken:  # as above
            yield _broken(broken)

    async def close(self) -> None:
        await self._client.close()

    def _sent(self, body: dict[str, Any]) -> AbstractAsyncContextManager[_Streamed]:
        """The client looks through every field it knows, which takes a millisecond: what it need
        not know goes in by `extra_body`, and takes the place of what stands there."""
        create: Any = self._client.chat.completions.with_streaming_response.create
        known = {name: body[name] for name in ("model", "stream", "stream_options") if name in body}
        rest = {name: value for name, value in body.items() if name not in known}
        headers = rest.pop("extra_headers")
        if self._keyless:
            headers = {**headers, "Authorization": openai.omit}
        extra = {**rest.pop("extra_body"), **rest}
        return create(**known, messages=[], extra_body=extra, extra_headers=headers)


async def _events(lines: AsyncIterator[str]) -> AsyncGenerator[bytes]:
    """The data of server-sent events (WHATWG HTML, 9.2), until `[DONE]`."""
    data: list[str] = []
    size = 0
    async for line in lines:
        size += len(line)
        if size > _LARGEST:
            return
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line.strip() and data:
            event, data = "\n".join(data), []
            if event.strip() == "[DONE]":
                return
            yield event.encode()
    if data and "".join(data).strip() != "[DONE]":
        yield "\n".join(data).encode()


def _headers() -> dict[str, Any]:
    unsaid: dict[str, Any] = {f"X-Stainless-{name}": openai.omit for name in _UNSAID}
    unsaid |= {"OpenAI-Organization": openai.omit, "OpenAI-Project": openai.omit}
    return {**unsaid, **_OURS}


def _lower(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _said(response: _Response) -> Said:
    return Said(
        status=response.status_code, headers=_lower(response.headers), body=response.content
    )


def _broken(error: Exception) -> str:
    """What broke, by the name of the error: its words may hold an address with a login.

    An error that is not the connection's is raised again.
    """
    cause = error.__cause__ or error
    if type(cause).__name__ == "ConnectError":
        return "cannot be reached"
    library = type(cause).__module__.partition(".")[0]
    if not isinstance(cause, OSError | openai.OpenAIError) and library not in _HTTP:
        raise error
    return f"the connection failed ({type(cause).__name__})"
