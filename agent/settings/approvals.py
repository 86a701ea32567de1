"""Who may approve side effects, until when, and what a desk's own rules may."""

import re
from datetime import timedelta

from pydantic import Field, SecretStr, field_validator

from agent.settings.engine import Names
from agent.settings.sections import Section

_NAME = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,99}")
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})? [A-Z]{3}")
_KEY_BYTES = 32


class ApproverSettings(Section):
    """One who may decide: on which desks, and the key that their events are signed with."""

    desks: Names = Field(default=(), description="may decide on these; * is all")
    key: SecretStr | None = Field(
        default=None, description="of at least 32 bytes; without one only by page or command"
    )

    @field_validator("key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode()) < _KEY_BYTES:
            raise ValueError(
                f"has fewer than {_KEY_BYTES} bytes; make one with `openssl rand -hex 32`"
            )
        return value


class ApprovalRuleSettings(Section):
    """What is approved without a person, within limits."""

    desk: str
    tool: str
    up_to: str | None = Field(default=None, description="such as 20.00 EUR; needed for money")
    per_day: int = Field(ge=1, description="approved in any 24 hours")
    per_requester: int = Field(default=1, ge=1, description="approved in any 30 days")

    @field_validator("up_to")
    @classmethod
    def _is_money(cls, value: str | None) -> str | None:
        if value is not None and not _AMOUNT.fullmatch(value):
            raise ValueError("write an amount such as 20.00 EUR")
        return value


class ApprovalsSettings(Section):
    expiry: timedelta = Field(
        default=timedelta(days=2),
        gt=timedelta(0),
        description="what nobody approves in this time is refused",
    )
    reserve_seconds: float = Field(
        default=60, ge=10, description="how long a crash keeps an effect waiting"
    )
    poll_ms: float = Field(default=1_000, gt=0, description="look for approvals this often")
    decision_max_age: timedelta = Field(
        default=timedelta(hours=1), gt=timedelta(0), description="of a decision from outside"
    )
    clock_skew: timedelta = Field(
        default=timedelta(minutes=1), description="how far another system's clock may be ahead"
    )
    approvers: dict[str, ApproverSettings] = Field(
        default_factory=dict, description="by name: desks and key"
    )
    rules: dict[str, ApprovalRuleSettings] = Field(
        default_factory=dict, description="by name; none: a person decides everything"
    )

    @field_validator("approvers", "rules")
    @classmethod
    def _named(cls, value: dict[str, object]) -> dict[str, object]:
        for name in value:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a-z, 0-9, '.', '_', ':' and '-'")
        return value
