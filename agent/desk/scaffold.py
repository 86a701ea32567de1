"""A new desk's files from its policies and past tickets. Pure: texts in, files out.

Rules that ask for a person and the frames of replies come from a starter desk; what is the new
desk's own is its categories, examples and policies.
"""

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from agent.desk.faults import DeskError, Fault, known
from agent.desk.samples import ENOUGH

_TEXT, _CATEGORY, _LANGUAGE = "text", "category", "language"
_SUFFIXES = frozenset({".md", ".txt"})
_HEADING = re.compile(r"^#\s+(.+)$", re.M)
_FRONT_LANGUAGE = re.compile(r"^language:\s*([a-z]{2})\s*$", re.M)
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_LEVELS = (("urgent", "2h"), ("high", "8h"), ("normal", "24h"), ("low", "72h"))
Tell = Callable[[str], str]  #: the language of a text, as a two-letter code


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTicket:
    """A row of the table of past tickets."""

    text: str
    category: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A policy as it will stand in the desk."""

    path: str  #: below the desk's folder, such as `policies/en/returns.md`
    language: str
    text: str


def check_name(name: str) -> None:
    """Raise `DeskError` for a name that no desk can have."""
    if not _NAME.fullmatch(name):
        problem = f"{name!r} is not a name of a-z, 0-9, '_' and '-'"
        raise DeskError([Fault(file="NAME", problem=problem, mend="such as 'returns-nl'")])


def read_tickets(path: Path, tell: Tell) -> list[PastTicket]:
    """Rows with a text and a category; a missing language is told from the text.

    Raises `DeskError` with every line that cannot be used.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise _fault(path, "is not UTF-8", mend="save the file as UTF-8") from exc
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    faults: list[Fault] = []
    tickets: list[PastTicket] = []
    try:
        header: list[str] = []
        columns = _columns(path, next(reader, header))
        for cells in filter(None, reader):
            row = _row(columns, cells)
            if row is None:
                key, mend = f"line {reader.line_num}", "give a text and a category"
                faults.append(Fault(file=str(path), key=key, problem="a cell is empty", mend=mend))
            else:
                tickets.append(_ticket(row, tell))
    except csv.Error as exc:
        problem = f"line {reader.line_num}: not CSV: {exc}"
        raise _fault(path, problem, mend="mend the quotes") from exc
    if faults:
        raise DeskError(faults)
    _check_enough(path, tickets)
    return tickets


def _columns(path: Path, header: Sequence[str]) -> Mapping[str, int]:
    at = {name.strip().casefold(): number for number, name in enumerate(header)}
    lacking = [name for name in (_TEXT, _CATEGORY) if name not in at]
    if lacking:
        mend = f"the header is {_TEXT},{_CATEGORY} and, if known, {_LANGUAGE}"
        raise _fault(path, f"line 1: there is no column {lacking[0]!r}", mend=mend)
    return at


def _row(columns: Mapping[str, int], cells: Sequence[str]) -> dict[str, str] | None:
    row = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
    return row if row[_TEXT] and row[_CATEGORY] else None


def _ticket(row: Mapping[str, str], tell: Tell) -> PastTicket:
    return PastTicket(
        text=row[_TEXT],
        category=_slug(row[_CATEGORY], "_"),
        language=row.get(_LANGUAGE, "").lower() or tell(row[_TEXT]),
    )


def _check_enough(path: Path, tickets: Sequence[PastTicket]) -> None:
    counts = Counter(ticket.category for ticket in tickets)
    if len(counts) < 2:
        problem = f"names {len(counts)} categories"
        raise _fault(path, problem, mend="tickets of at least two categories are needed")
    rare = [name for name, count in counts.items() if count < ENOUGH]
    if rare:
        problem = f"category {rare[0]!r} has fewer than {ENOUGH} tickets"
        raise _fault(path, problem, mend="add some, or give them another category")


def read_policies_of(folder: Path, tell: Tell) -> list[PolicyFile]:
    """Every .md and .txt below a folder; what says nothing of itself gets a head.

    The language is that of the head, else of a two-letter folder, else told from the text.
    """
    if not folder.is_dir():
        raise _fault(folder, "is not a folder", mend="name the folder of the policies")
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file())
    found: dict[str, PolicyFile] = {}
    for path in files:
        policy = _policy(folder, path, tell)
        if policy.path in found:
            problem = f"would be {policy.path!r}, as another is"
            raise _fault(path, problem, mend="rename one of them")
        found[policy.path] = policy
    if not found:
        raise _fault(folder, "holds no policy", mend="add .md or .txt files")
    return list(found.values())


