"""The evidence of a prompt: which grounds, in which order, under which ids. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from agent.citations.source import Source
from agent.domain.draft import SourceKind
from agent.pipeline.compose import is_foreign
from agent.pipeline.model.fence import one_line, visible
from agent.pipeline.model.schema import EVIDENCE_AT_MOST
from agent.pipeline.model.thread import tokens_of_passage
from agent.pipeline.ports import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Evidence as a model sees it. Its ids are the prompt's own: `E1` is the first one shown."""

    grounds: Mapping[str, Ground]  #: by the id in the prompt, in its order
    text: str

    @property
    def ids(self) -> str:
        return ", ".join(self.grounds) or "none; say nothing"

    def names(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The grounds' own keys, for those ids that were given."""
        return tuple(dict.fromkeys(self.grounds[k].key for k in keys if k in self.grounds))


def shown(grounds: Sequence[Ground], language: str, budget: int) -> Shown:
    """What the requester's own records say, then policies in the reply's language, as far as fits.

    In the order of the sources' ids, policies first: two tickets that share their evidence share
    the prompt's beginning. Evidence in another language is the reviewer's, and never shown.
    """
    usable = [ground for ground in grounds if not is_foreign(ground, language)]
    chosen = _fitting(_best_first(usable), budget)
    ordered = sorted(chosen, key=_place)
    given = {f"E{n}": ground for n, ground in enumerate(ordered, start=1)}
    text = "\n\n".join(_block(key, ground) for key, ground in given.items())
    return Shown(grounds=given, text=text or "None.")


def source_text(source: Source) -> str:
    """What can be cited of a source: a passage, or a tool's own phrases of its result."""
    if source.ref.kind is SourceKind.TOOL:
        return "\n".join(f"- {fact.text}" for fact in source.facts) or source.text
    return source.text[source.ref.start : source.ref.end]


def _block(key: str, ground: Ground) -> str:
    whose = " (the requester's own record)" if ground.source.ref.kind is SourceKind.TOOL else ""
    return (
        f"{key}: {one_line(ground.source.ref.label)}{whose}\n{visible(source_text(ground.source))}"
    )


def _best_first(grounds: Sequence[Ground]) -> Iterator[Ground]:
    """Records, then the best passage of each question, then the second best of each, …"""
    yield from (g for g in grounds if g.source.ref.kind is SourceKind.TOOL)
    of_question: dict[int, list[Ground]] = {}
    for ground in grounds:
        if ground.source.ref.kind is not SourceKind.TOOL:
            of_question.setdefault(ground.question, []).append(ground)
    for rank in zip_longest(*of_question.values()):
        yield from (ground for ground in rank if ground is not None)


def _fitting(grounds: Iterable[Ground], budget: int) -> list[Ground]:
    """The first ones within the budget of tokens; the very first in any case."""
    taken: list[Ground] = []
    for ground in grounds:
        budget -= tokens_of_passage(source_text(ground.source))
        if (taken and budget < 0) or len(taken) == EVIDENCE_AT_MOST:
            break
        taken.append(ground)
    return taken


def _place(ground: Ground) -> tuple[bool, str]:
    ref = ground.source.ref
    return ref.kind is SourceKind.TOOL, ref.id
