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


@evals.command()
def claims(
    file: Annotated[Path, typer.Argument(help="Pairs of source and claim, a JSON object a line.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write a verdict for each pair to this file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure the claim checker: wrong claims caught, supported ones flagged, the whole curve.

    A line has `id`, `lang`, `source`, `claim`, `label` (`supported` or `unsupported`) and `kind`.
    Example:

        citedesk eval claims bench/claims/hard.dev.jsonl --json --out verdicts.jsonl
    """
    from agent.citations import ClaimChecker
    from agent.evals.claims import COLUMNS, measure_claims, read_pairs, rows_of, tell, verdict_lines

    checker = ClaimChecker()
    told = [tell(pair, checker) for pair in read_pairs(file)]
    if out is not None:
        out.write_text(verdict_lines(told), encoding="utf-8")
    _print(measure_claims(told), as_json, COLUMNS, rows_of)


def _print(report: dict[str, Any], as_json: bool, columns: Any, rows: Any) -> None:
    from agent.cli.output import as_json_line, out, table

    if as_json:
        as_json_line(report)
    else:
        out.print(table(columns, rows(report)))
