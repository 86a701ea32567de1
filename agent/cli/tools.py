"""`citedesk tools list` and `call`: one tool by hand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tools.base import Tool
    from tools.registry import Registry

tools = typer.Typer(no_args_is_help=True, help="What a desk can look up or do: list, try one.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Desk = Annotated[
    Path, typer.Option("--desk", help="A desk's folder.", show_default="desks/support")
]


@tools.command("list")
def list_tools(desk: Desk = Path("desks/support"), as_json: Json = False) -> None:
    """List a desk's tools with their arguments: `citedesk tools list --desk desks/hr`."""
    from agent.cli.output import as_json_line, out, table

    registry, names = _registry(desk)
    found = [registry.get(name) for name in names]
    if as_json:
        for tool in found:
            as_json_line(_told(tool))
        return
    rows = [(t.name, t.effect.value, _arguments(t), t.description) for t in found]
    out.print(table(("tool", "effect", "arguments", "what it does"), rows))


@tools.command("call")
def call_tool(
    name: Annotated[str, typer.Argument(help="From `tools list`.")],
    given: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="Its arguments.")
    ] = None,
    requester: Annotated[
        str, typer.Option("--requester", help="In whose name: a customer's or employee's id.")
    ] = "you",
    claimed: Annotated[
        bool, typer.Option("--claimed", help="As somebody who only says who they are.")
    ] = False,
    language: Annotated[str, typer.Option("--lang", help="Of the sentences.")] = "en",
    desk: Desk = Path("desks/support"),
    as_json: Json = False,
) -> None:
    """Call one for a requester; one with a side effect is prepared and not run.

    Examples:

        citedesk tools call order order_id=61233 --requester C-5012

        citedesk tools call cancel_order order_id=61233 --requester C-5012
    """
    import asyncio

    registry, names = _registry(desk)
    work = _call(
        registry,
        names,
        name,
        _pairs(given or []),
        requester=requester,
        verified=not claimed,
        language=language,
        desk=desk.name,
        as_json=as_json,
    )
    if code := asyncio.run(work):
        raise typer.Exit(code)


def _registry(desk: Path) -> "tuple[Registry, tuple[str, ...]]":
    from agent.bootstrap.tools import desk_registry
    from agent.cli.desks import desk_folder
    from agent.settings import load_settings

    return desk_registry(load_settings(), desk_folder(desk))


async def _call(
    registry: "Registry",
    names: tuple[str, ...],
    name: str,
    arguments: dict[str, Any],
    *,
    requester: str,
    verified: bool,
    language: str,
    desk: str,
    as_json: bool,
) -> int:
    from agent.cli.exits import CommandFailed, Exit
    from tools.base import Effect, Scope
    from tools.errors import ToolError

    if name not in names:
        known = ", ".join(names) or "none"
        raise CommandFailed(f"{name!r} is no tool of desk {desk!r} (known: {known})", Exit.USAGE)
    scope = Scope(requester=requester, verified=verified, desk=desk)
    writes = registry.get(name).effect is Effect.WRITE
    try:
        if writes:
            prepared = await registry.prepare(name, arguments, scope)
            result, would = prepared.result, dict(prepared.arguments)
        else:
            result, would = await registry.call(name, arguments, scope), None
    except ToolError as exc:
        raise CommandFailed(str(exc), Exit.REFUSED) from exc
    phrases = [p.text for p in registry.get(name).phrases(result, language)]
    _show(result.label, dict(result.data), phrases, would, as_json=as_json)
    return Exit.OK


def _show(
    label: str,
    data: dict[str, Any],
    phrases: list[str],
    would: dict[str, Any] | None,
    *,
    as_json: bool,
) -> None:
    from agent.cli.output import as_json_line, out, table

    if as_json:
        told = {"label": label, "data": data, "phrases": phrases}
        as_json_line(told if would is None else told | {"would_run_with": would})
        return
    out.print(label, markup=False)
    out.print(table(("field", "value"), [(k, v) for k, v in data.items() if v is not None]))
    for phrase in phrases:
        out.print(f"  {phrase}", markup=False)
    if would is not None:
        shown = " ".join(f"{name}={value}" for name, value in would.items())
        out.print(f"not run: it waits for an approval of {shown}", markup=False)


def _pairs(given: list[str]) -> dict[str, Any]:
    from agent.cli.exits import CommandFailed, Exit

    pairs = [one.partition("=") for one in given]
    wrong = next((name for name, sign, _ in pairs if not sign or not name), None)
    if wrong is not None:
        raise CommandFailed(f"{wrong!r}: write an argument as NAME=VALUE", Exit.USAGE)
    return {name: value for name, _, value in pairs}


def _arguments(tool: "Tool") -> str:
    fields = tool.arguments.model_fields.items()
    return " ".join(name if field.is_required() else f"[{name}]" for name, field in fields)


def _told(tool: "Tool") -> dict[str, Any]:
    return {
        "name": tool.name,
        "effect": tool.effect.value,
        "personal": tool.personal,
        "description": tool.description,
        "arguments": tool.arguments.model_json_schema(),
    }
