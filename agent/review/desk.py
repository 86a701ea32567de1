"""The review desk: what a person sees of the queue, and what they decide."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from agent.domain.desk import Desk
from agent.domain.draft import Claim, Draft
from agent.domain.envelope import Packed, pack
from agent.domain.events import ReplyReleased
from agent.domain.ids import ConversationId, DeskName, EventId
from agent.domain.ticket import Ticket
from agent.intake.redact import redact
from agent.review.case import REJECT_REASONS, Case
from agent.review.distance import edit_distance
from agent.review.errors import BadDecision, HeldByOther, NoLongerOpen, NotProved, UnknownDraft
from agent.review.gaps import Gap, gaps, question_of
from agent.review.insights import Insights, insights
from agent.review.people import Action, Person
from agent.review.recheck import Checker, Render, Sources, recheck, sources_of, stops_release
from agent.store.counting import Unanswered
from agent.store.queue import Decision, Kind, QueueFilter, QueueItem, Standing, Under
from agent.store.records import AuditEntry, LeasedRow
from agent.store.review_store import ReviewStore
from agent.store.reviewing import Cursor
from retrieval.text import tokens

HOLD = timedelta(minutes=2)  #: renewed while the case is open
LONGEST_BODY = 20_000  #: characters
_READ_FOR_GAPS = 200  #: of the newest drafts, the messages are read; of others, the title


class ReadThread(Protocol):
    """Stored messages as a ticket; None where nothing can be read any more."""

    def __call__(
        self,
        rows: Sequence[LeasedRow],
        answered: Collection[EventId],
        desk: Desk,
        conversation: ConversationId,
    ) -> Ticket | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of the queue."""

    items: tuple[QueueItem, ...]
    next: Cursor | None


