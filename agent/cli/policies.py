"""`citedesk policies`: what to look at in the policies of a desk, and taking an edit into use."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from agent.desk.edits import Invalid
    from agent.domain.desk import Desk
    from agent.settings import Settings

policies = typer.Typer(no_args_is_help=True, help="Check policies; take an edit into use.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


@policies.command()
def check(
    desk: Annotated[Path, typer.Argument(help="A desk's folder.")],
    as_json: Json = False,
) -> None:
    """Look for contradicting numbers, ended validity, dead links and passages too long to cite.

    The exit code is 1 when there is something to look at. Example:

        citedesk policies check desks/hr
    """
    from datetime import UTC, datetime

    from agent.cli.output import as_json_line, out
    from agent.desk.findings import findings

    loaded = _desk(desk)
    found = findings(loaded.policies, datetime.now(UTC).date())
    if as_json:
        as_json_line(
            [
                {
                    "kind": one.kind.value,
                    "file": one.file,
                    "line": one.line,
                    "problem": one.problem,
                    "mend": one.mend,
                }
                for one in found
            ]
        )
    else:
        for one in found:
            out.print(f"{one.kind.value:<17} {one}", markup=False)
        out.print(f"{len(loaded.policies)} policies, {len(found)} findings", markup=False)
    if found:
        raise typer.Exit(1)


@policies.command("reload")
def reload_(as_json: Json = False) -> None:
    """Check the desks, tell running services to read them again, list drafts that no longer hold.

    A service also sees an edit by itself within seconds. Example:

        citedesk policies reload
    """
    import asyncio

    from agent.bootstrap.reload import STAMP
    from agent.cli.output import as_json_line, out
    from agent.desk import load_desks
    from agent.settings import load_settings
    from tools.render import TOOL_NAMES

    settings = load_settings()
    desks = load_desks(settings.desks, known_tools=TOOL_NAMES)
    settings.data.mkdir(parents=True, exist_ok=True)
    (settings.data / STAMP).touch()
    invalid, told = asyncio.run(_invalid(settings, list(desks.values())))
    if as_json:
        drafts = [
            {"draft": i.draft, "ticket": i.ticket, "file": i.file, "problem": i.problem}
            for i in invalid
        ]
        counts = {str(name): len(desk.policies) for name, desk in desks.items()}
        as_json_line({"policies": counts, "invalid_drafts": drafts, "note": told})
        return
    for name, desk in desks.items():
        out.print(f"{name}: {len(desk.policies)} policies", markup=False)
    for one in invalid:
        out.print(f"draft {one.draft} ({one.ticket}): {one.file}: {one.problem}", markup=False)
    out.print(told or f"{len(invalid)} waiting drafts no longer hold", markup=False)


def _desk(folder: Path) -> "Desk":
    from agent.cli.desks import desk_folder
    from agent.desk import load_desk
    from tools.render import TOOL_NAMES

    return load_desk(desk_folder(folder), known_tools=TOOL_NAMES)


async def _invalid(settings: "Settings", desks: "list[Desk]") -> "tuple[list[Invalid], str]":
    """Waiting drafts that the policies no longer support; none, and why, without a database."""
    from datetime import UTC, datetime

    from agent.desk.edits import invalidated
    from agent.store import open_store
    from agent.store.errors import StoreError
    from agent.store.queue import QueueFilter

    now = datetime.now(UTC)
    try:
        store = await open_store(settings.database.url, connections=1)
    except StoreError as exc:
        return [], f"waiting drafts were not looked at: {exc}"
    try:
        queue = store.review_queue()
        found: list[Invalid] = []
        for desk in desks:
            for snoozed in (False, True):
                wanted = QueueFilter(desk=desk.name, snoozed=snoozed)
                items = await queue.queue(wanted, now=now, limit=10_000)
                drafts = [d for item in items if (d := await queue.draft(item.draft_id))]
                found += invalidated(drafts, desk, now.date())
        return found, ""
    finally:
        await store.close()
