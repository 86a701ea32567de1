"""The claim checker: each sentence of a reply, proved against its sources or named unproved."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.citations import guards, learned, limits
from agent.citations.align import Alignment, SourceSentence, align, core_span, sentences_of
from agent.citations.denial import turned
from agent.citations.findings import Finding
from agent.citations.json_fields import value_spans
from agent.citations.kinds import Frames, is_framed, kind_of, units, without_marks
from agent.citations.match import match
from agent.citations.pairing import Pairing
from agent.citations.reading import Reading, read
from agent.citations.source import Source
from agent.citations.terms import PREDICATE
from agent.domain.draft import Claim, ClaimKind, Evidence, Match, Verdict

_FOOTNOTE = re.compile(r"\[(\d{1,3})\]:?\s+(.*)", re.DOTALL)
_MARK = re.compile(r"\[(\d{1,3})\]")
_ALIGNED = 0.3  #: share of the claim that a sentence covers before it can contradict the claim
_FIRM = 0.8  #: share of a claim's words that the source has, from which on a guard decides alone
#: Guards of what is said, not of whom or what it is said.
_DECIDING = frozenset(
    {"negation", "wording", "order", "modality", "quantifier", "bound", "exception", "country"}
)
_NAMED = frozenset({"audience", "country", "tax", "channel", "unit"})
_RANK = {Verdict.EXACT: 3, Verdict.NORMALISED: 2, Verdict.PARAPHRASE: 1}
_SCORE = {Verdict.EXACT: 1.0, Verdict.NORMALISED: 0.99, Verdict.PARAPHRASE: 0.95}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A claim with what was found about it; a courtesy or question has no judgement."""

    claim: Claim
    judgement: "Judgement | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of one factual sentence, and on which source sentence that rests."""

    verdict: Verdict
    score: float
    sentence: SourceSentence | None = None
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    guarded: bool = False  #: a guard decided: no judge is asked


class ClaimChecker:
    """Checks replies without a model. Pure, and safe to share between threads."""

    def check(
        self, body: str, *, language: str, sources: Sequence[Source], frames: Sequence[str] = ()
    ) -> tuple[Claim, ...]:
        """A claim for every sentence of the body, in order, covering all its text."""
        checked = self.examine(body, language=language, sources=sources, frames=frames)
        return tuple(one.claim for one in checked)

    def examine(
        self, body: str, *, language: str, sources: Sequence[Source], frames: Sequence[str] = ()
    ) -> tuple[Checked, ...]:
        """What `check` says, with the disagreements that were found at each sentence."""
        known = _frames(tuple(frames), language)
        sentences = [sentences_of(source, language) for source in sources]
        return tuple(
            self._claim(body, start, end, language, sources, sentences, known)
            for start, end in units(body, language, known)
        )

    def _claim(
        self,
        body: str,
        start: int,
        end: int,
        language: str,
        sources: Sequence[Source],
        sentences: Sequence[Sequence[SourceSentence]],
        frames: Frames,
    ) -> Checked:
        text = body[start:end]
        reading = read(text, language)
        footnote = is_footnote(text, [source.ref.label for source in sources])
        kind = ClaimKind.COURTESY if footnote else kind_of(reading, frames)
        found = None
        if kind is ClaimKind.FACT or (kind is ClaimKind.NEXT_STEP and not is_framed(text, frames)):
            found = _judge_marked(text, reading, sources, sentences)
        harmless = kind is ClaimKind.NEXT_STEP and not (found and _sourced(found))
        if found is None or harmless:
            plain = Claim(start=start, end=end, text=text, kind=kind, verdict=Verdict.NOT_A_CLAIM)
            return Checked(claim=plain, judgement=None)
        claim = Claim(
            start=start,
            end=end,
            text=text,
            kind=ClaimKind.FACT,
            verdict=found.verdict,
            score=found.score,
            reason=found.reason,
            evidence=_evidence(found),
        )
        return Checked(claim=claim, judgement=found)


def is_footnote(text: str, labels: Sequence[str]) -> bool:
    """Whether a line is `[n] label` with the very label of source n."""
    found = _FOOTNOTE.fullmatch(text)
    if found is None or not 1 <= int(found.group(1)) <= len(labels):
        return False
    return found.group(2).split() == labels[int(found.group(1)) - 1].split()


def marks_of(text: str) -> tuple[int, ...]:
    """Numbers of the sources that a sentence names."""
    return tuple(int(number) for number in _MARK.findall(text))


