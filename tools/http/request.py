"""From a template and the values of a call to one request. Pure."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote, urlsplit

from tools.http.spec import Ask, Auth, placeholders
from tools.values import canonical_json

Values = Mapping[str, Any]
_DOTS = (".", "..")
_SEPARATORS = frozenset("/\\%")


class NotAllowed(ValueError):
    """A value or an address that no request may have; the message is for the tool's author."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None


def request_of(ask: Ask, values: Values) -> Request:
    """The request with every placeholder filled in; what is optional and not given is left out.

    Raises `NotAllowed` for a value that would change the path that it is put into, or that no
    header can hold; its message begins with the value's name.
    """
    headers = {name: _header_of(text, values) for name, text in ask.headers.items()}
    query = {name: _plain(text, values) for name, text in ask.query.items()}
    wants_body = bool(ask.body) or ask.method in ("POST", "PUT", "PATCH")
    body = canonical_json(_filled(ask.body, values)) if wants_body else None
    return Request(
        method=ask.method,
        url=_url(ask.url, values),
        headers={name: text for name, text in headers.items() if text is not None},
        query={name: text for name, text in query.items() if text is not None},
        body=body,
    )


def auth_headers(auth: Auth | None, secret: str) -> Mapping[str, str]:
    """What tells the service who calls."""
    if auth is None:
        return {}
    match auth.kind:
        case "bearer":
            return {auth.header: _header(f"Bearer {secret}")}
        case "basic":
            pair = base64.b64encode(f"{auth.user}:{secret}".encode()).decode()
            return {auth.header: f"Basic {pair}"}
        case "header":
            return {auth.header: _header(secret)}


def address(url: str) -> str:
    """`host` of a URL, with the port where it is not the scheme's own; IPv6 in brackets."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


def _url(template: str, values: Values) -> str:
    safe = {name: _segment(name, values.get(name)) for name in placeholders(template)}
    return template.format_map(safe)


def _segment(name: str, value: Any) -> str:
    """The value as one segment of a path: nothing in it can leave its place.

    Escaping `/` is not enough: servers and the proxies before them decode a path, some twice.
    """
    text = _text(value)
    if not text or text in _DOTS or not _SEPARATORS.isdisjoint(text):
        raise NotAllowed(f"{name}: cannot stand in a path")
    return quote(text, safe="")


def _plain(template: str, values: Values) -> str | None:
    """None where a value is not given."""
    names = list(placeholders(template))
    if any(values.get(name) is None for name in names):
        return None
    return template.format_map({name: _text(values[name]) for name in names})


def _filled(part: Any, values: Values) -> Any:
    """A body with its placeholders filled in; a placeholder alone keeps its value's type."""
    if isinstance(part, dict):
        pairs = cast(dict[str, Any], part).items()
        filled = {name: _filled(inner, values) for name, inner in pairs}
        return {name: inner for name, inner in filled.items() if inner is not None}
    if isinstance(part, list):
        return [_filled(inner, values) for inner in cast(list[Any], part)]
    if isinstance(part, str):
        alone = part[1:-1] if part.startswith("{") and part.endswith("}") else ""
        return values.get(alone) if alone.isidentifier() else _plain(part, values)
    return part


def _header_of(template: str, values: Values) -> str | None:
    for name in placeholders(template):
        if not fits_header(_text(values.get(name))):
            raise NotAllowed(f"{name}: cannot stand in a header, which holds printable ASCII only")
    return _plain(template, values)


def fits_header(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _header(text: str) -> str:
    if not fits_header(text):
        raise NotAllowed("a header holds printable ASCII only")
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
