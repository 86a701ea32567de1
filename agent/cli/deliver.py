"""`citedesk deliver`: drafts back into a helpdesk, as drafts, never sent."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from agent.domain.events import DraftCreated

Deliver = Callable[["DraftCreated"], Awaitable[bool]]
deliver = typer.Typer(no_args_is_help=True, help="Drafts back into a helpdesk, never sent.")
Group = Annotated[
    str | None, typer.Option("--group", help="Consumer group that remembers what was delivered.")
]
Routes = Annotated[list[str] | None, typer.Option("--route", help="ready, review; default: both.")]


@deliver.command("eml")
def eml(
    folder: Annotated[Path, typer.Argument(help="Where unsent mails are written.")],
    route: Routes = None,
    group: Group = None,
) -> None:
    """Write each draft as an unsent mail file: `citedesk deliver eml drafts/`."""
    from agent.delivery.eml import file_name, unsent_mail

    folder.mkdir(parents=True, exist_ok=True)

    async def write(draft: "DraftCreated") -> bool:
        made = folder / f".{file_name(draft)}.part"
        made.write_bytes(unsent_mail(draft))
        made.replace(folder / file_name(draft))
        return True

    asyncio.run(_run(write, group or "citedesk-deliver-eml", route))


@deliver.command("zammad")
def zammad(
    url: Annotated[str, typer.Argument(help="Zammad's address, such as https://help.example.")],
    token: Annotated[
        str, typer.Option("--token-variable", help="Name of the variable with the token.")
    ] = "ZAMMAD_TOKEN",
    route: Routes = None,
    group: Group = None,
) -> None:
    """Put each draft into its ticket as the shared draft.

    Example:

        ZAMMAD_TOKEN=… citedesk deliver zammad https://help.example
    """
    secret = os.environ.get(token)
    if not secret:
        raise CommandFailed(f"the variable {token} holds no token", Exit.USAGE)
    asyncio.run(_zammad(url, secret, group or "citedesk-deliver-zammad", route))


async def _zammad(url: str, token: str, group: str, routes: list[str] | None) -> None:
    import httpx

    from agent.delivery.zammad import NotDelivered, Zammad

    async with httpx.AsyncClient(timeout=20) as client:
        zammad = Zammad(client, url=url, token=token)
        try:
            await _run(zammad.deliver, group, routes)
        except NotDelivered as exc:
            mend = "start again later" if exc.again else "check address, token and ticket"
            raise CommandFailed(f"{exc}; {mend}: nothing was skipped", Exit.UNREACHABLE) from exc


async def _run(deliver: Deliver, group: str, routes: list[str] | None) -> None:
    """Until Ctrl-C; a draft that was not delivered is the first one next time."""
    import signal

    from agent.bus.client import Record, work_through
    from agent.cli.output import out
    from agent.domain.events import DraftCreated
    from agent.settings import load_settings

    kafka, stop = load_settings().kafka, asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async def work(record: Record) -> None:
        if record.header("ce_type") != DraftCreated.TYPE or not record.value:
            return
        draft = DraftCreated.model_validate_json(record.value)
        wanted = not routes or draft.route.value in routes
        if wanted and draft.body and await deliver(draft):
            out.print(f"{draft.conversation_id} r{draft.revision}: delivered", markup=False)

    await work_through(
        kafka.bootstrap,
        DraftCreated.TOPIC,
        group=group,
        work=work,
        max_message_bytes=kafka.max_message_bytes,
        stop=stop,
    )
