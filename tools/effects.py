"""What all side effects have in common: they are prepared, and carried out by a warrant only."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel

from tools.base import Effect, Phrase, Scalar, Scope, ToolResult
from tools.errors import NeedsApproval
from tools.phrases.catalogue import Line, speak
from tools.values import Data

REQUESTED = "requested"
DONE = "done"
STATES: Sequence[str] = (REQUESTED, DONE, "refused", "expired", "failed")
"""What `state` says in an effect's result: what became of what was asked for."""


class Ledger(Protocol):
    """What a backend did under an idempotency key. None when it knows of nothing."""

    async def effect(self, key: str) -> Data | None: ...


class SideEffect:
    """Base of the tools with a side effect: `call` never does anything."""

    name: str
    description: str
    arguments: type[BaseModel]
    effect = Effect.WRITE
    personal = True

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def call(self, arguments: Any, scope: Scope) -> ToolResult:
        raise NeedsApproval(self.name)

    async def done(self, key: str) -> ToolResult | None:
        found = await self._ledger.effect(key)
        return None if found is None else self.told(found)

    def told(self, data: Data) -> ToolResult:
        """The data as this tool's result."""
        return ToolResult(tool=self.name, label=label_of(self.name, data), data=data)

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return effect_phrases(self.name, result.data, language)


def label_of(tool: str, data: Mapping[str, Scalar]) -> str:
    """What a reader calls an effect where the catalogue has no word: `cancel order 48213`."""
    subject = data.get("order_id") or data.get("start") or ""
    return f"{tool.replace('_', ' ')} {subject}".strip()


def effect_phrases(tool: str, data: Data, language: str) -> tuple[Phrase, ...]:
    """One sentence on what was asked for and what became of it."""
    state = str(data.get("state"))
    own = Line(keys=(f"{state}_full", state), topic="request", rests_on=("state",))
    if said := speak(tool, data, language, [own]):
        return said
    of_all = Line(keys=(f"{state}_order", f"{state}_leave"), topic="request", rests_on=("state",))
    return speak("request", data, language, [of_all])
