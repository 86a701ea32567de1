"""`citedesk serve`."""

from agent.bootstrap import PARTS, run_service
from agent.cli.exits import CommandFailed, Exit
from agent.settings import load_settings


async def serve(only: list[str], engines: list[str] | None = None) -> int:
    unknown = [part for part in only if part not in PARTS]
    if unknown:
        known = ", ".join(PARTS)
        raise CommandFailed(f"--only {unknown[0]!r} is no part (known: {known})", Exit.USAGE)
    return await run_service(load_settings(), frozenset(only or PARTS), engines=engines)
