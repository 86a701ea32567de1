"""vLLM's processes on loan: an engine that is closed does not take them with it."""

import asyncio
from collections.abc import AsyncGenerator

from engine.vllm.runtime import Call, Piece, Rendered, Runtime


class Lent:
    """A runtime that outlives the engine over it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._back = False

    @property
    def dead(self) -> bool:
        return self._back or self._runtime.dead

    async def render(self, text: str) -> Rendered:
        return await self._runtime.render(text)

    def generate(self, rendered: Rendered, call: Call) -> AsyncGenerator[Piece, None]:
        return self._runtime.generate(rendered, call)

    async def ended(self) -> None:
        await self._runtime.ended()

    def shut_down(self) -> None:
        self._back = True


async def turns(count: int = 5) -> None:
    """Let what was started get as far as its first wait."""
    for _ in range(count):
        await asyncio.sleep(0)
