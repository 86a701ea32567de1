"""Where a draft goes, and why. Pure."""

from dataclasses import dataclass

from agent.domain.desk import Desk
from agent.domain.draft import Claim, ClaimKind, Route
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.ports import Answered, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    route: Route
    reasons: tuple[str, ...]  #: empty when `ready`


def route(
    desk: Desk, ticket: Ticket, triage: Triage, written: Written, claims: tuple[Claim, ...]
) -> Routed:
    """Ready only when every fact is proved, everything asked is answered and no rule objects."""
    reasons = (
        *_rules(desk, ticket, triage),
        *_answer(written),
        *_claims(claims),
    )
    distinct = tuple(dict.fromkeys(reasons))
    return Routed(route=Route.REVIEW if distinct else Route.READY, reasons=distinct)


def _rules(desk: Desk, ticket: Ticket, triage: Triage) -> list[str]:
    reasons = [f"{fired.reason}: {fired.words!r}" for fired in triage.fired]
    category = desk.category(triage.category)
    if category is not None and not category.answered:
        reasons.append(f"category: {category.id!r} always goes to a person")
    foreign = next((t[9:] for t in ticket.tags if t.startswith("language:")), ticket.language)
    if foreign not in desk.languages:
        known = ", ".join(desk.languages)
        reasons.append(f"language: {foreign!r} is not answered here ({known})")
    if "several-requesters" in ticket.tags:
        reasons.append("requester: several people write in this conversation")
    return reasons


def _answer(written: Written) -> list[str]:
    reasons = list(written.reasons)
    if written.answered is not Answered.FULLY and not reasons:
        reasons.append(f"answer: the message is answered {written.answered.value}")
    if written.written_by.fallback:
        reasons.append("fallback: the first choice of writer could not answer")
    return reasons


def _claims(claims: tuple[Claim, ...]) -> list[str]:
    reasons = [
        claim.reason or f"{claim.verdict.value}: a sentence has no proof"
        for claim in claims
        if claim.verdict.fails
    ]
    if not any(claim.kind is ClaimKind.FACT and claim.verdict.proved for claim in claims):
        reasons.append("answer: no sentence of the draft states a proved fact")
    return reasons
