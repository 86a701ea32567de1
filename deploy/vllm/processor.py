"""vLLM without a GPU: what makes it start on two cores, for tests and to prove a benchmark."""

import os
from pathlib import Path
from typing import Any, Final

from engine.vllm.options import VllmOptions

ENVIRONMENT: Final = {
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
    "TORCHDYNAMO_DISABLE": "1",  # compiling takes longer than all tests
    # Half the start: a spawned child imports everything again. A service with a GPU does spawn.
    "VLLM_WORKER_MULTIPROC_METHOD": "fork",
    "VLLM_HOST_IP": "127.0.0.1",  # it would ask the network for its own address
    "HF_HUB_OFFLINE": "1",
}


def use_processor() -> None:
    """Set them for this process, before vllm is first imported."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def processor_options(model: Path, **more: Any) -> VllmOptions:
    """A model of this folder on the processor, without FP8, which needs a GPU."""
    plain: dict[str, Any] = {"max_model_len": 8_192, "max_num_seqs": 16}
    return VllmOptions(
        **plain | more,
        model=str(model),
        quantization="none",
        device="cpu",
        enforce_eager=True,
        offline=True,
    )
