"""`citedesk learn`: corrections of people become examples of a desk, once a person says so."""

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from agent.bootstrap.learn import Learning
    from agent.review.effect import Change, Effect
    from agent.review.learning import Lesson, Plan
    from agent.store.review_store import ReviewStore


def learn(
    desk: Annotated[Path, typer.Option("--desk", help="A desk's folder.")] = Path("desks/support"),
    drop: Annotated[
        list[int] | None,
        typer.Option("--drop", help="Never learn from this one, by its number; may be repeated."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what reviewers' corrections would teach a desk and what it changes, then write it.

    Each corrected ticket is an example, personal data replaced. Both shares are of texts that the
    classifier had not seen. Nothing is written before you say yes. Example:

        citedesk learn --desk desks/support

        citedesk learn --desk desks/support --drop 41 --yes
    """
    import asyncio

    asyncio.run(_learn(desk, drop=tuple(drop or ()), yes=yes, as_json=as_json))


async def _learn(desk: Path, *, drop: tuple[int, ...], yes: bool, as_json: bool) -> None:
    from agent.bootstrap.learn import read_learning
    from agent.cli.desks import desk_folder
    from agent.settings import load_settings
    from agent.store import open_store

    settings, by = load_settings(), _name()
    opened = await open_store(settings.database.url)
    try:
        store = opened.review_queue()
        learning = await read_learning(settings, store, desk_folder(desk))
        dropped = _dropped(learning.plan, drop)
        if dropped:
            learning = await read_learning(settings, store, desk_folder(desk), drop=drop)
        effect = _effect(learning)
        if not as_json:
            _show(learning, effect)
        todo = bool(learning.plan.settled or dropped)
        agreed = todo and (yes or (not as_json and _agreed(learning, dropped)))
        if agreed:
            await _write(learning, store, dropped, by=by)
    finally:
        await opened.close()
    if as_json:
        _print_json(learning, effect, written=agreed)
    elif agreed:
        _say(f"{len(learning.plan.new)} examples written to {learning.folder / 'examples.csv'}")


async def _write(
    learning: "Learning", store: "ReviewStore", dropped: tuple[int, ...], *, by: str
) -> None:
    """What was agreed to, or nothing of it when the file is not the one that was shown."""
    from agent.bootstrap.learn import FileChanged, apply, settle, unchanged

    try:
        unchanged(learning)
        await settle(dropped, store, learning.desk, by=by, action="examples.dropped")
        await apply(learning, store, by=by)
    except FileChanged as exc:
        raise CommandFailed(str(exc), Exit.REFUSED) from exc


def _dropped(plan: "Plan", drop: tuple[int, ...]) -> tuple[int, ...]:
    """All decisions behind the numbers to drop; a number that is none is refused."""
    of = {lesson.correction.id: lesson.correction.ids for lesson in (*plan.new, *plan.left)}
    for number in drop:
        if number not in of:
            known = ", ".join(str(n) for n in sorted(of)) or "none"
            raise CommandFailed(f"--drop {number}: no such correction (known: {known})", Exit.USAGE)
    return tuple(i for number in drop for i in of[number])


def _effect(learning: "Learning") -> "Effect | None":
    """None where there is nothing to learn, or nothing that it could be compared with."""
    from agent.review.effect import measured

    labels = {example.category for example in learning.desk.examples}
    if not learning.plan.new or len(labels) < 2:
        return None
    return measured(learning.desk, learning.plan.examples)


def _agreed(learning: "Learning", dropped: tuple[int, ...]) -> bool:
    if not sys.stdin.isatty():
        _say("nothing written; run it on a terminal, or give --yes", err=True)
        return False
    count = len(learning.plan.new)
    asked = f"Write {count} examples into {learning.folder / 'examples.csv'}"
    return typer.confirm(asked + (f" and drop {len(dropped)}?" if dropped else "?"))


def _show(learning: "Learning", effect: "Effect | None") -> None:
    from agent.cli.output import out, table

    plan = learning.plan
    if not plan.new:
        _say(f"{learning.desk.name}: nothing to learn; no correction waits")
    else:
        _say(f"{learning.desk.name}: {len(plan.new)} new examples for examples.csv")
        for lesson in plan.new:
            _show_lesson(lesson, learning.before.decode())
    for lesson in plan.left:
        _say(f"  no. {lesson.correction.id} is left out: {lesson.why_not}")
    if effect is not None:
        rows = [_change(effect.known, "examples of the desk"), _change(effect.new, "new ones")]
        rows += [_change(one, one.name) for one in effect.categories]
        columns = ("right of texts not seen", "before", "after", "texts")
        out.print(table(columns, rows))


def _show_lesson(lesson: "Lesson", file: str) -> None:
    """Whole: what a person agrees to is what stands in the file afterwards."""
    from agent.review.learning import rows_for

    one = lesson.correction
    _say(f"no. {one.id}: {one.was} → {one.category}, by {one.by}")
    rows = rows_for(file, [lesson.example] if lesson.example else [])
    for line in rows.strip("\r\n").splitlines():
        _say(f"  + {line}")


def _change(change: "Change", name: str) -> tuple[str, ...]:
    before, after = change.before, change.after
    return (name, f"{before.share:.1%}", f"{after.share:.1%}", str(after.of))


def _print_json(learning: "Learning", effect: "Effect | None", *, written: bool) -> None:
    from dataclasses import asdict

    from agent.cli.output import as_json_line

    def told(lesson: "Lesson") -> dict[str, Any]:
        one = lesson.correction
        known = {"no": one.id, "draft": one.draft_id, "was": one.was, "becomes": one.category}
        text = {"text": lesson.example.text} if lesson.example else {"left_out": lesson.why_not}
        return {**known, "language": one.language, "by": one.by, **text}

    as_json_line(
        {
            "desk": learning.desk.name,
            "new": [told(lesson) for lesson in learning.plan.new],
            "left_out": [told(lesson) for lesson in learning.plan.left],
            "effect": None if effect is None else asdict(effect),
            "written": written and bool(learning.plan.new),
        }
    )


def _name() -> str:
    """Who the audit says it was: the account at this terminal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "terminal"


def _say(text: str, *, err: bool = False) -> None:
    from agent.cli import output

    (output.err if err else output.out).print(text, markup=False)
