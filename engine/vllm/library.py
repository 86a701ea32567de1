"""The only file that imports vllm; everything here is `Any` inside and typed outside."""

import asyncio
import importlib
import importlib.metadata
import importlib.util
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from engine.vllm.calls import mask_control_words
from engine.vllm.errors import CallFailed, CallRefused, CannotStart, RuntimeDied
from engine.vllm.machine import Gpu, Machine
from engine.vllm.options import VllmOptions
from engine.vllm.preflight import Plan
from engine.vllm.runtime import Call, Piece, Rendered

_ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",  # it would report hardware and model to its makers
    "VLLM_DO_NOT_TRACK": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",  # standard output belongs to our commands
    # A forked child would inherit the broker's and the database's connections.
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
}
_FINISH_UNKNOWN = "no reason given"
_UNASKED_S = 1.0  #: how often an engine that was never called is looked at


def installed_version() -> str | None:
    """Of vllm, or of a rebuild that brings the same package; None without one."""
    if importlib.util.find_spec("vllm") is None:
        return None
    names = importlib.metadata.packages_distributions().get("vllm", ["vllm"])
    return importlib.metadata.version(names[0])


def set_environment(options: VllmOptions) -> None:
    """What vllm and its hub client read once, as they are first imported."""
    for variable, value in _ENVIRONMENT.items():
        os.environ.setdefault(variable, value)
    if options.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"


def look_at_machine() -> Machine:
    """What vllm can compute on here; asks the driver and takes no GPU memory."""
    platform = _vllm("platforms").current_platform
    if platform.is_cpu():
        return Machine(kind="cpu")
    if not platform.is_cuda():
        return Machine(kind=str(platform.device_type or "none"))
    return Machine(kind="gpu", gpus=tuple(_gpu(platform, i) for i in range(_visible(platform))))


def launch(options: VllmOptions, plan: Plan) -> "VllmRuntime":
    """Start vllm's processes and load the model; blocks until it can compute."""
    try:
        told = arguments(options, plan)
        # Its log of requests holds the prompts.
        made = _vllm("engine.arg_utils").AsyncEngineArgs(**told, enable_log_requests=False)
        engine = _vllm("v1.engine.async_llm").AsyncLLM.from_engine_args(made)
    except Exception as exc:  # whatever the load runs into is told as one error of ours
        raise CannotStart(f"vllm said {type(exc).__name__}: {_first_line(exc)}") from exc
    try:
        return VllmRuntime(engine, dict(options.chat_template_kwargs))
    except BaseException:
        engine.shutdown()
        raise


class VllmRuntime:
    """AsyncLLM behind the port."""

    def __init__(self, engine: Any, template: dict[str, Any]) -> None:
        self._engine = engine
        self._dead_error = _vllm("v1.engine.exceptions").EngineDeadError
        self._generate_error = _vllm("v1.engine.exceptions").EngineGenerateError
        self._sampling = _vllm("sampling_params")
        self._chat = _vllm("renderers.params").ChatParams(
            chat_template_kwargs={"add_generation_prompt": True, **template}
        )
        self._control_words = _control_words(engine.get_tokenizer())

    @property
    def dead(self) -> bool:
        return bool(self._engine.errored)

    async def render(self, text: str) -> Rendered:
        message = {"role": "user", "content": mask_control_words(text, self._control_words)}
        try:
            _, [prompt] = await self._engine.renderer.render_chat_async([[message]], self._chat)
        except ValueError as exc:  # its words may quote the prompt
            raise CallRefused(f"the model's template does not take it ({_kind(exc)})") from None
        return Rendered(tokens=tuple(prompt["prompt_token_ids"]), handle=prompt)

    async def generate(self, rendered: Rendered, call: Call) -> AsyncGenerator[Piece, None]:
        outputs = self._engine.generate(
            rendered.handle,
            self._parameters(call),
            call.id,
            trace_headers=call.headers or None,
            priority=call.priority,
        )
        try:
            async with aclosing(outputs):
                async for output in outputs:
                    yield _piece(output)
        except self._dead_error:
            raise RuntimeDied from None
        except self._generate_error:
            raise CallFailed("the call failed inside vllm") from None
        except ValueError as exc:
            raise CallRefused(f"vllm does not take the call ({_kind(exc)})") from None

    async def ended(self) -> None:
        """vllm ends the task that reads answers when its process dies; its first call starts it."""
        while self._engine.output_handler is None:
            if self.dead:
                return
            await asyncio.sleep(_UNASKED_S)
        await asyncio.wait([self._engine.output_handler])

    def shut_down(self) -> None:
        self._engine.shutdown()

    def _parameters(self, call: Call) -> Any:
        kinds = self._sampling.RequestOutputKind
        return self._sampling.SamplingParams(
            temperature=call.sampling.temperature,
            max_tokens=call.sampling.max_tokens,
            seed=call.sampling.seed,
            structured_outputs=self._sampling.StructuredOutputsParams(json=call.schema),
            output_kind=kinds.DELTA if call.stream else kinds.FINAL_ONLY,
        )


