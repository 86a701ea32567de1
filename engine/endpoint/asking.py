"""What is sent: the body of a chat completion, in a server's dialect. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypedDict

from pydantic import BaseModel

from engine.base import Prompt, Sampling, Terms
from engine.errors import BadAnswer, CutOff
from engine.profiles import Dialect, Structured
from engine.schema import strict_schema

#: Only the trace goes out; `baggage` and the like may hold what a provider need not know.
_HEADERS: Final = frozenset({"traceparent", "tracestate"})
_LONGEST_QUOTE: Final = 4_000
"""Characters of a bad answer that the repair turn shows."""


class Message(TypedDict):
    role: Literal["user", "assistant"]
    content: str


def first_turn(prompt: Prompt, answer: type[BaseModel], dialect: Dialect) -> list[Message]:
    """One user message. Where the server is not given the schema to hold to, it stands first:
    it is the same for every ticket, so that a prefix cache still holds."""
    if dialect.structured is Structured.JSON_SCHEMA:
        return [{"role": "user", "content": prompt.text}]
    schema = json.dumps(strict_schema(answer), ensure_ascii=False, separators=(",", ":"))
    rule = (
        f"Answer with one JSON object that fits this JSON schema, and with nothing else:\n{schema}"
    )
    return [{"role": "user", "content": f"{rule}\n\n{prompt.text}"}]


def repair_turn(turn: Sequence[Message], said: str, wrong: BadAnswer) -> list[Message]:
    """The same question with the bad answer and what is wrong with it."""
    if not said.strip():
        return [*turn]
    return [
        *turn,
        {"role": "assistant", "content": said[:_LONGEST_QUOTE]},
        {"role": "user", "content": f"{_fault(wrong)} Answer again, with the JSON object alone."},
    ]


def _fault(wrong: BadAnswer) -> str:
    if isinstance(wrong, CutOff):
        return "That answer was too long and is cut off. Say it in fewer words."
    places = ", ".join(wrong.fields)
    return f"That does not fit the JSON schema{f', at {places}' if places else ''}."


def body(
    model: str,
    messages: Sequence[Message],
    answer: type[BaseModel],
    *,
    dialect: Dialect,
    sampling: Sampling,
    terms: Terms,
) -> dict[str, Any]:
    """The keyword arguments of the client's `create`."""
    extra: dict[str, Any] = {}
    if sampling.seed is not None and dialect.seed is not None:
        extra[dialect.seed] = sampling.seed
    if dialect.priority and terms.priority:
        extra["priority"] = terms.priority
    return {
        "model": model,
        "messages": list(messages),
        "temperature": sampling.temperature,
        "max_tokens": sampling.max_tokens,
        "extra_headers": trace_headers(terms.headers),
        "extra_body": extra,
        **_response_format(answer, dialect),
    }


def trace_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in _HEADERS}


def _response_format(answer: type[BaseModel], dialect: Dialect) -> dict[str, Any]:
    match dialect.structured:
        case Structured.PROMPT:
            return {}
        case Structured.JSON_OBJECT:
            return {"response_format": {"type": "json_object"}}
        case Structured.JSON_SCHEMA:
            schema: dict[str, Any] = {"name": _name(answer), "schema": strict_schema(answer)}
            if dialect.strict:
                schema["strict"] = True
            return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _name(answer: type[BaseModel]) -> str:
    """A name of letters, digits, `_` and `-`, 64 at most: what the protocol takes."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", answer.__name__)[:64] or "answer"