def judge(text: str, reading: Reading, sentences: Sequence[SourceSentence]) -> Judgement:
    """Prove a factual sentence by one of the source sentences, or say why none does."""
    core = claim_core(text)
    proof = _proof(core, reading, sentences)
    if proof is not None:
        return proof
    nearest = align(reading, sentences)
    if not nearest:
        return Judgement(
            verdict=Verdict.UNSUPPORTED, score=0.99, reason="unsupported: no source says this"
        )
    return _weighed(nearest)


def claim_core(text: str) -> str:
    """A sentence without citation marks, list marker and emphasis around it."""
    bare = without_marks(text)
    start, end = core_span(bare, 0, len(bare))
    return bare[start:end].strip("*_` \t\r\n")


def _sourced(found: Judgement) -> bool:
    """A next step that a source speaks of (`Register the return first`) is a fact after all."""
    return found.verdict in (Verdict.EXACT, Verdict.NORMALISED, Verdict.CONTRADICTED)


def _judge_marked(
    text: str,
    reading: Reading,
    sources: Sequence[Source],
    sentences: Sequence[Sequence[SourceSentence]],
) -> Judgement:
    marks = marks_of(text)
    wrong = next((mark for mark in marks if not 1 <= mark <= len(sources)), None)
    if wrong is not None:
        return Judgement(
            verdict=Verdict.UNSUPPORTED,
            score=0.99,
            reason=f"citation: [{wrong}] names no source (there are {len(sources)})",
        )
    chosen = sorted({mark - 1 for mark in marks}) or range(len(sources))
    found = judge(text, reading, [one for i in chosen for one in sentences[i]])
    if found.verdict is not Verdict.UNSUPPORTED or len(chosen) == len(sources):
        return found
    core = claim_core(text)
    elsewhere = next(
        (n for n, group in enumerate(sentences, start=1) if _proof(core, reading, group)), None
    )
    if elsewhere is None:
        return found
    named = "".join(f"[{mark}]" for mark in marks)
    return replace(found, reason=f"citation: {named} does not say this, [{elsewhere}] does")


def _proof(core: str, reading: Reading, sentences: Sequence[SourceSentence]) -> Judgement | None:
    best: tuple[int, Verdict, SourceSentence] | None = None
    for sentence in sentences:
        here = sentence.reading
        if here.language == reading.language and not reading.features <= here.features:
            continue  # whatever proves it has at least its words
        verdict = prove(core, reading, sentence)
        if verdict is not None and (best is None or _RANK[verdict] > best[0]):
            best = (_RANK[verdict], verdict, sentence)
            if verdict is Verdict.EXACT:
                break
    if best is None:
        return None
    _, verdict, sentence = best
    return Judgement(verdict=verdict, score=_SCORE[verdict], sentence=sentence)


def prove(core: str, reading: Reading, sentence: SourceSentence) -> Verdict | None:
    """How a source sentence proves a claim, if it does; a tool's phrase needs its fields."""
    if not sentence.stands():
        return None
    claim = reading
    if reading.language != sentence.reading.language:
        claim = read(reading.text, sentence.reading.language)  # a quotation in its own language
    verdict = match(core, claim, sentence.reading)
    reworded = verdict is Verdict.PARAPHRASE
    if reworded and (sentence.heading or guards.check(claim, sentence.reading)):
        return None
    return verdict


def weighed_features(
    text: str, language: str, sources: Sequence[Source]
) -> dict[str, float] | None:
    """What the learned judge sees of a claim; None where it is not asked."""
    reading = read(text, language)
    sentences = [one for source in sources for one in sentences_of(source, language)]
    if kind_of(reading, Frames(())) is not ClaimKind.FACT:
        return None
    if _proof(claim_core(text), reading, sentences) or not (near := align(reading, sentences)):
        return None
    passage = [one.pairing for one in near]
    if passage[0].claim.language != passage[0].source.language:
        return None
    found = guards.examine(passage[0], passage)
    return None if firm(passage[0], found) else learned.features(passage, found)


def firm(nearest: Pairing, found: Sequence[Finding]) -> bool:
    """Whether the guards alone decide.

    So nearly the source's words that a change is a change, a statement turned round, what a rule
    excepts, or a value beyond the rule's limit: no judge weighs these. It does weigh which of
    several values, people or things is meant where the words are others.
    """
    replaced = any(one.guard == "wording" and not one.conflict for one in found)
    turns = any(one.conflict and one.guard in _DECIDING for one in found)
    return bool(found) and (
        replaced or turns or _rest(nearest, found) >= _FIRM or _breaks_a_limit(nearest, found)
    )


