"""What the engine needs of vllm, so that its decisions can be tested without it."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.base import Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A prompt through the model's own template."""

    tokens: tuple[int, ...]
    handle: object  #: what vllm wants to see again


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to the model."""

    id: str
    schema: str  #: JSON schema as text; the answer cannot leave it
    sampling: Sampling
    priority: int  #: lower goes first
    headers: Mapping[str, str]
    stream: bool  #: pieces as they come, else one piece at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What came since the last one."""

    text: str
    tokens: int
    cached: int  #: tokens of the prompt that were not computed again
    finish: str | None = None  #: why it is the last: "stop", "length", "abort" …


class Runtime(Protocol):
    """A running vllm. Its methods are called on the event loop, `shut_down` on any thread."""

    @property
    def dead(self) -> bool: ...

    async def render(self, text: str) -> Rendered:
        """One user message as the model expects it; what looks like a control word is text."""
        ...

    def generate(self, rendered: Rendered, call: Call) -> AsyncGenerator[Piece, None]:
        """The answer; raises `RuntimeDied`, `CallRefused` or `CallFailed`.

        Leaving or cancelling it takes the call out of the batch.
        """
        ...

    async def ended(self) -> None:
        """Return when the process that computes is gone."""
        ...

    def shut_down(self) -> None: ...
