"""The model-free triager and writer behind the model's: a ticket is answered when no model does.

A draft that fell back always waits for a person, with the reason. Where a desk chose to do without
a model nothing falls back, and the usual proof decides.
"""

from collections.abc import Callable
from dataclasses import replace

from agent import observe
from agent.domain.desk import Desk
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.model.errors import ModelError
from agent.pipeline.ports import Brief, Run, Triager, Writer, Written
from engine.errors import EngineError

#: What ends the first choice's try; anything else is a defect, or the end of the attempt.
FAILURES = (EngineError, ModelError)


class FallbackTriager:
    """Asks `first`; `then` where no engine gave a usable answer."""

    def __init__(self, first: Triager, then: Triager) -> None:
        self._first = first
        self._then = then

    async def triage(self, ticket: Ticket, desk: Desk, *, run: Run | None = None) -> Triage:
        try:
            return await self._first.triage(ticket, desk, run=run)
        except FAILURES as exc:
            _log("triage.fallback", ticket, exc)
            if run is not None:
                run.fell_back = True
                run.reasons.append(f"fallback: triage without a model ({exc})")
            return await self._then.triage(ticket, desk, run=run)


class FallbackWriter:
    """Asks `first`; `then` where no engine gave a usable reply, which says so."""

    def __init__(self, first: Writer, then: Writer) -> None:
        self._first = first
        self._then = then

    async def write(self, brief: Brief) -> Written:
        try:
            return await self._first.write(brief)
        except FAILURES as exc:
            _log("write.fallback", brief.ticket, exc)
            written = await self._then.write(brief)
            return replace(
                written,
                reasons=(*written.reasons, f"fallback: written without a model ({exc})"),
                written_by=replace(written.written_by, fallback=True),
            )


class TriagerByDesk:
    """Asks `model` for the desks that have one, `free` for those that chose to do without."""

    def __init__(self, model: Triager, free: Triager, has_model: Callable[[str], bool]) -> None:
        self._model = model
        self._free = free
        self._has_model = has_model

    async def triage(self, ticket: Ticket, desk: Desk, *, run: Run | None = None) -> Triage:
        chosen = self._model if self._has_model(desk.name) else self._free
        return await chosen.triage(ticket, desk, run=run)


class WriterByDesk:
    """Asks `model` for the desks that have one, `free` for those that chose to do without."""

    def __init__(self, model: Writer, free: Writer, has_model: Callable[[str], bool]) -> None:
        self._model = model
        self._free = free
        self._has_model = has_model

    async def write(self, brief: Brief) -> Written:
        chosen = self._model if self._has_model(brief.desk.name) else self._free
        return await chosen.write(brief)


def _log(event: str, ticket: Ticket, exc: Exception) -> None:
    observe.log.warning(event, ticket=ticket.id, error=type(exc).__name__)
