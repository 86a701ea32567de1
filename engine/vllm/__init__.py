"""vLLM inside this process: AsyncLLM with continuous batching, FP8 and schema-bound answers.

    engine = await start_vllm(VllmOptions(model="/models/nemo"), warm=(Reply,))
    done = await engine.complete(prompt, Reply, sampling=Sampling(), terms=terms)

Nothing here imports vllm before `start_vllm` is called, and then only `library.py` does. What can
be told before the weights are read is checked first: `preflight.py` decides, in pure functions,
from what `checkpoint.py` reads of the model and `library.py` of the machine.
"""

from engine.vllm.engine import VllmEngine
from engine.vllm.errors import CannotStart
from engine.vllm.metrics import vllm_metrics
from engine.vllm.options import NEMO, NEMO_REVISION, TESTED_VERSION, VllmOptions
from engine.vllm.start import check_vllm, start_vllm

__all__ = [
    "NEMO",
    "NEMO_REVISION",
    "TESTED_VERSION",
    "CannotStart",
    "VllmEngine",
    "VllmOptions",
    "check_vllm",
    "start_vllm",
    "vllm_metrics",
]
