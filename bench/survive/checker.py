"""What must hold after any number of kills. Pure: sent events in, faults out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

ANSWERED = ("ready", "review")
ENDS = (*ANSWERED, "no-reply", "superseded", "dead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A distinct event that was sent, however often."""

    id: str
    conversation: str
    number: int  #: position in its conversation, from 0
    garbage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A `draft.created` record, in the order of its partition."""

    draft: str
    conversation: str
    revision: int
    answers: tuple[str, ...]
    partition: int
    offset: int
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the output topics and the database hold."""

    drafts: Sequence[Published]
    outcomes: Mapping[str, Sequence[str]]  #: event id to the outcomes of its rows, duplicates out
    dead: Sequence[str]  #: reasons of the dead letters, one each
    unended: int  #: rows that are not in an end state
    unpublished: int  #: outbox rows that never went out


@dataclass(slots=True)
class Report:
    faults: list[str] = field(default_factory=list[str])
    resent: int = 0  #: records that repeat an earlier one, to the byte
    drafts: int = 0  #: distinct drafts

    @property
    def holds(self) -> bool:
        return not self.faults


def check(sent: Iterable[Sent], found: Found) -> Report:
    """Every way in which a promise is broken, one line each."""
    sent = list(sent)
    report = Report()
    report.faults += _unfinished(found)
    report.faults += _missing(sent, found)
    report.faults += _garbage(sent, found)
    report.faults += _identity(found, report)
    report.faults += _order(sent, found)
    report.faults += _answered_once(found)
    return report


def _unfinished(found: Found) -> list[str]:
    faults: list[str] = []
    if found.unended:
        faults.append(f"unfinished: {found.unended} rows are in no end state")
    if found.unpublished:
        faults.append(f"unfinished: {found.unpublished} outbox rows were never published")
    return faults


def _missing(sent: Sequence[Sent], found: Found) -> list[str]:
    published = {answer for draft in found.drafts for answer in draft.answers}
    faults: list[str] = []
    for event in sent:
        if event.garbage:
            continue
        outcomes = found.outcomes.get(event.id, ())
        if len(outcomes) != 1 or outcomes[0] not in ENDS:
            faults.append(f"missing: {event.id} has the end states {list(outcomes)}, not just one")
        elif outcomes[0] in ANSWERED and event.id not in published:
            faults.append(f"missing: {event.id} ended {outcomes[0]!r} but no draft went out")
    return faults


def _garbage(sent: Sequence[Sent], found: Found) -> list[str]:
    expected = sum(event.garbage for event in sent)
    reasoned = sum(bool(reason) for reason in found.dead)
    if reasoned == expected == len(found.dead):
        return []
    return [f"garbage: {expected} sent, {len(found.dead)} dead-lettered, {reasoned} with a reason"]


def _identity(found: Found, report: Report) -> list[str]:
    """One draft id per conversation and revision, one value per draft id."""
    faults: list[str] = []
    ids: dict[tuple[str, int], str] = {}
    values: dict[str, bytes] = {}
    for draft in found.drafts:
        place = (draft.conversation, draft.revision)
        if ids.setdefault(place, draft.draft) != draft.draft:
            faults.append(f"identity: {place[0]} revision {place[1]} has two draft ids")
        if draft.draft in values:
            report.resent += 1
        if values.setdefault(draft.draft, draft.value) != draft.value:
            faults.append(f"identity: draft {draft.draft} was sent with two different values")
    report.drafts = len(values)
    return faults


def _order(sent: Sequence[Sent], found: Found) -> list[str]:
    """Within a conversation each draft's first sight has a higher revision, and later messages."""
    number = {event.id: event.number for event in sent}
    faults: list[str] = []
    last_revision: dict[str, int] = defaultdict(int)
    last_number: dict[str, int] = defaultdict(lambda: -1)
    partition: dict[str, int] = {}
    seen: set[str] = set()
    for draft in sorted(found.drafts, key=lambda d: (d.partition, d.offset)):
        name = draft.conversation
        if partition.setdefault(name, draft.partition) != draft.partition:
            faults.append(f"order: {name} is spread over partitions")
        if draft.draft in seen:
            continue
        seen.add(draft.draft)
        numbers = [number.get(answer, -1) for answer in draft.answers]
        if draft.revision <= last_revision[name]:
            faults.append(f"order: {name} revision {draft.revision} after {last_revision[name]}")
        if numbers != sorted(numbers) or not numbers or numbers[0] <= last_number[name]:
            faults.append(f"order: {name} answers its messages out of order")
        last_revision[name] = max(last_revision[name], draft.revision)
        last_number[name] = max(last_number[name], *numbers, -1)
    return faults


def _answered_once(found: Found) -> list[str]:
    by_event: dict[str, set[str]] = defaultdict(set)
    for draft in found.drafts:
        for answer in draft.answers:
            by_event[answer].add(draft.draft)
    return [
        f"doubled: {event} is answered by {len(drafts)} drafts"
        for event, drafts in sorted(by_event.items())
        if len(drafts) > 1
    ]
