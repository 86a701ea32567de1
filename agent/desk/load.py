"""From a folder to a `Desk`, or to everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from agent.desk import checks
from agent.desk.concepts import check_concepts, read_concepts
from agent.desk.faults import DeskError, Fault
from agent.desk.inspection import Inspection
from agent.desk.policies import check_policies, read_policies
from agent.desk.questions import check_questions, read_questions
from agent.desk.samples import check_examples, read_examples, read_glossary
from agent.desk.schema import CategoryTable, DeskTable, RuleTable
from agent.desk.services import check_shadows, read_services
from agent.domain.desk import Category, Desk, Rule, Thresholds, Voice
from agent.domain.ids import DeskName
from agent.domain.triage import Priority
from retrieval.corpus import Policy

_IGNORED = (".", "_")


def load_desk(path: Path | str, *, known_tools: Iterable[str]) -> Desk:
    """The desk in a folder; raises `DeskError` with all of its faults."""
    path = Path(path)
    if not path.is_dir():
        problem = "is not a folder" if path.exists() else "does not exist"
        mend = "name the folder of one desk, which holds a desk.toml"
        raise DeskError([Fault(file=path.as_posix(), problem=problem, mend=mend)])
    look = Inspection(path)
    table = _desk_table(look)
    before = len(look.faults)
    policies = read_policies(look)
    policies_are_whole = len(look.faults) == before
    examples = read_examples(look)
    glossary = read_glossary(look)
    concepts = read_concepts(look)
    asked = read_questions(look)
    if policies_are_whole:  # else every question of a policy with a fault would have one too
        check_questions(look, asked, policies)
    own = read_services(look, table.http_tools if table else ())
    if table:
        known_tools = tuple(known_tools)
        check_shadows(look, own, known_tools)
        described = (row["name"] for row in table.http_tools if isinstance(row.get("name"), str))
        checks.check_desk(look, table, known_tools=(*known_tools, *described))
        names = [category.id for category in table.categories]
        languages = checks.understood(table)
        check_policies(look, policies, languages=languages, categories=names)
        check_concepts(look, concepts, languages=languages)
        if examples is not None:
            check_examples(look, examples, languages=languages, categories=names)
    if look.faults or table is None:
        raise DeskError(look.faults)
    desk = _desk(table, policies, look.content_hash)
    learnt = tuple(example for _, example in examples or ())
    return replace(
        desk,
        examples=learnt,
        glossary=glossary,
        concepts=concepts,
        asked=tuple(row for _, row in asked),
        described=own,
    )


def load_desks(folder: Path | str, *, known_tools: Iterable[str]) -> dict[DeskName, Desk]:
    """Every desk below a folder, by name; raises `DeskError` with the faults of all of them."""
    folder = Path(folder)
    known_tools = tuple(known_tools)
    desks: dict[DeskName, Desk] = {}
    faults: list[Fault] = []
    for path in _desk_folders(folder):
        try:
            desk = load_desk(path, known_tools=known_tools)
        except DeskError as exc:
            faults.extend(exc.faults)
        else:
            desks[desk.name] = desk
    if faults:
        raise DeskError(faults)
    return desks


def _desk_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        problem = "is not a folder" if folder.exists() else "does not exist"
        mend = "name a folder that holds one folder a desk"
        raise DeskError([Fault(file=folder.as_posix(), problem=problem, mend=mend)])
    found = [p for p in sorted(folder.iterdir()) if p.is_dir() and p.name[0] not in _IGNORED]
    if not found:
        mend = "add a folder with a desk.toml, one a desk"
        raise DeskError([Fault(file=folder.as_posix(), problem="holds no desk", mend=mend)])
    return found


def _desk_table(look: Inspection) -> DeskTable | None:
    data = look.toml(checks.FILE, missing="a desk folder holds a desk.toml")
    return None if data is None else look.shaped(checks.FILE, DeskTable, data)


def _desk(table: DeskTable, policies: tuple[Policy, ...], content_hash: str) -> Desk:
    """What the tables and the policies say; what was learnt from people's words is added to it."""
    return Desk(
        name=DeskName(table.name),
        title=table.title,
        languages=tuple(table.languages),
        understands=checks.understood(table),
        default_language=table.default_language,
        audience=table.audience,
        categories=tuple(_category(category) for category in table.categories),
        rules=tuple(_rule(rule) for rule in table.rules),
        tools=tuple(table.tools),
        voices={code: Voice(language=code, frames=f) for code, f in table.voice.items()},
        sla={priority: getattr(table.sla, priority) for priority in Priority},
        thresholds=Thresholds(**table.thresholds.model_dump()),
        policies=policies,
        examples=(),
        content_hash=content_hash,
    )


def _category(table: CategoryTable) -> Category:
    return Category(
        id=table.id,
        title=table.title,
        tools=tuple(table.tools),
        priority=table.priority,
        answered=table.answered,
        grievance=table.grievance,
        near=tuple(table.near),
    )


def _rule(table: RuleTable) -> Rule:
    return Rule(
        id=table.id,
        reason=table.reason,
        words=_phrases(table.words),
        unless=_phrases(table.unless),
        priority=table.priority,
        no_reply=table.no_reply,
    )


def _phrases(by_language: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {code: tuple(p.strip() for p in phrases) for code, phrases in by_language.items()}
