"""What a person may set about the embedded engine; what the model itself says is not repeated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

TESTED_VERSION: Final = "0.26.0"
"""The vllm that the extra pins and the tests run on."""

NEMO: Final = "mistralai/Mistral-Nemo-Instruct-2407"
NEMO_REVISION: Final = "04d8a90549d23fc6bd7f642064003592df51e9b3"
"""The commit of the reference model that is meant when no other model or revision is named."""

Device = Literal["gpu", "cpu"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmOptions:
    """Defaults are for the reference model on one GPU; another model needs `model` alone."""

    model: str = NEMO  #: a folder, or a name on the hub
    revision: str | None = None  #: commit, tag or branch on the hub; a folder has none
    tokenizer: str | None = None  #: where it is not the model's own
    tokenizer_mode: str = "auto"  #: auto takes mistral_common where the model brings its file
    config_format: str = "auto"
    load_format: str = "auto"  #: `dummy` invents the weights: true speed, no sense
    quantization: str = "fp8"  #: fp8 (as the weights load), none, or a method vllm knows
    dtype: str = "auto"
    kv_cache_dtype: str = "auto"  #: auto is the weights' 16 bits; fp8 doubles what fits
    max_model_len: int = 16_384  #: tokens of prompt and answer; the model's own limit if lower
    max_num_seqs: int = 256  #: calls that are computed side by side; more of them wait
    gpu_memory_utilization: float = 0.9
    tensor_parallel: int = 1  #: GPUs that share one model
    prefix_caching: bool = True
    enforce_eager: bool = False  #: no compiled graphs: starts sooner, runs slower
    device: Device = "gpu"  #: cpu is for tests
    offline: bool = False  #: nothing is fetched from a hub
    otlp_endpoint: str | None = None  #: where vllm sends its own spans
    chat_template_kwargs: Mapping[str, object] = field(default_factory=dict[str, object])
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    """Further engine arguments, handed on as they are."""
    prefix: str = ""  #: of the variables that set these, for messages

    def named(self, option: str) -> str:
        """An option as the person who sets it knows it."""
        return f"{self.prefix}{option.upper()}" if self.prefix else option

    @property
    def pinned(self) -> str | None:
        """The revision in force: the reference model has one without being told."""
        return self.revision or (NEMO_REVISION if self.model == NEMO else None)
