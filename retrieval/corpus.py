"""Policies and their passages, with stable ids and character offsets."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom and where a policy speaks for; empty means everyone, everywhere."""

    countries: frozenset[str] = frozenset()  #: ISO 3166-1 alpha-2, upper case
    audience: frozenset[str] = frozenset()  #: `customer`, `employee`, `manager`, …

    def covers(self, *, country: str | None, audience: str) -> bool:
        """An unknown country is covered only by a policy that names none."""
        in_country = not self.countries or (country or "").upper() in self.countries
        return in_country and (not self.audience or audience in self.audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy in one language, as its file stands."""

    id: str  #: shared by the translations of one policy
    language: str  #: ISO 639-1
    title: str
    file: str  #: path below the desk's folder, with `/`
    text: str  #: the whole file decoded as UTF-8, line ends kept
    body_start: int  #: character offset of the first character after the front matter
    content_hash: str  #: SHA-256 hex of `text` in UTF-8
    scope: Scope = Scope()
    categories: tuple[str, ...] = ()  #: triage categories it serves; empty serves all
    valid_from: date | None = None
    valid_to: date | None = None  #: last day on which it holds

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The text under one heading of a policy: the unit that is searched and cited."""

    id: str  #: `{policy.id}/{language}#{slug of the heading path}`, unique in a corpus
    policy: Policy
    headings: tuple[str, ...]  #: from the title down
    start: int  #: character offset in `policy.text`
    end: int
    line: int  #: line of `start` in the file, from 1

    @property
    def text(self) -> str:
        return self.policy.text[self.start : self.end]
