"""Who may do what at which desk. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from agent.review.errors import Forbidden


class Role(StrEnum):
    """Each role may do what the ones before it may."""

    READER = "reader"  #: sees the queue, tickets and insights
    REVIEWER = "reviewer"  #: decides about drafts
    APPROVER = "approver"  #: decides about side effects too
    ADMIN = "admin"  #: everything at every desk


class Action(StrEnum):
    READ = "read drafts"
    REVIEW = "decide about drafts"
    APPROVE = "decide about side effects"
    ADMINISTER = "manage users"


_NEEDS = {
    Action.READ: Role.READER,
    Action.REVIEW: Role.REVIEWER,
    Action.APPROVE: Role.APPROVER,
    Action.ADMINISTER: Role.ADMIN,
}
_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is signed in."""

    name: str
    role: Role
    desks: tuple[str, ...] = ()  #: empty: all

    def sees(self, desk: str) -> bool:
        return self.role is Role.ADMIN or not self.desks or desk in self.desks

    def may(self, action: Action) -> bool:
        return _RANK[self.role] >= _RANK[_NEEDS[action]]

    def must(self, action: Action, desk: str) -> None:
        """Raises `Forbidden` where this person may not do that at this desk."""
        if not self.sees(desk):
            raise Forbidden(self.name, action.value, f"desk {desk!r} is not theirs")
        if not self.may(action):
            needed = _NEEDS[action].value
            raise Forbidden(self.name, action.value, f"it takes the role {needed!r}")

    def only(self, desks: Collection[str]) -> tuple[str, ...] | None:
        """The desks that this person's queue is limited to; None: no limit."""
        if self.role is Role.ADMIN or not self.desks:
            return None
        return tuple(sorted(set(self.desks) & set(desks)))
