"""`citedesk users`: who may open the review queue."""

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from agent.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from agent.store.review_store import ReviewStore

T = TypeVar("T")
users = typer.Typer(no_args_is_help=True, help="Who may open the review queue.")
Name = Annotated[str, typer.Argument(help="As they sign in.")]
RoleOption = Annotated[
    str, typer.Option("--role", help="reader, reviewer, approver or admin; each may do more.")
]
DesksOption = Annotated[
    list[str] | None, typer.Option("--desk", help="Only this desk; may be given more than once.")
]
Stdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


@users.command("add")
def add(
    name: Name, role: RoleOption = "reviewer", desk: DesksOption = None, stdin: Stdin = False
) -> None:
    """Make a user; asks for the password: `citedesk users add anna --role reviewer`."""
    from agent.store.errors import StoreRefused
    from agent.store.people import User
    from agent.web.passwords import hash_password

    if not name.isprintable() or not 0 < len(name) <= 100:
        raise CommandFailed("a name is 1 to 100 printable characters", Exit.USAGE)
    user = User(
        name=name,
        secret=hash_password(_password(stdin)),
        role=_role(role),
        desks=tuple(desk or ()),
        disabled=False,
    )
    try:
        _with_store(lambda store: store.add_user(user, datetime.now(UTC)))
    except StoreRefused as exc:
        raise CommandFailed(f"there is a user {name!r} already", Exit.USAGE) from exc
    _say(f"{name}: {user.role}, {_desks(user.desks)}")


@users.command("list")
def listed(as_json: Json = False) -> None:
    """List all users: `citedesk users list`."""
    import json

    found = _with_store(lambda store: store.users())
    if as_json:
        rows = [
            {"name": u.name, "role": u.role, "desks": list(u.desks), "disabled": u.disabled}
            for u in found
        ]
        _say(json.dumps(rows))
        return
    for user in found:
        _say(f"{user.name}: {user.role}, {_desks(user.desks)}{', disabled' * user.disabled}")
    if not found:
        _say("no users; the review queue is open on this machine's loopback address only")


@users.command("change")
def change(
    name: Name,
    role: Annotated[str | None, typer.Option("--role", help="The new role.")] = None,
    desk: DesksOption = None,
    all_desks: Annotated[bool, typer.Option("--all-desks", help="No limit any more.")] = False,
) -> None:
    """Change a role or desks; ends their sessions: `citedesk users change anna --role admin`."""
    values: dict[str, object] = {}
    if role is not None:
        values["role"] = _role(role)
    if desk or all_desks:
        values["desks"] = tuple(desk or ())
    if not values:
        raise CommandFailed("give --role, --desk or --all-desks", Exit.USAGE)
    _change(name, values)


@users.command("password")
def password(name: Name, stdin: Stdin = False) -> None:
    """Set a new password; ends their sessions: `citedesk users password anna`."""
    from agent.web.passwords import hash_password

    _change(name, {"secret": hash_password(_password(stdin))})


@users.command("disable")
def disable(name: Name) -> None:
    """Shut a user out at once: `citedesk users disable anna`."""
    _change(name, {"disabled_at": datetime.now(UTC)})


@users.command("enable")
def enable(name: Name) -> None:
    """Let a user in again: `citedesk users enable anna`."""
    _change(name, {"disabled_at": None})


def _change(name: str, values: dict[str, object]) -> None:
    if not _with_store(lambda store: store.change_user(name, **values)):
        raise CommandFailed(f"there is no user {name!r}; see `citedesk users list`", Exit.USAGE)
    _say(f"{name}: changed")


def _role(role: str) -> str:
    from agent.review.people import Role

    known = [one.value for one in Role]
    if role not in known:
        raise CommandFailed(f"no role {role!r} (known: {', '.join(known)})", Exit.USAGE)
    return role


def _desks(desks: tuple[str, ...]) -> str:
    return ", ".join(desks) or "all desks"


def _password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise CommandFailed("no terminal to ask on; pipe it and give --password-stdin", Exit.USAGE)
    return typer.prompt("Password", hide_input=True, confirmation_prompt=True)


def _with_store(work: "Callable[[ReviewStore], Awaitable[T]]") -> T:
    import asyncio

    from agent.settings import load_settings
    from agent.store import open_store

    async def run() -> T:
        store = await open_store(load_settings().database.url)
        try:
            return await work(store.review_queue())
        finally:
            await store.close()

    return asyncio.run(run())


def _say(text: str) -> None:
    from agent.cli.output import out

    out.print(text, markup=False, highlight=False)
