"""What a model read beyond the rules: search queries for each question, questions they missed."""

from collections.abc import Sequence

from agent.domain.triage import Triage
from agent.pipeline.questions import MOST, Asked, alone


def with_missed(questions: Sequence[Asked], triage: Triage) -> tuple[Asked, ...]:
    """The questions that the rules found, then those that only the model saw."""
    missed = [Asked(text=ask.text) for ask in triage.asks if ask.number >= len(questions)]
    return alone((*questions, *missed)[:MOST])


def queries_of(n: int, triage: Triage) -> tuple[str, ...]:
    """The queries that the model wrote for question n, counted from 0."""
    return tuple(query for ask in triage.asks if ask.number == n for query in ask.queries)
