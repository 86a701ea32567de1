"""What a ticket asks to have done, read from its words without a model. Pure.

A wish is a request to look at, not a permission: it is checked in the backend within the
requester's own scope, and then waits for a person. So that no person is asked for nothing, only
plain requests count: no question whether or how, no condition, no negation.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from agent.domain.desk import Desk
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.pipeline.cues import Cues, cues, folded_text, without
from agent.pipeline.ports import Brief, Research
from agent.triage.phrases import Phrases
from retrieval.sentences import split_sentences
from retrieval.text import words
from tools.base import Scalar

NO_QUESTION = -1  #: a request that stands beside the questions
_READ = 20_000  #: characters of a message
TOOLS = ("cancel_order", "refund", "send_replacement", "book_leave")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A side effect that a question of the ticket asks for."""

    tool: str
    arguments: Mapping[str, Scalar]
    question: int  #: its number from 0, or `NO_QUESTION`
    reason: str


def wishes(brief: Brief) -> tuple[Wish, ...]:
    """The wishes of the message's own words, and those that a model read from them."""
    ticket, triage = brief.ticket, brief.triage
    if not ticket.requester.verified or triage.fired:
        return ()
    found: dict[tuple[str, str], Wish] = {}
    for wish in (*_from_words(ticket, triage, brief.desk, brief.research), *_from_model(brief)):
        found.setdefault((wish.tool, str(sorted(wish.arguments.items()))), wish)
    return tuple(found.values())


def _from_words(ticket: Ticket, triage: Triage, desk: Desk, research: Research) -> list[Wish]:
    category = desk.category(triage.category)
    offered = [name for name in TOOLS if category and name in category.tools]
    kept = _words().get(ticket.language, {}).get("keep")
    if kept is None or not offered or kept.within(folded_text(ticket.text)):
        return []
    spoken: dict[str, int] = {question: n for n, question in enumerate(research.questions)}
    beside = [s for s in _sentences(ticket) if not any(q in s for q in research.questions)]
    for sentence in beside:  # "Please refund it. It has arrived.": the first asks
        spoken.setdefault(sentence, _background(research.questions, cues(ticket.language)))
    found: list[Wish] = []
    for said, n in spoken.items():
        asks = _begins if said in beside else _asks
        folded = folded_text(said)
        tool = next((name for name in offered if asks(folded, name, ticket.language)), None)
        arguments = _arguments(tool, said, triage) if tool else None
        if tool and arguments:
            where = f"question {n + 1} of the message" if n >= 0 else "the message"
            reason = f"{where} asks for it"
            found.append(Wish(tool=tool, arguments=arguments, question=n, reason=reason))
    return found


def _sentences(ticket: Ticket) -> list[str]:
    """What the messages themselves say, sentence by sentence; not the mail quoted below them."""
    bodies = (message.body[:_READ] for message in ticket.messages)
    return [
        " ".join(body[span.start : span.end].split())
        for body in bodies
        for span in split_sentences(body, ticket.language)
    ]


def _background(questions: Sequence[str], table: Cues) -> int:
    """The one statement that such a request leans on, which it answers too; else -1."""
    if len(questions) != 1 or "?" in questions[0]:
        return NO_QUESTION
    folded = folded_text(questions[0])
    return NO_QUESTION if table.asks.within(folded) or table.wants.within(folded) else 0


def _asks(folded: str, tool: str, language: str) -> bool:
    known = _words().get(language, {})
    return tool in known and known[tool].within(folded) and not known["no"].within(folded)


def _begins(folded: str, tool: str, language: str) -> bool:
    """Whether a sentence is the request itself, from its first words on: what somebody wants,
    said or decided, or what holds otherwise, is none.
    """
    if not _asks(folded, tool, language):
        return False
    table = cues(language)
    begin = min(start for start, _ in _words()[language][tool].spans(folded))
    polite = (table.greetings, table.courtesies, table.wants, table.asks, table.joins)
    return not words(without(folded[:begin], polite))


def _arguments(tool: str, question: str, triage: Triage) -> dict[str, Scalar] | None:
    """From what the text names, where it names one thing; None where it does not."""
    if tool == "book_leave":
        days = triage.entities.dates
        return {"start": days[0], "end": days[-1]} if 0 < len(days) <= _SPAN else None
    orders = triage.entities.order_ids
    named = [order for order in orders if order in question] or list(orders)
    if len(named) != 1:
        return None
    given: dict[str, Scalar] = {"order_id": named[0]}
    if tool == "send_replacement" and len(triage.entities.skus) == 1:
        given["sku"] = triage.entities.skus[0]
    return given


_SPAN = 2  #: days that a span of leave names: its first and its last


def _from_model(brief: Brief) -> list[Wish]:
    return [
        Wish(
            tool=trouble.tool,
            arguments=trouble.arguments,
            question=trouble.question,
            reason=f"a model read question {trouble.question + 1} of the message so",
        )
        for trouble in brief.research.troubles
        if trouble.code == "needs-approval" and trouble.tool in brief.desk.tools
    ]


@cache
def _words() -> dict[str, dict[str, Phrases]]:
    path = files("agent.pipeline").joinpath("words", "requests.toml")
    table = cast(dict[str, dict[str, list[str]]], tomllib.loads(path.read_text(encoding="utf-8")))
    return {
        language: {name: Phrases(phrases) for name, phrases in of.items()}
        for language, of in table.items()
    }
