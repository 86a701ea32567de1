"""How much of a conversation a prompt holds: the question always, the oldest mail first to go.

Pure, but for the summary, which a model writes where the thread is longer than the budget.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from agent.domain.ticket import Author, Message, Ticket
from agent.pipeline.model.fence import fenced

Count = Callable[[str], int]
"""How many tokens a text has, or an upper estimate."""

_PIECE = re.compile(r"\d|[^\W\d_]{1,4}|[^\w\s]|_|\n+")
_READ: Final = 20_000  #: characters of a waiting message, as the rules read it
_GAP: Final = "[…]"


def estimated_tokens(text: str) -> int:
    """An estimate that is rarely too low for a 131k-word vocabulary such as Nemo's.

    Digits, signs and pieces of four letters, and a third of what non-ASCII letters add in bytes.
    """
    return len(_PIECE.findall(text)) + (len(text.encode("utf-8", "replace")) - len(text)) // 3


@lru_cache(maxsize=4_096)
def tokens_of_passage(text: str) -> int:
    """The estimate for a text that recurs."""
    return estimated_tokens(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One earlier piece of a thread."""

    who: str
    text: str

    def __str__(self) -> str:
        return f"{self.who}:\n{self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation as a prompt shows it."""

    asked: str  #: the waiting messages, whole
    earlier: tuple[Part, ...] = ()  #: oldest first, as far as the budget goes
    left_out: tuple[Part, ...] = ()  #: older ones, oldest first
    summary: tuple[str, ...] = ()  #: of what is left out, in a model's words

    @property
    def text(self) -> str:
        """Summary, earlier parts, then what is to be answered; each behind a margin of its own."""
        summary = [Part(who="Summary of the older part", text="\n".join(self.summary))]
        before = [*(summary if self.summary else []), *self.earlier]
        blocks = [f"Earlier. {part.who}:\n{fenced(part.text)}" for part in before]
        heading = "To be answered:\n" if blocks else ""
        return "\n\n".join([*blocks, heading + fenced(self.asked)])

    @property
    def cut(self) -> str | None:
        """Why a person should know, in words; None where nothing is missing."""
        if not self.left_out:
            return None
        how = "is summarised" if self.summary else "was not read"
        return f"context: the thread is longer than the budget; its oldest part {how}"


def threaded(ticket: Ticket, budget: int, count: Count = estimated_tokens) -> Thread:
    """The waiting messages whole, then as much of what came before as fits, the newest first.

    Once a part does not fit, nothing older is taken: a thread with a hole misleads.
    """
    asked = asked_text(ticket)
    left = budget - count(asked)
    taken: list[Part] = []
    older = list(_newest_first(ticket))
    while older and (cost := count(older[0].text) + _PER_PART) <= left:
        left -= cost
        taken.append(older.pop(0))
    return Thread(asked=asked, earlier=tuple(taken[::-1]), left_out=tuple(older[::-1]))


_PER_PART = 8  #: tokens of a part's heading


def asked_text(ticket: Ticket) -> str:
    """What is to be answered: every waiting message, its subject once."""
    subjects: list[str] = []
    texts: list[str] = []
    for message in ticket.messages:
        if message.subject and message.subject not in subjects:
            subjects.append(message.subject)
            texts.append(f"Subject: {message.subject}")
        texts.append(message.body[:_READ] + (f"\n{_GAP}" if len(message.body) > _READ else ""))
    return "\n\n".join(text for text in texts if text.strip())


def _newest_first(ticket: Ticket) -> Iterator[Part]:
    """Earlier messages from the newest back; mail quoted below them after those."""
    for message in reversed(ticket.history):
        yield Part(who=_WHO[message.author], text=message.body)
    for message in reversed(ticket.messages):
        yield from _quoted(message)


def _quoted(message: Message) -> Iterator[Part]:
    """A quoted mail's blocks as they stand: replies stand on top, so the oldest is last."""
    blocks = re.split(r"\n[ \t>]*\n", message.quoted) if message.quoted.strip() else []
    for block in blocks:
        if block.strip():
            yield Part(who="Quoted", text=block.strip("\n"))


_WHO = {Author.CUSTOMER: "The sender", Author.AGENT: "The desk"}


def pieces(parts: Sequence[Part], size: int, count: Count = estimated_tokens) -> list[str]:
    """The parts as texts of at most `size` tokens each, oldest first; a longer part is cut."""
    texts: list[str] = []
    for part in parts:
        told = str(part)
        while count(told) > size:
            told = told[: int(len(told) * size / count(told) * 0.9)]
        joined = f"{texts[-1]}\n\n{told}" if texts else ""
        if joined and count(joined) <= size:
            texts[-1] = joined
        else:
            texts.append(told)
    return texts
