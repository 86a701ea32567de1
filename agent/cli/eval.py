"""`citedesk eval`: how good the parts are on a file of cases, as a table or one JSON object."""

import typer

evals = typer.Typer(no_args_is_help=True, help="Measure the parts on files of cases.")
