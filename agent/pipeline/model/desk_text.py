"""What a desk says to a model: categories, samples, policies, voice. Made once for each version.

Nothing here depends on a ticket, so that all tickets of a desk share it as a prefix.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from agent.domain.desk import AskedAs, Desk
from agent.pipeline.model.prompts import PromptName, filled, prompt_file
from agent.pipeline.sentences import said
from retrieval.corpus import passages
from tools.base import Tool

_EXAMPLES_A_CATEGORY: Final = 2
_EXAMPLE_CHARS: Final = 200
_REPLIES_A_LANGUAGE: Final = 1
_REPLIES: Final = 4
_HEADINGS: Final = 120  #: beyond those only the policies' titles are named
#: Frames that show how the desk speaks.
_TONE: Final = ("thanks", "ask_detail", "hand_over", "anything_else", "closing")
_LANGUAGES: Final = {
    "en": "English",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
}


def language_name(code: str) -> str:
    return _LANGUAGES.get(code, code)


@dataclass(slots=True)
class DeskTexts:
    """The stable part of each prompt of each desk, made when first asked for."""

    _made: dict[tuple[str, str], tuple[str, str]] = field(
        default_factory=dict[tuple[str, str], tuple[str, str]]
    )

    def stable(self, name: PromptName, desk: Desk, tools: Sequence[Tool] = ()) -> str:
        """The front of the prompt, which no ticket changes."""
        values: dict[PromptName, Callable[[], dict[str, str]]] = {
            "triage": lambda: _triage(desk),
            "write": lambda: _write(desk),
            "tools": lambda: {"tools": tools_text(tools)},
        }
        fill = values.get(name, dict[str, str])
        return self._once(
            name, desk, lambda: filled(prompt_file(name).stable, {"title": desk.title, **fill()})
        )

    def headings(self, desk: Desk, language: str) -> str:
        """What the policies of one language speak of."""
        return self._once(f"headings/{language}", desk, lambda: headings_text(desk, language))

    def _once(self, key: str, desk: Desk, make: Callable[[], str]) -> str:
        version, text = self._made.get((key, desk.name), ("", None))
        if text is None or version != desk.content_hash or not desk.content_hash:
            text = make()
            self._made[key, desk.name] = (desk.content_hash, text)
        return text


def query_language(desk: Desk, language: str) -> str:
    """The language of the policies that will be searched for a ticket in `language`."""
    has = any(policy.language == language for policy in desk.policies)
    return language if has else desk.default_language


def _triage(desk: Desk) -> dict[str, str]:
    return {
        "categories": "\n".join(f"- {one.id}: {one.title}" for one in desk.categories),
        "examples": "\n".join(_labelled(desk)) or "None.",
        "policies": headings_text(desk, desk.default_language),
    }


def _labelled(desk: Desk) -> Iterator[str]:
    """A few of the desk's labelled messages for each category, in the order of its file."""
    for category in desk.categories:
        of_it = [e for e in desk.examples if e.category == category.id]
        short = [e for e in of_it if len(e.text) <= _EXAMPLE_CHARS]
        for example in short[:_EXAMPLES_A_CATEGORY]:
            yield f"- {category.id}: {json.dumps(example.text, ensure_ascii=False)}"


def headings_text(desk: Desk, language: str) -> str:
    """Title and headings of every policy in a language that the desk's own audience may see.

    Titles alone where there are many.
    """
    ours = (p for p in desk.policies if p.language == language)
    found = [p for p in ours if not p.scope.audience or desk.audience in p.scope.audience]
    below = {p.id: [one.headings[-1] for one in passages(p)] for p in found}
    brief = sum(len(headings) for headings in below.values()) > _HEADINGS
    lines = (
        f"- {p.title}" if brief or not below[p.id] else f"- {p.title}: {'; '.join(below[p.id])}"
        for p in found
    )
    return "\n".join(lines) or "None."


def _write(desk: Desk) -> dict[str, str]:
    return {
        "voice": "\n".join(_voice(desk)),
        "examples": "\n\n".join(_replies(desk)) or "None.",
    }


def _voice(desk: Desk) -> Iterator[str]:
    """The desk's own sentences: the tone to keep to."""
    for language in desk.languages:
        frames = desk.voice(language).frames
        told = " ".join(frames[key] for key in _TONE if frames.get(key))
        yield f"- {language_name(language)}: {told}"


def _replies(desk: Desk) -> Iterator[str]:
    """How a question of the desk's bank is answered, one or two a language."""
    for language in desk.languages[:_REPLIES]:
        rows = [row for row in desk.asked if row.language == language]
        answered = ((row, _sentence(row, desk)) for row in rows)
        found = ((row, text) for row, text in answered if text)
        for row, text in islice(found, _REPLIES_A_LANGUAGE):
            reply = {
                "opening": "",
                "sentences": [{"question": 1, "evidence": ["E1"], "text": text}],
                "open": [],
            }
            yield (
                f"E1: {text}\nQuestion 1: {row.question}\n"
                f"Answer: {json.dumps(reply, ensure_ascii=False)}"
            )


def _sentence(row: AskedAs, desk: Desk) -> str:
    """The whole sentence that a row of the bank names by its beginning."""
    policy = next(
        (p for p in desk.policies if (p.id, p.language) == (row.policy, row.language)), None
    )
    if policy is None:
        return ""
    begins = " ".join(row.answer.split())
    sentences = said(policy.text[policy.body_start :], row.language)
    return next((one for one in sentences if one.startswith(begins)), "")


def tools_text(tools: Sequence[Tool]) -> str:
    """Each tool with what it tells and the arguments that it takes."""
    return "\n".join(f"- {t.name}: {t.description} Arguments: {_arguments(t)}." for t in tools)


def _arguments(tool: Tool) -> str:
    fields = tool.arguments.model_fields
    told = [f"{name}{'' if one.is_required() else ' (optional)'}" for name, one in fields.items()]
    return ", ".join(told) or "none"
