"""The command tree."""

import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from agent.cli.approvals import approvals
from agent.cli.deliver import deliver
from agent.cli.engine import engines
from agent.cli.eval import evals
from agent.cli.exits import CommandFailed, Exit, translated
from agent.cli.init import init
from agent.cli.learn import learn
from agent.cli.policies import policies
from agent.cli.tools import tools
from agent.cli.triage import triage
from agent.cli.users import users

T = TypeVar("T")

app = typer.Typer(
    name="citedesk",
    help="Support tickets in from Kafka, drafts that carry their proof out.",
    epilog="Try: citedesk demo · citedesk ask 'How long can I return this?' --desk desks/support",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
dead = typer.Typer(no_args_is_help=True, help="Events that could not be handled: see, replay.")
topics = typer.Typer(no_args_is_help=True, help="Make or check the Kafka topics.")
app.add_typer(dead, name="dead")
app.add_typer(topics, name="topics")
app.add_typer(evals, name="eval")
app.add_typer(triage, name="triage")
app.command()(init)
app.command()(learn)
app.add_typer(policies, name="policies")
app.add_typer(approvals, name="approvals")
app.add_typer(tools, name="tools")
app.add_typer(users, name="users")
app.add_typer(deliver, name="deliver")
app.add_typer(engines, name="engine")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
EngineOption = Annotated[
    list[str] | None,
    typer.Option(
        "--engine",
        help="vllm, a profile, a name of yours, or none; more than once: in that order.",
        show_default="the settings' chain",
    ),
]
DeskOption = Annotated[
    Path, typer.Option("--desk", help="A desk's folder.", show_default="desks/support")
]


def main() -> None:
    """Entry point: known errors become one message and an exit code, never a traceback."""
    # The service multiplies small matrices: a thread pool for that costs more than it saves.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _hush_libraries()
    try:
        code = app(standalone_mode=False)
    except typer.Exit as stop:
        code = stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        _hush_stdout()
        code = Exit.OK
    except Exception as error:
        code = _fail(error)
    sys.exit(int(code or 0))


def _fail(error: Exception) -> int:
    show = getattr(error, "show", None)  # click's own usage errors know how to show themselves
    if callable(show):
        show()
        return int(getattr(error, "exit_code", Exit.USAGE))
    failed = translated(error)
    if failed is None:
        return _defect(error)
    for line in str(failed).splitlines():
        print(f"error: {line}", file=sys.stderr)  # noqa: T201 - the command line's own output
    return failed.code


def _hush_libraries() -> None:
    """Without any handler Python prints their warnings; what matters we say ourselves."""
    import logging

    logging.getLogger().addHandler(logging.NullHandler())


def _defect(error: Exception) -> int:
    """A mistake of ours: its type and place. Its message may quote a ticket, so it stays out."""
    import traceback

    if os.environ.get("CITEDESK_TELEMETRY__LOG_LEVEL") == "debug":
        raise error
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    print(f"defect: {type(error).__name__}", file=sys.stderr)  # noqa: T201 - as above
    for frame in frames:
        place = f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        print(place, file=sys.stderr)  # noqa: T201 - as above
    print("  CITEDESK_TELEMETRY__LOG_LEVEL=debug shows it whole", file=sys.stderr)  # noqa: T201 - as above
    return Exit.DEFECT


def _hush_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(command: Coroutine[Any, Any, T]) -> T:
    import asyncio

    return asyncio.run(command)


def _end(code: int) -> None:
    if code:
        raise typer.Exit(code)


@app.command()
def demo(
    kafka: Annotated[
        bool, typer.Option("--kafka", help="Use the broker at CITEDESK_KAFKA__BOOTSTRAP.")
    ] = False,
    postgres: Annotated[
        bool, typer.Option("--postgres", help="Use the database at CITEDESK_DATABASE__URL.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where drafts are written (a folder).")
    ] = None,
) -> None:
    """Watch our own tickets come in, be answered with proof, and lies be caught.

    Runs on an in-process broker and SQLite; nothing to install or start. Example:

        citedesk demo
    """
    from agent.demo import NotEmpty, run_demo

    try:
        _end(_run(run_demo(kafka=kafka, postgres=postgres, out=out)))
    except NotEmpty as exc:
        raise CommandFailed(str(exc), Exit.USAGE) from exc


@app.command()
def serve(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="ingest, work or relay; may be given more than once."),
    ] = None,
    engine: EngineOption = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes", min=1, max=64, help="Share the work; CITEDESK_WORKER__PROCESSES."
        ),
    ] = None,
    health_fd: Annotated[int | None, typer.Option("--health-fd", hidden=True)] = None,
) -> None:
    """Run the service: ingest, workers, relay and health in one process, or in several.

    Examples:

        citedesk serve

        citedesk serve --processes 2

        citedesk serve --only ingest

        citedesk serve --engine ovhcloud --engine ionos
    """
    from agent.cli.serve import serve as run

    _end(_run(run(only or [], engine, processes, health_fd)))


