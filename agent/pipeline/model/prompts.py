"""Prompt files: text with a version and a hash; a part that is the desk's, a part the ticket's."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

PromptName = Literal["triage", "write", "tools", "summary", "judge"]
_SPLIT: Final = "<<<ticket>>>\n"
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """One file of `prompts/`; a change of its text is a new version."""

    name: str
    version: int
    digest: str  #: SHA-256 hex of the whole file
    stable: str  #: the same for all tickets of a desk, so that a prefix cache holds
    ticket: str  #: what follows, each ticket's own

    @property
    def label(self) -> str:
        """As drafts record it, such as `write-1.0f3c9a1b`."""
        return f"{self.name}-{self.version}.{self.digest[:8]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompted:
    """A prompt ready to be sent: one user message, stable text first."""

    text: str
    stable: int  #: characters at the front that all tickets of the desk share
    label: str  #: of its file


@cache
def prompt_file(name: PromptName) -> PromptFile:
    """Read once a process."""
    raw = files("agent.pipeline").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")
    _, head, text = raw.split("+++\n", 2)
    stable, ticket = text.split(_SPLIT)
    return PromptFile(
        name=name,
        version=int(tomllib.loads(head)["version"]),
        digest=hashlib.sha256(raw.encode()).hexdigest(),
        stable=stable,
        ticket=ticket,
    )


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with each `{{name}}` replaced; what a value holds is never looked at again."""
    return _PLACE.sub(lambda place: values[place[1]], template)


def prompted(file: PromptFile, stable: str, ticket: Mapping[str, str]) -> Prompted:
    """The desk's part as filled before, and the ticket's behind it."""
    return Prompted(text=stable + filled(file.ticket, ticket), stable=len(stable), label=file.label)
