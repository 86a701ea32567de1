"""How each provider really refuses, in its own shape, with the document it is taken from.

Identifiers and names in them are made up; where a document tells a status and shows no body, so is
the body.
"""

from dataclasses import dataclass

from engine.errors import (
    EngineBusy,
    EngineDown,
    EngineError,
    EngineUnusable,
    PromptTooLong,
    RequestRefused,
)
from tests.provider import Play, answer_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A refusal, and what it means."""

    what: str
    play: Play
    error: type[EngineError]
    document: str


def _html(status: int, *, server: str = "nginx") -> Play:
    page = f"<html><head><title>{status}</title></head><body><hr>{server}</body></html>"
    return Play(status=status, headers={"content-type": "text/html"}, body=page.encode())


def _openai_error(status: int, message: str, kind: str, code: object = None) -> Play:
    error = {"message": message, "type": kind, "param": None, "code": code}
    return answer_json({"error": error}, status=status)


def _mistral_error(status: int, message: object, kind: str, code: str | None) -> Play:
    body = {"object": "error", "message": message, "type": kind, "param": None, "code": code}
    return answer_json(body, status=status)


_OVH = "https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints-capabilities"
_IONOS = "https://docs.ionos.com/cloud/ai/ai-model-hub/troubleshooting"
_IONOS_LIMITS = "https://docs.ionos.com/cloud/ai/ai-model-hub/how-tos/rate-limits"
_NIM = "https://github.com/gethouston/houston/pull/1243"
_VLLM = "https://github.com/vllm-project/vllm/pull/33425"
_LMSTUDIO = "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/"
_MISTRAL = "https://github.com/mistralai/platform-docs-public/issues/7"
_OLLAMA = "https://github.com/ollama/ollama/blob/main/openai/openai.go"

REFUSALS: dict[str, list[Shape]] = {
    "ovhcloud": [
        Shape(
            what="too many requests in a minute",
            play=answer_json({"message": "API rate limit exceeded"}, status=429, retry_after="42"),
            error=EngineBusy,
            document=_OVH,
        ),
        Shape(
            what="a token that is not valid",
            play=answer_json({"message": "Unauthorized"}, status=401),
            error=EngineUnusable,
            document=_OVH,
        ),
        Shape(
            what="a request of more than 2 MB",
            play=answer_json({"message": "Request size limit exceeded"}, status=413),
            error=PromptTooLong,
            document=_OVH,
        ),
        Shape(
            what="an outage of a few minutes, told by the load balancer",
            play=_html(503, server="HAProxy"),
            error=EngineDown,
            document=_OVH,
        ),
    ],
    "ionos": [
        Shape(
            what="an expired token",
            play=answer_json(
                {
                    "httpStatus": 401,
                    "messages": [
                        {
                            "errorCode": "paas-auth-1",
                            "message": "Unauthorized, wrong or no api key provided to process "
                            "this request",
                        }
                    ],
                },
                status=401,
            ),
            error=EngineUnusable,
            document=_IONOS,
        ),
        Shape(
            what="more than five requests a second",
            play=answer_json(
                {"httpStatus": 429, "messages": [{"errorCode": "paas-limit", "message": "slow"}]},
                status=429,
                retry_after="1",
                x_ratelimit_limit="5",
                x_ratelimit_burst="10",
                x_ratelimit_remaining="0",
            ),
            error=EngineBusy,
            document=_IONOS_LIMITS,
        ),
        Shape(
            what="an internal error",
            play=answer_json({"httpStatus": 500, "messages": []}, status=500),
            error=EngineDown,
            document=_IONOS,
        ),
    ],
    "nim": [
        Shape(
            what="a model that the account may not use",
            play=answer_json(
                {
                    "status": 404,
                    "title": "Not Found",
                    "detail": "Function '11111111-2222-3333-4444-555555555555': Not found for "
                    "account 'a'",
                },
                status=404,
            ),
            error=EngineUnusable,
            document=_NIM,
        ),
        Shape(
            what="a key without the permission",
            play=answer_json(
                {"status": 403, "title": "Forbidden", "detail": "Authorization failed"}, status=403
            ),
            error=EngineUnusable,
            document="https://github.com/HKUDS/OpenHarness/issues/233",
        ),
        Shape(
            what="a model that was taken away",
            play=answer_json({"status": 410, "title": "Gone", "detail": "gone"}, status=410),
            error=EngineUnusable,
            document=_NIM,
        ),
        Shape(
            what="free credits used up",
            play=answer_json({"status": 402, "title": "Payment Required"}, status=402),
            error=EngineBusy,
            document="https://build.nvidia.com/nv-mistralai/mistral-nemo-12b-instruct",
        ),
    ],
    "mistral": [
        Shape(
            what="more than the plan's requests a second",
            play=_mistral_error(429, "Rate limit exceeded", "rate_limited", "1300"),
            error=EngineBusy,
            document="https://github.com/cline/cline/issues/9085",
        ),
        Shape(
            what="the model that was retired",
            play=_mistral_error(
                400, "Invalid model: open-mistral-nemo-2407", "invalid_model", "1500"
            ),
            error=EngineUnusable,
            document="https://docs.mistral.ai/api/",
        ),
        Shape(
            what="a field it does not know",
            play=_mistral_error(
                422,
                {
                    "detail": [
                        {
                            "type": "extra_forbidden",
                            "loc": ["body", "seed"],
                            "msg": "Extra inputs are not permitted",
                            "input": 7,
                        }
                    ]
                },
                "invalid_request_error",
                None,
            ),
            error=RequestRefused,
            document=_MISTRAL,
        ),
        Shape(
            what="a prompt that is too long",
            play=_mistral_error(
                400,
                "Prompt contains 300000 tokens and 0 draft tokens, too large for model with "
                "262144 maximum context length",
                "invalid_request_error",
                "3051",
            ),
            error=PromptTooLong,
            document="https://docs.mistral.ai/api/",
        ),
        Shape(
            what="no key",
            play=answer_json({"detail": "Unauthorized"}, status=401),
            error=EngineUnusable,
            document="https://docs.mistral.ai/api/",
        ),
    ],
    "ollama": [
        Shape(
            what="a model that was not pulled",
            play=_openai_error(
                404, 'model "mistral-nemo" not found, try pulling it first', "api_error"
            ),
            error=EngineUnusable,
            document=_OLLAMA,
        ),
        Shape(
            what="a full queue",
            play=_openai_error(
                503, "server busy, please try again. maximum pending requests exceeded", "api_error"
            ),
            error=EngineDown,
            document="https://docs.ollama.com/faq",
        ),
        Shape(
            what="a runner that died of too little memory",
            play=_openai_error(
                500, "llama runner process has terminated: signal: killed", "api_error"
            ),
            error=EngineDown,
            document=_OLLAMA,
        ),
    ],
    "lmstudio": [
        Shape(
            what="a structured mode that it does not have",
            play=answer_json(
                {"error": "'response_format.type' must be 'json_schema' or 'text'"}, status=400
            ),
            error=RequestRefused,
            document=f"{_LMSTUDIO}189",
        ),
        Shape(
            what="a prompt longer than the loaded context",
            play=answer_json(
                {
                    "error": "The number of tokens to keep from the initial prompt is greater than "
                    "the context length (n_keep: 13055>= n_ctx: 4096). Try to load the model with "
                    "a larger context length, or provide a shorter input."
                },
                status=400,
            ),
            error=PromptTooLong,
            document="https://github.com/Gitlawb/openclaude/issues/353",
        ),
        Shape(
            what="the same, told with status 200",
            play=answer_json({"error": "Context size has been exceeded."}),
            error=PromptTooLong,
            document=f"{_LMSTUDIO}2322",
        ),
        Shape(
            what="no model loaded",
            play=_openai_error(
                404,
                "No models loaded. Please load a model in the developer page or use `lms load`.",
                "invalid_request_error",
                "model_not_found",
            ),
            error=EngineUnusable,
            document="https://lmstudio.ai/docs/developer/openai-compat",
        ),
    ],
    "vllm_serve": [
        Shape(
            what="a prompt that is too long, as newer servers tell it",
            play=_openai_error(
                400,
                "This model's maximum context length is 16384 tokens. However, your request has "
                "20000 input tokens. Please reduce the length of the input messages.",
                "BadRequestError",
                400,
            ),
            error=PromptTooLong,
            document=_VLLM,
        ),
        Shape(
            what="a prompt that is too long, as older servers tell it",
            play=answer_json(
                {
                    "object": "error",
                    "message": "This model's maximum context length is 16384 tokens. However, you "
                    "requested 122946 tokens (112946 in the messages, 10000 in the completion).",
                    "type": "BadRequestError",
                    "param": None,
                    "code": 400,
                },
                status=400,
            ),
            error=PromptTooLong,
            document="https://github.com/vllm-project/vllm/issues/20409",
        ),
        Shape(
            what="a model that it does not serve",
            play=_openai_error(404, "The model `m` does not exist.", "NotFoundError", 404),
            error=EngineUnusable,
            document=_VLLM,
        ),
        Shape(
            what="a dead engine core",
            play=_openai_error(500, "EngineCore encountered an issue.", "InternalServerError", 500),
            error=EngineDown,
            document=_VLLM,
        ),
    ],
    "endpoint": [
        Shape(
            what="a wrong address: some other web server",
            play=_html(404),
            error=EngineUnusable,
            document="https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page",
        ),
        Shape(
            what="a page of a proxy in place of an answer",
            play=_html(200, server="corporate proxy"),
            error=EngineDown,
            document="https://www.rfc-editor.org/rfc/rfc9110#name-200-ok",
        ),
        Shape(
            what="a web firewall",
            play=_html(403, server="cloudflare"),
            error=EngineDown,
            document="https://developers.cloudflare.com/support/troubleshooting/http-status-codes/",
        ),
        Shape(
            what="a server that is overloaded and says until when",
            play=answer_json({"error": "overloaded"}, status=503, retry_after="7"),
            error=EngineBusy,
            document="https://www.rfc-editor.org/rfc/rfc9110#name-503-service-unavailable",
        ),
        Shape(
            what="an address that moved",
            play=Play(status=308, headers={"location": "https://elsewhere.example/v1"}),
            error=EngineUnusable,
            document="https://www.rfc-editor.org/rfc/rfc9110#name-308-permanent-redirect",
        ),
    ],
}