@app.command()
def submit(
    files: Annotated[list[str], typer.Argument(help="jsonl or .eml files; - is stdin.")],
    desk: Annotated[str, typer.Option("--desk", help="Desk of .eml files.")] = "support",
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Send the good lines though some are bad.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Send tickets to the service through Kafka.

    A jsonl line is a ticket.message event or a CloudEvent. The same line sent twice has one
    effect. Examples:

        citedesk submit tickets.jsonl

        citedesk submit --desk support mail.eml

        cat tickets.jsonl | citedesk submit -
    """
    from agent.cli.submit import submit as run

    _end(_run(run(files, desk=desk, keep_going=keep_going, as_json=as_json)))


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="The message; - reads stdin.")],
    desk: DeskOption = Path("desks/support"),
    requester: Annotated[
        str | None, typer.Option("--requester", help="Ask as this customer or employee, verified.")
    ] = None,
    language: Annotated[str | None, typer.Option("--lang", help="Language, if known.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="Such as DE.")] = None,
    engine: EngineOption = None,
    as_json: Json = False,
) -> None:
    """Answer one message on the spot, proof shown. No broker, no database.

    Examples:

        citedesk ask 'How long can I return a dress?' --desk desks/support

        citedesk ask 'Hoeveel vakantiedagen heb ik nog?' --desk desks/hr --requester E-2001

        citedesk ask 'Can I return a gift?' --engine ovhcloud
    """
    from agent.cli.ask import ask as run

    _end(
        _run(
            run(
                text,
                desk=desk,
                requester=requester,
                language=language,
                country=country,
                engines=engine,
                as_json=as_json,
            )
        )
    )


@app.command()
def drafts(
    from_start: Annotated[bool, typer.Option("--from-start", help="From the oldest kept.")] = False,
    limit: Annotated[int, typer.Option("--limit", help="Stop after this many; 0: never.")] = 0,
    timeout: Annotated[
        float, typer.Option("--timeout", help="Stop after this many quiet seconds; 0: never.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Follow the output topic, one line a draft.

    Examples:

        citedesk drafts --from-start --limit 10

        citedesk drafts --json | jq .route
    """
    from agent.cli.drafts import follow

    _end(_run(follow(from_start=from_start, limit=limit, timeout=timeout, as_json=as_json)))


@dead.command("list")
def dead_list(
    reason: Annotated[str | None, typer.Option("--reason", help="Only this reason.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """List dead events, newest first: `citedesk dead list --reason invalid-json`."""
    from agent.cli.dead import list_dead

    _end(_run(list_dead(reason=reason, limit=limit, as_json=as_json)))


@dead.command("show")
def dead_show(
    inbox_id: Annotated[int, typer.Argument(help="From `dead list`.")],
    raw: Annotated[bool, typer.Option("--raw", help="Write the record's bytes to stdout.")] = False,
    as_json: Json = False,
) -> None:
    """Show one dead event; its text only with `--raw`: `citedesk dead show 17`."""
    from agent.cli.dead import show_dead

    _end(_run(show_dead(inbox_id, raw=raw, as_json=as_json)))


@dead.command("replay")
def dead_replay(
    inbox_ids: Annotated[list[int] | None, typer.Argument(help="From `dead list`.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="All with this reason.")] = None,
    as_json: Json = False,
) -> None:
    """Put dead events back in line: `citedesk dead replay 17 18`."""
    from agent.cli.dead import replay_dead

    _end(_run(replay_dead(inbox_ids or [], reason=reason, as_json=as_json)))


@topics.command("create")
def topics_create(as_json: Json = False) -> None:
    """Make the topics that are missing: `citedesk topics create`."""
    from agent.cli.topics import create_topics

    _end(_run(create_topics(as_json=as_json)))


@topics.command("check")
def topics_check(as_json: Json = False) -> None:
    """Say how the topics differ from what the service needs: `citedesk topics check`.

    The exit code is 1 when they do.
    """
    from agent.cli.topics import check_topics

    _end(_run(check_topics(as_json=as_json)))


@app.command()
def config(as_json: Json = False) -> None:
    """Print every setting in force, secrets masked: `citedesk config`."""
    from agent.cli.config import print_config

    _end(print_config(as_json=as_json))


@app.command()
def migrate(
    down: Annotated[str | None, typer.Option("--down", help="Go back to this revision.")] = None,
) -> None:
    """Bring the database's tables up to date: `citedesk migrate`."""
    from agent.cli.migrate import migrate as run

    _end(run(down=down))


@app.command()
def verify(
    draft: Annotated[Path, typer.Argument(help="A draft's JSON file.")],
    desk: Annotated[
        Path | None, typer.Option("--desk", help="A desk's folder; default: the draft's own.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Re-check a draft's proof offline: exit code 0 when every claim holds, else 1.

    Example:

        citedesk verify draft.json --desk desks/support
    """
    from agent.cli.verify import verify as run

    _end(run(draft, desk=desk, as_json=as_json))


@app.command()
def check(
    policy: Annotated[Path, typer.Argument(help="A policy, Markdown.")],
    sentence: Annotated[str, typer.Argument(help="What somebody says it says.")],
    language: Annotated[str | None, typer.Option("--lang", help="Of the sentence.")] = None,
    as_json: Json = False,
) -> None:
    """Type your own lie and see it caught: exit code 0 when the policy supports it, else 1.

    Example:

        citedesk check desks/support/policies/en/returns.md 'You can return within 60 days.'
    """
    from agent.cli.verify import check as run

    _end(run(policy, sentence, language=language, as_json=as_json))


__all__ = ["CommandFailed", "app", "main"]
