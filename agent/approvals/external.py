"""Decisions from outside: believed only with an HMAC by the decider's own key, and only fresh.

The signature is `v1=` and the hexadecimal HMAC-SHA256 (RFC 2104) of the decision's canonical JSON
(keys sorted, no white space, UTF-8) without its `signature`. `docs/approvals.md` has an example.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from pydantic import ValidationError

from agent import observe
from agent.approvals.errors import (
    ApprovalError,
    BadDecision,
    UnknownApproval,
    UnknownApprover,
)
from agent.approvals.service import Approvals
from agent.domain.approval import Approval, ApprovalState, Approver, Decision
from agent.domain.events import ApprovalDecided
from tools.values import canonical_json

LONGEST = 65_536  #: bytes of one decision
_STATES = {"approved": ApprovalState.APPROVED, "refused": ApprovalState.REFUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An approver's key, which never shows in a message."""

    approver: Approver
    secret: bytes = field(repr=False)


def signature(decision: Mapping[str, Any], secret: bytes) -> str:
    """What goes into the decision's `signature`."""
    signed = {name: value for name, value in decision.items() if name != "signature"}
    return "v1=" + hmac.new(secret, canonical_json(signed), hashlib.sha256).hexdigest()


def believed(
    value: bytes,
    keys: Mapping[str, Key],
    *,
    now: datetime,
    max_age: timedelta,
    skew: timedelta,
) -> tuple[ApprovalDecided, Approver]:
    """A decision and who took it; raises `BadDecision` or `UnknownApprover`. Pure."""
    data, event = read_decision(value)
    if not event.signature:
        raise BadDecision("unsigned", "sign the decision with the approver's key")
    key = keys.get(event.decided_by)
    if key is None:
        raise UnknownApprover(event.decided_by, tuple(sorted(keys)))
    if not hmac.compare_digest(signature(data, key.secret), event.signature):
        raise BadDecision("bad-signature", f"not signed with the key of {event.decided_by!r}")
    if event.decided_at > now + skew:
        raise BadDecision("too-early", "decided_at lies in the future; check the clock")
    if event.decided_at < now - max_age:
        raise BadDecision("stale", f"decided more than {max_age} ago; decide again")
    return event, key.approver


def read_decision(value: bytes) -> tuple[dict[str, Any], ApprovalDecided]:
    """The decision as it was sent, and as its contract has it; raises `BadDecision`."""
    if len(value) > LONGEST:
        raise BadDecision("unreadable", f"{len(value)} bytes; a decision has at most {LONGEST}")
    try:
        found: Any = json.loads(value)
        if isinstance(found, dict) and "specversion" in found:
            found = cast(dict[str, Any], found).get("data")
        if not isinstance(found, dict):
            raise BadDecision("unreadable", "the data is no JSON object")
        data = cast(dict[str, Any], found)
        canonical_json(data)
        return data, ApprovalDecided.model_validate(data)
    except ValidationError as exc:
        fields = ", ".join(str(e["loc"][0]) for e in exc.errors(include_input=False) if e["loc"])
        raise BadDecision("unreadable", f"these fields do not fit the contract: {fields}") from exc
    except (ValueError, RecursionError) as exc:
        raise BadDecision("unreadable", "not one JSON object in UTF-8") from exc


class ExternalDecisions:
    """Takes decisions that other systems send; what is not believed is noted and left."""

    def __init__(
        self,
        approvals: Approvals,
        keys: Mapping[str, Key],
        *,
        clock: Callable[[], datetime],
        max_age: timedelta = timedelta(hours=1),
        skew: timedelta = timedelta(minutes=1),
    ) -> None:
        self._approvals = approvals
        self._keys = dict(keys)
        self._clock = clock
        self._max_age = max_age
        self._skew = skew

    async def take(self, value: bytes) -> Approval | None:
        """The approval as decided; None for what was refused, or was decided so already.

        Raises only what the store raises: then the same decision may be handed in again.
        """
        try:
            return await self._take(value)
        except ApprovalError as exc:
            observe.log.warning("approval.decision-refused", code=exc.code)
            return None

    async def _take(self, value: bytes) -> Approval | None:
        now = self._clock()
        try:
            data, event = read_decision(value)
        except BadDecision as exc:
            await self._approvals.refused("unreadable", "unknown", exc, now)
            raise
        if event.decision not in _STATES or await self._is_known(event):
            return None  # this service's own words, or a delivery again
        try:
            _, approver = believed(
                canonical_json(data), self._keys, now=now, max_age=self._max_age, skew=self._skew
            )
            await self._refuse_earlier(event)
        except ApprovalError as exc:
            await self._approvals.refused(event.approval_id, event.decided_by, exc, now)
            raise
        return await self._decide(event, approver, now)

    async def _decide(
        self, event: ApprovalDecided, approver: Approver, now: datetime
    ) -> Approval | None:
        return await self._approvals.decide(
            event.approval_id,
            cast(Decision, event.decision),
            approver=approver,
            digest=event.arguments_sha256,
            note=event.note,
            now=now,
        )

    async def _refuse_earlier(self, event: ApprovalDecided) -> None:
        approval = await self._approvals.get(event.approval_id)
        if event.decided_at < approval.requested_at - self._skew:
            raise BadDecision("stale", "decided before it was asked for")

    async def _is_known(self, event: ApprovalDecided) -> bool:
        """Whether this very decision stands, whatever became of it since."""
        try:
            approval = await self._approvals.get(event.approval_id)
        except UnknownApproval:
            return False
        stands = approval.state is _STATES[event.decision] or (
            event.decision == "approved" and approval.state in _AFTER_APPROVAL
        )
        return (
            stands
            and approval.decided_by == event.decided_by
            and approval.proposal.digest == event.arguments_sha256
        )


_AFTER_APPROVAL = (ApprovalState.RESERVED, ApprovalState.CONSUMED, ApprovalState.FAILED)
