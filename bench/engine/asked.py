"""What one process of the benchmark is asked, and how long it may take for a call."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel, Field

from engine.base import Sampling, Terms
from engine.vllm import VllmOptions

PATIENCE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One configuration."""

    model: str
    fp8: bool
    prefix: bool
    at_once: tuple[int, ...]  #: tickets that run side by side, one act each
    calls: int  #: replies of each act, at least
    tokens: int  #: of each reply
    load_format: str = "auto"
    device: str = "gpu"
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def options(self) -> VllmOptions:
        return VllmOptions(
            model=self.model,
            load_format=self.load_format,
            quantization="fp8" if self.fp8 else "none",
            prefix_caching=self.prefix,
            device="cpu" if self.device == "cpu" else "gpu",
            enforce_eager=self.device == "cpu",
            max_num_seqs=max(self.at_once),
            extra=self.extra,
        )

    def replies(self, at_once: int) -> int:
        """So many that the batch is full most of the time."""
        return max(self.calls, 3 * at_once)

    def as_text(self) -> str:
        return json.dumps(asdict(self))


def read_asked(text: str) -> Asked:
    values = json.loads(text)
    return Asked(**values | {"at_once": tuple(values["at_once"])})


class LongReply(BaseModel):
    """A string that does not end by itself: each reply is cut at the same number of tokens."""

    text: str = Field(min_length=1_500)


def sampling(tokens: int) -> Sampling:
    return Sampling(max_tokens=tokens, seed=1)


def terms() -> Terms:
    return Terms(deadline=datetime.now(UTC) + PATIENCE)
