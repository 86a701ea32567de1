"""Side effects that wait for approval: the page, and the API behind it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.responses import Response

from agent.approvals import Approval, Approvals, ApprovalState, Approver
from agent.review.errors import Forbidden
from agent.review.people import Action, Person
from agent.web.api import PROBLEMS
from agent.web.guard import Session, Someone
from agent.web.models import PRINTABLE, Shape, Text
from agent.web.render import render

approvals_api = APIRouter(prefix="/api/v1", responses=PROBLEMS)
approvals_pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
ApprovalPath = Annotated[str, Path(min_length=1, max_length=256, pattern=PRINTABLE)]


class PendingView(Shape):
    """A side effect that waits for a person, with the exact arguments that would run."""

    approval_id: str
    desk: str
    ticket: str
    draft_id: str
    requester: str
    tool: str
    label: str
    arguments: dict[str, Any]
    arguments_sha256: str = Field(description="hand it back with the decision")
    reason: str
    requested_at: datetime
    expires_at: datetime
    state: str

    @classmethod
    def of(cls, approval: Approval) -> "PendingView":
        proposal = approval.proposal
        return cls(
            approval_id=approval.id,
            desk=approval.desk,
            ticket=approval.ticket,
            draft_id=approval.draft,
            requester=approval.requester,
            tool=proposal.tool,
            label=proposal.label,
            arguments=dict(proposal.arguments),
            arguments_sha256=proposal.digest,
            reason=proposal.reason,
            requested_at=approval.requested_at,
            expires_at=approval.expires_at,
            state=approval.state.value,
        )


class Decide(Shape):
    decision: Literal["approved", "refused"]
    arguments_sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of what you saw")
    note: Text = ""


def _service(request: Request) -> Approvals:
    service: Approvals = request.app.state.approvals
    return service


async def pending(request: Request, person: Person) -> list[Approval]:
    """What waits at the person's desks, the first to expire first."""
    found = await _service(request).pending(limit=200)
    return [one for one in found if person.sees(one.desk)]


async def pending_of(request: Request, conversation: str) -> list[Approval]:
    """What waits in one conversation, oldest first."""
    found = await _service(request).of(conversation)
    return [one for one in found if one.state is ApprovalState.PENDING]


@approvals_api.get("/approvals", summary="Side effects that wait for approval")
async def listed(request: Request, someone: Someone) -> list[PendingView]:
    return [PendingView.of(one) for one in await pending(request, someone)]


@approvals_api.post("/approvals/{approval_id}", summary="Approve or refuse a side effect")
async def decide(
    request: Request, someone: Someone, approval_id: ApprovalPath, asked: Decide
) -> PendingView:
    """Bound to the arguments that were seen: others never run."""
    if not someone.may(Action.APPROVE):
        raise Forbidden(someone.name, Action.APPROVE.value, "it takes the role 'approver'")
    after = await _service(request).decide(
        approval_id,
        asked.decision,
        approver=as_approver(someone),
        digest=asked.arguments_sha256,
        note=asked.note,
    )
    request.app.state.live.ring()
    return PendingView.of(after)


def as_approver(person: Person) -> Approver:
    """The desks at which this person may decide."""
    return Approver(name=person.name, desks=frozenset(person.desks or {"*"}))


@approvals_pages.get("/approvals")
async def page(request: Request, session: Session) -> Response:
    found = await pending(request, session.person)
    context = {
        "approvals": found,
        "may": session.person.may(Action.APPROVE),
        "now": request.app.state.clock(),
    }
    return HTMLResponse(render("approvals.html", request=request, session=session, **context))
