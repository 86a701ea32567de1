"""Pure decisions about one call."""

import json
from functools import lru_cache
from typing import Final

from pydantic import BaseModel

from engine.base import Sampling, Terms
from engine.errors import PromptTooLong
from engine.schema import strict_schema
from engine.vllm.errors import NAME

#: Above any deadline in seconds since 1970 until 2106; two factors of it fit vllm's 64 bits.
_DEADLINES: Final = 1 << 32
_MOST: Final = (1 << 31) - 1
_TRACE: Final = ("traceparent", "tracestate")


@lru_cache(maxsize=256)
def schema_of(answer: type[BaseModel]) -> str:
    """The same text for the same type: vllm finds the compiled grammar by it.

    Keys keep their order, in which the model must write them: reasons come before labels.
    """
    return json.dumps(strict_schema(answer), ensure_ascii=False)


def queue_place(terms: Terms) -> int:
    """Where a call stands in vllm's queue: by priority, then by deadline, so that none starves."""
    asked = max(-_MOST, min(terms.priority, _MOST))
    return asked * _DEADLINES + int(terms.deadline.timestamp())


def trace_headers(terms: Terms) -> dict[str, str]:
    """Of the call's headers, those that vllm's spans hang on."""
    return {name.lower(): text for name, text in terms.headers.items() if name.lower() in _TRACE}


def refuse_too_long(prompt_tokens: int, sampling: Sampling, limit: int) -> None:
    """Raise `PromptTooLong` when prompt and answer together are more than the model takes."""
    if prompt_tokens + sampling.max_tokens > limit:
        raise PromptTooLong(NAME, limit=limit)


def mask_control_words(text: str, words: tuple[str, ...]) -> str:
    """Ticket text is data: a tokenizer that would read `<|im_end|>` as an order gets `< |im_end|>`.

    Only for tokenizers that look for control words in plain text.
    """
    for word in words:
        if word in text:
            text = text.replace(word, f"{word[:1]} {word[1:]}")
    return text
