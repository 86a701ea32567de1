"""The JSON API's shapes."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from agent.domain.draft import Claim, SourceRef, WrittenBy
from agent.domain.triage import Priority, Triage
from agent.review.desk import LONGEST_BODY
from agent.store.queue import QueueItem

PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
DraftPath = Annotated[str, Path(min_length=1, max_length=256, pattern=PRINTABLE)]
Word = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")]
RejectReason = Literal[
    "wrong-answer",
    "incomplete",
    "wrong-tone",
    "wrong-language",
    "not-our-desk",
    "no-reply-needed",
    "other",
]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class Problem(BaseModel):
    """What went wrong, in the form of RFC 9457."""

    title: str
    status: int
    detail: str
    code: str = Field(description="for machines: `held`, `not-proved`, `no-longer-open`, …")
    claims: list[Claim] = Field(default_factory=list[Claim])


class Item(Shape):
    """One row of the queue."""

    draft_id: str
    conversation: str
    ticket: str
    revision: int
    desk: str
    priority: Priority
    language: str
    category: str
    confidence: float
    title: str
    reasons: list[str]
    due_at: datetime
    created_at: datetime
    snoozed_until: datetime | None
    hold_by: str | None
    hold_until: datetime | None

    @classmethod
    def of(cls, item: QueueItem) -> "Item":
        return cls(
            draft_id=item.draft_id,
            conversation=item.conversation,
            ticket=item.ticket,
            revision=item.revision,
            desk=item.desk,
            priority=item.lane,
            language=item.language,
            category=item.category,
            confidence=item.confidence,
            title=item.title,
            reasons=list(item.reasons),
            due_at=item.due_at,
            created_at=item.created_at,
            snoozed_until=item.snoozed_until,
            hold_by=item.hold_by,
            hold_until=item.hold_until,
        )


class Queue(Shape):
    items: list[Item]
    next: str | None = Field(description="hand it in as `after` for the next stretch")


class Facet(Shape):
    value: str
    count: int


class Counts(Shape):
    waiting: int
    desk: list[Facet]
    category: list[Facet]
    language: list[Facet]
    priority: list[Facet]
    reason: list[Facet]


class ThreadMessage(Shape):
    author: Literal["customer", "agent"]
    sent_at: datetime
    subject: str
    body: str
    quoted: str
    attachments: list[str]
    waiting: bool = Field(description="answered by this draft")


class CaseView(Shape):
    """A waiting draft with its ticket and proof; `body` is null once the data was erased."""

    item: Item
    standing: Literal["open", "decided", "superseded", "absent"]
    body: str | None
    claims: list[Claim]
    sources: list[SourceRef]
    triage: Triage | None
    written_by: WrittenBy | None
    thread: list[ThreadMessage]
    edited_policies: list[str]
    missing_sources: list[str]


class Standing(Shape):
    standing: Literal["open", "decided", "superseded", "absent"]
    revision: int
    hold_by: str | None
    hold_until: datetime | None


class Check(Shape):
    body: str = Field(max_length=LONGEST_BODY, pattern=r"^[^\x00]*$")


class Checked(Shape):
    claims: list[Claim]
    releasable: bool = Field(description="no sentence contradicts its source or has none")


class Release(Shape):
    revision: int = Field(ge=1, le=2**31 - 1)
    body: str | None = Field(
        default=None, max_length=LONGEST_BODY, description="the edited reply", pattern=r"^[^\x00]*$"
    )
    vouched: bool = Field(
        default=False, description="a person stands for the sentences that no source proves"
    )


class Released(Shape):
    draft_id: str
    edited: bool
    released_by: str
    released_at: datetime


class Reject(Shape):
    revision: int = Field(ge=1, le=2**31 - 1)
    reason_code: RejectReason
    note: Text = ""


class Rewrite(Shape):
    revision: int = Field(ge=1, le=2**31 - 1)
    note: Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]


class Recategorise(Shape):
    revision: int = Field(ge=1, le=2**31 - 1)
    category: Annotated[str, Field(min_length=1, max_length=100, pattern=PRINTABLE)]


class Snooze(Shape):
    minutes: int | None = Field(
        ge=1, le=60 * 24 * 30, description="null brings the draft back at once"
    )


class Held(Shape):
    until: datetime


class Done(Shape):
    done: Literal[True] = True


class Me(Shape):
    name: str
    role: str
    desks: list[str]