class ReviewDesk:
    """Works the queue for signed-in persons. Holds no state but what the store has."""

    def __init__(
        self,
        store: ReviewStore,
        desks: Callable[[], Mapping[DeskName, Desk]],
        *,
        read_thread: ReadThread,
        checker: Checker,
        render: Render,
        clock: Callable[[], datetime],
    ) -> None:
        self.store = store
        self._desks = desks
        self._read_thread = read_thread
        self._checker = checker
        self._render = render
        self._clock = clock

    @property
    def desks(self) -> Mapping[DeskName, Desk]:
        return self._desks()

    # ── seeing ──────────────────────────────────────────────────────────────────────────────

    async def page(
        self, person: Person, wanted: QueueFilter, *, limit: int = 50, after: Cursor | None = None
    ) -> Page:
        """Waiting drafts of the person's desks that fit, the earliest deadline first."""
        wanted = replace(wanted, desks=person.only(self.desks))
        items = await self.store.queue(wanted, now=self._clock(), limit=limit + 1, after=after)
        last = items[limit - 1] if len(items) > limit else None
        return Page(
            items=tuple(items[:limit]),
            next=(last.due_at, last.draft_id) if last is not None else None,
        )

    async def case(self, person: Person, draft_id: str) -> Case:
        """A draft with all around it; noted as seen. Raises `UnknownDraft`, `Forbidden`."""
        under, item = await self._under(person, draft_id, Action.READ)
        draft = await self.store.draft(draft_id)
        desk = self.desks.get(item.desk)
        ticket = await self._ticket(item, draft, desk)
        sources = sources_of(draft, desk, self._render) if draft and desk else Sources(sources=())
        await self.store.note(_entry("ticket.viewed", person, item), self._clock())
        return Case(
            item=item,
            standing=under.standing,
            superseded_by=under.superseded_by,
            draft=draft,
            ticket=ticket,
            desk=desk,
            claims=draft.claims if draft else (),
            sources=sources,
        )

    async def _ticket(
        self, item: QueueItem, draft: Draft | None, desk: Desk | None
    ) -> Ticket | None:
        if desk is None or draft is None:
            return None
        rows = await self.store.thread(item.conversation)
        return self._read_thread(rows, draft.answers, desk, item.conversation)

    async def standing(self, person: Person, draft_id: str) -> Under:
        """Whether a draft can still be decided, and who holds it; always with its item."""
        return (await self._under(person, draft_id, Action.READ))[0]

    async def recheck(self, person: Person, draft_id: str, body: str) -> tuple[Claim, ...]:
        """Every sentence of an edited body against the draft's sources."""
        _, item = await self._under(person, draft_id, Action.READ)
        return self._checked(body, await self._draft(item))

    async def _draft(self, item: QueueItem) -> Draft:
        draft = await self.store.draft(item.draft_id)
        if draft is None:
            raise NoLongerOpen("the customer's data was erased")
        return draft

    def _checked(self, body: str, draft: Draft) -> tuple[Claim, ...]:
        if len(body) > LONGEST_BODY:
            raise BadDecision(f"the reply has {len(body)} characters; at most {LONGEST_BODY}")
        desk = self.desks.get(draft.desk)
        if desk is None:
            raise NoLongerOpen(f"this service has no desk {draft.desk!r} now")
        sources = sources_of(draft, desk, self._render).sources
        return recheck(body, draft, desk, checker=self._checker, sources=sources)

    async def insights(self, person: Person, days: int) -> tuple[Insights, tuple[Gap, ...]]:
        """Figures of the last days, for the person's desks."""
        since = self._clock() - timedelta(days=days)
        desks = person.only(self.desks)
        found = insights(
            await self.store.draft_counts(since, desks=desks),
            await self.store.day_counts(since, desks=desks),
            await self.store.decided(since, desks=desks),
            await self.store.ignored(since, desks=desks),
        )
        open_ones = await self.store.unanswered(since, desks=desks)
        rows = await self.store.answered([one.draft_id for one in open_ones[:_READ_FOR_GAPS]])
        # Reading a message takes about a millisecond: beside the loop, which others wait for.
        questions = await asyncio.to_thread(self._questions, open_ones, rows)
        return found, gaps(questions, tokens)

    def _questions(
        self, found: Sequence[Unanswered], rows: Mapping[str, Sequence[LeasedRow]]
    ) -> list[tuple[str, str, str]]:
        """Draft id, language and what was asked, personal data replaced.

        It is the title where the messages are not read.
        """
        return [(one.draft_id, one.language, self._question(one, rows)) for one in found]

    def _question(self, one: Unanswered, rows: Mapping[str, Sequence[LeasedRow]]) -> str:
        own, desk = rows.get(one.draft_id, ()), self.desks.get(DeskName(one.desk))
        if not own or desk is None:
            return redact(one.title).text
        events = [row.identity.event_id for row in own]
        ticket = self._read_thread(own, events, desk, ConversationId(one.conversation))
        body = "\n".join(message.body for message in ticket.messages) if ticket else ""
        names = [ticket.requester.name] if ticket and ticket.requester.name else []
        # Before anything is cut: half a number is not seen as one.
        asked = question_of(redact(body, names=names).text, one.language)
        return asked or redact(one.title, names=names).text

    # ── holding ─────────────────────────────────────────────────────────────────────────────

    async def hold(self, person: Person, draft_id: str) -> datetime:
        """Keep others off for two minutes; returns until when. Raises `HeldByOther`."""
        await self._open(person, draft_id)
        now = self._clock()
        until = now + HOLD
        if await self.store.hold(draft_id, person.name, now=now, until=until):
            return until
        _, item = await self._open(person, draft_id)
        raise HeldByOther(item.hold_by or "somebody", item.hold_until or until)

    async def let_go(self, person: Person, draft_id: str) -> None:
        await self.store.let_go(draft_id, person.name)

    async def snooze(self, person: Person, draft_id: str, pause: timedelta | None) -> None:
        """Put a draft off for a while; None brings it back."""
        _, item = await self._open(person, draft_id)
        self._free(person, item)
        now = self._clock()
        until = now + pause if pause else None
        entry = _entry("review.snoozed", person, item, minutes=pause.seconds // 60 if pause else 0)
        await self.store.snooze(draft_id, until, entry=entry, now=now)

    # ── deciding ────────────────────────────────────────────────────────────────────────────

    async def release(
        self,
        person: Person,
        draft_id: str,
        *,
        revision: int,
        body: str | None = None,
        vouched: bool = False,
    ) -> ReplyReleased:
        """Send the reply out, as drafted or as edited.

        Raises `NotProved` when a sentence contradicts its source, or has none and nobody vouched
        for it, beside the errors of every decision.
        """
        item = await self._decidable(person, draft_id, revision)
        draft = await self._draft(item)
        text = draft.body if body is None else body
        claims = self._checked(text, draft)
        if not text.strip():
            raise BadDecision("the reply is empty; reject the draft if nobody should answer")
        if stopped := stops_release(claims, vouched=vouched):
            raise NotProved(stopped)
        reply = self._reply(person, draft, text)
        decision = Decision(
            draft_id=item.draft_id,
            revision=revision,
            kind=Kind.EDITED if reply.edited else Kind.USED,
            actor=person.name,
            distance=edit_distance(draft.body, reply.body),
            length=len(draft.body),
            messages=(_packed(reply),),
            audit=(_entry("reply.released", person, item, edited=reply.edited, vouched=vouched),),
        )
        await self._carry_out(decision)
        return reply

    async def reject(
        self, person: Person, draft_id: str, *, revision: int, reason_code: str, note: str = ""
    ) -> None:
        """Nobody is answered with this draft; why is one of `REJECT_REASONS`."""
        if reason_code not in REJECT_REASONS:
            known = ", ".join(REJECT_REASONS)
            raise BadDecision(f"reason {reason_code!r} is not known (known: {known})")
        item = await self._decidable(person, draft_id, revision)
        await self._carry_out(
            Decision(
                draft_id=item.draft_id,
                revision=revision,
                kind=Kind.REJECTED,
                actor=person.name,
                reason_code=reason_code,
                note=note[:1_000],
                audit=(_entry("draft.rejected", person, item, reason=reason_code),),
            )
        )

    async def rewrite(self, person: Person, draft_id: str, *, revision: int, note: str) -> None:
        """Send the ticket back to be drafted again, with a note for the writer."""
        if not note.strip():
            raise BadDecision("say what the next draft should do otherwise")
        item = await self._decidable(person, draft_id, revision)
        await self._carry_out(
            Decision(
                draft_id=item.draft_id,
                revision=revision,
                kind=Kind.REWRITE,
                actor=person.name,
                note=note[:1_000],
                audit=(_entry("draft.sent-back", person, item, note_chars=len(note)),),
            )
        )

    async def recategorise(
        self, person: Person, draft_id: str, *, revision: int, category: str
    ) -> None:
        """Correct the triage; the draft waits on, and the desk may learn from it."""
        item = await self._decidable(person, draft_id, revision)
        desk = self.desks.get(item.desk)
        if desk is None or desk.category(category) is None:
            known = ", ".join(c.id for c in desk.categories) if desk else ""
            raise BadDecision(f"category {category!r} is not the desk's (known: {known})")
        await self._carry_out(
            Decision(
                draft_id=item.draft_id,
                revision=revision,
                kind=Kind.CORRECTED,
                actor=person.name,
                corrected=category,
                audit=(_entry("triage.corrected", person, item, category=category),),
            )
        )

    async def _decidable(self, person: Person, draft_id: str, revision: int) -> QueueItem:
        item = (await self._open(person, draft_id))[1]
        self._free(person, item)
        if revision != item.revision:
            raise NoLongerOpen(f"it is of revision {item.revision}, you saw {revision}")
        return item

    async def _open(self, person: Person, draft_id: str) -> tuple[Under, QueueItem]:
        under, item = await self._under(person, draft_id, Action.REVIEW)
        if under.standing is not Standing.OPEN:
            raise NoLongerOpen(_why(under))
        return under, item

    async def _under(
        self, person: Person, draft_id: str, action: Action
    ) -> tuple[Under, QueueItem]:
        under = await self.store.under_review(draft_id)
        if under.item is None or not person.sees(under.item.desk):
            raise UnknownDraft(draft_id)
        person.must(action, under.item.desk)
        return under, under.item

    def _free(self, person: Person, item: QueueItem) -> None:
        if item.held_by_other(person.name, self._clock()):
            assert item.hold_by is not None
            assert item.hold_until is not None
            raise HeldByOther(item.hold_by, item.hold_until)

    async def _carry_out(self, decision: Decision) -> None:
        before = await self.store.decide(decision, now=self._clock())
        if before.standing is not Standing.OPEN:
            raise NoLongerOpen(_why(before))

    def _reply(self, person: Person, draft: Draft, body: str) -> ReplyReleased:
        return ReplyReleased(
            draft_id=draft.id,
            conversation_id=draft.conversation,
            ticket_id=draft.ticket,
            revision=draft.revision,
            desk=draft.desk,
            language=draft.language,
            body=body,
            released_by=person.name,
            edited=body != draft.body,
            released_at=self._clock(),
        )


def _packed(reply: ReplyReleased) -> Packed:
    return pack(
        reply,
        key=reply.conversation_id,
        event_id=f"{reply.draft_id}/released",
        at=reply.released_at,
        subject=reply.ticket_id,
    )


def _why(under: Under) -> str:
    if under.standing is Standing.SUPERSEDED:
        return "a later message or decision replaced it"
    if under.standing is Standing.DECIDED:
        return "somebody decided it already"
    return "there is no such draft"


def _entry(action: str, person: Person, item: QueueItem, **details: str | int | bool) -> AuditEntry:
    return AuditEntry(
        action=action,
        actor=person.name,
        subject=item.draft_id,
        details={"conversation": item.conversation, "revision": item.revision, **details},
    )
