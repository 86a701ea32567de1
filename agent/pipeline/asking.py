"""Requests for a side effect in a reply: asked for, still waiting, or how it ended.

The words are the tool's own, resting on the tool's own account as evidence, so that a reply never
says of a request that it is done. What the message asks beside it is left to the writer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from agent.citations.source import Fact
from agent.domain.approval import Approval, ApprovalState
from agent.domain.draft import ClaimKind, Proposal, SourceKind, SourceRef, WrittenBy
from agent.domain.ids import SourceId
from agent.pipeline.calling import LookedUp, tool_source
from agent.pipeline.lookups import Lookup
from agent.pipeline.ports import Answered, Brief, Ground, Research, Sentence, Work, Written
from agent.pipeline.wishes import Wish, wishes
from tools.base import Scope, ToolResult
from tools.errors import ToolError
from tools.registry import Registry
from tools.render import render_label
from tools.values import arguments_digest

FIRST: Final = -1  #: the paragraph of requests: before all that a writer writes
_EVIDENCE = 3
_SAYS = {
    ApprovalState.FAILED: "failed",
    ApprovalState.REFUSED: "refused",
    ApprovalState.EXPIRED: "expired",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One request in the reply."""

    result: ToolResult
    question: int
    reason: str  #: why a person must see the reply; empty once it is done
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A brief with what it asks to have done taken out of what is left to write."""

    brief: Brief  #: all of it, with the requests' evidence
    left: Brief | None  #: what a writer gets; None when nothing else is asked
    sentences: tuple[Sentence, ...] = ()
    reasons: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    def joined(self, written: Written) -> Written:
        """The writer's reply behind what is said of the requests."""
        if not self.sentences:
            return written
        waiting = Answered.PARTLY if self.reasons else written.answered
        return replace(
            written,
            sentences=(*self.sentences, *written.sentences),
            answered=waiting if written.answered is Answered.FULLY else Answered.PARTLY,
            reasons=(*self.reasons, *written.reasons),
        )

    def alone(self) -> Written:
        """The reply where nothing else is asked."""
        return Written(
            sentences=self.sentences,
            answered=Answered.PARTLY if self.reasons else Answered.FULLY,
            reasons=self.reasons,
            written_by=WrittenBy(writer="model-free"),
        )

    def without(self, written: Written) -> Written:
        """The writer's own part of a joined reply."""
        own = tuple(s for s in written.sentences if s not in self.sentences)
        reasons = tuple(reason for reason in written.reasons if reason not in self.reasons)
        return replace(written, sentences=own, reasons=reasons)


