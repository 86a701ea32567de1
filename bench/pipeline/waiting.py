"""Waiting for the service to be through, and seeing when it does not get on."""

import asyncio
from collections.abc import Sequence

from bench.pipeline.ledger import Ledger
from bench.pipeline.machine import Child, Say

STALL_S = 90.0


async def finished(say: Say, book: Ledger, rows: int, children: Sequence[Child]) -> None:
    """Until so many rows have ended and all is published; raises `RuntimeError` on a standstill."""
    loop = asyncio.get_running_loop()
    told = moved = loop.time()
    last = -1
    while not await book.all_done(rows):
        for child in children:
            if not child.running:
                raise RuntimeError(f"{child.name} ended before it was through")
        ended = await book.ended()
        if ended != last:
            last, moved = ended, loop.time()
        if loop.time() - moved > STALL_S:
            raise RuntimeError(f"nothing ended for {STALL_S:.0f} s, at {ended} of {rows}")
        if loop.time() - told > 10:
            told = loop.time()
            say(f"  {ended} of {rows} tickets ended")
        await asyncio.sleep(0.25)
