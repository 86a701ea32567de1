"""The older part of a long thread in a few points; context for a writer, never evidence."""

import asyncio
from collections.abc import Sequence
from typing import Final

from agent import observe
from agent.domain.desk import Desk
from agent.domain.ticket import Ticket
from agent.pipeline.model.calls import Calls, Step
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.errors import ModelError
from agent.pipeline.model.fence import fenced, one_line
from agent.pipeline.model.prompts import prompt_file, prompted
from agent.pipeline.model.schema import SummaryAnswer
from agent.pipeline.model.thread import Part, pieces
from agent.pipeline.ports import Run
from engine.errors import EngineError

_PIECE: Final = 4_500  #: tokens of a conversation in one call
_PIECES: Final = 3  #: the newest; what is older still is left out
_POINTS: Final = 24
_MAX_TOKENS: Final = 600


class Summariser:
    """Asks a model for the points of what a prompt has no room for."""

    def __init__(self, calls: Calls, texts: DeskTexts) -> None:
        self._calls = calls
        self._texts = texts

    async def points(
        self, parts: Sequence[Part], ticket: Ticket, desk: Desk, run: Run
    ) -> tuple[str, ...]:
        """Oldest first; nothing where the model could not, since a reply can do without."""
        texts = pieces(parts, _PIECE)[-_PIECES:]
        found = await asyncio.gather(*(self._one(text, ticket, desk, run) for text in texts))
        return tuple(point for points in found for point in points)[-_POINTS:]

    async def _one(self, text: str, ticket: Ticket, desk: Desk, run: Run) -> tuple[str, ...]:
        stable = self._texts.stable("summary", desk)
        step = Step(
            name="summary",
            prompt=prompted(prompt_file("summary"), stable, {"thread": fenced(text)}),
            answer=SummaryAnswer,
            max_tokens=_MAX_TOKENS,
            share=0.3,
        )
        try:
            answer = await self._calls.ask(step, ticket, run, lambda _: ())
        except (EngineError, ModelError) as exc:
            observe.log.info("summary.failed", ticket=ticket.id, error=type(exc).__name__)
            return ()
        return tuple(line for point in answer.points if (line := one_line(point)))
