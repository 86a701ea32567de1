"""The JSON schema of an answer in the strict form that providers and grammar compilers take."""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

#: Keys that say nothing about which answers fit; a default is for our reader, not for the model.
_SILENT = frozenset({"title", "default", "examples", "discriminator"})


@cache
def strict_schema(answer: type[BaseModel]) -> Mapping[str, Any]:
    """`answer`'s schema with every object closed and every field required; do not change it.

    Definitions stand where they are used, since some providers refuse `$ref`; only a model that
    contains itself keeps its `$defs`. The same class gives the same object, so that a compiled
    grammar is found again.
    """
    schema = answer.model_json_schema()
    definitions: dict[str, Any] = schema.pop("$defs", {})
    strict = cast(dict[str, Any], _strict(schema, definitions, ()))
    if recursive := _referred(strict):
        strict["$defs"] = _kept(recursive, definitions)
    return strict


def _strict(node: Any, definitions: Mapping[str, Any], within: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_strict(one, definitions, within) for one in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    given = cast(dict[str, Any], node)
    if name := _name(given):
        if name in within:
            return {"$ref": given["$ref"]}
        return _strict(definitions[name], definitions, (*within, name))
    return _closed(_members(given, definitions, within))


def _members(
    given: dict[str, Any], definitions: Mapping[str, Any], within: tuple[str, ...]
) -> dict[str, Any]:
    """The keys that matter. The names of properties are names, not keywords of the schema."""
    made: dict[str, Any] = {}
    for key, value in given.items():
        if key == "properties":
            made[key] = {name: _strict(one, definitions, within) for name, one in value.items()}
        elif key in ("enum", "const", "required"):
            made[key] = value
        elif key not in _SILENT:
            made["anyOf" if key == "oneOf" else key] = _strict(value, definitions, within)
    return made


def _closed(made: dict[str, Any]) -> dict[str, Any]:
    if "properties" in made:
        return {**made, "required": list(made["properties"]), "additionalProperties": False}
    if made.get("type") == "object" and not made.get("additionalProperties"):
        return {**made, "properties": {}, "required": [], "additionalProperties": False}
    return made


def _name(node: Mapping[str, Any]) -> str | None:
    ref = node.get("$ref")
    return ref.removeprefix("#/$defs/") if isinstance(ref, str) else None


def _referred(node: Any) -> set[str]:
    """Definitions that are still referred to: those of models that contain themselves."""
    if isinstance(node, list):
        return {name for one in cast(list[Any], node) for name in _referred(one)}
    if not isinstance(node, dict):
        return set()
    given = cast(dict[str, Any], node)
    found = {name for value in given.values() for name in _referred(value)}
    name = _name(given)
    return found | {name} if name else found


def _kept(names: set[str], definitions: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    while names:
        name = names.pop()
        given = definitions[name]
        kept[name] = _strict(given, definitions, (name,))
        names |= _referred(kept[name]) - set(kept)
    return kept
