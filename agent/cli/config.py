"""`citedesk config`."""

from agent.cli.exits import Exit
from agent.cli.output import as_json_line, out, table
from agent.settings import load_settings, masked


def print_config(*, as_json: bool) -> int:
    values = masked(load_settings())
    if as_json:
        as_json_line(values)
    else:
        out.print(
            table(("variable", "value"), [(k, "" if v is None else v) for k, v in values.items()])
        )
    return Exit.OK
