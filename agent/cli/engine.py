"""`citedesk engine`: the language models that are set up."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.exits import Exit

if TYPE_CHECKING:
    from agent.bootstrap.engine_check import Checked

engines = typer.Typer(no_args_is_help=True, help="The language models that are set up.")


@engines.callback()
def _group() -> None:
    """Keeps `check` a command of its own while it is the only one."""


@engines.command("check")
def check(
    name: Annotated[
        str | None, typer.Argument(help="vllm, a profile or a name of yours; default: the chain.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Ask each engine one question: what came back, tokens, time and cost.

    No ticket is sent. The exit code is 1 when one does not answer. Examples:

        citedesk engine check

        citedesk engine check ovhcloud --json
    """
    import asyncio

    from agent.bootstrap.engine_check import check_engines, engines_to_check
    from agent.settings import load_settings

    settings = load_settings()
    found = asyncio.run(check_engines(settings, engines_to_check(settings, name)))
    _print(found, as_json=as_json)
    if any(one.problem for one in found):
        raise typer.Exit(Exit.FOUND)


def _print(found: "list[Checked]", *, as_json: bool) -> None:
    from dataclasses import asdict

    from agent.cli.output import as_json_line, out, table

    if as_json:
        as_json_line({"engines": [asdict(one) for one in found]})
        return
    columns = ("engine", "region", "model", "came back", "tokens", "time", "cost")
    out.print(table(columns, [_row(one) for one in found]))
    for one in found:
        for line in _remarks(one):
            out.print(line, markup=False)


def _row(one: "Checked") -> tuple[Any, ...]:
    if one.problem:
        return (one.engine, one.region, "", "no answer", "", f"{one.seconds:.2f} s", "")
    tokens = f"{one.prompt_tokens} + {one.completion_tokens}"
    cost = "not known" if one.cost is None else f"{one.cost:.6f}"
    return (
        one.engine,
        one.region,
        one.model,
        one.came_back,
        tokens,
        f"{one.seconds:.2f} s",
        cost,
    )


def _remarks(one: "Checked") -> list[str]:
    problem = [f"{one.engine}: {one.problem}"] if one.problem else []
    if one.allowed:
        return problem
    return [
        *problem,
        f"{one.engine}: no ticket may go to {one.region} unless CITEDESK_ENGINE__REGIONS, or that "
        "of a desk, says so",
    ]
