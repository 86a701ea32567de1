"""Booking leave for the requester."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from tools.base import Prepared, Scope, ToolResult
from tools.effects import REQUESTED, Ledger, SideEffect
from tools.errors import ToolFailed
from tools.leave import LeaveGateway, LeaveKind
from tools.values import Data

_LONGEST = timedelta(days=60)
_FRIDAY = 4


class LeaveEffects(Ledger, Protocol):
    """The HR system. Books once a key, and gives what it did.

    Raises `ToolFailed` with the code `refused` when the balance does not reach any more.
    """

    async def book(self, employee_id: str, start: date, end: date, days: int, key: str) -> Data: ...


class BookLeaveArguments(BaseModel):
    """From when to when. Whose leave it is comes from the scope."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: date = Field(description="first day of leave")
    end: date = Field(description="last day of leave")


class BookLeaveTool(SideEffect):
    name = "book_leave"
    description = "Book days of annual leave for the requester."
    arguments: type[BaseModel] = BookLeaveArguments

    def __init__(
        self, leave: LeaveGateway, effects: LeaveEffects, today: Callable[[], date]
    ) -> None:
        super().__init__(effects)
        self._leave = leave
        self._effects = effects
        self._today = today

    async def prepare(self, arguments: BookLeaveArguments, scope: Scope) -> Prepared:
        start, end = arguments.start, arguments.end
        if start < self._today():
            raise self._refuse("leave is booked from today on")
        days = self._days(start, end)
        left = await self._left(scope.requester, start.year)
        if left < days:
            raise self._refuse(f"{days} days are more than the balance of {start.year} holds")
        given = {"start": start.isoformat(), "end": end.isoformat()}
        data = {"state": REQUESTED, **given, "days": days}
        return Prepared(arguments=given, result=self.told(data))

    async def execute(self, arguments: BookLeaveArguments, scope: Scope, key: str) -> ToolResult:
        days = self._days(arguments.start, arguments.end)
        done = await self._effects.book(scope.requester, arguments.start, arguments.end, days, key)
        return self.told(done)

    async def _left(self, employee_id: str, year: int) -> Decimal:
        found = await self._leave.balances(employee_id, year)
        own = [b for b in found if b.employee_id == employee_id and b.kind is LeaveKind.ANNUAL]
        if not own:
            raise ToolFailed(self.name, "not-found", f"the requester has no balance for {year}")
        return sum((balance.remaining_days for balance in own), Decimal(0))

    def _days(self, start: date, end: date) -> int:
        if end < start or end - start > _LONGEST or end.year != start.year:
            raise self._refuse(
                f"the last day must follow the first within {_LONGEST.days} days and one year"
            )
        days = working_days(start, end)
        if not days:
            raise self._refuse("no working day lies in it")
        return days

    def _refuse(self, why: str) -> ToolFailed:
        return ToolFailed(self.name, "refused", why)


def working_days(start: date, end: date) -> int:
    """Mondays to Fridays from the first day to the last, both counted; holidays count too."""
    span = range((end - start).days + 1)
    return sum((start + timedelta(days=n)).weekday() <= _FRIDAY for n in span)
