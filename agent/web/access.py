"""Who is asking: a session, a trusted proxy's header, or the one person of a loopback address."""

import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from agent.review.people import Person, Role
from agent.store.people import Session, User
from agent.store.review_store import ReviewStore

SESSION = timedelta(hours=12)
COOKIE = "citedesk_session"
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


class NotConfigured(Exception):
    """The pages would be open to everybody."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"CITEDESK_WEB__HOST is {host!r}, which others can reach, and nobody could sign in: "
            "make a user with `citedesk users add NAME`, or name a proxy that signs people in "
            "(CITEDESK_WEB__PROXY_HEADER and CITEDESK_WEB__PROXY_ADDRESSES)"
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address that is bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a request shows of who sent it."""

    client: str  #: address of the peer
    host: str  #: the Host header, without its port
    cookie: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    person: Person
    csrf: str  #: must come back with every request that changes something


class Access:
    """Tells who is asking, by the one way that is configured."""

    def __init__(
        self,
        store: ReviewStore,
        *,
        open_to_local: bool,
        proxy_header: str = "",
        proxy_addresses: frozenset[str] = frozenset(),
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._open = open_to_local
        self._header = proxy_header.lower()
        self._proxies = proxy_addresses
        self._clock = clock
        self._csrf = secrets.token_urlsafe(24)  # of a process, where there are no sessions
        self.attempts = Attempts()

    @property
    def signs_in_here(self) -> bool:
        """Whether there is a sign-in page."""
        return not self._open and not self._header

    async def who(self, seen: Seen) -> SignedIn | None:
        """None where nobody is signed in, or the request comes by a way that is not trusted."""
        if self._open:
            return self._local(seen)
        if self._header:
            return await self._by_proxy(seen)
        return await self._by_session(seen)

    def _local(self, seen: Seen) -> SignedIn | None:
        """A page elsewhere can make a browser ask here, but not under this name."""
        if seen.host not in _LOCAL:
            return None
        return SignedIn(person=Person(name="local", role=Role.ADMIN), csrf=self._csrf)

    async def _by_proxy(self, seen: Seen) -> SignedIn | None:
        name = seen.headers.get(self._header, "")
        if seen.client not in self._proxies or not name:
            return None
        user = await self._store.user(name)
        if user is None or user.disabled:
            return None
        csrf = hmac.new(self._csrf.encode(), name.encode(), "sha256").hexdigest()
        return SignedIn(person=as_person(user), csrf=csrf)

    async def _by_session(self, seen: Seen) -> SignedIn | None:
        if not seen.cookie:
            return None
        found = await self._store.session(digest(seen.cookie), self._clock())
        if found is None:
            return None
        session, user = found
        return SignedIn(person=as_person(user), csrf=session.csrf)

    async def open_session(self, user: User) -> str:
        """The value of the cookie; the store keeps only its hash."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        session = Session(user=user.name, csrf=secrets.token_urlsafe(24), expires_at=now + SESSION)
        await self._store.open_session(digest(token), session, now)
        return token

    async def end_session(self, cookie: str) -> None:
        await self._store.end_session(digest(cookie))


def as_person(user: User) -> Person:
    return Person(name=user.name, role=Role(user.role), desks=user.desks)


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@dataclass(slots=True)
class Attempts:
    """Failed sign-ins of late, by address and by name, so that guessing is slow."""

    limit: int = 5
    window_s: float = 300
    clock: Callable[[], float] = time.monotonic
    _failed: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def wait_s(self, *keys: str) -> int:
        """Seconds until another try is taken; 0: now."""
        return max((self._wait(key) for key in keys), default=0)

    def failed(self, *keys: str) -> None:
        if len(self._failed) > 10_000:  # an attack from everywhere must not fill the memory
            self._failed.clear()
        for key in keys:
            self._failed[key] = [*self._recent(key), self.clock()]

    def forget(self, *keys: str) -> None:
        for key in keys:
            self._failed.pop(key, None)

    def _wait(self, key: str) -> int:
        recent = self._recent(key)
        if len(recent) < self.limit:
            return 0
        return max(1, round(recent[-self.limit] + self.window_s - self.clock()))

    def _recent(self, key: str) -> list[float]:
        begin = self.clock() - self.window_s
        return [at for at in self._failed.get(key, []) if at > begin]
