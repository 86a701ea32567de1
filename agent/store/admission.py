"""What a batch of admissions changes, decided in memory. Pure: `admitting` does the SQL."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from agent.domain.envelope import Coordinates, Packed, pack
from agent.domain.events import TicketDead
from agent.store.conversation import Conversation, Superseded, Why, stands_no_more
from agent.store.records import (
    Admission,
    Bury,
    Close,
    Erase,
    Identity,
    Outcome,
    Queue,
    Skip,
    State,
)
from agent.store.text import plain

LONGEST_ID = 256  #: characters; the contracts hold no longer id
_LONGEST_TRACE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What is known of a row before it is read."""

    id: int
    at: Coordinates
    size: int
    sha256: str
    replays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The earlier row that an identity belongs to."""

    row: int
    data_sha256: str


@dataclass(slots=True)
class Plan:
    """Everything one transaction writes."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    superseded: list[Superseded] = field(default_factory=list[Superseded])
    closed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    changed: dict[str, Conversation] = field(default_factory=dict[str, Conversation])
    moved: dict[str, tuple[str, Why]] = field(default_factory=dict[str, tuple[str, Why]])
    hurried: dict[str, datetime] = field(default_factory=dict[str, datetime])
    messages: list[Packed] = field(default_factory=list[Packed])
    results: dict[int, Outcome | State] = field(default_factory=dict[int, Outcome | State])


def identity_digest(identity: Identity) -> str:
    """One short key for (source, event id), so that a long id cannot overflow an index."""
    return sha256(f"{identity.source}\0{identity.event_id}".encode()).hexdigest()


def storable(admission: Admission) -> Admission:
    """The admission itself, or a burial when an id of it cannot be stored."""
    identity = admission.identity
    decision = admission.decision
    names: dict[str, str] = {}
    if identity is not None:
        names |= {"id": identity.event_id, "source": identity.source, "type": identity.type}
    for name in ("conversation", "ticket", "desk", "requester"):
        if isinstance(value := getattr(decision, name, None), str):
            names[name] = value
    bad = next((name for name, value in names.items() if not _fits(name, value)), None)
    if bad is None:
        return admission
    detail = (
        f"`{bad}` must be Unicode text without NUL of at most {LONGEST_ID} characters; "
        "send a plain id"
    )
    keep = None if bad in ("id", "source", "type") else identity
    requester = names.get("requester")
    told = requester if requester and _fits("requester", requester) else None
    return Admission(
        row=admission.row,
        identity=keep,
        decision=Bury(reason="invalid-event", detail=detail, requester=told),
        traceparent=admission.traceparent,
    )


def _fits(name: str, value: str) -> bool:
    longest = 2 * LONGEST_ID if name == "source" else LONGEST_ID
    return len(value) <= longest and value == plain(value)


