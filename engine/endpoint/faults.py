"""What a server's refusal means, as one of our errors. Pure.

Only the status, a short code and what kind of trouble it is are taken from what the server says:
its words may quote the prompt.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from engine.errors import (
    EngineBusy,
    EngineDown,
    EngineError,
    EngineUnusable,
    PromptRefused,
    PromptTooLong,
    RequestRefused,
)

_NO_CREDIT: Final = timedelta(hours=1)
"""Nobody tops an account up within seconds; asked again now and then."""

_TOO_LONG: Final = re.compile(
    r"context[ _-]?(?:length|window|size)|maximum context|n_ctx|max_model_len"
    r"|prompt is too long|too large for model|longer than the maximum model length",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(
    r"(?:maximum (?:context|model) length (?:is|of)|with|n_ctx[\"']?:) ?(\d{3,7})", re.IGNORECASE
)
_FILTERED: Final = re.compile(r"content[ _-]?(?:filter|policy)|moderation|flagged", re.IGNORECASE)
_NO_FUNDS: Final = re.compile(r"insufficient[ _]quota|billing|payment|credits?\b", re.IGNORECASE)
_UNKNOWN_MODEL: Final = re.compile(
    r"invalid[ _]model|model[ _]not[ _]found|unknown model|no models? loaded"
    r"|model .{0,80}(?:does not exist|not found)",
    re.IGNORECASE | re.DOTALL,
)
_CODE: Final = re.compile(r'"(?:code|type|errorCode)" ?: ?"?([A-Za-z0-9_.-]{1,40})"?[,}]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a user changes to mend an endpoint, as messages name it."""

    engine: str
    model: str
    address: str  #: host and port, never a login
    key: str | None = None  #: the variable that holds the key
    model_setting: str = "the model"
    url_setting: str = "the base URL"
    structured_setting: str = "the structured mode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer with a status from 300 on, or an error told with status 200."""

    status: int
    headers: Mapping[str, str]  #: names in lower case
    body: str

    @property
    def is_page(self) -> bool:
        """A page for people: it comes from a proxy or a wrong address, not from the server."""
        kind = self.headers.get("content-type", "")
        return "html" in kind or self.body.lstrip()[:1] == "<"

    @property
    def code(self) -> str:
        """`status 400, code invalid_request_error`, as far as it is told."""
        found = _CODE.search(self.body) if not self.is_page else None
        return f"status {self.status}" + (f", code {found[1]}" if found else "")


def error_of(refusal: Refusal, names: Names, now: datetime) -> EngineError:
    """The error that a refusal means; `now` is UTC."""
    engine, status = names.engine, refusal.status
    if _TOO_LONG.search(refusal.body) and not refusal.is_page:
        found = _LIMIT.search(refusal.body)
        return PromptTooLong(engine, limit=int(found[1]) if found else None)
    if status == 429:
        return _busy(refusal, engine, now)
    if status == 402:
        return EngineBusy(engine, retry_after(refusal.headers, now) or _NO_CREDIT)
    if status in (503, 529) and "retry-after" in refusal.headers:
        return EngineBusy(engine, retry_after(refusal.headers, now))
    if status >= 500 or status in (408, 409, 425) or status < 300:
        return EngineDown(engine, f"answered with an error ({refusal.code})")
    if status < 400:
        return EngineUnusable(
            engine,
            f"{names.address} sends us elsewhere ({refusal.code}), and no ticket is sent where "
            f"nobody chose; give the final address in {names.url_setting}",
        )
    return _refused(refusal, names)


def _busy(refusal: Refusal, engine: str, now: datetime) -> EngineBusy:
    pause = retry_after(refusal.headers, now)
    if pause is None and _NO_FUNDS.search(refusal.body):
        pause = _NO_CREDIT
    return EngineBusy(engine, pause)


def _refused(refusal: Refusal, names: Names) -> EngineError:
    """A status from 400 to 499."""
    engine, status = names.engine, refusal.status
    if status == 401 or (status == 403 and not refusal.is_page):
        return _key_refused(refusal, names)
    if status == 403:
        return EngineDown(engine, f"something before it refuses us ({refusal.code}, a web page)")
    if status in (404, 405, 410) or (status in (400, 422) and _UNKNOWN_MODEL.search(refusal.body)):
        return _not_there(refusal, names)
    if _FILTERED.search(refusal.body):
        return PromptRefused(engine, f"its content filter refuses the prompt ({refusal.code})")
    if status == 413:
        return PromptTooLong(engine)
    return RequestRefused(
        engine,
        f"does not take the request ({refusal.code}); if it refuses every one, look at "
        f"{names.model_setting} and {names.structured_setting}",
    )


def _key_refused(refusal: Refusal, names: Names) -> EngineUnusable:
    if names.key is None:
        mend = f"it wants a key: say in which variable, or look at {names.url_setting}"
    else:
        mend = f"put a valid one into {names.key}"
    return EngineUnusable(names.engine, f"refuses the key ({refusal.code}); {mend}")


def _not_there(refusal: Refusal, names: Names) -> EngineUnusable:
    if refusal.is_page or refusal.status == 405:
        why = f"{names.address} has no chat completions there"
        return EngineUnusable(
            names.engine,
            f"{why} ({refusal.code}); look at {names.url_setting}, often it ends in /v1",
        )
    return EngineUnusable(
        names.engine,
        f"does not have model {names.model!r} ({refusal.code}); look at {names.model_setting} "
        f"and {names.url_setting}",
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long a server asks us to wait (RFC 9110, section 10.2.3); None when it does not say.

    A date counts from the server's own clock, where it tells it.
    """
    millis = headers.get("retry-after-ms", "")
    if millis.strip().isdigit():
        return timedelta(milliseconds=min(int(millis), 86_400_000))
    said = headers.get("retry-after", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        until = _date(said)
        if until is None:
            return None
        seconds = (until - (_date(headers.get("date", "")) or now)).total_seconds()
    if not 0 < seconds < float("inf"):
        return None
    return timedelta(seconds=min(seconds, 86_400))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
