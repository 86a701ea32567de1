"""One ticket from triage to a routed draft: research, write, check, repair once, route."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from agent.domain.desk import FRAMES, Desk
from agent.domain.draft import Claim, Draft, WrittenBy
from agent.domain.ids import draft_id
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.asking import Asking, Asks
from agent.pipeline.compose import Composed, compose
from agent.pipeline.ports import (
    Brief,
    Checker,
    ClaimJudge,
    Clock,
    Looker,
    Mender,
    Research,
    Run,
    Triager,
    Work,
    Writer,
    Written,
)
from agent.pipeline.questions import not_read
from agent.pipeline.repair import repaired
from agent.pipeline.route import route


class Researcher(Protocol):
    """Looks up what the ticket asks: tools within the requester's scope, and policy."""

    async def research(self, ticket: Ticket, triage: Triage, desk: Desk) -> Research: ...


class Stage(Protocol):
    """Times a stage of one ticket; a no-op where nothing watches."""

    def __call__(self, name: str) -> AbstractContextManager[object]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    written: Written
    composed: Composed
    claims: tuple[Claim, ...]


class Orchestrator:
    """Handles one conversation's waiting messages. Holds no state between tickets."""

    def __init__(
        self,
        *,
        triager: Triager,
        researcher: Researcher,
        writer: Writer,
        checker: Checker,
        clock: Clock,
        stage: Stage,
        looker: Looker | None = None,
        mender: Mender | None = None,
        asks: Asks | None = None,
        judge: ClaimJudge | None = None,
    ) -> None:
        self._triager = triager
        self._researcher = researcher
        self._writer = writer
        self._checker = checker
        self._clock = clock
        self._stage = stage
        self._looker = looker
        self._mender = mender
        self._asks = asks
        self._judge = judge

    async def handle(self, work: Work) -> Draft:
        """The draft for this revision of the conversation, routed, with its proof."""
        run = Run(deadline=work.deadline)
        with self._stage("triage"):
            triage = await self._triager.triage(work.ticket, work.desk, run=run)
        with self._stage("research"):
            asking = await self._asking(work, await self._researched(work, triage, run))
            brief = asking.brief
        with self._stage("write"):
            written = await self._written(asking)
        with self._stage("cite"):
            checked = self._check(_admitting(written, brief), brief)
        if self._mender is not None and any(claim.verdict.fails for claim in checked.claims):
            with self._stage("mend"):
                checked = await self._asked_again(self._mender, checked, asking)
        with self._stage("cite"):
            checked = self._mended(checked, brief)
        if self._judge is not None and checked.written.written_by.model is not None:
            with self._stage("judge"):
                checked = await self._judged(self._judge, checked, brief)
        draft = self._draft(work, triage, checked, run)
        return replace(draft, proposals=asking.proposals) if asking.proposals else draft

    async def _asking(self, work: Work, brief: Brief) -> Asking:
        if self._asks is None:
            return Asking(brief=brief, left=brief)
        return await self._asks.of(work, brief)

    async def _written(self, asking: Asking) -> Written:
        if asking.left is None:
            return asking.alone()
        return asking.joined(await self._writer.write(asking.left))

    async def _researched(self, work: Work, triage: Triage, run: Run) -> Brief:
        brief = Brief(
            ticket=work.ticket,
            desk=work.desk,
            triage=triage,
            research=await self._researcher.research(work.ticket, triage, work.desk),
            deadline=work.deadline,
            run=run,
            note=work.note,
        )
        return await self._looker.look(brief) if self._looker is not None else brief

    async def _asked_again(self, mender: Mender, checked: _Checked, asking: Asking) -> _Checked:
        """The better of the reply and its second writing, by what the check refuses in each."""
        if asking.left is None:
            return checked
        failed = [claim for claim in checked.claims if claim.verdict.fails]
        again = await mender.mend(asking.left, asking.without(checked.written), failed)
        if again is None:
            return checked
        second = self._check(_admitting(asking.joined(again), asking.brief), asking.brief)
        return min((checked, second), key=_refused)

    def _check(self, written: Written, brief: Brief) -> _Checked:
        composed = compose(written, brief)
        claims = self._checker.check(
            composed.body,
            language=brief.ticket.language,
            sources=composed.sources,
            frames=_frames(brief.desk, brief.ticket.language),
        )
        return _Checked(written=written, composed=composed, claims=claims)

    def _mended(self, checked: _Checked, brief: Brief) -> _Checked:
        """Leave out a sentence that failed where the rest still answers; checked again, once."""
        written = repaired(checked.written, checked.claims)
        return checked if written is None else self._check(written, brief)

    async def _judged(self, judge: ClaimJudge, checked: _Checked, brief: Brief) -> _Checked:
        """A model's reply with a judge's opinion of it; the guards have spoken before."""
        claims = await judge.weigh(
            checked.composed.body,
            sources=checked.composed.sources,
            frames=_frames(brief.desk, brief.ticket.language),
            brief=brief,
        )
        return checked if claims is None else replace(checked, claims=claims)

    def _draft(self, work: Work, triage: Triage, checked: _Checked, run: Run) -> Draft:
        routed = route(work.desk, work.ticket, triage, checked.written, checked.claims)
        return Draft(
            id=draft_id(work.conversation, work.revision),
            conversation=work.conversation,
            ticket=work.ticket.id,
            revision=work.revision,
            desk=work.desk.name,
            language=work.ticket.language,
            route=routed.route,
            reasons=routed.reasons,
            body=checked.composed.body,
            claims=checked.claims,
            sources=tuple(source.ref for source in checked.composed.sources),
            triage=triage,
            answers=work.ticket.events,
            written_by=_accounted(checked.written.written_by, run),
            created_at=self._clock(),
        )


def _admitting(written: Written, brief: Brief) -> Written:
    """The reply with the reason why it cannot be whole, where not all of the ticket was read."""
    why = not_read(brief.ticket, len(brief.research.questions))
    noted = tuple(brief.run.reasons) if brief.run else ()
    reasons = (*written.reasons, *noted, *((why,) if why else ()))
    return replace(written, reasons=reasons) if reasons else written


def _refused(checked: _Checked) -> tuple[int, int]:
    """How many sentences the check refuses; of equals, the reply that leaves less open."""
    fails = sum(claim.verdict.fails for claim in checked.claims)
    return fails, len(checked.written.reasons)


def _accounted(written_by: WrittenBy, run: Run) -> WrittenBy:
    """With what all model calls of the attempt used, and by which prompts."""
    if not run.calls and not run.fell_back:
        return written_by
    prompts = tuple(dict.fromkeys(call.prompt for call in run.calls))
    return replace(
        written_by,
        prompt_version=" ".join(prompts) or None,
        prompt_tokens=sum(call.prompt_tokens for call in run.calls),
        completion_tokens=sum(call.completion_tokens for call in run.calls),
        cost=sum(call.cost for call in run.calls),
        fallback=written_by.fallback or run.fell_back,
    )


def _frames(desk: Desk, language: str) -> Sequence[str]:
    voice = desk.voice(language)
    return [voice.frames[key] for key in FRAMES]
