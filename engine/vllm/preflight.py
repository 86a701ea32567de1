"""What can be told before the weights are read: will this model run on this machine as set?

Pure functions over `Checkpoint`, `Machine` and `VllmOptions`. Every fault says what to change.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.vllm.checkpoint import Checkpoint
from engine.vllm.errors import CannotStart
from engine.vllm.machine import Gpu, Machine
from engine.vllm.options import VllmOptions

NATIVE_FP8: tuple[int, int] = (8, 9)  #: Ada, Hopper and newer multiply in FP8
WEIGHT_ONLY_FP8: Final[tuple[int, int]] = (
    7,
    5,
)  #: Turing to Ampere keep weights in FP8 and multiply in 16 bits
GIB: Final = 1 << 30
WORK_BYTES: Final = int(1.5 * GIB)  #: activations, compiled graphs, CUDA itself; an estimate
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


class Precision(StrEnum):
    """How the weights are kept and multiplied."""

    NATIVE_FP8 = "native FP8"
    WEIGHT_ONLY_FP8 = "FP8 weights, 16-bit maths"
    CHECKPOINT = "as the checkpoint was quantised"
    SIXTEEN = "as the checkpoint is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes on each GPU, estimated from the shapes that the model's files give."""

    weights: int
    one_context: int  #: keys and values of one call of `max_model_len` tokens
    work: int = WORK_BYTES

    @property
    def needed(self) -> int:
        return self.weights + self.one_context + self.work


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
) -> Plan:
    """How to start, or `CannotStart` with every fault that can be told.

    `checkpoint` is None for a hub model that is not here yet; `commit` is the hub's, where known.
    """
    faults = [*_device_faults(options, machine), *_extra_faults(options)]
    if checkpoint is None and options.offline:
        faults.append(
            f"the model {options.model!r} at {options.pinned or 'main'!r} is not in the cache, and "
            "nothing may be fetched (offline); fetch it first, or give its folder"
        )
    if checkpoint is not None:
        faults += _checkpoint_faults(options, checkpoint)
    precision, why_not = choose_precision(options.quantization, checkpoint, machine)
    length = context_limit(options.max_model_len, checkpoint)
    memory = estimate(options, checkpoint, precision, length) if checkpoint else None
    faults += [why_not] if why_not else []
    faults += _memory_faults(options, memory, machine) if not faults else []
    if faults:
        raise CannotStart(*faults)
    return Plan(
        precision=precision,
        quantization=_told_to_vllm(options.quantization, precision),
        max_model_len=length,
        tokenizer_mode=choose_tokenizer(options, checkpoint),
        revision=None if checkpoint and not commit else commit or options.pinned,
        recorded=commit or (checkpoint.fingerprint if checkpoint else options.pinned),
        memory=memory,
        notes=tuple(_notes(options, checkpoint, precision, length)),
    )


def choose_precision(
    wish: str, checkpoint: Checkpoint | None, machine: Machine
) -> tuple[Precision, str | None]:
    """How weights are kept here, and why the wish cannot be met, if it cannot."""
    if checkpoint is not None and checkpoint.quantized and wish in ("fp8", "none"):
        wish = checkpoint.quantized
    elif wish == "none":
        return Precision.SIXTEEN, None
    if wish not in ("fp8", "fbgemm_fp8"):
        return Precision.CHECKPOINT, None
    if machine.kind == "cpu":
        return Precision.SIXTEEN, (
            "quantization is fp8, which a CPU cannot compute; set it to none"
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
        "maths 8.9; set quantization to none, or take a newer card"
    )


def context_limit(wish: int, checkpoint: Checkpoint | None) -> int:
    """The lower of what is set and what the model was made for."""
    made_for = checkpoint.context if checkpoint else None
    return min(wish, made_for) if made_for else wish


def choose_tokenizer(options: VllmOptions, checkpoint: Checkpoint | None) -> str:
    """mistral_common where the model brings its file: it reads no control words in a ticket."""
    own = checkpoint is not None and options.tokenizer is None
    if options.tokenizer_mode == "auto" and own and checkpoint.tokenizer_file == "tekken.json":
        return "mistral"
    return options.tokenizer_mode


