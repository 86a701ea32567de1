"""`citedesk verify` and `citedesk check`: proofs re-checked offline, with no model."""

import json
from pathlib import Path
from typing import Any, cast

from agent.citations.compare import Comparison, compare
from agent.citations.errors import CitationError
from agent.citations.verify import Verification
from agent.citations.verify import verify as verify_draft
from agent.cli.desks import desk_folder
from agent.cli.exits import CommandFailed, Exit
from agent.cli.output import as_json_line, out
from tools.render import TOOL_NAMES, renderer


def verify(draft: Path, *, desk: Path | None, as_json: bool) -> int:
    """0 when every claim still holds, else 1. Without a desk: the one the draft names."""
    from agent.desk import load_desk
    from agent.settings import load_settings

    data = _bare(_json_file(draft))
    folder = desk_folder(desk) if desk else load_settings().desks / _desk_of(draft, data)
    loaded = load_desk(folder, known_tools=TOOL_NAMES)
    try:
        found = verify_draft(data, loaded, render=renderer(loaded.described))
    except CitationError as exc:
        raise CommandFailed(f"{draft}: {exc}", Exit.USAGE) from exc
    if as_json:
        as_json_line(_told(found))
    else:
        _show(found)
    return Exit.OK if found.holds else Exit.FOUND


def check(policy: Path, sentence: str, *, language: str | None, as_json: bool) -> int:
    """0 when the policy supports the sentence, else 1."""
    try:
        text = policy.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise CommandFailed(f"{policy}: {_why(exc)}", Exit.USAGE) from exc
    if not sentence.strip():
        raise CommandFailed("the sentence is empty", Exit.REFUSED)
    spoken = language or (policy.parent.name if len(policy.parent.name) == 2 else "en")
    found = compare(sentence, text, spoken, file=policy.name)
    if as_json:
        as_json_line(_compared(found))
    else:
        _show_comparison(found, policy)
    return Exit.OK if found.verdict.proved else Exit.FOUND


def _bare(data: Any) -> Any:
    """The draft itself, without what `drafts --json` puts beside it."""
    if not isinstance(data, dict):
        return data
    return {k: v for k, v in cast(dict[str, Any], data).items() if k not in ("type", "id")}


def _desk_of(file: Path, data: Any) -> str:
    name = cast(dict[str, Any], data).get("desk") if isinstance(data, dict) else None
    if not isinstance(name, str) or not name.isprintable() or "/" in name:
        raise CommandFailed(f"{file}: no draft: it names no desk; give --desk", Exit.USAGE)
    return name


def _json_file(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as exc:
        where = f"{file}:{exc.lineno}:{exc.colno}"
        raise CommandFailed(f"{where}: not JSON: {exc.msg}; give one draft", Exit.USAGE) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise CommandFailed(f"{file}: {_why(exc)}", Exit.USAGE) from exc


def _why(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "not UTF-8 text"


def _show(found: Verification) -> None:
    for checked in found.claims:
        text = " ".join(checked.claim.text.split())
        reason = f"  ({checked.reason})" if checked.reason else ""
        out.print(f"{checked.standing.value:<12} {text}{reason}", markup=False)
    for problem in found.problems:
        out.print(f"problem: {problem}", markup=False)
    state = "every claim holds" if found.holds else "NOT every claim holds"
    out.print(f"{len(found.claims)} claims checked offline: {state}", markup=False)


def _told(found: Verification) -> dict[str, Any]:
    return {
        "holds": found.holds,
        "problems": list(found.problems),
        "claims": [
            {
                "text": checked.claim.text,
                "start": checked.claim.start,
                "end": checked.claim.end,
                "standing": checked.standing.value,
                "reason": checked.reason,
            }
            for checked in found.claims
        ],
    }


def _show_comparison(found: Comparison, policy: Path) -> None:
    out.print(f"{found.verdict.value}: {found.sentence}", markup=False)
    if found.source_text:
        quote = " ".join(found.source_text.split())
        out.print(f"  {policy}:{found.line}  “{quote}”", markup=False)
    for one in found.differences:
        pair = f"{one.claim or '—'} ≠ {one.source or '—'}"
        out.print(f"  {one.guard}: {pair}  ({policy.name}:{found.line})", markup=False)
    if found.reason and not found.differences:
        out.print(f"  {found.reason}", markup=False)


def _compared(found: Comparison) -> dict[str, Any]:
    return {
        "verdict": found.verdict.value,
        "supported": found.verdict.proved,
        "score": found.score,
        "reason": found.reason,
        "source_text": found.source_text,
        "source_span": found.source_span,
        "line": found.line,
        "differences": [
            {
                "guard": one.guard,
                "claim": one.claim,
                "source": one.source,
                "claim_span": one.claim_span,
                "source_span": one.source_span,
            }
            for one in found.differences
        ],
    }
