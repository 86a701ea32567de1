"""What vLLM measures, read from the page that our service shows."""

import asyncio
import re
from collections.abc import Callable

from engine.vllm import vllm_metrics

_LINE = re.compile(r"(?P<name>[\w:]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")


def measured(name: str, *, leaving_out: str = "\0") -> float:
    """The sum over a measurement's labels, but for those that hold a word."""
    found = (_LINE.fullmatch(line) for line in vllm_metrics().decode().splitlines())
    return sum(
        float(line["value"])
        for line in found
        if line and line["name"] == name and leaving_out not in (line["labels"] or "")
    )


async def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    """Waits for what rings no bell."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - a gauge, a database, another process
            await asyncio.sleep(0.05)
