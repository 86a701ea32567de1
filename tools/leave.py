"""How many days of leave the requester has."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from tools.base import Effect, Phrase, Scope, ToolResult
from tools.errors import ToolFailed
from tools.phrases.catalogue import Line, speak
from tools.values import Data, Scalar, iso, number


class LeaveKind(StrEnum):
    ANNUAL = "annual"
    CARRIED_OVER = "carried_over"  #: of the year before
    PARENTAL = "parental"
    CARE = "care"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveBalance:
    employee_id: str
    year: int
    kind: LeaveKind
    entitled_days: Decimal
    taken_days: Decimal
    planned_days: Decimal
    expires_on: date | None

    @property
    def remaining_days(self) -> Decimal:
        """Neither taken nor planned."""
        return self.entitled_days - self.taken_days - self.planned_days


class LeaveGateway(Protocol):
    """The HR system's balances of one employee and year; empty when it knows none."""

    async def balances(self, employee_id: str, year: int) -> Sequence[LeaveBalance]: ...


class LeaveArguments(BaseModel):
    """Which year. Whose leave comes from the scope, so an employee id is refused here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: int | None = Field(None, ge=2000, le=2100, description="default: this year")


class LeaveBalanceTool:
    name = "leave_balance"
    effect = Effect.READ
    description = "Days of leave the requester is entitled to, has taken, planned and has left."
    personal = True
    arguments: type[BaseModel] = LeaveArguments

    def __init__(self, leave: LeaveGateway, today: Callable[[], date]) -> None:
        self._leave = leave
        self._today = today

    async def call(self, arguments: LeaveArguments, scope: Scope) -> ToolResult:
        today = self._today()
        year = arguments.year or today.year
        found = await self._leave.balances(scope.requester, year)
        own = [balance for balance in found if balance.employee_id == scope.requester]
        if not own:
            raise ToolFailed(self.name, "not-found", f"the requester has no balance for {year}")
        return ToolResult(
            tool=self.name, label=f"leave balance {year}", data=leave_data(year, own, today)
        )

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return leave_phrases(result.data, language)


def leave_data(year: int, balances: Iterable[LeaveBalance], today: date) -> Data:
    """One group of fields a kind of leave, such as `annual_remaining_days`."""
    data: dict[str, Scalar] = {"year": year, "checked_on": iso(today)}
    total = Decimal(0)
    for balance in sorted(balances, key=lambda b: list(LeaveKind).index(b.kind)):
        expired = balance.expires_on is not None and balance.expires_on < today
        data |= _fields(balance, expired=expired)
        if balance.kind in _HOLIDAY and not expired:
            total += balance.remaining_days
    return data | {"total_remaining_days": number(total)}


def _fields(balance: LeaveBalance, *, expired: bool) -> dict[str, Scalar]:
    kind = balance.kind.value
    return {
        f"{kind}_entitled_days": number(balance.entitled_days),
        f"{kind}_taken_days": number(balance.taken_days),
        f"{kind}_planned_days": number(balance.planned_days),
        f"{kind}_remaining_days": number(balance.remaining_days),
        f"{kind}_expires_on": iso(balance.expires_on),
        f"{kind}_expired": expired,
    }


def leave_phrases(data: Data, language: str) -> tuple[Phrase, ...]:
    """What the balances say: holiday first, then the other kinds of leave."""
    lines = [
        *_remaining(LeaveKind.ANNUAL, data, "balance"),
        Line(keys=("annual_used",), topic="balance"),
        *_carried_over(data),
    ]
    if data.get("annual_expired") is False:
        lines.append(Line(keys=("annual_expires",), topic="balance", rests_on=("annual_expired",)))
    for kind in (LeaveKind.PARENTAL, LeaveKind.CARE, LeaveKind.SPECIAL):
        lines += _remaining(kind, data, kind.value)
    return speak("leave_balance", data, language, lines)


def _remaining(kind: LeaveKind, data: Data, topic: str) -> list[Line]:
    """Nothing for an overdrawn balance: "-2 days left" is for a person to word."""
    left = data.get(f"{kind}_remaining_days")
    overdrawn = isinstance(left, int | float) and left < 0
    return [] if overdrawn else [Line(keys=(f"{kind}_remaining",), topic=topic)]


def _carried_over(data: Data) -> list[Line]:
    expired = data.get("carried_over_expired")
    if expired is True:
        keys = ("carried_over_expired",)
    elif _positive(data.get("carried_over_remaining_days")):
        keys = ("carried_over_until", "carried_over")
    else:
        return []
    lines = [Line(keys=keys, topic="carried_over", rests_on=("carried_over_expired",))]
    if expired is False and _positive(data.get("total_remaining_days")):
        lines.append(Line(keys=("total",), topic="balance", rests_on=("carried_over_expired",)))
    return lines


def _positive(value: Scalar) -> bool:
    return isinstance(value, int | float) and value > 0


_HOLIDAY = frozenset({LeaveKind.ANNUAL, LeaveKind.CARRIED_OVER})
