"""Re-checking a stored draft offline, with no model: does its proof still stand?"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, cast

from pydantic import ValidationError

from agent.citations import guards
from agent.citations.align import SourceSentence, sentences_of
from agent.citations.checker import claim_core, is_footnote, judge, marks_of, prove
from agent.citations.compare import Comparison, Difference, compare
from agent.citations.errors import BadDraft
from agent.citations.json_fields import value_spans
from agent.citations.kinds import Frames, kind_of
from agent.citations.reading import Reading, read
from agent.citations.source import Fact, Source
from agent.domain.desk import Desk
from agent.domain.draft import (
    Claim,
    ClaimKind,
    Evidence,
    Match,
    Route,
    SourceKind,
    SourceRef,
    canonical,
)
from agent.domain.events import DraftCreated
from retrieval.corpus import Policy

__all__ = [
    "CheckedClaim",
    "Comparison",
    "Difference",
    "Render",
    "Standing",
    "Verification",
    "compare",
    "verify",
]


class Said(Protocol):
    """A tool's own sentence about a result."""

    @property
    def text(self) -> str: ...

    @property
    def fields(self) -> tuple[str, ...]: ...


Render = Callable[[str, Mapping[str, Any], str], Sequence[Said]]
"""Tool name, result and language to what the tool says of it: pure, with no backend."""


