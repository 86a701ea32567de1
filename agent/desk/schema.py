"""The shape of a desk's files, as pydantic models: every key known, every type as written."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from agent.desk.faults import Fault, known
from agent.domain.triage import UNSURE, Priority

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _matching(pattern: str, expected: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {expected}")
        return value

    return AfterValidator(check)


def _duration(value: Any) -> timedelta:
    found = re.fullmatch(r"(\d{1,6}) ?([mhd])", value) if isinstance(value, str) else None
    if not found or not int(found[1]):
        raise ValueError(f"{value!r} is not a time such as '30m', '2h' or '3d'")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
            return date.fromisoformat(str(value))
    except ValueError:
        pass
    raise ValueError(f"{value!r} is not a day such as 2026-01-31")


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value


def _not_reserved(value: str) -> str:
    if value == UNSURE:
        raise ValueError(f"{value!r} is kept for tickets that fit no category")
    return value


Text = Annotated[str, AfterValidator(_text)]
Name = Annotated[str, _matching(r"[a-z][a-z0-9_-]*", "a name of a-z, 0-9, '_' and '-'")]
CategoryId = Annotated[Name, AfterValidator(_not_reserved)]
PolicyId = Annotated[str, _matching(r"[a-z0-9][a-z0-9._-]*", "an id of a-z, 0-9, '.', '_', '-'")]
Language = Annotated[str, _matching(r"[a-z]{2}", "a two-letter language code such as 'en'")]
Country = Annotated[
    str,
    _matching(r"[A-Za-z]{2}", "a two-letter country code such as 'DE'"),
    AfterValidator(str.upper),
]
Share = Annotated[float, Field(ge=0, le=1)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Day = Annotated[date | None, BeforeValidator(_day)]
Level = Annotated[Priority, Field(strict=False)]


class Table(BaseModel):
    """A table whose keys are all known and whose values are not converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ThresholdsTable(Table):
    unsure_below: Share = 0.4
    precision: Share | None = None
    answer_above: Share = 0.5


class SlaTable(Table):
    urgent: Duration
    high: Duration
    normal: Duration
    low: Duration


class CategoryTable(Table):
    id: CategoryId
    title: Text
    tools: list[str] = []
    priority: Level = Priority.NORMAL
    answered: bool = True
    grievance: bool = False
    near: list[str] = []


class RuleTable(Table):
    id: Name
    reason: Name
    priority: Level | None = None
    no_reply: bool = False
    words: dict[str, list[str]] = {}
    unless: dict[str, list[str]] = {}


class DeskTable(Table):
    """`desk.toml`."""

    name: Name
    title: Text
    languages: list[Language] = Field(min_length=1)
    understands: list[Language] = []
    default_language: Language
    audience: Name = "customer"
    tools: list[str] = []
    thresholds: ThresholdsTable = ThresholdsTable()
    sla: SlaTable
    categories: list[CategoryTable] = Field(min_length=1)
    rules: list[RuleTable] = []
    voice: dict[str, dict[str, str]] = {}
    http_tools: list[dict[str, Any]] = []  #: shaped by `agent.desk.services`


class FrontMatter(Table):
    """The YAML head of a policy, read as text: every scalar is a string."""

    id: PolicyId
    title: Text
    language: Language
    countries: list[Country] = []
    audience: list[Name] = []
    categories: list[str] = []
    valid_from: Day = None
    valid_to: Day = None


class GlossaryTable(Table):
    """`glossary.toml`."""

    groups: list[list[Text]] = []


class ConceptsTable(Table):
    """`concepts.toml`: a table a concept, phrases by language."""

    concepts: dict[Name, dict[str, list[Text]]] = {}


#: The model of each table, by the names on the way to it, to say which keys are known there.
_TABLES: Mapping[type[Table], Mapping[tuple[str, ...], type[Table]]] = {
    DeskTable: {
        (): DeskTable,
        ("thresholds",): ThresholdsTable,
        ("sla",): SlaTable,
        ("categories",): CategoryTable,
        ("rules",): RuleTable,
    },
    FrontMatter: {(): FrontMatter},
    GlossaryTable: {(): GlossaryTable},
    ConceptsTable: {(): ConceptsTable},
}


def faults_of(exc: ValidationError, *, root: type[Table], data: Any, file: str) -> Iterable[Fault]:
    """Each error of a validation as a fault that names the key and what would be right."""
    for error in exc.errors(include_url=False):
        loc = error["loc"]
        key = _key(loc, data)
        names = tuple(part for part in loc[:-1] if isinstance(part, str))
        keys = _TABLES[root].get(names, root).model_fields
        match error["type"]:
            case "extra_forbidden":
                mend = known(keys, near=str(loc[-1]))
                yield Fault(file=file, key=key, problem="is not a known key", mend=mend)
            case "missing":
                yield Fault(file=file, key=key, problem="is missing", mend="add it")
            case _:
                yield Fault(file=file, key=key, problem=_problem(error["msg"], error["input"]))


def _key(loc: tuple[int | str, ...], data: Any) -> str:
    """`categories['leave'].priority`: a table of an array goes by its id, else by its number."""
    key, here = "", data
    for part in loc:
        here = _inside(here, part)
        if isinstance(part, int):
            name = here.get("id") if isinstance(here, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] -- raw TOML
            key += f"[{name!r}]" if isinstance(name, str) else f"[{part + 1}]"
        else:
            key += f".{part}" if key else part
    return key


def _inside(here: Any, part: int | str) -> Any:
    try:
        return here[part]
    except (KeyError, IndexError, TypeError):
        return None


def _problem(message: str, value: Any) -> str:
    if message.startswith("Value error, "):
        return message.removeprefix("Value error, ")
    shown = repr(value)
    if isinstance(value, (list, dict)) or len(shown) > 60:
        shown = f"a {type(value).__name__}"  # pyright: ignore[reportUnknownArgumentType] -- raw TOML
    return f"{message[0].lower()}{message[1:]}, not {shown}"
