"""`citedesk eval`: how good the parts are on a file of cases, as a table or one JSON object."""

from pathlib import Path
from typing import Annotated, Any

import typer

evals = typer.Typer(no_args_is_help=True, help="Measure the parts on files of cases.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]


@evals.command()
def tickets(
    file: Annotated[Path, typer.Argument(help="Labelled tickets, one JSON object a line.")],
    desk: Annotated[Path, typer.Option("--desk", help="A desk's folder.")] = Path("desks/support"),
    as_json: Json = False,
) -> None:
    """Measure intake and triage of a desk on labelled tickets, over all and by language.

    A line has `body`, `lang` and `category`; further `subject`, `gold_category_alt`, `priority`,
    `sentiment`, `needs_human` and `entities` where they are known. Example:

        citedesk eval tickets labelled.jsonl --desk desks/support --json
    """
    from agent.cli.triage import load
    from agent.evals.tickets import measure_tickets, read_cases, rows_of

    loaded, triager = load(desk)
    report = measure_tickets(read_cases(file, loaded), loaded, triager)
    _print(report, as_json, ("figure", "all", *report["by_lang"]), rows_of)


def _print(report: dict[str, Any], as_json: bool, columns: Any, rows: Any) -> None:
    from agent.cli.output import as_json_line, out, table

    if as_json:
        as_json_line(report)
    else:
        out.print(table(columns, rows(report)))