class Standing(StrEnum):
    """How a claim stands today. `HOLDS` and `EDITED` are still true."""

    HOLDS = "holds"
    EDITED = "policy edited, text still there"
    GONE = "text gone"
    MISSING = "source missing"
    ALTERED = "altered"  #: the draft no longer says what its proof proves
    UNPROVED = "unproved"  #: it was not proved when the draft was made

    @property
    def still_true(self) -> bool:
        return self in (Standing.HOLDS, Standing.EDITED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    claim: Claim
    standing: Standing
    reason: str | None = None  #: one line, when it does not hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A draft's claims as they stand, and what is wrong with the draft as a whole."""

    claims: tuple[CheckedClaim, ...]
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Every claim is still true, and nothing is wrong with the draft as a whole."""
        return not self.problems and all(one.standing.still_true for one in self.claims)


def verify(
    draft: DraftCreated | Mapping[str, Any], desk: Desk, render: Render | None = None
) -> Verification:
    """Check every claim of a draft against the desk as it is now; raises `BadDraft`.

    Without `render`, claims that rest on tool results cannot be worded again and do not hold.
    """
    event, problems = _read_draft(draft)
    problems.extend(_body_problems(event))
    if event.desk != desk.name:
        problems.append(f"desk: the draft is of {event.desk!r}, not of {desk.name!r}")
    verifier = _Verifier(event, desk, render)
    claims = tuple(verifier.claim(claim) for claim in event.claims)
    unproved = sum(one.standing is Standing.UNPROVED for one in claims)
    if event.route is Route.READY and unproved:
        problems.append(f"route: the draft is called ready with {unproved} unproved claims")
    return Verification(claims=claims, problems=tuple(problems))


class _Verifier:
    """One draft against one desk."""

    def __init__(self, draft: DraftCreated, desk: Desk, render: Render | None) -> None:
        self._draft = draft
        self._desk = desk
        self._render = render
        self._refs = {ref.id: ref for ref in draft.sources}
        self._labels = [ref.label for ref in draft.sources]
        frames = desk.voice(draft.language).frames
        self._frames = Frames.of(frames.values(), draft.language)

    def claim(self, claim: Claim) -> CheckedClaim:
        standing, reason = self._standing(claim)
        return CheckedClaim(claim=claim, standing=standing, reason=reason)

    def _standing(self, claim: Claim) -> tuple[Standing, str | None]:
        if self._draft.body[claim.start : claim.end] != claim.text:
            return (
                Standing.ALTERED,
                "offsets: the body does not hold this text where the claim says",
            )
        if claim.verdict.fails:
            return Standing.UNPROVED, claim.reason
        if not claim.verdict.proved:
            return self._no_fact(claim)
        if not claim.evidence:
            return Standing.ALTERED, "evidence: a proved claim names none"
        return self._misplaced_mark(claim) or self._fact(claim)

    def _no_fact(self, claim: Claim) -> tuple[Standing, str | None]:
        if is_footnote(claim.text, self._labels):
            return Standing.HOLDS, None
        kind = kind_of(read(claim.text, self._draft.language), self._frames)
        if kind is ClaimKind.FACT:
            return Standing.ALTERED, f"kind: it is called {claim.kind.value}, but states a fact"
        return Standing.HOLDS, None

    def _misplaced_mark(self, claim: Claim) -> tuple[Standing, str] | None:
        """A mark must point to a source that the claim rests on."""
        order = [ref.id for ref in self._draft.sources]
        marked = {order[n - 1] if 0 < n <= len(order) else "" for n in marks_of(claim.text)}
        if marked and not {one.source for one in claim.evidence} <= marked:
            return Standing.ALTERED, "citation: the mark names another source than the evidence"
        return None

    def _fact(self, claim: Claim) -> tuple[Standing, str | None]:
        found = [self._evidence(claim, one) for one in claim.evidence]
        return max(found, key=lambda pair: _SEVERITY[pair[0]])

    def _evidence(self, claim: Claim, evidence: Evidence) -> tuple[Standing, str | None]:
        ref = self._refs.get(evidence.source)
        if ref is None:
            return Standing.MISSING, f"source: the draft carries no {evidence.source!r}"
        if ref.kind is SourceKind.TOOL:
            return self._by_tool(claim, evidence, ref)
        return self._by_policy(claim, evidence, ref)

    # --- policies -----------------------------------------------------------------------------

    def _by_policy(
        self, claim: Claim, evidence: Evidence, ref: SourceRef
    ) -> tuple[Standing, str | None]:
        policy = self._policy(ref)
        if policy is None:
            return Standing.MISSING, f"source: the desk has no {ref.file or ref.policy_id!r} now"
        again = _reproved(claim, evidence, ref, self._draft.language, policy)
        if again is not None:
            return Standing.ALTERED, again
        sentences = sentences_of(_whole(policy, ref), self._draft.language)
        if policy.content_hash == ref.content_hash:
            if any((s.start, s.end) == (evidence.start, evidence.end) for s in sentences):
                same = policy.text[evidence.start : evidence.end] == evidence.quote
                if same:
                    return Standing.HOLDS, None
            return (
                Standing.ALTERED,
                f"evidence: {policy.file} does not hold the quote where it says",
            )
        wanted = evidence.quote.split()
        if any(policy.text[s.start : s.end].split() == wanted for s in sentences):
            return Standing.EDITED, f"policy: {policy.file} was edited, the sentence is still there"
        return Standing.GONE, f"policy: {policy.file} no longer holds the sentence"

    def _policy(self, ref: SourceRef) -> Policy | None:
        policies = self._desk.policies
        by_file = (p for p in policies if p.file == ref.file)
        by_id = (p for p in policies if (p.id, p.language) == (ref.policy_id, ref.language))
        return next(by_file, None) or next(by_id, None)

    # --- tool results -------------------------------------------------------------------------

    def _by_tool(
        self, claim: Claim, evidence: Evidence, ref: SourceRef
    ) -> tuple[Standing, str | None]:
        text = ref.text or ""
        data = _result(text, ref.content_hash)
        if data is None:
            return Standing.ALTERED, f"source: the result of {ref.label!r} does not match its hash"
        if text[evidence.start : evidence.end] != evidence.quote:
            return (
                Standing.ALTERED,
                f"evidence: {ref.label!r} does not hold the quote where it says",
            )
        said = self._render(ref.tool or "", data, self._draft.language) if self._render else ()
        if not said:
            return Standing.MISSING, f"source: no tool {ref.tool!r} is at hand to word it again"
        facts = tuple(Fact(text=one.text, fields=one.fields) for one in said)
        source = Source(ref=ref, text=text, facts=facts)
        reading = read(claim.text, self._draft.language)
        found = judge(claim.text, reading, sentences_of(source, self._draft.language))
        if not found.verdict.proved or found.sentence is None or found.sentence.fact is None:
            return Standing.ALTERED, found.reason
        spans = value_spans(text)
        rests_on = {spans[field] for field in found.sentence.fact.fields}
        if (evidence.start, evidence.end) not in rests_on:
            return Standing.ALTERED, f"evidence: the sentence does not rest on {evidence.field!r}"
        return Standing.HOLDS, None


_SEVERITY = {standing: rank for rank, standing in enumerate(Standing)}


def _reproved(
    claim: Claim, evidence: Evidence, ref: SourceRef, language: str, policy: Policy
) -> str | None:
    """Why the quote does not prove the claim, by the same rules that proved it once.

    A judged paraphrase was weighed beside the rest of its passage, so it is again where that
    stands. What another model confirmed cannot be asked again offline: the guards are.
    """
    source = Source(ref=ref, text=evidence.quote)
    quoted = SourceSentence(source, 0, 0, read(evidence.quote, ref.language or language))
    reading = read(claim.text, language)
    if prove(claim_core(claim.text), reading, quoted) is not None:
        return None
    findings = guards.check(reading, quoted.reading)
    if evidence.match is Match.MODEL_JUDGED:
        conflict = next((one for one in findings if one.conflict), None)
        return conflict.reason(ref.label) if conflict else None
    if evidence.match is Match.PARAPHRASE and _still_says(claim, reading, quoted, ref, policy):
        return None
    if findings:
        return findings[0].reason(ref.label)
    return "wording: the quote does not say what the sentence says"


def _still_says(
    claim: Claim, reading: Reading, quoted: SourceSentence, ref: SourceRef, policy: Policy
) -> bool:
    if judge(claim.text, reading, [quoted]).verdict.proved:
        return True
    if policy.content_hash != ref.content_hash:
        return False
    passage = sentences_of(Source(ref=ref, text=policy.text), reading.language)
    found = judge(claim.text, reading, passage)
    sentence = found.sentence
    return (
        found.verdict.proved
        and sentence is not None
        and (sentence.reading.text.split() == quoted.reading.text.split())
    )


def _whole(policy: Policy, ref: SourceRef) -> Source:
    """The policy with all of its sentences, wherever the draft's passage began."""
    whole = SourceRef(
        id=ref.id,
        kind=ref.kind,
        label=ref.label,
        content_hash=policy.content_hash,
        language=policy.language,
        file=policy.file,
        start=policy.body_start,
        end=len(policy.text),
    )
    return Source(ref=whole, text=policy.text)


def _result(text: str, content_hash: str) -> Mapping[str, Any] | None:
    """A tool result from its canonical JSON, when text and hash agree."""
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != content_hash:
        return None
    try:
        data: object = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict) or canonical(data) != text:
        return None
    return cast(Mapping[str, Any], data)


