"""CPU time by stage, though hundreds of tickets share one thread.

A coroutine runs in steps between its waits. Only its own steps are counted, so that a ticket that
waits four seconds for a model costs what it computes, whatever the loop does meanwhile. Driver
callbacks and the loop itself belong to no stage: they are the process's CPU less the stages'.
"""

import itertools
import threading
import time
import types
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from agent.observe.measure import METRICS

T = TypeVar("T")
P = ParamSpec("P")


class _Meter:
    """The stages of one piece of work; runs only while a step of that work does."""

    __slots__ = ("_since", "_spent", "_stage", "_stands_for", "_thread")

    def __init__(self, stage: str, stands_for: int = 1) -> None:
        self._stands_for = stands_for
        self._thread = threading.get_ident()
        self._stage = stage
        self._since: float | None = None
        self._spent: dict[str, float] = {}

    @property
    def running(self) -> bool:
        return self._since is not None and self._thread == threading.get_ident()

    def resume(self) -> None:
        self._since = time.thread_time()

    def pause(self) -> None:
        if self._since is not None:
            spent = time.thread_time() - self._since
            self._spent[self._stage] = self._spent.get(self._stage, 0.0) + spent
            self._since = None

    def switch(self, stage: str) -> str:
        """Count for another stage from now on; gives the one before."""
        before = self._stage
        self.pause()
        self._stage = stage
        self.resume()
        return before

    def tell(self) -> None:
        for stage, seconds in self._spent.items():
            METRICS.cpu(stage, seconds * self._stands_for)


_METER: ContextVar[_Meter | None] = ContextVar("citedesk-cpu-meter", default=None)


async def metered(stage: str, work: Coroutine[Any, Any, T]) -> T:
    """Run `work` in this task and count its CPU time for the stage, or for the stages in it."""
    if _running() is not None:
        with of_stage(stage):
            return await work
    return await _counted(work, _Meter(stage))


async def sampled(stage: str, work: Coroutine[Any, Any, T]) -> T:
    """`metered` for one piece of work in `ONE_IN`, which stands for the others.

    For work of many small steps, each of which costs less than asking the kernel for its CPU time.
    """
    if next(_turns) % ONE_IN:
        return await work
    return await _counted(work, _Meter(stage, stands_for=ONE_IN))


#: A prime, so that what comes round and round is not always met at the same place.
ONE_IN = 7
_turns = itertools.count()


async def _counted(work: Coroutine[Any, Any, T], meter: _Meter) -> T:
    token = _METER.set(meter)
    try:
        return await _stepped(work, meter)
    finally:
        _METER.reset(token)
        meter.tell()


def metered_call(stage: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that does not wait, in a thread of its own for example; count its CPU."""
    began = time.thread_time()
    try:
        return work(*args, **kwargs)
    finally:
        METRICS.cpu(stage, time.thread_time() - began)


@contextmanager
def of_stage(stage: str) -> Generator[None]:
    """Within metered work: what is computed in the block counts for this stage."""
    meter = _running()
    if meter is None:
        yield
        return
    before = meter.switch(stage)
    try:
        yield
    finally:
        if meter.running:  # not when the work is thrown away half-way
            meter.switch(before)


def _running() -> _Meter | None:
    """The meter of the step that runs now; a task or thread started in it has none."""
    meter = _METER.get()
    return meter if meter is not None and meter.running else None


@types.coroutine
def _stepped(work: Coroutine[Any, Any, T], meter: _Meter) -> Generator[Any, Any, T]:
    """What `await work` does, with the meter on only while `work` runs (PEP 380, `yield from`)."""
    sent: Any = None
    thrown: BaseException | None = None
    while True:
        meter.resume()
        try:
            waits_for = work.send(sent) if thrown is None else work.throw(thrown)
        except StopIteration as done:
            return done.value
        finally:
            meter.pause()
        sent, thrown = None, None
        try:
            sent = yield waits_for
        except GeneratorExit:
            work.close()
            raise
        except BaseException as error:  # cancelled, or what it waited for failed
            thrown = error