def _vllm(name: str) -> Any:
    """A module of vllm; the first one takes half a minute."""
    return importlib.import_module(f"vllm.{name}")


def arguments(options: VllmOptions, plan: Plan) -> dict[str, Any]:
    """What vllm's engine is told; the names are vllm's."""
    return {
        "model": options.model,
        "revision": plan.revision,
        "tokenizer": options.tokenizer,
        "tokenizer_revision": None if options.tokenizer else plan.revision,
        "tokenizer_mode": plan.tokenizer_mode,
        "config_format": options.config_format,
        "load_format": options.load_format,
        "quantization": plan.quantization,
        "dtype": options.dtype,
        "kv_cache_dtype": options.kv_cache_dtype,
        "max_model_len": plan.max_model_len,
        "max_num_seqs": options.max_num_seqs,
        "gpu_memory_utilization": options.gpu_memory_utilization,
        "tensor_parallel_size": options.tensor_parallel,
        "enable_prefix_caching": options.prefix_caching,
        "enforce_eager": options.enforce_eager,
        "otlp_traces_endpoint": options.otlp_endpoint,
        "scheduling_policy": "priority",
        # Per request the whitespace rule is ignored; without it a small model pads for ever.
        "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
        **_whole_prompts(options, plan),
        **options.extra,
    }


def _whole_prompts(options: VllmOptions, plan: Plan) -> dict[str, Any]:
    """On a processor, a seeded request whose prompt is read in parts ends vLLM's worker.

    It would set back the seed's generator by an offset, which only a GPU's has.
    """
    if options.device != "cpu":
        return {}
    longest = max(plan.max_model_len, options.max_num_seqs)  # vLLM refuses fewer than sequences
    return {"enable_chunked_prefill": False, "max_num_batched_tokens": longest}


def _piece(output: Any) -> Piece:
    [answer] = output.outputs
    finish = answer.finish_reason or _FINISH_UNKNOWN if output.finished else None
    return Piece(
        text=answer.text,
        tokens=len(answer.token_ids),
        cached=output.num_cached_tokens or 0,
        finish=finish,
    )


def _control_words(tokenizer: Any) -> tuple[str, ...]:
    """What this tokenizer reads as an order in plain text; mistral_common: nothing."""
    if any("Mistral" in kind.__name__ for kind in type(tokenizer).__mro__):
        return ()
    added = getattr(tokenizer, "added_tokens_decoder", {})
    words = {str(token.content) for token in added.values() if token.special}
    words.update(getattr(tokenizer, "all_special_tokens", ()))
    return tuple(sorted((word for word in words if len(word) > 1), key=len, reverse=True))


def _visible(platform: Any) -> int:
    return int(platform.device_count()) if hasattr(platform, "device_count") else 1


def _gpu(platform: Any, index: int) -> Gpu:
    capability = platform.get_device_capability(index)
    total = int(platform.get_device_total_memory(index))
    return Gpu(
        name=str(platform.get_device_name(index)),
        capability=(int(capability.major), int(capability.minor)),
        total_bytes=total,
        free_bytes=_free(platform, index, total),
    )


def _free(platform: Any, index: int, total: int) -> int:
    """Free bytes as the driver counts them; the total where it does not say."""
    nvml = _vllm("third_party.pynvml")
    try:
        nvml.nvmlInit()
        handle = nvml.nvmlDeviceGetHandleByIndex(platform.device_id_to_physical_device_id(index))
        return int(nvml.nvmlDeviceGetMemoryInfo(handle).free)
    except Exception:  # an old driver, a partitioned card: vllm checks once more by itself
        return total


def _kind(exc: BaseException) -> str:
    parameter = getattr(exc, "parameter", None)
    return f"{type(exc).__name__} at {parameter!r}" if parameter else type(exc).__name__


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or ["no more than that"])[0][:300]
