"""How fast a ticket must be answered: the highest of what its category, rules and words ask."""

from collections.abc import Iterable, Sequence

from agent.domain.triage import Priority
from agent.triage.lexicon import Signal, found, phrases, signals
from agent.triage.phrases import Phrases
from agent.triage.rules import Hit

_ORDER = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT)
_LEGAL = "legal_threat"


class Prioritiser:
    """Decides priority for tickets in one language. Pure."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._signals = tuple(_CompiledSignal(signal, language) for signal in signals())

    def raised(self, folded: str) -> tuple[Signal, ...]:
        """What the text's own words say that raises it."""
        return tuple(s.signal for s in self._signals if s.within(folded))

    def decide(
        self, folded: str, *, category: Priority, hits: Sequence[Hit], raised: Sequence[Signal]
    ) -> Priority:
        """The highest that applies; mere curiosity is low where nothing raises it."""
        asked = [signal.priority for signal in raised]
        asked += (hit.priority for hit in hits if hit.priority is not None)
        if self._is_ultimatum(folded, hits):
            asked.append(Priority.URGENT)
        if not asked and found("priority", "curiosity", folded, self._language):
            return Priority.LOW
        return highest([category, *asked])

    def _is_ultimatum(self, folded: str, hits: Sequence[Hit]) -> bool:
        """A legal threat with a date or a period."""
        threatened = any(hit.fired.reason == _LEGAL for hit in hits)
        return threatened and bool(found("priority", "ultimatum", folded, self._language))


class _CompiledSignal:
    def __init__(self, signal: Signal, language: str) -> None:
        self.signal = signal
        self._language = language
        self._beside = Phrases(phrases(signal.beside, language)) if signal.beside else None

    def within(self, folded: str) -> bool:
        spans = found("signal", self.signal.id, folded, self._language)
        if self._beside is None:
            return bool(spans)
        return any(
            self._beside.within(folded[max(0, start - self.signal.reach) : end + self.signal.reach])
            for start, end in spans
        )


def highest(priorities: Iterable[Priority]) -> Priority:
    return max(priorities, key=_ORDER.index)
