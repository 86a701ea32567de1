"""Waiting for a condition, with a limit: the one form that every loop of the service uses."""

import asyncio


async def first(*events: asyncio.Event, seconds: float) -> bool:
    """Until one of the events is set (True) or the time is over (False)."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for wait in waits:
            wait.cancel()