class Planner:
    """Plans one batch, row by row in inbox order, over locked conversations."""

    def __init__(
        self,
        *,
        arrived: Mapping[int, Arrived],
        known: Mapping[str, Known],
        conversations: Mapping[str, Conversation],
        now: datetime,
        source: str,
    ) -> None:
        self._arrived = arrived
        self._known = dict(known)
        self._conversations = conversations
        self._now = now
        self._source = source
        self._queued: dict[str, list[int]] = {}
        self.plan = Plan()

    def add(self, admissions: Iterable[Admission]) -> Plan:
        for admission in admissions:
            self._admit(admission)
        return self.plan

    def _admit(self, admission: Admission) -> None:
        row = self._arrived[admission.row]
        values = blank_row(admission, row)
        self.plan.rows[row.id] = values
        digest = identity_digest(admission.identity) if admission.identity else None
        first = self._known.get(digest) if digest else None
        if admission.identity and first and first.row != row.id:
            self._again(values, admission, first)
            return
        if digest and admission.identity:
            values["identity"] = digest
            self._known[digest] = Known(row=row.id, data_sha256=admission.identity.data_sha256)
        self._decide(values, admission)

    def _again(self, values: dict[str, Any], admission: Admission, first: Known) -> None:
        assert admission.identity is not None
        values["duplicate_of"] = first.row
        if admission.identity.data_sha256 == first.data_sha256:
            self._end(values, Outcome.DUPLICATE)
            return
        detail = (
            f"the id was used before with other data (inbox row {first.row}); "
            "give every event an id of its own"
        )
        self._bury(values, admission, "id-reused", detail)

    def _decide(self, values: dict[str, Any], admission: Admission) -> None:
        decision = admission.decision
        if isinstance(decision, Bury):
            self._bury(values, admission, decision.reason, decision.detail)
        elif isinstance(decision, Skip):
            self._end(values, Outcome.NO_REPLY, decision.reason)
        elif isinstance(decision, Erase):
            self._end(values, Outcome.APPLIED)
        elif self._other_desk(values, admission, decision):
            return
        elif isinstance(decision, Close):
            self._close(values, admission, decision)
        else:
            self._queue(values, admission, decision)

    def _other_desk(
        self, values: dict[str, Any], admission: Admission, decision: Queue | Close
    ) -> bool:
        """A conversation stays at its desk: mixing two would show one the other's messages."""
        owner = self._conversations[decision.conversation].desk
        if owner == decision.desk:
            return False
        detail = (
            f"the conversation belongs to desk {owner!r}, the event names {decision.desk!r}; "
            "give it a conversation_id of its own"
        )
        self._bury(values, admission, "other-desk", detail)
        return True

    def _queue(self, values: dict[str, Any], admission: Admission, decision: Queue) -> None:
        values |= {
            "state": State.QUEUED.value,
            "lane": decision.lane.value,
            "due_at": decision.due_at,
            "not_before": self._now,
        }
        self.plan.results[admission.row] = State.QUEUED
        self._hurry(decision.conversation, decision.due_at)
        self._queued.setdefault(decision.conversation, []).append(admission.row)
        self._move_on(decision.conversation, admission, "later-message")

    def _hurry(self, name: str, due: datetime) -> None:
        """What waits already in the conversation is due no later than its newest message."""
        for row in self._queued.get(name, []):
            values = self.plan.rows[row]
            values["due_at"] = min(values["due_at"], due)
        if self._conversations[name].revision > 0:
            self.plan.hurried[name] = min(self.plan.hurried.get(name, due), due)

    def _close(self, values: dict[str, Any], admission: Admission, decision: Close) -> None:
        self._end(values, Outcome.APPLIED)
        by = _event_id(admission)
        self.plan.closed.append((decision.conversation, by))
        for row in self._queued.pop(decision.conversation, []):
            self._end(self.plan.rows[row], Outcome.SUPERSEDED, "ticket-closed")
            self.plan.rows[row]["superseded_by"] = by
        self._move_on(decision.conversation, admission, "ticket-closed")

    def _move_on(self, name: str, admission: Admission, reason: Why) -> None:
        """The next revision; a draft that stood for the last one stands no more."""
        conversation = self._conversations[name]
        if conversation.revision:  # a new one has asked for nothing
            self.plan.moved[name] = (_event_id(admission), reason)
        conversation.revision += 1
        self.plan.changed[name] = conversation
        if gone := stands_no_more(conversation, _event_id(admission), reason):
            self.plan.superseded.append(gone)
            traceparent = self.plan.rows[admission.row]["traceparent"]
            self.plan.messages.append(gone.packed(self._now, self._source, traceparent))

    def _bury(self, values: dict[str, Any], admission: Admission, reason: str, detail: str) -> None:
        self._end(values, Outcome.DEAD, reason)
        values["detail"] = detail
        self.plan.messages.append(
            dead_letter(
                self._arrived[admission.row],
                values,
                now=self._now,
                source=self._source,
            )
        )

    def _end(self, values: dict[str, Any], outcome: Outcome, reason: str | None = None) -> None:
        values |= {
            "state": State.ENDED.value,
            "outcome": outcome.value,
            "reason": reason,
            "ended_at": self._now,
        }
        self.plan.results[values["row"]] = outcome


def blank_row(admission: Admission, row: Arrived) -> dict[str, Any]:
    """A row's columns as far as they do not depend on the decision."""
    identity, decision = admission.identity, admission.decision
    trace = admission.traceparent
    fits = trace is not None and len(trace) <= _LONGEST_TRACE and trace.isprintable()
    get: Callable[[str], Any] = lambda name: getattr(decision, name, None)  # noqa: E731 - one use
    return {
        "row": row.id,
        "source": identity.source if identity else None,
        "event_id": identity.event_id if identity else None,
        "type": identity.type if identity else None,
        "data_sha256": identity.data_sha256 if identity else None,
        "identity": None,
        "traceparent": trace if fits else None,
        "conversation": get("conversation"),
        "ticket": get("ticket"),
        "desk": get("desk"),
        "requester": get("requester"),
        "lane": None,
        "due_at": None,
        "not_before": None,
        "state": State.ENDED.value,
        "outcome": None,
        "reason": None,
        "detail": None,
        "duplicate_of": None,
        "superseded_by": None,
        "ended_at": None,
    }


def dead_letter(row: Arrived, values: Mapping[str, Any], *, now: datetime, source: str) -> Packed:
    """`ticket.dead`: where to find the record and why it died, never its text."""
    event = TicketDead(
        inbox_id=row.id,
        event_id=values["event_id"],
        conversation_id=values["conversation"],
        desk=values["desk"],
        reason=values["reason"],
        detail=plain(values["detail"] or ""),
        data_sha256=row.sha256,
        size=row.size,
        topic=row.at.topic,
        partition=row.at.partition,
        offset=row.at.offset,
        at=now,
    )
    return pack(
        event,
        key=values["conversation"] or str(row.at),
        event_id=f"inbox/{row.id}/dead/{row.replays + 1}",
        at=now,
        source=source,
        traceparent=values["traceparent"],
    )


def _event_id(admission: Admission) -> str:
    assert admission.identity is not None, "only an event with an identity is queued or closes"
    return admission.identity.event_id
