"""What a case looks like: the draft in sentences, its evidence, the spans to mark. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.domain.draft import Claim, ClaimKind, Evidence, SourceKind, Verdict
from agent.review.case import Case

_AROUND = 700  #: characters of a passage shown before and behind what is marked


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceView:
    """A stretch of the body: a sentence with its verdict, or the space between two."""

    text: str
    state: str  #: `proved`, `unproved`, `contradicted`, `plain`
    reason: str = ""
    evidence: tuple[int, ...] = ()  #: numbers of `EvidenceView`s, from 1
    number: int = 0  #: of the sentence, from 1; 0 for the space between


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """One span of one source, with what stands around it."""

    number: int
    label: str
    before: str
    marked: str
    after: str
    file: str = ""
    line: int = 0
    version: str = ""
    valid_from: str = ""
    valid_to: str = ""
    language: str = ""
    state: str = "current"  #: `current`, `edited`, `gone`
    fields: tuple[tuple[str, str, bool], ...] = ()  #: of a tool result: name, value, marked


def sentences(body: str, claims: Sequence[Claim], case: Case) -> tuple[SentenceView, ...]:
    """The whole body, in order; nothing of it is left out."""
    numbers = evidence_numbers(case)
    views: list[SentenceView] = []
    position = 0
    for n, claim in enumerate(claims, start=1):
        if claim.start > position:
            views.append(SentenceView(text=body[position : claim.start], state="plain"))
        views.append(
            SentenceView(
                text=body[claim.start : claim.end],
                state=state_of(claim),
                reason=claim.reason or "",
                evidence=tuple(
                    dict.fromkeys(
                        numbers[key] for one in claim.evidence if (key := _key(one)) in numbers
                    )
                ),
                number=n,
            )
        )
        position = claim.end
    if position < len(body):
        views.append(SentenceView(text=body[position:], state="plain"))
    return tuple(views)


def state_of(claim: Claim) -> str:
    if claim.verdict is Verdict.CONTRADICTED:
        return "contradicted"
    if claim.verdict is Verdict.UNSUPPORTED:
        return "unproved"
    return "proved" if claim.kind is ClaimKind.FACT and claim.verdict.proved else "plain"


def _key(evidence: Evidence) -> tuple[str, int, int]:
    return evidence.source, evidence.start, evidence.end


def evidence_numbers(case: Case) -> dict[tuple[str, int, int], int]:
    """Every span that a sentence rests on, numbered in order of use; a tool result is one span."""
    sources = case.draft.sources if case.draft else ()
    tools: set[str] = {ref.id for ref in sources if ref.kind is SourceKind.TOOL}
    numbers: dict[tuple[str, int, int], int] = {}
    shown: dict[object, int] = {}
    for claim in case.claims:
        for one in claim.evidence:
            card = one.source if one.source in tools else _key(one)
            numbers[_key(one)] = shown.setdefault(card, len(shown) + 1)
    return numbers


def evidence(case: Case) -> tuple[EvidenceView, ...]:
    """A card for each number, in order."""
    if case.draft is None:
        return ()
    refs = {ref.id: n for n, ref in enumerate(case.draft.sources)}
    numbers = evidence_numbers(case)
    grouped: dict[int, list[Evidence]] = {}
    for claim in case.claims:
        for one in claim.evidence:
            spans = grouped.setdefault(numbers[_key(one)], [])
            if one not in spans:
                spans.append(one)
    return tuple(
        _card(number, spans, case, refs[spans[0].source])
        for number, spans in sorted(grouped.items())
        if spans[0].source in refs
    )


def _card(number: int, spans: Sequence[Evidence], case: Case, place: int) -> EvidenceView:
    assert case.draft is not None
    ref = case.draft.sources[place]
    if ref.kind is SourceKind.TOOL:
        named = {one.field for one in spans if one.field}
        return EvidenceView(
            number=number,
            label=ref.label,
            before="",
            marked="",
            after="",
            fields=_fields(ref.text or "{}", named),
        )
    one = spans[0]
    before, marked, after = "", one.quote, ""
    state = "gone"
    if place < len(case.sources.sources):
        text = case.sources.sources[place].text
        if text[one.start : one.end] == one.quote:
            before, marked, after = _around(text, one, ref.start, ref.end)
            state = "current"
        elif text:
            state = "edited"
    return EvidenceView(
        number=number,
        label=ref.label,
        before=before,
        marked=marked,
        after=after,
        file=ref.file or "",
        line=ref.line,
        version=ref.content_hash[:8],
        valid_from=ref.valid_from or "",
        valid_to=ref.valid_to or "",
        language=ref.language or "",
        state=state,
    )


def _around(text: str, one: Evidence, start: int, end: int) -> tuple[str, str, str]:
    begin, stop = max(start, one.start - _AROUND), min(max(end, one.end), one.end + _AROUND)
    before, after = text[begin : one.start], text[one.end : stop]
    lead = "… " if begin > start else ""
    tail = " …" if stop < end else ""
    return lead + before.lstrip(), text[one.start : one.end], after.rstrip() + tail


def _fields(text: str, named: set[str]) -> tuple[tuple[str, str, bool], ...]:
    data: Mapping[str, Any] = json.loads(text)
    return tuple(
        (name, "—" if value is None else str(value), name in named) for name, value in data.items()
    )
