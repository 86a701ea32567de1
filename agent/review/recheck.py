"""A draft's sentences checked again, as it stands or as somebody is changing it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from agent.citations.source import Fact, Source
from agent.domain.desk import FRAMES, Desk
from agent.domain.draft import Claim, ClaimKind, Draft, SourceKind, SourceRef, Verdict
from retrieval.corpus import Policy


class Said(Protocol):
    """A tool's own sentence about a result."""

    @property
    def text(self) -> str: ...

    @property
    def fields(self) -> tuple[str, ...]: ...

    @property
    def topic(self) -> str: ...


Render = Callable[[str, Mapping[str, Any], str], Sequence[Said]]
"""Tool name, result and language to what the tool says of it."""


class Checker(Protocol):
    def check(
        self, body: str, *, language: str, sources: Sequence[Source], frames: Sequence[str] = ()
    ) -> tuple[Claim, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A draft's sources as they can be read today."""

    sources: tuple[Source, ...]  #: in the draft's order
    edited: tuple[str, ...] = ()  #: files of policies that were edited since
    missing: tuple[str, ...] = ()  #: labels of sources that are gone


def sources_of(draft: Draft, desk: Desk, render: Render) -> Sources:
    """Every source of the draft with the text that it has now; a missing one has none."""
    found: list[Source] = []
    edited: list[str] = []
    missing: list[str] = []
    for ref in draft.sources:
        if ref.kind is SourceKind.TOOL:
            found.append(_tool(ref, draft.language, desk, render))
            continue
        policy = policy_of(ref, desk)
        if policy is None:
            missing.append(ref.label)
        elif policy.content_hash != ref.content_hash:
            edited.append(policy.file)
        found.append(_policy(ref, policy))
    return Sources(sources=tuple(found), edited=tuple(edited), missing=tuple(missing))


def policy_of(ref: SourceRef, desk: Desk) -> Policy | None:
    """The desk's policy that a source names, by file or by id and language."""
    same_file = (p for p in desk.policies if p.file == ref.file)
    same_id = (p for p in desk.policies if (p.id, p.language) == (ref.policy_id, ref.language))
    return next(same_file, None) or next(same_id, None)


def _policy(ref: SourceRef, policy: Policy | None) -> Source:
    """An edited policy may be cited as a whole: where its passage lies now is not known."""
    if policy is None:
        return Source(ref=_spanning(ref, 0), text="")
    if policy.content_hash == ref.content_hash:
        return Source(ref=ref, text=policy.text)
    return Source(ref=_spanning(ref, len(policy.text)), text=policy.text)


def _spanning(ref: SourceRef, end: int) -> SourceRef:
    return replace(ref, start=0, end=end)


def _tool(ref: SourceRef, language: str, desk: Desk, render: Render) -> Source:
    text, name = ref.text or "{}", ref.tool or ""
    own = next((one for one in desk.described if one.name == name), None)
    data = json.loads(text)
    said = own.phrases(data, language) if own else render(name, data, language)
    facts = tuple(Fact(text=one.text, fields=one.fields, topic=one.topic) for one in said)
    return Source(ref=ref, text=text, facts=facts)


def recheck(
    body: str, draft: Draft, desk: Desk, *, checker: Checker, sources: Sequence[Source]
) -> tuple[Claim, ...]:
    """A claim for every sentence of the body against the draft's own sources."""
    frames = desk.voice(draft.language).frames
    return checker.check(
        body,
        language=draft.language,
        sources=sources,
        frames=[frames[key] for key in FRAMES],
    )


def stops_release(claims: Sequence[Claim], *, vouched: bool) -> tuple[Claim, ...]:
    """The claims that may not go out: contradicted ones never, unproved ones unless vouched for."""
    return tuple(
        claim
        for claim in claims
        if claim.kind is ClaimKind.FACT
        and (
            claim.verdict is Verdict.CONTRADICTED
            or (claim.verdict is Verdict.UNSUPPORTED and not vouched)
        )
    )
