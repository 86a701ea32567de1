"""How each provider really answers, in its own shape, with the document it is taken from.

Identifiers in them are made up. How each refuses stands in `tests/refusals.py`.
"""

import json
from collections.abc import Callable
from typing import Any, Literal

from tests.provider import Play, Request, answer_json

Finish = Literal["stop", "length", "content_filter", "model_length", "error"]


def completion(profile: str, text: str | None, *, finish: Finish = "stop") -> Play:
    """A whole answer in the provider's shape."""
    body: dict[str, Any] = {
        "id": "chatcmpl-456",
        "object": "chat.completion",
        "created": 1_677_652_290,
        "model": "mistralai/Mistral-Nemo-Instruct-2407",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": finish,
            }
        ],
        "usage": {"prompt_tokens": 25, "completion_tokens": 60, "total_tokens": 85},
    }
    _AS_SENT[profile](body)
    return answer_json(body)


def _ovhcloud(body: dict[str, Any]) -> None:
    """vLLM behind it: https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-structured-output"""
    body["choices"][0] |= {"logprobs": None, "stop_reason": None}
    body["choices"][0]["message"] |= {"tool_calls": [], "reasoning_content": None}
    body["prompt_logprobs"] = None


def _ionos(body: dict[str, Any]) -> None:
    """https://docs.ionos.com/cloud/ai/ai-model-hub/models/llms/mistral-nemo, its example."""


def _nim(body: dict[str, Any]) -> None:
    """https://docs.nvidia.com/nim/large-language-models/latest/api-reference.html"""
    body["choices"][0]["message"] |= {"refusal": None, "tool_calls": []}
    body["usage"]["prompt_tokens_details"] = None
    body["service_tier"] = None


def _mistral(body: dict[str, Any]) -> None:
    """https://docs.mistral.ai/api/: content may come in parts, thinking apart from text."""
    message = body["choices"][0]["message"]
    message |= {"tool_calls": None, "prefix": False}
    if message["content"]:
        thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Let me see."}]}
        message["content"] = [thought, {"type": "text", "text": message["content"]}]
    body["model"] = "ministral-8b-2512"


def _ollama(body: dict[str, Any]) -> None:
    """https://docs.ollama.com/api/openai-compatibility"""
    body |= {"model": "mistral-nemo", "system_fingerprint": "fp_ollama"}


def _lmstudio(body: dict[str, Any]) -> None:
    """https://lmstudio.ai/docs/developer/openai-compat"""
    body |= {"stats": {}, "system_fingerprint": "mistral-nemo-instruct-2407"}


def _vllm_serve(body: dict[str, Any]) -> None:
    """https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html, with
    --enable-prompt-tokens-details."""
    _ovhcloud(body)
    body["usage"]["prompt_tokens_details"] = {"cached_tokens": 16}


def _endpoint(body: dict[str, Any]) -> None:
    """A server that says no more than it must: no usage, no model."""
    del body["usage"], body["model"], body["created"]


_AS_SENT: dict[str, Callable[[dict[str, Any]], None]] = {
    "ovhcloud": _ovhcloud,
    "ionos": _ionos,
    "nim": _nim,
    "mistral": _mistral,
    "ollama": _ollama,
    "lmstudio": _lmstudio,
    "vllm_serve": _vllm_serve,
    "endpoint": _endpoint,
}


def events(text: str, *, finish: Finish = "stop", usage: bool = True) -> Play:
    """A streamed answer: role first, then the text in pieces, the reason, the usage, `[DONE]`.

    https://developers.openai.com/api/reference/resources/chat/subresources/completions/streaming-events
    """
    chunks: list[dict[str, Any]] = [_chunk({"role": "assistant", "content": ""})]
    chunks += [_chunk({"content": text[at : at + 7]}) for at in range(0, len(text), 7)]
    chunks.append(_chunk({}, finish=finish))
    if usage:
        counted = {"prompt_tokens": 25, "completion_tokens": 60, "total_tokens": 85}
        chunks.append({**_chunk({}), "choices": [], "usage": counted})
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return Play(
        headers={"content-type": "text/event-stream; charset=utf-8"},
        body="".join([*lines, "data: [DONE]\n\n"]).encode(),
        piece=64,
    )


def _chunk(delta: dict[str, Any], *, finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-456",
        "object": "chat.completion.chunk",
        "created": 1_677_652_290,
        "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def answering(profile: str, texts: list[str]) -> Callable[[Request], Play]:
    """These texts in turn, the last for ever; a repair turn gets the same text once more."""
    left, last = list(texts), texts[0]

    def play(request: Request) -> Play:
        nonlocal last
        if _is_question(request, last):
            last = left.pop(0) if len(left) > 1 else left[0]
        return events(last) if request.body.get("stream") else completion(profile, last)

    asked: dict[str, int] = {}

    def _is_question(request: Request, said: str) -> bool:
        if said:
            return request.turns == 1
        # An empty answer has nothing to show in a repair: the same question comes again.
        key = json.dumps(request.body["messages"])
        asked[key] = asked.get(key, 0) + 1
        return asked[key] % 2 == 1

    return play