def _breaks_a_limit(nearest: Pairing, found: Sequence[Finding]) -> bool:
    valued = any(one.conflict and one.guard in limits.AMOUNTS for one in found)
    return (
        valued and limits.exceeded(nearest) and not any(turned(nearest, p) for p in nearest.parts)
    )


def _rest(nearest: Pairing, found: Sequence[Finding]) -> float:
    """The share of the claim's words that the source has, but for a word that a guard names."""
    spans = [one.claim_span for one in found if one.guard in _NAMED and one.claim_span]
    claim = nearest.claim
    total = got = 0.0
    for token, meant, strength in zip(claim.tokens, claim.terms, nearest.strengths, strict=True):
        named = not strength and any(a <= token.start and token.end <= b for a, b in spans)
        total += 0.0 if named else meant.weight
        got += meant.weight * strength
    return got / total if total else 0.0


def _weighed(nearest: Sequence[Alignment]) -> Judgement:
    """The verdict on a claim that is not in the source's own words."""
    best = nearest[0]
    sentence, passage = best.sentence, [one.pairing for one in nearest]
    found = guards.examine(best.pairing, passage)
    objected = firm(best.pairing, found)
    doubt = 0.0 if objected else learned.doubt(learned.features(passage, found))
    foreign = best.pairing.claim.language != best.pairing.source.language
    empty = not any(meant.weight >= PREDICATE for meant in best.pairing.claim.terms)
    if not (objected or foreign or empty) and doubt < learned.flag_of(best.pairing):
        return Judgement(verdict=Verdict.PARAPHRASE, score=round(1 - doubt, 3), sentence=sentence)
    conflict = bool(found) and found[0].conflict and best.pairing.covered >= _ALIGNED
    if not found:
        found = tuple(guards.wording(best.pairing.claim, best.pairing.source))[: best.pairing.near]
    reason = f"unsupported: no source says this (closest: {sentence.place()})"
    if foreign and not found:
        reason = f"language: {sentence.place()} is in {best.pairing.source.language!r}"
    if found:
        reason = "; ".join(one.reason(_place(one, nearest)) for one in found[:2])
    return Judgement(
        verdict=Verdict.CONTRADICTED if conflict else Verdict.UNSUPPORTED,
        score=_sure(objected, conflict, doubt),
        sentence=sentence,
        findings=tuple(_from_nearest(one, nearest) for one in found),
        reason=reason,
        guarded=objected or conflict,
    )


def _place(found: Finding, nearest: Sequence[Alignment]) -> str:
    """File and line of the words that a finding names."""
    return nearest[found.sentence].sentence.place((found.source_span or (0, 0))[0])


def _from_nearest(found: Finding, nearest: Sequence[Alignment]) -> Finding:
    """The finding with its span counted from the nearest sentence on; no span in another text."""
    here, other = nearest[0].sentence, nearest[found.sentence].sentence
    if other is here or found.source_span is None:
        return found
    if other.source is not here.source:
        return replace(found, source_span=None)
    start, end = found.source_span
    apart = other.start - here.start
    return replace(found, source_span=(start + apart, end + apart))


def _sure(objected: bool, conflict: bool, doubt: float) -> float:
    """How sure a verdict against a claim is; a guard that fired is surer than the judge."""
    return round(max(doubt, (0.97 if conflict else 0.9) if objected else 0.0), 3)


def _evidence(found: Judgement) -> tuple[Evidence, ...]:
    sentence = found.sentence
    if sentence is None or found.verdict is Verdict.UNSUPPORTED:
        return ()
    how = Match(found.verdict) if found.verdict.proved else Match.NORMALISED
    if sentence.fact is not None:
        return _field_evidence(sentence.source, sentence.fact.fields, how)
    return (_span_evidence(sentence.source, sentence.start, sentence.end, how),)


def _field_evidence(source: Source, fields: Sequence[str], how: Match) -> tuple[Evidence, ...]:
    """One piece of evidence for each field of a tool result, on the field's value."""
    spans = value_spans(source.text)
    return tuple(
        _span_evidence(source, *spans[field], how, field=field)
        for field in fields
        if field in spans
    )


def _span_evidence(
    source: Source, start: int, end: int, how: Match, field: str | None = None
) -> Evidence:
    return Evidence(
        source=source.ref.id,
        start=start,
        end=end,
        quote=source.text[start:end],
        match=how,
        field=field,
    )


@lru_cache(maxsize=64)
def _frames(frames: tuple[str, ...], language: str) -> Frames:
    return Frames.of(frames, language)
