"""What there is to compute on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    name: str
    capability: tuple[int, int]  #: CUDA compute capability
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    kind: str  #: `gpu` (CUDA), `cpu` (vllm built for it), `none`, or another of vllm's platforms
    gpus: tuple[Gpu, ...] = ()
