"""What can be told before the weights are read: will this model run on this machine as set?

Pure functions over `Checkpoint`, `Machine` and `VllmOptions`. Every fault says what to change.
"""

from dataclasses import dataclass
from typing import Final

from engine.vllm.checkpoint import Checkpoint
from engine.vllm.errors import CannotStart
from engine.vllm.machine import Machine
from engine.vllm.memory import Memory, Precision, estimate, memory_faults
from engine.vllm.options import TESTED_VERSION, VllmOptions

NATIVE_FP8: tuple[int, int] = (8, 9)  #: Ada, Hopper and newer multiply in FP8
WEIGHT_ONLY_FP8: Final[tuple[int, int]] = (
    7,
    5,
)  #: Turing to Ampere keep weights in FP8 and multiply in 16 bits
_OURS: Final = {
    "model": "model",
    "revision": "revision",
    "tokenizer": "tokenizer",
    "tokenizer_mode": "tokenizer_mode",
    "config_format": "config_format",
    "load_format": "load_format",
    "quantization": "quantization",
    "dtype": "dtype",
    "kv_cache_dtype": "kv_cache_dtype",
    "max_model_len": "max_model_len",
    "max_num_seqs": "max_num_seqs",
    "gpu_memory_utilization": "gpu_memory_utilization",
    "tensor_parallel_size": "tensor_parallel",
    "enable_prefix_caching": "prefix_caching",
    "enforce_eager": "enforce_eager",
    "otlp_traces_endpoint": "otlp_endpoint",
}
_FIXED: Final = ("scheduling_policy", "structured_outputs_config", "enable_log_requests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the model will run."""

    precision: Precision
    quantization: str | None  #: what vllm is told
    max_model_len: int
    tokenizer_mode: str
    revision: str | None  #: what vllm is told
    recorded: str | None  #: what stands in every draft
    memory: Memory | None = None
    notes: tuple[str, ...] = ()  #: what an operator should know


def plan_start(
    options: VllmOptions,
    checkpoint: Checkpoint | None,
    machine: Machine,
    *,
    commit: str | None = None,
    version: str = TESTED_VERSION,
) -> Plan:
    """How to start, or `CannotStart` with every fault that can be told.

    `checkpoint` is None for a hub model that is not here yet; `commit` is the hub's, where known;
    `version` is vllm's.
    """
    faults = [*_device_faults(options, machine), *_extra_faults(options)]
    if checkpoint is None and options.offline:
        faults.append(
            f"the model {options.model!r} at {options.pinned or 'main'!r} is not in the cache, and "
            f"nothing may be fetched ({options.named('offline')}); fetch it first, or give its "
            f"folder in {options.named('model')}"
        )
    if checkpoint is not None:
        faults += _checkpoint_faults(options, checkpoint)
    precision, why_not = choose_precision(options, checkpoint, machine)
    length = context_limit(options.max_model_len, checkpoint)
    memory = estimate(options, checkpoint, precision, length) if checkpoint else None
    faults += [why_not] if why_not else []
    faults += memory_faults(options, memory, machine) if not faults else []
    if faults:
        raise CannotStart(*faults)
    return Plan(
        precision=precision,
        quantization=_told_to_vllm(options.quantization, checkpoint, precision),
        max_model_len=length,
        tokenizer_mode=choose_tokenizer(options, checkpoint),
        revision=None if checkpoint and not commit else commit or options.pinned,
        recorded=commit or (checkpoint.fingerprint if checkpoint else options.pinned),
        memory=memory,
        notes=(*_about(version), *_notes(options, checkpoint, precision, length)),
    )


def choose_precision(
    options: VllmOptions, checkpoint: Checkpoint | None, machine: Machine
) -> tuple[Precision, str | None]:
    """How weights are kept here, and why the wish cannot be met, if it cannot."""
    wish, setting = options.quantization, options.named("quantization")
    if checkpoint is not None and checkpoint.quantized and wish in ("fp8", "none"):
        wish = checkpoint.quantized
    elif wish == "none":
        return Precision.SIXTEEN, None
    if wish not in ("fp8", "fbgemm_fp8"):
        return Precision.CHECKPOINT, None
    if machine.kind == "cpu":
        return Precision.SIXTEEN, (
            f"{setting} or the checkpoint is fp8, which a CPU cannot compute; set it to none, and "
            "take weights of 16 bits"
        )
    capabilities = [gpu.capability for gpu in machine.gpus]
    lowest = min(capabilities) if capabilities else NATIVE_FP8
    if lowest >= NATIVE_FP8:
        return Precision.NATIVE_FP8, None
    if lowest >= WEIGHT_ONLY_FP8:
        return Precision.WEIGHT_ONLY_FP8, None
    gpu = next(gpu for gpu in machine.gpus if gpu.capability == lowest)
    return Precision.SIXTEEN, (
        f"{gpu.name} has compute capability {_dotted(lowest)}: FP8 weights need 7.5 or more, FP8 "
        f"maths 8.9; set {setting} to none, or take a newer card"
    )


def context_limit(wish: int, checkpoint: Checkpoint | None) -> int:
    """The lower of what is set and what the model was made for."""
    made_for = checkpoint.context if checkpoint else None
    return min(wish, made_for) if made_for else wish


def choose_tokenizer(options: VllmOptions, checkpoint: Checkpoint | None) -> str:
    """mistral_common where the model brings its file: it reads no control words in a ticket."""
    own = checkpoint.tokenizer_file if checkpoint and options.tokenizer is None else None
    if options.tokenizer_mode == "auto" and own == "tekken.json":
        return "mistral"
    return options.tokenizer_mode


def _device_faults(options: VllmOptions, machine: Machine) -> list[str]:
    setting = options.named("device")
    if options.device == "cpu":
        if machine.kind == "cpu":
            return []
        return [f"{setting} is cpu, but this vllm was not built for it; set it to gpu"]
    if machine.kind == "cpu":
        return [f"no GPU: this vllm was built for CPUs, which is for tests; set {setting} to cpu"]
    if machine.kind != "gpu":
        found = "" if machine.kind == "none" else f" (vllm found {machine.kind!r})"
        return [
            f"no CUDA GPU was found{found}; check `nvidia-smi`, or choose an endpoint "
            "or no model instead"
        ]
    if options.tensor_parallel > len(machine.gpus):
        seen = f"{len(machine.gpus)} GPU{'s are' if len(machine.gpus) != 1 else ' is'} visible"
        return [f"{options.named('tensor_parallel')} is {options.tensor_parallel}, but {seen}"]
    return []


def _extra_faults(options: VllmOptions) -> list[str]:
    extra = options.named("extra")
    faults = [
        f"{extra} names {key!r}, which has a setting of its own: {options.named(_OURS[key])}"
        for key in options.extra
        if key in _OURS
    ]
    return faults + [
        f"{extra} names {key!r}, which this service relies on and sets itself"
        for key in options.extra
        if key in _FIXED
    ]


def _checkpoint_faults(options: VllmOptions, checkpoint: Checkpoint) -> list[str]:
    faults: list[str] = []
    if checkpoint.tokenizer_file is None and options.tokenizer is None:
        faults.append(
            f"the model {options.model!r} has no tokenizer (tekken.json, tokenizer.json or "
            f"tokenizer.model); name one in {options.named('tokenizer')}"
        )
    if checkpoint.weight_bytes is None and options.load_format not in ("dummy", "tensorizer"):
        faults.append(
            f"the folder of {options.model!r} holds no *.safetensors; fetch them, or set "
            f"{options.named('load_format')} to dummy to measure speed without sense"
        )
    heads, share = checkpoint.heads, options.tensor_parallel
    if heads and heads % share:
        faults.append(
            f"{options.named('tensor_parallel')} is {share}, which does not divide the model's "
            f"{heads} attention heads"
        )
    return faults


def _told_to_vllm(wish: str, checkpoint: Checkpoint | None, precision: Precision) -> str | None:
    """A checkpoint that is quantised says by itself how, unless a person names the method."""
    if wish not in ("fp8", "none"):
        return wish
    if checkpoint is not None and checkpoint.quantized:
        return None
    return "fp8" if precision in (Precision.NATIVE_FP8, Precision.WEIGHT_ONLY_FP8) else None


def _about(version: str) -> tuple[str, ...]:
    if version == TESTED_VERSION:
        return ()
    return (f"vllm {version} is installed; {TESTED_VERSION} is the one that was tested",)


def _notes(
    options: VllmOptions, checkpoint: Checkpoint | None, precision: Precision, length: int
) -> list[str]:
    notes: list[str] = []
    if checkpoint is None:
        notes.append(f"the model {options.model!r} is not here yet and will be fetched")
    if precision is Precision.WEIGHT_ONLY_FP8:
        notes.append("the card keeps weights in FP8 and multiplies in 16 bits: smaller, not faster")
    if length < options.max_model_len:
        limit = options.named("max_model_len")
        notes.append(f"{limit} is {length} here, which is all that the model was made for")
    return notes


def _dotted(capability: tuple[int, int]) -> str:
    return ".".join(map(str, capability))
