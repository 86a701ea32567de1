"""What a claim can be checked against."""

from dataclasses import dataclass

from agent.domain.draft import SourceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A tool's own sentence about its result, and the fields it rests on."""

    text: str
    fields: tuple[str, ...]
    topic: str = ""  #: what it answers: `status`, `delivery`, `balance`, …


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A policy passage or a tool result, with the text in which offsets are counted.

    `text` is the whole policy file, of which `ref.start` to `ref.end` may be cited, or a tool
    result's canonical JSON. `facts` are for tool results only.
    """

    ref: SourceRef
    text: str
    facts: tuple[Fact, ...] = ()
