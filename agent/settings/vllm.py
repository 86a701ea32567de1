"""The embedded engine."""

import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

from pydantic import BeforeValidator, Field, field_validator

from agent.settings.sections import Section

if TYPE_CHECKING:
    from engine.vllm.options import VllmOptions

PREFIX: Final = "CITEDESK_ENGINE__VLLM__"


def _unset(value: Any) -> Any:
    return None if value == "" else value


Text = Annotated[str | None, BeforeValidator(_unset)]


class VllmSettings(Section):
    """For another model `model` is enough: template and context limit are the model's own."""

    model: str = Field(
        default="mistralai/Mistral-Nemo-Instruct-2407",
        min_length=1,
        description="a folder, or a name on the hub",
    )
    revision: Text = Field(
        default=None, description="commit, tag or branch on the hub; the default model has one"
    )
    tokenizer: Text = Field(default=None, description="where it is not the model's own")
    tokenizer_mode: str = Field(default="auto", description="auto, hf, mistral, …")
    config_format: str = Field(default="auto", description="auto, hf or mistral")
    load_format: str = Field(default="auto", description="dummy invents the weights")
    quantization: str = Field(
        default="fp8",
        description="fp8 (16-bit weights are turned as they load), none, or a method vllm knows; "
        "a checkpoint that is quantised already keeps its own with fp8 and none",
    )
    dtype: str = Field(default="auto", description="auto, bfloat16, float16, float32")
    kv_cache_dtype: str = Field(default="auto", description="fp8 doubles what fits")
    max_model_len: int = Field(
        default=16_384, ge=256, description="tokens of prompt and answer; the model's if lower"
    )
    max_num_seqs: int = Field(default=256, ge=1, description="calls that are computed at once")
    gpu_memory_utilization: float = Field(
        default=0.9, gt=0, le=1, description="share of each card that is taken at start"
    )
    tensor_parallel: int = Field(default=1, ge=1, description="GPUs that share one model")
    prefix_caching: bool = Field(default=True, description="keep what prompts share")
    enforce_eager: bool = Field(default=False, description="no compiled graphs: starts sooner")
    device: Literal["gpu", "cpu"] = Field(default="gpu", description="cpu is for tests")
    offline: bool = Field(default=False, description="fetch nothing from a hub")
    otlp_endpoint: Text = Field(default=None, description="where vllm sends its own spans, gRPC")
    chat_template_kwargs: str = Field(
        default="{}", description='a JSON object for the template, such as {"enable_thinking": 0}'
    )
    extra: str = Field(default="{}", description="a JSON object of further engine arguments")

    @field_validator("chat_template_kwargs", "extra")
    @classmethod
    def _object(cls, value: str) -> str:
        if _read(value) is None:
            raise ValueError('write a JSON object, such as {"name": 1}')
        return value

    def options(self) -> "VllmOptions":
        """The same as the engine takes it; its messages name our variables."""
        from engine.vllm.options import VllmOptions

        plain = self.model_dump(exclude={"chat_template_kwargs", "extra"})
        return VllmOptions(
            **plain,
            chat_template_kwargs=_read(self.chat_template_kwargs) or {},
            extra=_read(self.extra) or {},
            prefix=PREFIX,
        )


def _read(text: str) -> dict[str, Any] | None:
    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return cast(dict[str, Any], value) if isinstance(value, dict) else None
