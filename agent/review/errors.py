"""Why a decision was not carried out.

ReviewError
├── UnknownDraft     there is no such draft, or it does not wait for a person
├── Forbidden        this person's role or desks do not allow it
├── HeldByOther      somebody else has it open
├── NoLongerOpen     somebody decided it, or the conversation moved on
└── NotProved        a sentence contradicts its source, or has none and nobody vouched for it
"""

from datetime import datetime

from agent.domain.draft import Claim


class ReviewError(Exception):
    """Base of all errors of the review queue; `code` names the kind for machines."""

    code = "review"


class UnknownDraft(ReviewError):
    code = "unknown-draft"

    def __init__(self, draft_id: str) -> None:
        super().__init__(f"no draft {draft_id!r} waits or waited for a person")


class Forbidden(ReviewError):
    code = "forbidden"

    def __init__(self, person: str, action: str, why: str) -> None:
        super().__init__(f"{person!r} may not {action}: {why}")


class HeldByOther(ReviewError):
    code = "held"

    def __init__(self, by: str, until: datetime) -> None:
        self.by = by
        self.until = until
        super().__init__(f"{by!r} has this draft open until {until:%H:%M:%S} UTC")


class NoLongerOpen(ReviewError):
    code = "no-longer-open"

    def __init__(self, why: str) -> None:
        super().__init__(f"this draft can no longer be decided: {why}")


class BadDecision(ReviewError):
    code = "bad-decision"


class NotProved(ReviewError):
    code = "not-proved"

    def __init__(self, claims: tuple[Claim, ...]) -> None:
        self.claims = claims
        told = "; ".join(claim.reason or claim.verdict.value for claim in claims)
        super().__init__(f"not released: {told}")
