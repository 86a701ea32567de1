"""Tools over HTTP as `desk.toml` describes them: their shape, what must hold, the values.

[[http_tools]]
name = "warranty"
url = "https://erp.example.com/v1/customers/{requester}/warranties/{serial}"
hosts = ["erp.example.com"]
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import ValidationError

from agent.desk.faults import known, listing
from agent.desk.inspection import Inspection
from agent.desk.service_checks import problems
from agent.desk.service_shapes import AskTable, FieldTable, HttpToolTable, keys_at
from tools.base import Effect
from tools.http.spec import (
    ArgumentSpec,
    Ask,
    Auth,
    FieldSpec,
    HttpSpec,
    Saying,
)

FILE: Final = "desk.toml"
KEY: Final = "http_tools"
_SEE = "docs/tools.md shows what it takes"


def read_services(look: Inspection, rows: Iterable[object]) -> tuple[HttpSpec, ...]:
    """The tools that a desk describes; adds a fault for each thing that cannot be used."""
    specs: list[HttpSpec] = []
    for number, row in enumerate(rows, start=1):
        told = row.get("name") if isinstance(row, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] -- raw TOML
        key = f"{KEY}[{told!r}]" if isinstance(told, str) else f"{KEY}[{number}]"
        try:
            table = HttpToolTable.model_validate(row)
        except ValidationError as exc:
            _shape_faults(look, key, exc)
            continue
        before = len(look.faults)
        _check(look, key, table)
        if len(look.faults) == before:
            specs.append(_spec(table))
    _check_distinct(look, [spec.name for spec in specs])
    return tuple(specs)


def check_shadows(look: Inspection, specs: Iterable[HttpSpec], others: Iterable[str]) -> None:
    """A fault for each that has the name of a tool which is there already."""
    taken = frozenset(others)
    for spec in specs:
        if spec.name in taken:
            look.add(
                FILE, "is a tool already", key=f"{KEY}[{spec.name!r}].name", mend="rename yours"
            )


def _shape_faults(look: Inspection, key: str, exc: ValidationError) -> None:
    for error in exc.errors(include_url=False):
        where = ".".join([key, *(str(part) for part in error["loc"] if part != "[key]")])
        match error["type"]:
            case "extra_forbidden":
                keys = keys_at(error["loc"])
                mend = known(keys, near=str(error["loc"][-1]))
                look.add(FILE, "is not a known key", key=where, mend=mend)
            case "missing":
                look.add(FILE, "is missing", key=where, mend="add it")
            case _:
                message = error["msg"].removeprefix("Value error, ")
                look.add(FILE, message[0].lower() + message[1:], key=where, mend=_SEE)


def _check(look: Inspection, key: str, table: HttpToolTable) -> None:
    for where, problem, mend in problems(table):
        look.add(FILE, problem, key=f"{key}.{where}" if where else key, mend=mend)


def _check_distinct(look: Inspection, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        look.add(FILE, f"names {listing(twice)} twice", key=KEY, mend="names are distinct")


def _spec(table: HttpToolTable) -> HttpSpec:
    return HttpSpec(
        name=table.name,
        description=table.description,
        effect=Effect(table.effect or "read"),
        personal=table.personal,
        ask=Ask(
            method=table.method,
            url=table.url,
            query=table.query,
            headers=table.headers,
            body=table.body,
            fields=_fields(table.fields),
            owner=_path(table.owner),
        ),
        check=_ask(table.check),
        done=_ask(table.done),
        hosts=tuple(table.hosts),
        auth=Auth(**table.auth.model_dump()) if table.auth else None,
        timeout=table.timeout_seconds,
        max_bytes=table.max_bytes,
        key_header=table.key_header,
        arguments=tuple(
            ArgumentSpec(
                name=name,
                kind=one.type,
                description=one.description,
                required=one.required,
                pattern=one.pattern,
                max_length=one.max_length,
                choices=tuple(one.choices),
            )
            for name, one in table.arguments.items()
        ),
        label=table.label,
        says=tuple(
            Saying(text=one.text, when=one.when, topic=one.topic or table.name)
            for one in table.says
        ),
    )


def _ask(table: AskTable | None) -> Ask | None:
    if table is None:
        return None
    return Ask(
        url=table.url,
        query=table.query,
        fields=_fields(table.fields),
        owner=_path(table.owner),
        require=table.require,
    )


def _fields(tables: Mapping[str, FieldTable]) -> tuple[FieldSpec, ...]:
    return tuple(
        FieldSpec(
            name=name,
            path=tuple(one.path.split(".")),
            kind=one.type,
            required=one.required,
            choices=tuple(one.choices),
            currency=one.currency,
            max_length=one.max_length,
        )
        for name, one in tables.items()
    )


def _path(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(".")) if text else ()
