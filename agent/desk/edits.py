"""What an edit of the policies does to drafts that still wait. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from agent.domain.desk import Desk
from agent.domain.draft import Draft, SourceKind, SourceRef
from retrieval.corpus import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid:
    """A draft that cites what the policies no longer say."""

    draft: str  #: its id
    ticket: str
    file: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Policy files that differ between two readings of a desk."""

    added: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.edited or self.removed)


def changes(before: Sequence[Policy], after: Sequence[Policy]) -> Changes:
    """By file; an edit is another content hash."""
    old = {policy.file: policy.content_hash for policy in before}
    new = {policy.file: policy.content_hash for policy in after}
    return Changes(
        added=tuple(sorted(new.keys() - old.keys())),
        edited=tuple(sorted(f for f in new.keys() & old.keys() if new[f] != old[f])),
        removed=tuple(sorted(old.keys() - new.keys())),
    )


def invalidated(drafts: Iterable[Draft], desk: Desk, today: date) -> list[Invalid]:
    """The drafts of which a cited policy went, ended, or no longer holds the quoted text."""
    return [
        Invalid(draft=str(draft.id), ticket=str(draft.ticket), file=file, problem=problem)
        for draft in drafts
        for file, problem in _faults(draft, desk, today)
    ]


def _faults(draft: Draft, desk: Desk, today: date) -> Iterable[tuple[str, str]]:
    quotes: dict[str, list[str]] = {}
    for evidence in (e for claim in draft.claims for e in claim.evidence):
        quotes.setdefault(evidence.source, []).append(evidence.quote)
    for source in draft.sources:
        if source.kind is SourceKind.POLICY and source.id in quotes:
            problem = _problem(source, quotes[source.id], desk, today)
            if problem:
                yield source.file or source.label, problem


def _problem(source: SourceRef, quotes: Sequence[str], desk: Desk, today: date) -> str:
    there = [p for p in desk.policies if (p.id, p.language) == (source.policy_id, source.language)]
    current = [policy for policy in there if policy.holds_on(today)]
    if not current:
        return "the policy no longer holds" if there else "the policy is gone"
    text = " ".join(" ".join(policy.text.split()) for policy in current)
    gone = [quote for quote in quotes if " ".join(quote.split()) not in text]
    return f"{len(gone)} of {len(quotes)} quoted sentences are gone" if gone else ""