# --- the draft as a whole -------------------------------------------------------------------------


def _read_draft(draft: DraftCreated | Mapping[str, Any]) -> tuple[DraftCreated, list[str]]:
    if isinstance(draft, DraftCreated):
        return draft, []
    if not isinstance(cast(object, draft), Mapping):
        raise BadDraft("draft", "not an object with fields")
    given = draft.get("data") if "specversion" in draft else draft
    try:
        event = DraftCreated.model_validate(given)
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "draft"
        raise BadDraft(where, first["msg"]) from exc
    return event, [f"unknown field: {path}" for path in _unknown(given, event.model_dump(), "")]


def _unknown(given: object, known: object, path: str) -> Iterator[str]:
    """Fields that the contract does not have, at any depth."""
    if isinstance(given, Mapping) and isinstance(known, Mapping):
        fields = cast(Mapping[str, object], known)
        for name, value in cast(Mapping[str, object], given).items():
            if name not in fields:
                yield f"{path}{name}"
            else:
                yield from _unknown(value, fields[name], f"{path}{name}.")
    elif isinstance(given, list | tuple) and isinstance(known, list | tuple):
        pairs = zip(cast(Sequence[object], given), cast(Sequence[object], known), strict=False)
        for n, (value, model) in enumerate(pairs):
            yield from _unknown(value, model, f"{path}{n}.")


def _body_problems(draft: DraftCreated) -> Iterator[str]:
    """Claims stand in order, do not overlap, and leave no text of the body unchecked."""
    at = 0
    for claim in draft.claims:
        if claim.start < at or claim.end < claim.start:
            yield f"claims: the one at {claim.start} overlaps the one before it"
        if draft.body[at : claim.start].strip():
            yield f"body: characters {at} to {claim.start} belong to no claim"
        at = max(at, claim.end)
    if draft.body[at:].strip():
        yield f"body: characters {at} to {len(draft.body)} belong to no claim"
