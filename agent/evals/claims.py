"""`citedesk eval claims`: the claim checker, measured on pairs of a source and a claim."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.citations.checker import Checked, ClaimChecker
from agent.citations.errors import CitationError
from agent.citations.judges import Judge, judged
from agent.citations.source import Source
from agent.domain.draft import SourceKind, SourceRef, Verdict
from agent.domain.ids import SourceId
from agent.evals import measures
from agent.evals.errors import BadCases, EvalError

Text = Annotated[str, Field(min_length=1, max_length=200_000)]
CURVE_STEPS = 21  #: points of the curve, equally far apart in doubt
_FILE = "source"


class Pair(BaseModel):
    """A claim, the text it is to rest on, and whether it does. `lang` is the claim's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, Field(min_length=1, max_length=200)]
    lang: Annotated[str, Field(pattern="^[a-z]{2}$")]
    source: Text
    claim: Text
    label: Literal["supported", "unsupported"]
    kind: Annotated[str, Field(max_length=80)] = ""

    @property
    def wrong(self) -> bool:
        return self.label == "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the checker says of a pair. Spans are offsets in claim and source, from 0."""

    pair: Pair
    verdict: Verdict
    doubt: float  #: calibrated chance that the claim is not supported
    reason: str | None
    claim_span: tuple[int, int] | None
    source_span: tuple[int, int] | None

    @property
    def flagged(self) -> bool:
        return self.verdict.fails


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a JSON Lines file. Raises `BadCases` with the first line at fault."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as exc:
        raise BadCases(path, "is not UTF-8", mend="save it as UTF-8") from exc
    pairs = [_pair(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not pairs:
        raise BadCases(path, "holds no pair", mend="write one JSON object a line")
    seen: set[str] = set()
    for pair in pairs:
        if pair.id in seen:
            raise BadCases(path, f"id {pair.id[:60]!r} stands twice", mend="give each pair its own")
        seen.add(pair.id)
    return pairs


def _pair(path: Path, number: int, line: str) -> Pair:
    try:
        return Pair.model_validate(json.loads(line))
    except json.JSONDecodeError as exc:
        problem = f"is not JSON ({exc.msg} at column {exc.colno})"
        raise BadCases(path, problem, line=number, mend="write one JSON object a line") from exc
    except ValidationError as exc:
        error = exc.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, error["loc"])) or "the line"
        problem = f"field {field!r}: {error['msg'][:1].lower()}{error['msg'][1:]}"
        mend = "give id, lang, source, claim, label (supported or unsupported) and kind"
        raise BadCases(path, problem, line=number, mend=mend) from exc


def source_of(text: str, language: str | None, name: str = _FILE) -> Source:
    """A plain text as a source that may be cited from its first to its last character."""
    ref = SourceRef(
        id=SourceId(name),
        kind=SourceKind.POLICY,
        label=name,
        content_hash=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        language=language,
        file=name,
        end=len(text),
    )
    return Source(ref=ref, text=text)


async def tell(pair: Pair, checker: ClaimChecker, judge: Judge | None = None) -> Told:
    """The verdict on a pair: that of its worst sentence, and the doubt of the most doubted."""
    checked = checker.examine(
        pair.claim, language=pair.lang, sources=[source_of(pair.source, None)]
    )
    return _told(pair, await judged(checked, judge) if judge else checked)


async def tell_all(pairs: Sequence[Pair], judge: str) -> list[Told]:
    """The verdicts with the judge of a name: `learned`, or `encoder:FOLDER`."""
    checker = ClaimChecker()
    other = judge_named(judge)
    return [await tell(pair, checker, other) for pair in pairs]


def judge_named(name: str) -> Judge | None:
    """The judge beside the learned one. Raises `EvalError` for a name or folder that is none."""
    kind, _, folder = name.partition(":")
    if kind == "learned" and not folder:
        return None
    if kind != "encoder" or not folder:
        raise EvalError(f"--judge {name!r} is unknown; give learned or encoder:FOLDER")
    from agent.citations.judges.encoder import EncoderJudge

    try:
        return EncoderJudge(Path(folder))
    except CitationError as exc:
        raise EvalError(str(exc)) from exc


