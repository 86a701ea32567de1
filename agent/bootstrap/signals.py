"""SIGTERM and SIGINT: the first drains, a second one ends the process at once.

Ending at once loses nothing: what was in flight is leased, and another process takes it over when
its lease has run out.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

_ENDS = (signal.SIGTERM, signal.SIGINT)


def stop_on_signals(
    stop: asyncio.Event, *, before_the_end: Callable[[], None] = lambda: None
) -> None:
    """Set `stop` on the first signal; on the second end the process with 128 + its number."""
    loop = asyncio.get_running_loop()
    for number in _ENDS:
        loop.add_signal_handler(number, _told, number, stop, before_the_end)


def stop_with_parent(stop: asyncio.Event, pipe: int = 0) -> None:
    """Set `stop` when the other end of a pipe is closed, as it is when its process ends."""
    loop = asyncio.get_running_loop()

    def ended() -> None:
        if not os.read(pipe, 4_096):
            loop.remove_reader(pipe)
            stop.set()

    loop.add_reader(pipe, ended)


def _told(number: signal.Signals, stop: asyncio.Event, before_the_end: Callable[[], None]) -> None:
    if not stop.is_set():
        stop.set()
        return
    before_the_end()
    line = f"{number.name} again: ended without draining; what was in flight is taken up again\n"
    sys.stderr.write(line)
    sys.stderr.flush()
    os._exit(128 + number)
