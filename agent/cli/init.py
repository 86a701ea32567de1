"""`citedesk init`: a desk from a folder of policies and a table of past tickets."""

import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from agent.triage import ModelFree

_STARTER = "support"
_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pl")
_FEW = 20  #: past tickets of a category, below which little can be expected


def init(
    name: Annotated[str, typer.Argument(help="The new desk's name: a-z, 0-9, '_' and '-'.")],
    policies: Annotated[Path, typer.Option("--policies", help="Folder of .md or .txt policies.")],
    tickets: Annotated[
        Path, typer.Option("--tickets", help="CSV of past tickets: text, category[, language].")
    ],
    into: Annotated[Path, typer.Option("--into", help="Folder that holds desks.")] = Path("desks"),
) -> None:
    """Make a desk, check it, learn its past tickets and say what to expect.

    Example:

        citedesk init billing --policies handbook/ --tickets past.csv
    """
    from agent.cli.exits import CommandFailed, Exit
    from agent.desk.scaffold import check_name, read_policies_of, read_tickets, scaffold
    from agent.settings import SHIPPED_DESKS

    check_name(name)
    target = into / name
    if target.exists():
        raise CommandFailed(f"{target}: exists already; choose another name", Exit.USAGE)
    starter = tomllib.loads((SHIPPED_DESKS / _STARTER / "desk.toml").read_text(encoding="utf-8"))
    past = read_tickets(tickets, _tell)
    files = scaffold(name, read_policies_of(policies, _tell), past, starter)
    triager = _settle(files, target)
    counts: dict[str, int] = {}
    for ticket in past:
        counts[ticket.category] = counts.get(ticket.category, 0) + 1
    _say(target, triager, counts)


def _tell(text: str) -> str:
    from agent.intake import detect

    return detect(text, _LANGUAGES, None, "en").language


def _settle(files: Mapping[PurePosixPath, str], target: Path) -> "ModelFree":
    """Write, check and learn beside the place of the desk, then move it there whole."""
    from agent.desk import load_desk
    from agent.triage import build_triager
    from tools.render import TOOL_NAMES

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".new-") as beside:
        folder = Path(beside) / target.name
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        triager = build_triager(load_desk(folder, known_tools=TOOL_NAMES))
        shutil.move(folder, target)
    return triager


def _say(target: Path, triager: "ModelFree", counts: Mapping[str, int]) -> None:
    from agent.cli.output import out, table
    from agent.cli.triage import expectations

    told = expectations(triager)
    out.print(f"{target}: ready, {sum(counts.values())} past tickets learnt", markup=False)
    rows = [(name, count, "few" if count < _FEW else "") for name, count in counts.items()]
    out.print(table(("category", "tickets", ""), sorted(rows, key=lambda row: -row[1])))
    out.print(
        f"expect {told['accuracy']:.0%} of new tickets in the right category "
        f"(macro F1 {told['macro_f1']:.0%}); it says one for {told['said']:.0%}, "
        f"of which {told['accuracy_where_said'] or 0:.0%} are right",
        markup=False,
    )
    out.print(f"next: citedesk triage explain 'a message' --desk {target}", markup=False)
