"""Policies: Markdown files with YAML front matter, kept to the letter."""

import hashlib
import re
from collections.abc import Iterable
from itertools import combinations, groupby
from typing import Any

import yaml

from agent.desk.faults import known
from agent.desk.inspection import Inspection
from agent.desk.schema import FrontMatter
from retrieval.corpus import Policy, Scope

FOLDER = "policies"
_EXPECTED = "begin with '---', the keys id, title and language, and a closing '---'"
_END = r"[ \t]*(?:\r\n|\n|\r|\Z)"
#: A line end is part of the match, so that `end()` is the first character of the body.
_HEAD = re.compile(rf"\A\ufeff?---{_END}(?P<yaml>.*?)(?<=[\r\n])---{_END}", re.DOTALL)
_OPEN = re.compile(rf"\A\ufeff?---{_END}")


def read_policies(look: Inspection) -> tuple[Policy, ...]:
    """All policies of the folder that could be read, by file name; the others leave faults."""
    root = look.folder / FOLDER
    if not root.is_dir():
        look.add(FOLDER, "is missing", mend=f"put policies in {FOLDER}/<language>/<name>.md")
        return ()
    files = sorted(
        path.relative_to(look.folder).as_posix()
        for path in root.rglob("*")
        if path.suffix.lower() == ".md" and path.is_file()
    )
    if not files:
        look.add(FOLDER, "holds no policy", mend=f"add {FOLDER}/<language>/<name>.md")
    policies = tuple(policy for file in files if (policy := _policy(look, file)))
    _refuse_rivals(look, policies)
    return policies


def check_policies(
    look: Inspection,
    policies: Iterable[Policy],
    *,
    languages: Iterable[str],
    categories: Iterable[str],
) -> None:
    """Faults for policies that name what the desk does not have."""
    languages, categories = set(languages), set(categories)
    for policy in policies:
        if policy.language not in languages:
            mend = known(languages, label="the desk understands")
            look.add(policy.file, f"{policy.language!r} is not a language of the desk", mend=mend)
        for name in policy.categories:
            if name not in categories:
                problem = f"{name!r} is not a category of the desk"
                look.add(policy.file, problem, key="categories", mend=known(categories, near=name))


def _policy(look: Inspection, file: str) -> Policy | None:
    text = look.text(file, missing="it went away while the desk was read")
    if text is None:
        return None
    head = _HEAD.match(text)
    if not head:
        opened = _OPEN.match(text)
        problem = "front matter is not closed" if opened else "has no front matter"
        look.add(file, problem, mend=_EXPECTED)
        return None
    data = _yaml(look, file, head["yaml"])
    front = None if data is None else _front_matter(look, file, data)
    if not text[head.end() :].strip():
        look.add(file, "has no text below the front matter", mend="write the policy there")
        return None
    return front and _built(file, text, head.end(), front)


def _yaml(look: Inspection, file: str, head: str) -> dict[str, Any] | None:
    """The front matter with every scalar as text, so that `NO` is Norway and not `false`."""
    try:
        _refuse_repeats(look, file, yaml.compose(head, Loader=yaml.BaseLoader))
        data = yaml.load(head, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 2 if exc.problem_mark else 1
        look.add(file, f"broken YAML: {exc.problem}", key=f"line {line}", mend="mend the line")
        return None
    except yaml.YAMLError as exc:
        look.add(file, f"broken YAML: {str(exc).splitlines()[0]}", mend="mend the front matter")
        return None
    if not isinstance(data, dict):
        look.add(file, "front matter is not a list of keys", mend=_EXPECTED)
        return None
    return data  # pyright: ignore[reportUnknownVariableType] -- pydantic checks it next


def _refuse_repeats(look: Inspection, file: str, node: yaml.Node | None) -> None:
    """YAML would quietly take the last of two equal keys."""
    seen: set[str] = set()
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if str(key.value) in seen:
            where = f"line {key.start_mark.line + 2}"
            look.add(file, f"key {key.value!r} stands twice", key=where, mend="keep one")
        seen.add(str(key.value))


def _front_matter(look: Inspection, file: str, data: dict[str, Any]) -> FrontMatter | None:
    front = look.shaped(file, FrontMatter, data)
    if front is None:
        return None
    parts = file.split("/")
    if len(parts) < 3:
        mend = f"move it to {FOLDER}/{front.language}/"
        look.add(file, "stands outside a language folder", mend=mend)
    elif parts[1] != front.language:
        problem = f"is {front.language!r}, but the file stands in folder {parts[1]!r}"
        look.add(file, problem, key="language", mend="make them equal")
    if front.valid_from and front.valid_to and front.valid_to < front.valid_from:
        problem = f"{front.valid_to} is before valid_from {front.valid_from}"
        look.add(file, problem, key="valid_to", mend="valid_to is the last day it holds")
    return front


def _built(file: str, text: str, body_start: int, front: FrontMatter) -> Policy:
    return Policy(
        id=front.id,
        language=front.language,
        title=front.title,
        file=file,
        text=text,
        body_start=body_start,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        scope=Scope(countries=frozenset(front.countries), audience=frozenset(front.audience)),
        categories=tuple(front.categories),
        valid_from=front.valid_from,
        valid_to=front.valid_to,
    )


def _refuse_rivals(look: Inspection, policies: Iterable[Policy]) -> None:
    """One id and language may have several files only if at most one holds on any day."""

    def name(policy: Policy) -> tuple[str, str]:
        return policy.id, policy.language

    for (policy_id, language), group in groupby(sorted(policies, key=name), key=name):
        for one, other in combinations(group, 2):
            if _overlap(one, other):
                problem = f"{policy_id!r} in {language!r} is also {one.file}, on the same days"
                mend = "give it another id, or days that do not overlap"
                look.add(other.file, problem, key="id", mend=mend)


def _overlap(one: Policy, other: Policy) -> bool:
    starts = [p.valid_from for p in (one, other) if p.valid_from]
    ends = [p.valid_to for p in (one, other) if p.valid_to]
    return not starts or not ends or max(starts) <= min(ends)