def _policy(folder: Path, path: Path, tell: Tell) -> PolicyFile:
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        raise _fault(path, "is not UTF-8", mend="save the file as UTF-8") from exc
    if not text.strip():
        raise _fault(path, "is empty", mend="write the policy, or remove the file")
    parent = path.relative_to(folder).parent.name
    name = _slug(path.stem, "-")
    if text.startswith("---\n"):
        stated = _FRONT_LANGUAGE.search(text.split("\n---", 1)[0])
        language = stated[1] if stated else "en"
    else:
        language = parent if re.fullmatch("[a-z]{2}", parent) else tell(text)
        text = _with_head(name, language, text)
    return PolicyFile(path=f"policies/{language}/{name}.md", language=language, text=text)


def _with_head(name: str, language: str, text: str) -> str:
    heading = _HEADING.search(text)
    title = heading[1].strip() if heading else name.replace("-", " ").capitalize()
    body = text if heading else f"# {title}\n\n{text}"
    stated = json.dumps(title, ensure_ascii=False)
    return f"---\nid: {name}\ntitle: {stated}\nlanguage: {language}\n---\n{body}"


def scaffold(
    name: str,
    policies: Iterable[PolicyFile],
    tickets: Sequence[PastTicket],
    starter: Mapping[str, Any],
) -> dict[PurePosixPath, str]:
    """The files of the new desk. Raises `DeskError` where the starter has no frames for it."""
    policies = list(policies)
    languages = _by_count(policy.language for policy in policies)
    understands = _by_count([*languages, *(ticket.language for ticket in tickets)])
    lacking = [code for code in languages if code not in starter["voice"]]
    if lacking:
        problem = f"there are no reply frames for language {lacking[0]!r}"
        raise DeskError([Fault(file=name, problem=problem, mend=known(starter["voice"]))])
    files = {PurePosixPath(policy.path): policy.text for policy in policies}
    files[PurePosixPath("examples.csv")] = _examples(tickets)
    files[PurePosixPath("desk.toml")] = _table(name, languages, understands, tickets, starter)
    return files


def _by_count(codes: Iterable[str]) -> list[str]:
    return [code for code, _ in Counter(codes).most_common()]


def _examples(tickets: Iterable[PastTicket]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow((_TEXT, _CATEGORY, _LANGUAGE))
    writer.writerows((t.text, t.category, t.language) for t in tickets)
    return out.getvalue()


def _table(
    name: str,
    languages: Sequence[str],
    understands: Sequence[str],
    tickets: Iterable[PastTicket],
    starter: Mapping[str, Any],
) -> str:
    title = name.replace("-", " ").replace("_", " ").capitalize()
    lines = [
        f"name = {_toml(name)}",
        f"title = {_toml(title)}",
        f"languages = {_toml(languages)}",
        f"understands = {_toml(understands)}",
        f"default_language = {_toml(languages[0])}",
        "tools = []",
        "",
        "[thresholds]",
        "unsure_below = 0.4",
        "",
        "[sla]",
        *(f'{level} = "{time}"' for level, time in _LEVELS),
    ]
    for category in _by_count(ticket.category for ticket in tickets):
        words = category.replace("_", " ").capitalize()
        lines += ["", "[[categories]]", f"id = {_toml(category)}", f"title = {_toml(words)}"]
    for rule in starter["rules"]:
        if not rule.get("no_reply"):
            lines += _rule(rule, understands)
    for code in languages:
        lines += ["", f"[voice.{code}]", *_frames(starter["voice"][code], title)]
    return "\n".join(lines) + "\n"


def _rule(rule: Mapping[str, Any], languages: Sequence[str]) -> list[str]:
    lines = ["", "[[rules]]", f"id = {_toml(rule['id'])}", f"reason = {_toml(rule['reason'])}"]
    if "priority" in rule:
        lines.append(f"priority = {_toml(rule['priority'])}")
    for part in ("words", "unless"):
        spoken = {code: rule.get(part, {}).get(code) for code in languages}
        lines.append(f"[rules.{part}]")
        lines += [f"{code} = {_toml(phrases)}" for code, phrases in spoken.items() if phrases]
    return lines


def _frames(frames: Mapping[str, str], title: str) -> list[str]:
    own = {**frames, "signature": title}
    return [f"{key} = {_toml(text)}" for key, text in own.items()]


def _toml(value: Any) -> str:
    """Strings and lists of them are written in TOML as in JSON."""
    return json.dumps(value, ensure_ascii=False)


def _slug(words: str, join: str) -> str:
    plain = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", join, plain).strip("-_")
    return slug if slug[:1].isalpha() else f"c{join}{slug}"


def _fault(path: Path, problem: str, *, mend: str) -> DeskError:
    return DeskError([Fault(file=path.as_posix(), problem=problem, mend=mend)])
