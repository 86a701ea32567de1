"""How much of a card a model takes, estimated from the shapes that its files give. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.vllm.checkpoint import Checkpoint
from engine.vllm.machine import Gpu, Machine
from engine.vllm.options import VllmOptions

GIB: Final = 1 << 30
WORK_BYTES: Final = int(1.5 * GIB)  #: activations, compiled graphs, CUDA itself; an estimate


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


def memory_faults(options: VllmOptions, memory: Memory | None, machine: Machine) -> list[str]:
    """For each card that is used, why the model does not fit on it, if it does not."""
    if memory is None:
        return []
    told = (_memory_fault(options, memory, gpu) for gpu in machine.gpus[: options.tensor_parallel])
    return [fault for fault in told if fault]


def _memory_fault(options: VllmOptions, memory: Memory, gpu: Gpu) -> str | None:
    """vllm takes its share of the whole card at once: it must be free, and the model must fit."""
    share = int(gpu.total_bytes * options.gpu_memory_utilization)
    setting = options.named("gpu_memory_utilization")
    need = (
        f"about {_gib(memory.needed)} ({_gib(memory.weights)} weights, "
        f"{_gib(memory.one_context)} for one full context, {_gib(memory.work)} to work)"
    )
    if memory.needed > share:
        return (
            f"{gpu.name}: the model needs {need}, but {options.gpu_memory_utilization:.0%} of the "
            f"card is {_gib(share)}; lower {options.named('max_model_len')}, quantise, take a "
            f"smaller model, or share it in {options.named('tensor_parallel')}"
        )
    if share > gpu.free_bytes:
        fits = gpu.free_bytes / gpu.total_bytes
        mend = (
            f"or lower {setting} to {int(fits * 100) / 100:.2f}"
            if memory.needed <= int(fits * 100) / 100 * gpu.total_bytes
            else f"since the model needs {need}"
        )
        return (
            f"{gpu.name}: {_gib(gpu.free_bytes)} of {_gib(gpu.total_bytes)} are free, but "
            f"{setting} asks for {_gib(share)}; end what else uses the card, {mend}"
        )
    return None


def _gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"