def _told(pair: Pair, checked: Sequence[Checked]) -> Told:
    worst = max(checked, key=lambda one: (one.claim.verdict.fails, doubt_of(one)), default=None)
    if worst is None:
        return Told(
            pair=pair,
            verdict=Verdict.NOT_A_CLAIM,
            doubt=0.0,
            reason=None,
            claim_span=None,
            source_span=None,
        )
    claim = worst.claim
    finding = next(iter(worst.judgement.findings if worst.judgement else ()), None)
    sentence = worst.judgement.sentence if worst.judgement else None
    said = finding.claim_span if finding and finding.claim_span else (0, claim.end - claim.start)
    found = (sentence.start, sentence.end) if sentence else None
    if sentence and finding and finding.source_span:
        found = sentence.start + finding.source_span[0], sentence.start + finding.source_span[1]
    return Told(
        pair=pair,
        verdict=claim.verdict,
        doubt=doubt_of(worst),
        reason=claim.reason,
        claim_span=(claim.start + said[0], claim.start + said[1]),
        source_span=found,
    )


def doubt_of(one: Checked) -> float:
    """The chance that a claim is not supported: its score, read from the verdict's side."""
    if one.claim.verdict is Verdict.NOT_A_CLAIM:
        return 0.0
    return one.claim.score if one.claim.verdict.fails else 1 - one.claim.score


def measure_claims(told: Sequence[Told]) -> dict[str, Any]:
    """All figures over all pairs, the same by language and by kind, and the curve."""
    return {
        **figures(told),
        "by_lang": _grouped(told, {one.pair.id: one.pair.lang for one in told}),
        "by_kind": _grouped(told, {one.pair.id: one.pair.kind for one in told}),
        "curve": curve(told),
    }


def figures(told: Sequence[Told]) -> dict[str, Any]:
    """Recall over the wrong claims, false alarms over the supported; None where there are none."""
    wrong = [one.flagged for one in told if one.pair.wrong]
    right = [one.flagged for one in told if not one.pair.wrong]
    hits, alarms = sum(wrong), sum(right)
    flagged = hits + alarms
    return {
        "pairs": len(told),
        "unsupported": len(wrong),
        "recall": measures.rounded(measures.share(wrong)),
        "false_alarms": measures.rounded(measures.share(right)),
        "precision": measures.rounded(hits / flagged if flagged else None),
        "f1": measures.rounded(2 * hits / (flagged + len(wrong)) if flagged + len(wrong) else None),
        "auroc": measures.rounded(
            measures.auroc(
                [one.doubt for one in told if one.pair.wrong],
                [one.doubt for one in told if not one.pair.wrong],
            )
        ),
    }


def curve(told: Sequence[Told]) -> list[dict[str, float | None]]:
    """Recall and false alarms, were a claim flagged from each doubt on."""
    points: list[dict[str, float | None]] = []
    for step in range(CURVE_STEPS):
        least = step / (CURVE_STEPS - 1)
        wrong = [one.doubt >= least for one in told if one.pair.wrong]
        right = [one.doubt >= least for one in told if not one.pair.wrong]
        points.append(
            {
                "doubt": round(least, 2),
                "recall": measures.rounded(measures.share(wrong)),
                "false_alarms": measures.rounded(measures.share(right)),
            }
        )
    return points


def _grouped(told: Sequence[Told], group: Mapping[str, str]) -> dict[str, Any]:
    names = sorted(set(group.values()))
    return {name: figures([one for one in told if group[one.pair.id] == name]) for name in names}


def verdict_lines(told: Iterable[Told]) -> str:
    """One JSON object a line: id, verdict, whether it counts as supported, reason, both spans."""
    return "".join(
        json.dumps(
            {
                "id": one.pair.id,
                "verdict": one.verdict.value,
                "supported": not one.flagged,
                "doubt": round(one.doubt, 4),
                "reason": one.reason,
                "claim_span": one.claim_span,
                "source_span": one.source_span,
            },
            ensure_ascii=False,
        )
        + "\n"
        for one in told
    )


def rows_of(report: dict[str, Any]) -> list[tuple[str, ...]]:
    """The report as a table: all pairs first, then each language, kind and point of the curve."""
    rows = [_row("all", report)]
    rows += [_row(f"lang {name}", part) for name, part in report["by_lang"].items()]
    rows += [_row(f"kind {name or '-'}", part) for name, part in report["by_kind"].items()]
    rows += [_row(f"from doubt {point['doubt']:.2f}", point) for point in report["curve"]]
    return rows


COLUMNS = ("of", "pairs", "recall", "false alarms", "precision", "f1", "auroc")


def _row(name: str, part: Mapping[str, Any]) -> tuple[str, ...]:
    shown = (
        "-" if part.get(figure) is None else f"{part[figure]:.1%}"
        for figure in ("recall", "false_alarms", "precision", "f1", "auroc")
    )
    return name, str(part.get("pairs", "")), *shown
