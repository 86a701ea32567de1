"""The AsyncAPI 3 document and `docs/events.md`, both made from the contract models.

Not from the handlers: ingest takes raw bytes, so a document made from it says the payload is
empty. `python -m agent.bus.asyncapi FOLDER` writes all of it; a test compares.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from agent.domain.events import CONTRACTS, INCOMING, Event

_MOVED = ("$defs", "$ref")
_HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["ce_specversion", "ce_type", "ce_source", "ce_id", "content-type"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_type": {"type": "string"},
        "ce_source": {"type": "string", "maxLength": 256},
        "ce_id": {"type": "string", "maxLength": 256},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string"},
        "content-type": {"const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C trace context"},
    },
}


def schema(contract: type[Event]) -> dict[str, Any]:
    """The JSON schema (2020-12) of a contract's data, as it stands on the wire."""
    mode = "validation" if contract in INCOMING else "serialization"
    return contract.model_json_schema(mode=mode)


def asyncapi() -> dict[str, Any]:
    """The whole document."""
    topics = list(dict.fromkeys(contract.TOPIC for contract in CONTRACTS))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "citedesk",
            "version": "1.0.0",
            "description": "Support tickets in, drafts that carry their proof out.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_name(topic): _channel(topic) for topic in topics},
        "operations": {_name(contract.TYPE): _operation(contract) for contract in CONTRACTS},
        "components": {
            "messages": {_name(contract.TYPE): _message(contract) for contract in CONTRACTS}
        },
    }


def markdown() -> str:
    """`docs/events.md`: one section a contract, its fields in a table."""
    parts = [_INTRO]
    parts += [_section(contract) for contract in CONTRACTS]
    parts.append("\n# Parts of events\n")
    parts += [_part(name, said) for name, said in sorted(_parts().items())]
    return "\n".join(parts)


def write(folder: Path) -> list[Path]:
    """Write schemas, document and page below `folder`; the files written."""
    files: dict[Path, str] = {
        folder / "asyncapi.json": _json(asyncapi()),
        folder / "events.md": markdown(),
    }
    for contract in CONTRACTS:
        files[folder / "schemas" / f"{contract.TYPE}.v1.json"] = _json(schema(contract))
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)


def _name(dotted: str) -> str:
    return dotted.replace(".", "_").replace("-", "_")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _channel(topic: str) -> dict[str, Any]:
    there = [contract for contract in CONTRACTS if topic == contract.TOPIC]
    return {
        "address": topic,
        "messages": {
            _name(c.TYPE): {"$ref": f"#/components/messages/{_name(c.TYPE)}"} for c in there
        },
        "bindings": {"kafka": {"bindingVersion": "0.5.0", "topic": topic}},
    }


def _operation(contract: type[Event]) -> dict[str, Any]:
    channel, message = _name(contract.TOPIC), _name(contract.TYPE)
    return {
        "action": "receive" if contract in INCOMING else "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
    }


def _message(contract: type[Event]) -> dict[str, Any]:
    return {
        "name": contract.TYPE,
        "title": contract.__name__,
        "summary": _first_line(contract),
        "contentType": "application/json",
        "headers": _HEADERS,
        "payload": _inlined(schema(contract)),
        "bindings": {
            "kafka": {
                "bindingVersion": "0.5.0",
                "key": {"type": "string", "description": "conversation id"},
            }
        },
    }


def _inlined(value: Any, definitions: Mapping[str, Any] | None = None) -> Any:
    """The schema with its `$defs` put in place: a payload's references start at the document."""
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    fields = cast(dict[str, Any], value)
    known: Mapping[str, Any] = fields.get("$defs", definitions or {})
    rest = {key: _inlined(item, known) for key, item in fields.items() if key not in _MOVED}
    reference = fields.get("$ref")
    if isinstance(reference, str):
        return {**_inlined(known[reference.rsplit("/", 1)[1]], known), **rest}
    return rest


def _first_line(contract: type[Event]) -> str:
    return (contract.__doc__ or "").strip().splitlines()[0]


_INTRO = """# Events

Made from the contract models by `python -m agent.bus.asyncapi docs`; do not edit by hand.

Every record is a CloudEvent 1.0. We send **binary mode**: the attributes are Kafka headers
(`ce_id`, `ce_source`, `ce_type`, `ce_specversion`, `ce_time`), the data is the value, UTF-8 JSON,
`content-type: application/json`. On `tickets.v1` we also accept **structured mode**
(`content-type: application/cloudevents+json`, the data under `data`) and **plain JSON** with no
envelope, which is read as `ticket.message`.

- The key is the conversation id, so a conversation keeps its order.
- `traceparent` (W3C trace context) is carried through from the ticket to its draft.
- An event is known by `ce_source` + `ce_id`. Without an envelope: desk, `ticket_id` and
  `message_no` where given, else topic, partition and offset. The same id with the same data is
  one event, however often it is delivered; the same id with other data is dead-lettered
  (`id-reused`).
- A record that cannot be read goes to `tickets.dead.v1` with a reason; its text does not.
"""


def _section(contract: type[Event]) -> str:
    direction = "in" if contract in INCOMING else "out"
    doc = " ".join((contract.__doc__ or "").split())
    head = f"\n## `{contract.TYPE}`\n\nTopic `{contract.TOPIC}` ({direction}). {doc}\n"
    return "\n".join([head, *_table(schema(contract))])


def _parts() -> dict[str, Any]:
    """What the contracts' fields refer to: each once."""
    return {n: p for contract in CONTRACTS for n, p in schema(contract).get("$defs", {}).items()}


def _part(name: str, said: Mapping[str, Any]) -> str:
    doc = " ".join(str(said.get("description", "")).split())
    head = f"\n## {name}\n\n{doc}".rstrip() + "\n"
    if "properties" not in said:
        return head + f"\nOne of {_type(said)}.\n"
    return "\n".join([head, *_table(said)])


def _table(said: Mapping[str, Any]) -> list[str]:
    required = set(said.get("required", []))
    rows = [
        f"| `{name}` | {_type(field)} | {'yes' if name in required else ''} | {_notes(field)} |"
        for name, field in said["properties"].items()
    ]
    return ["| field | type | required | notes |", "|---|---|---|---|", *rows, ""]


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in field:
        return " or ".join(_type(option) for option in field["anyOf"])
    if "enum" in field:
        return " / ".join(f"`{option}`" for option in field["enum"])
    kind = str(field.get("format") or field.get("type", "any"))
    return f"{kind} of {_type(field['items'])}" if "items" in field else kind


def _notes(field: Mapping[str, Any]) -> str:
    notes = [str(field["description"])] if "description" in field else []
    if "maxLength" in field:
        notes.append(f"at most {field['maxLength']} characters")
    default = field.get("default")
    if default not in (None, "", [], ()):
        notes.append(f"default `{json.dumps(default)}`")
    return "; ".join(notes).replace("|", "\\|")


if __name__ == "__main__":
    for written in write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")):
        sys.stdout.write(f"{written}\n")
