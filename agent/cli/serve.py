"""`citedesk serve`."""

import socket

from agent.bootstrap import PARTS
from agent.cli.exits import CommandFailed, Exit
from agent.settings import Settings, load_settings


async def serve(
    only: list[str],
    engines: list[str] | None = None,
    processes: int | None = None,
    health_fd: int | None = None,
) -> int:
    unknown = [part for part in only if part not in PARTS]
    if unknown:
        known = ", ".join(PARTS)
        raise CommandFailed(f"--only {unknown[0]!r} is no part (known: {known})", Exit.USAGE)
    parts, settings = tuple(dict.fromkeys(only)) or PARTS, load_settings()
    if processes is not None and processes > 1 and "work" not in parts:
        raise CommandFailed(
            "--processes shares the part 'work', which --only leaves out; add --only work",
            Exit.USAGE,
        )
    count = processes or settings.worker.processes
    if count > 1 and "work" in parts and health_fd is None:
        _refuse_embedded(engines or _named(settings))
        from agent.bootstrap import run_processes

        return await run_processes(settings, parts, count, engines=engines or ())
    from agent.bootstrap import run_service

    health = socket.socket(fileno=health_fd) if health_fd is not None else None
    return await run_service(settings, frozenset(parts), engines=engines, health=health)


def _named(settings: Settings) -> list[str]:
    """All engines that the service or a desk of its own asks."""
    engine = settings.engine
    return [*engine.chain, *(name for desk in engine.desks.values() for name in desk.chain or ())]


def _refuse_embedded(engines: list[str]) -> None:
    """A model inside the process would be loaded by each of them."""
    if "vllm" in engines:
        raise CommandFailed(
            "engine 'vllm' runs inside one process, which owns the GPU: serve with --processes 1, "
            "or run `vllm serve` beside it and name that endpoint",
            Exit.USAGE,
        )
