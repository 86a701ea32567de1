"""What a server said, as values: the body of a chat completion, and an answer's bare JSON. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, ValidationError

from engine.base import Usage


class _Lenient(BaseModel):
    """A part of a body: fields we do not know are passed over."""

    model_config = ConfigDict(extra="ignore")


class _Message(_Lenient):
    content: Any = None
    refusal: Any = None


class _Choice(_Lenient):
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: Any = None


class _Details(_Lenient):
    cached_tokens: NonNegativeInt | None = None


class _Usage(_Lenient):
    prompt_tokens: PositiveInt
    completion_tokens: NonNegativeInt = 0
    prompt_tokens_details: _Details | None = None


class _Body(_Lenient):
    """Strict in what we need, the first choice; what stands beside it is told or it is not."""

    model: Any = None
    system_fingerprint: Any = None
    choices: list[Any] | None = None
    usage: Any = None
    error: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back of one request, as far as it was said."""

    text: str = ""
    finish: str = ""
    refused: bool = False
    model: str | None = None
    fingerprint: str | None = None
    usage: Usage | None = None


class NotAReply(Exception):
    """The body is not a chat completion. `error`: it is an error's description instead."""

    def __init__(self, what: str, *, error: bool = False) -> None:
        self.what = what
        self.error = error
        super().__init__(what)


def read_reply(body: bytes, content_type: str) -> Reply:
    """The first choice of a chat completion, whole or one piece of a stream.

    Without choices, or with an empty one, the text is empty. Raises `NotAReply` for anything else.
    """
    if not _is_json(content_type):
        raise NotAReply(f"answered with {content_type.split(';')[0] or 'no content type'}")
    try:
        parsed = _Body.model_validate_json(body)
    except ValidationError:
        raise NotAReply("answered with something that is no chat completion") from None
    if parsed.choices is None:
        if parsed.error is None:
            raise NotAReply("answered without choices")
        raise NotAReply("told an error", error=True)
    return _reply(parsed, parsed.choices)


def _reply(body: _Body, choices: list[Any]) -> Reply:
    try:
        choice = _Choice.model_validate(choices[0] if choices else {})
    except ValidationError:
        raise NotAReply("answered with something that is no chat completion") from None
    message = choice.message or choice.delta or _Message()
    return Reply(
        text=_text(message.content),
        finish=_word(choice.finish_reason),
        refused=bool(message.refusal),
        model=_word(body.model) or None,
        fingerprint=_word(body.system_fingerprint) or None,
        usage=_usage(body.usage),
    )


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_json(content_type: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _text(content: Any) -> str:
    """Some models give their text in parts, their thinking beside it."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts: list[Any] = content  # pyright: ignore[reportUnknownVariableType] -- raw JSON
    return "".join(_part(part) for part in parts)


def _part(part: Any) -> str:
    if not isinstance(part, dict):
        return ""
    text: Any = part.get("text") if part.get("type") == "text" else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] -- raw JSON
    return text if isinstance(text, str) else ""


def _usage(said: Any) -> Usage | None:
    """None also when it is said in a way that nobody can count by."""
    try:
        used = _Usage.model_validate(said)
    except ValidationError:
        return None
    cached = used.prompt_tokens_details.cached_tokens if used.prompt_tokens_details else None
    return Usage(
        prompt=used.prompt_tokens,
        completion=used.completion_tokens,
        cached=min(cached or 0, used.prompt_tokens),
    )


_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL | re.IGNORECASE)


def bare_json(text: str) -> str:
    """The JSON object in an answer, without the fence, the thinking or the words around it.

    A server that ignores the schema often gives the right object in the wrong wrapping. A text
    that holds no whole object comes back as it was.
    """
    text = _THOUGHT.sub("", text).strip()
    if text.startswith("{"):
        return text
    fenced = _FENCE.search(text)
    inner = fenced[1].strip() if fenced else text[text.find("{") : text.rfind("}") + 1]
    return inner if _is_object(inner) else text


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