class Asks:
    """Finds what a ticket asks to have done, and what became of it. Holds no state of a ticket."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def of(self, work: Work, brief: Brief) -> Asking:
        """Never fails: what the backend does not confirm as possible is left to the writer."""
        earlier = _of_these_messages(work)
        told = [one for approval in earlier if (one := _outcome(approval)) is not None]
        proposals: list[Proposal] = []
        for wish in wishes(brief):
            known = any(_same(wish, approval) for approval in earlier)
            if not known and (proposal := await self._proposal(wish, brief)):
                proposals.append(proposal)
        told += [_requested(p.asked, p.question) for p in proposals]
        return self._asking(brief, told, proposals)

    async def _proposal(self, wish: Wish, brief: Brief) -> Proposal | None:
        ticket = brief.ticket
        scope = Scope(
            requester=ticket.requester.id, verified=ticket.requester.verified, desk=ticket.desk
        )
        try:
            prepared = await self._registry.prepare(wish.tool, wish.arguments, scope)
        except ToolError:
            return None  # not theirs, not possible, or not to be reached: no person is asked
        result = prepared.result
        return Proposal(
            tool=wish.tool,
            arguments=prepared.arguments,
            digest=arguments_digest(prepared.arguments),
            label=render_label(wish.tool, result.data, "en") or result.label,
            reason=wish.reason,
            asked=result,
            evidence=_evidence(brief.research, wish),
            answers=ticket.events,
            question=wish.question,
        )

    def _asking(self, brief: Brief, told: Sequence[_Told], proposals: Sequence[Proposal]) -> Asking:
        if not told:
            return Asking(brief=brief, left=brief)
        language = brief.ticket.language
        grounds = list(brief.research.grounds)
        sentences: list[Sentence] = []
        for one in told:
            ground = self._ground(one, language, grounds)
            grounds.append(ground)
            sentences += _sentences(ground)
        if any(one.waits for one in told):
            frame = brief.desk.voice(language).frames["requested"]
            sentences.append(Sentence(text=frame, kind=ClaimKind.NEXT_STEP, paragraph=FIRST))
        research = replace(brief.research, grounds=tuple(grounds))
        return Asking(
            brief=replace(brief, research=research),
            left=_left(brief, {one.question for one in told}),
            sentences=tuple(sentences),
            reasons=tuple(one.reason for one in told if one.reason),
            proposals=tuple(proposals),
        )

    def _ground(self, told: _Told, language: str, grounds: Sequence[Ground]) -> Ground:
        result = told.result
        phrases = self._registry.get(result.tool).phrases(result, language)
        found = LookedUp(
            lookup=Lookup(tool=result.tool, arguments={}, question=told.question),
            result=result,
            facts=tuple(Fact(text=p.text, fields=p.fields, topic=p.topic) for p in phrases),
            label=render_label(result.tool, result.data, language),
        )
        records = sum(ground.source.ref.kind is SourceKind.TOOL for ground in grounds)
        return Ground(
            key=f"E{len(grounds) + 1}",
            source=tool_source(SourceId(f"T{records + 1}"), result, found),
            topic="request",
            question=max(0, told.question),  # beside the questions: the first one's place
            score=1.0,
        )


def _sentences(ground: Ground) -> list[Sentence]:
    return [
        Sentence(text=fact.text, kind=ClaimKind.FACT, grounds=(ground.key,), paragraph=FIRST)
        for fact in ground.source.facts[:1]
    ]


def _of_these_messages(work: Work) -> list[Approval]:
    """What these very messages asked for before; of a repeated request, the last."""
    events = set(work.ticket.events)
    last: dict[tuple[str, str], Approval] = {}
    for approval in work.approvals:
        standing = approval.state is not ApprovalState.WITHDRAWN
        if standing and events & set(approval.proposal.answers):
            last[(approval.proposal.tool, approval.proposal.digest)] = approval
    return list(last.values())


def _same(wish: Wish, approval: Approval) -> bool:
    given = approval.proposal.arguments
    return wish.tool == approval.proposal.tool and all(
        str(given.get(name)) == str(value) for name, value in wish.arguments.items()
    )


def _outcome(approval: Approval) -> _Told | None:
    proposal = approval.proposal
    if approval.state is ApprovalState.CONSUMED and approval.result is not None:
        return _Told(result=approval.result, question=proposal.question, reason="", waits=False)
    if approval.state.open:
        return _requested(proposal.asked, proposal.question)
    says = _SAYS.get(approval.state)
    if says is None or not proposal.asked.data:
        return None
    result = replace(proposal.asked, data={**proposal.asked.data, "state": says})
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    why = f" ({approval.failure})" if approval.failure else ""
    reason = f"approval-{says}: {proposal.label or proposal.tool}{by}{why}"
    return _Told(result=result, question=proposal.question, reason=reason, waits=False)


def _requested(asked: ToolResult, question: int) -> _Told:
    label = render_label(asked.tool, asked.data, "en") or asked.label
    return _Told(result=asked, question=question, reason=f"approval-pending: {label}", waits=True)


def _evidence(research: Research, wish: Wish) -> tuple[SourceRef, ...]:
    """The records that were looked up about what the wish names."""
    values = [str(value) for value in wish.arguments.values()]
    refs = (g.source.ref for g in research.grounds if g.source.ref.kind is SourceKind.TOOL)
    about = [ref for ref in refs if any(value in ref.label for value in values)]
    return tuple(about[:_EVIDENCE])


def _left(brief: Brief, covered: set[int]) -> Brief | None:
    """The brief without the questions that requests answer."""
    research = brief.research
    kept = [n for n in range(len(research.questions)) if n not in covered]
    if not kept:
        return None
    place = {old: new for new, old in enumerate(kept)}
    contexts = research.contexts or ("",) * len(research.questions)
    left = replace(
        research,
        questions=tuple(_at(research.questions, kept)),
        contexts=tuple(_at(contexts, kept)),
        grounds=tuple(replace(g, question=place.get(g.question, 0)) for g in research.grounds),
        troubles=tuple(
            replace(t, question=place[t.question]) for t in research.troubles if t.question in place
        ),
    )
    return replace(brief, research=left)


def _at(values: Sequence[str], places: Iterable[int]) -> list[str]:
    return [values[n] for n in places]