def estimate(
    options: VllmOptions, checkpoint: Checkpoint, precision: Precision, length: int
) -> Memory | None:
    """Bytes on each GPU; None where the model's files do not tell its shape."""
    c = checkpoint
    if c.weight_bytes is None or not (c.layers and c.kv_heads and c.head_dim):
        return None
    value = 1 if options.kv_cache_dtype.startswith("fp8") else 2
    share = options.tensor_parallel
    kept = max(c.kv_heads // share, 1)  # more GPUs than heads: each holds a copy
    return Memory(
        weights=_loaded_bytes(c, precision) // share,
        one_context=2 * c.layers * kept * c.head_dim * value * length,
    )


def _loaded_bytes(c: Checkpoint, precision: Precision) -> int:
    """FP8 halves (or quarters) the matrices; the tables of words stay in 16 bits."""
    weights = c.weight_bytes or 0
    if c.quantized or precision not in (Precision.NATIVE_FP8, Precision.WEIGHT_ONLY_FP8):
        return weights
    tables = (c.vocab or 0) * (c.hidden or 0) * (1 if c.tied else 2)
    matrices = max(weights // c.value_bytes - tables, 0)
    return matrices + 2 * tables


def _device_faults(options: VllmOptions, machine: Machine) -> list[str]:
    if options.device == "cpu":
        if machine.kind == "cpu":
            return []
        return ["device is cpu, but this vllm was not built for it; set it to gpu"]
    if machine.kind == "cpu":
        return ["no GPU: this vllm was built for CPUs, which is for tests; set device to cpu"]
    if machine.kind != "gpu":
        found = "" if machine.kind == "none" else f" (vllm found {machine.kind!r})"
        return [
            f"no CUDA GPU was found{found}; check `nvidia-smi`, or choose an endpoint "
            "or no model instead"
        ]
    if options.tensor_parallel > len(machine.gpus):
        return [
            f"tensor_parallel is {options.tensor_parallel}, but {len(machine.gpus)} "
            f"GPU{'s are' if len(machine.gpus) != 1 else ' is'} visible"
        ]
    return []


def _extra_faults(options: VllmOptions) -> list[str]:
    faults = [
        f"extra names {key!r}, which has a setting of its own: {_OURS[key]}"
        for key in options.extra
        if key in _OURS
    ]
    return faults + [
        f"extra names {key!r}, which this service relies on and sets itself"
        for key in options.extra
        if key in _FIXED
    ]


def _checkpoint_faults(options: VllmOptions, checkpoint: Checkpoint) -> list[str]:
    faults: list[str] = []
    if checkpoint.tokenizer_file is None and options.tokenizer is None:
        faults.append(
            f"the model {options.model!r} has no tokenizer (tekken.json, tokenizer.json or "
            "tokenizer.model); name one in tokenizer"
        )
    if checkpoint.weight_bytes is None and options.load_format not in ("dummy", "tensorizer"):
        faults.append(
            f"the folder of {options.model!r} holds no *.safetensors; fetch them, or set "
            "load_format to dummy to measure speed without sense"
        )
    heads, share = checkpoint.heads, options.tensor_parallel
    if heads and heads % share:
        faults.append(
            f"tensor_parallel is {share}, which does not divide the {heads} attention heads"
        )
    return faults


def _memory_faults(options: VllmOptions, memory: Memory | None, machine: Machine) -> list[str]:
    if memory is None:
        return []
    told = (_memory_fault(options, memory, gpu) for gpu in machine.gpus[: options.tensor_parallel])
    return [fault for fault in told if fault]


def _memory_fault(options: VllmOptions, memory: Memory, gpu: Gpu) -> str | None:
    """vllm takes its share of the whole card at once: it must be free, and the model must fit."""
    share = int(gpu.total_bytes * options.gpu_memory_utilization)
    need = (
        f"about {_gib(memory.needed)} ({_gib(memory.weights)} weights, "
        f"{_gib(memory.one_context)} for one full context, {_gib(memory.work)} to work)"
    )
    if memory.needed > share:
        return (
            f"{gpu.name}: the model needs {need}, but {options.gpu_memory_utilization:.0%} of the "
            f"card is {_gib(share)}; lower max_model_len, quantise, take a smaller model, or raise "
            "tensor_parallel"
        )
    if share > gpu.free_bytes:
        fits = gpu.free_bytes / gpu.total_bytes
        mend = (
            f"or lower gpu_memory_utilization to {int(fits * 100) / 100:.2f}"
            if memory.needed <= int(fits * 100) / 100 * gpu.total_bytes
            else f"since the model needs {need}"
        )
        return (
            f"{gpu.name}: {_gib(gpu.free_bytes)} of {_gib(gpu.total_bytes)} are free, but "
            f"gpu_memory_utilization asks for {_gib(share)}; end what else uses the card, {mend}"
        )
    return None


def _told_to_vllm(wish: str, precision: Precision) -> str | None:
    if precision in (Precision.NATIVE_FP8, Precision.WEIGHT_ONLY_FP8):
        return "fp8"
    return wish if wish not in ("fp8", "none") else None


def _notes(
    options: VllmOptions, checkpoint: Checkpoint | None, precision: Precision, length: int
) -> list[str]:
    notes: list[str] = []
    if checkpoint is None:
        notes.append(f"the model {options.model!r} is not here yet and will be fetched")
    if precision is Precision.WEIGHT_ONLY_FP8:
        notes.append("the card keeps weights in FP8 and multiplies in 16 bits: smaller, not faster")
    if length < options.max_model_len:
        notes.append(f"max_model_len is {length}, which is all that the model was made for")
    return notes


def _dotted(capability: tuple[int, int]) -> str:
    return ".".join(map(str, capability))


def _gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"
