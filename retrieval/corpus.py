"""Policies and their passages, with stable ids and character offsets."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count


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


_HEADING = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A heading and where the text below it lies; the text before all headings has no level."""

    level: int
    heading: str
    start: int
    end: int


def passages(policy: Policy) -> tuple[Passage, ...]:
    """The policy's passages in order: one for each heading with text of its own below it.

    Offsets count characters of `policy.text`; heading lines and surrounding blanks are left out.
    A second passage of the same heading path gets `-2` after its id, a third `-3`.
    """
    found: list[Passage] = []
    taken: set[str] = set()
    for path, section in _with_paths(policy):
        start, end = _trimmed(policy.text, section.start, section.end)
        if start == end:
            continue
        slug = _free(_slug_path(path), taken)
        taken.add(slug)
        found.append(
            Passage(
                id=f"{policy.id}/{policy.language}#{slug}",
                policy=policy,
                headings=_headings(policy, path),
                start=start,
                end=end,
                line=policy.text.count("\n", 0, start) + 1,
            )
        )
    return tuple(found)


def all_passages(policies: Iterable[Policy]) -> tuple[Passage, ...]:
    """The passages of many policies, in their order."""
    return tuple(passage for policy in policies for passage in passages(policy))


def _with_paths(policy: Policy) -> Iterator[tuple[tuple[_Section, ...], _Section]]:
    """Each section with the headings that stand above it, its own last."""
    path: list[_Section] = []
    for section in _sections(policy.text, policy.body_start):
        if section.level:
            path = [above for above in path if above.level < section.level]
            path.append(section)
        yield tuple(path), section


def _sections(text: str, begin: int) -> Iterator[_Section]:
    """Cut at ATX headings; a `#` within a fenced block is no heading."""
    level, heading, start, at = 0, "", begin, begin
    fence = ""
    for line in text[begin:].splitlines(keepends=True):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        title = None if fence else _HEADING.match(line.rstrip("\r\n"))
        if title:
            yield _Section(level=level, heading=heading, start=start, end=at)
            level, heading, start = len(title[1]), title[2].strip(), at + len(line)
        at += len(line)
    yield _Section(level=level, heading=heading, start=start, end=at)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    stripped = inner.strip()
    if not stripped:
        return start, start
    start += len(inner) - len(inner.lstrip())
    return start, start + len(stripped)


def _headings(policy: Policy, path: tuple[_Section, ...]) -> tuple[str, ...]:
    """From the title down. A policy without a first-level heading lends its own title."""
    own = tuple(section.heading for section in path if section.heading)
    if path and path[0].level == 1 and own:
        return own
    return (policy.title, *own)


def _slug_path(path: tuple[_Section, ...]) -> str:
    """The title says nothing that the policy's id does not, so that it counts only alone."""
    below = path[1:] if len(path) > 1 and path[0].level == 1 else path
    return "/".join(_slug(section.heading) for section in below) or "top"


def _slug(heading: str) -> str:
    parts = unicodedata.normalize("NFKD", heading.casefold())
    plain = "".join(c for c in parts if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "section"


def _free(slug: str, taken: set[str]) -> str:
    """The slug, or with the first number that nothing else has."""
    numbered = (slug if n == 1 else f"{slug}-{n}" for n in count(1))
    return next(name for name in numbered if name not in taken)
