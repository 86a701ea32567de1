"""Why an approval was not decided, or its effect not begun.

ApprovalError
├── UnknownApproval    there is none of that id
├── UnknownApprover    nobody of that name may decide anything
├── WrongApprover      may not decide on this desk, or would decide on a request of their own
├── AlreadyDecided     somebody was faster, or the conversation moved on
├── Expired            too late
├── DigestMismatch     the arguments are not those that the approver saw
├── WrongTicket        asked for in another conversation, or in an earlier revision of it
├── WrongRequester     asked for by somebody else
├── NotApproved        nobody approved it, so it cannot begin
├── AlreadyReserved    somebody carries it out
├── ReservationLost    somebody else took it over: what this one did is not written
├── Altered            the stored request is not the one that was made
└── BadDecision        a decision from outside: see `BadDecision.code`
"""

from typing import Literal

from agent.domain.approval import ApprovalState

BadCode = Literal["unsigned", "bad-signature", "no-key", "stale", "too-early", "unreadable"]


class ApprovalError(Exception):
    """Base of all. Messages carry ids and names, never arguments or a ticket's text."""

    code: str = "approval"


class UnknownApproval(ApprovalError):
    code = "unknown-approval"

    def __init__(self, approval_id: str) -> None:
        self.approval_id = approval_id
        super().__init__(f"no approval {approval_id!r}; `citedesk approvals list` shows them")


class UnknownApprover(ApprovalError):
    code = "unknown-approver"

    def __init__(self, name: str, known: tuple[str, ...] = ()) -> None:
        self.name = name
        listed = ", ".join(map(repr, known)) or "none are configured"
        super().__init__(
            f"{name!r} is no approver (known: {listed}); "
            "add them under CITEDESK_APPROVALS__APPROVERS"
        )


class WrongApprover(ApprovalError):
    code = "wrong-approver"

    def __init__(self, approval_id: str, name: str, why: str) -> None:
        self.approval_id = approval_id
        self.name = name
        super().__init__(f"{name!r} may not decide on {approval_id!r}: {why}")


class AlreadyDecided(ApprovalError):
    code = "already-decided"

    def __init__(self, approval_id: str, state: ApprovalState, by: str | None) -> None:
        self.approval_id = approval_id
        self.state = state
        self.by = by
        named = f" by {by!r}" if by else ""
        super().__init__(f"approval {approval_id!r} is {state.value} already{named}")


class Expired(ApprovalError):
    code = "expired"

    def __init__(self, approval_id: str, at: str) -> None:
        self.approval_id = approval_id
        super().__init__(f"approval {approval_id!r} expired at {at}; the ticket must ask again")


class DigestMismatch(ApprovalError):
    code = "digest-mismatch"

    def __init__(self, approval_id: str) -> None:
        self.approval_id = approval_id
        super().__init__(
            f"approval {approval_id!r} is for other arguments than those decided on; "
            "read it again, then decide"
        )


class WrongTicket(ApprovalError):
    code = "wrong-ticket"

    def __init__(self, approval_id: str, why: str = "it was asked for in another ticket") -> None:
        self.approval_id = approval_id
        super().__init__(f"approval {approval_id!r} does not hold here: {why}")


class WrongRequester(ApprovalError):
    code = "wrong-requester"

    def __init__(self, approval_id: str) -> None:
        self.approval_id = approval_id
        super().__init__(f"approval {approval_id!r} was asked for by somebody else")


class NotApproved(ApprovalError):
    code = "not-approved"

    def __init__(self, approval_id: str, state: ApprovalState) -> None:
        self.approval_id = approval_id
        self.state = state
        super().__init__(f"approval {approval_id!r} is {state.value}, so nothing may be done")


class AlreadyReserved(ApprovalError):
    code = "already-reserved"

    def __init__(self, approval_id: str, owner: str | None) -> None:
        self.approval_id = approval_id
        super().__init__(f"approval {approval_id!r} is being carried out by {owner!r}")


class ReservationLost(ApprovalError):
    code = "reservation-lost"

    def __init__(self, approval_id: str) -> None:
        self.approval_id = approval_id
        super().__init__(f"approval {approval_id!r} was taken over by another worker")


class Altered(ApprovalError):
    code = "altered"

    def __init__(self, approval_id: str) -> None:
        self.approval_id = approval_id
        super().__init__(
            f"the stored request of approval {approval_id!r} is not the one that was made; "
            "nothing is done"
        )


class BadDecision(ApprovalError):
    """A decision from outside that is not believed."""

    def __init__(self, code: BadCode, detail: str) -> None:
        self.code = code
        super().__init__(f"{code}: {detail}")
