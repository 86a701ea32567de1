"""One sentence against one policy: the lie detector."""

import hashlib
from dataclasses import dataclass

from agent.citations.align import sentences_of
from agent.citations.checker import Judgement, judge
from agent.citations.reading import read
from agent.citations.source import Source
from agent.domain.draft import SourceKind, SourceRef, Verdict
from agent.domain.ids import SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Words of the sentence that the policy has otherwise. Spans are in sentence and policy."""

    guard: str
    claim: str
    source: str
    claim_span: tuple[int, int]
    source_span: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the policy says to a sentence. Spans and lines are empty when nothing is near."""

    sentence: str
    verdict: Verdict
    score: float
    reason: str | None
    source_text: str  #: the policy's sentence, as it stands
    source_span: tuple[int, int] | None  #: in the policy's text
    line: int  #: of what differs, else of the source sentence, from 1; 0 when nothing is near
    differences: tuple[Difference, ...]

    @property
    def supported(self) -> bool:
        return self.verdict.proved

    @property
    def differs(self) -> tuple[tuple[str, str], ...]:
        """The differing words in pairs: `60 days`, `30 days`."""
        return tuple((one.claim, one.source) for one in self.differences)


def compare(
    sentence: str, policy_text: str, language: str, *, file: str = "policy.md"
) -> Comparison:
    """Check one factual sentence against a whole policy file; front matter is not read."""
    start = body_start(policy_text)
    source = Source(
        ref=SourceRef(
            id=SourceId(file),
            kind=SourceKind.POLICY,
            label=file,
            content_hash=hashlib.sha256(policy_text.encode()).hexdigest(),
            language=language,
            file=file,
            start=start,
            end=len(policy_text),
        ),
        text=policy_text,
    )
    reading = read(sentence, language)
    return _comparison(sentence, judge(sentence, reading, sentences_of(source, language)))


def body_start(text: str) -> int:
    """Offset of the first character after the front matter, if there is one."""
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    if not lines or lines[0].strip() != "---":
        return 0
    at = len(text) - sum(map(len, lines[1:]))
    for line in lines[1:]:
        at += len(line)
        if line.strip() == "---":
            return at
    return 0


def _comparison(sentence: str, found: Judgement) -> Comparison:
    near = found.sentence
    start = near.start if near else 0
    differences = tuple(
        Difference(
            guard=one.guard,
            claim=one.claim,
            source=one.source,
            claim_span=one.claim_span,
            source_span=(start + one.source_span[0], start + one.source_span[1]),
        )
        for one in found.findings
        if one.claim and one.source and one.claim_span and one.source_span
    )
    at = differences[0].source_span[0] - start if differences else 0
    return Comparison(
        sentence=sentence,
        verdict=found.verdict,
        score=found.score,
        reason=found.reason,
        source_text=near.source.text[near.start : near.end] if near else "",
        source_span=(near.start, near.end) if near else None,
        line=near.line(at) if near else 0,
        differences=differences,
    )
