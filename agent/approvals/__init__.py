"""Side effects wait here for a person, and run once, as approved, to the letter.

`Approvals` is the one service: the review pages, the command line, events from other systems and
a desk's own rules all decide through `Approvals.decide`. `Executor` carries out what is approved.
"""

from agent.approvals.errors import (
    AlreadyDecided,
    AlreadyReserved,
    Altered,
    ApprovalError,
    BadDecision,
    DigestMismatch,
    Expired,
    NotApproved,
    ReservationLost,
    UnknownApproval,
    UnknownApprover,
    WrongApprover,
    WrongRequester,
    WrongTicket,
)
from agent.approvals.executor import Executor
from agent.approvals.external import ExternalDecisions, Key, signature
from agent.approvals.rules import ApprovalRule
from agent.approvals.service import Approvals, Reservation
from agent.domain.approval import Approval, ApprovalState, Approver, Decision
from agent.domain.draft import Proposal

__all__ = [
    "AlreadyDecided",
    "AlreadyReserved",
    "Altered",
    "Approval",
    "ApprovalError",
    "ApprovalRule",
    "ApprovalState",
    "Approvals",
    "Approver",
    "BadDecision",
    "Decision",
    "DigestMismatch",
    "Executor",
    "Expired",
    "ExternalDecisions",
    "Key",
    "NotApproved",
    "Proposal",
    "Reservation",
    "ReservationLost",
    "UnknownApproval",
    "UnknownApprover",
    "WrongApprover",
    "WrongRequester",
    "WrongTicket",
    "signature",
]
