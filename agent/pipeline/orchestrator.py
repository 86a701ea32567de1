"""One ticket from triage to a routed draft: research, write, check, repair once, route."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from agent.domain.desk import FRAMES, Desk
from agent.domain.draft import Claim, Draft
from agent.domain.ids import draft_id
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.compose import Composed, compose
from agent.pipeline.ports import (
    Brief,
    Checker,
    Clock,
    Research,
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
    ) -> None:
        self._triager = triager
        self._researcher = researcher
        self._writer = writer
        self._checker = checker
        self._clock = clock
        self._stage = stage

    async def handle(self, work: Work) -> Draft:
        """The draft for this revision of the conversation, routed, with its proof."""
        with self._stage("triage"):
            triage = await self._triager.triage(work.ticket, work.desk)
        with self._stage("research"):
            research = await self._researcher.research(work.ticket, triage, work.desk)
        brief = Brief(
            ticket=work.ticket,
            desk=work.desk,
            triage=triage,
            research=research,
            deadline=work.deadline,
        )
        with self._stage("write"):
            written = _admitting(await self._writer.write(brief), brief)
        with self._stage("cite"):
            checked = self._mended(self._check(written, brief), brief)
        return self._draft(work, triage, checked)

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

    def _draft(self, work: Work, triage: Triage, checked: _Checked) -> Draft:
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
            written_by=checked.written.written_by,
            created_at=self._clock(),
        )


def _admitting(written: Written, brief: Brief) -> Written:
    """The reply with the reason why it cannot be whole, where not all of the ticket was read."""
    why = not_read(brief.ticket, len(brief.research.questions))
    return replace(written, reasons=(*written.reasons, why)) if why else written


def _frames(desk: Desk, language: str) -> Sequence[str]:
    voice = desk.voice(language)
    return [voice.frames[key] for key in FRAMES]
