"""Figures of classification. Pure; every share is 0 to 1, None where there is nothing to share."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How much of what there was to find was found, and how much of what was found was there."""

    precision: float | None
    recall: float | None
    f1: float | None

    def rounded(self) -> dict[str, float | None]:
        return {name: rounded(value) for name, value in asdict(self).items()}


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def share(values: Iterable[bool]) -> float | None:
    """The share that is true."""
    values = list(values)
    return sum(values) / len(values) if values else None


def found(gold: Sequence[frozenset[str]], said: Sequence[frozenset[str]]) -> Found:
    """Precision, recall and F1 over all items of all cases (micro average)."""
    hits = sum(len(g & s) for g, s in zip(gold, said, strict=True))
    wanted, named = sum(map(len, gold)), sum(map(len, said))
    return Found(
        precision=hits / named if named else None,
        recall=hits / wanted if wanted else None,
        f1=2 * hits / (wanted + named) if wanted + named else None,
    )


def macro_f1(gold: Sequence[str], said: Sequence[str]) -> float | None:
    """The mean of F1 over the labels that occur in `gold`."""
    labels = sorted(set(gold))
    scores = [
        2
        * sum(g == s == label for g, s in zip(gold, said, strict=True))
        / (gold.count(label) + said.count(label))
        for label in labels
    ]
    return sum(scores) / len(scores) if scores else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers of about the same confidence."""

    confidence: float  #: mean
    right: float  #: share
    count: int


def reliability(confidence: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """Answers in ten bins of equal width, lowest confidence first, empty bins left out."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for c, r in zip(confidence, right, strict=True):
        bins.setdefault(min(int(c * _BINS), _BINS - 1), []).append((c, r))
    return tuple(
        Bin(
            confidence=sum(c for c, _ in inside) / len(inside),
            right=sum(r for _, r in inside) / len(inside),
            count=len(inside),
        )
        for _, inside in sorted(bins.items())
    )


def calibration_error(confidence: Sequence[float], right: Sequence[bool]) -> float | None:
    """Expected calibration error: the mean gap of confidence and accuracy, weighed by bin size.

    Source: Guo et al., On Calibration of Modern Neural Networks (2017), equation 3.
    """
    if not confidence:
        return None
    bins = reliability(confidence, right)
    return sum(b.count * abs(b.confidence - b.right) for b in bins) / len(confidence)


def coverage_at_precision(
    confidence: Sequence[float], right: Sequence[bool], precision: float
) -> float | None:
    """The largest share of cases, surest first, of which at least `precision` are right.

    Cases of equal confidence are taken or left together.
    """
    if not confidence:
        return None
    surest = sorted(zip(confidence, right, strict=True), key=lambda pair: -pair[0])
    best = hits = 0
    for taken, (sure, is_right) in enumerate(surest, start=1):
        hits += is_right
        is_cut = taken == len(surest) or surest[taken][0] < sure
        if is_cut and hits >= precision * taken:
            best = taken
    return best / len(surest)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """The chance that one of `inside` scores above one of `outside`; ties count half."""
    if not inside or not outside:
        return None
    scored = sorted([(score, True) for score in inside] + [(score, False) for score in outside])
    rank_sum, at = 0.0, 0
    while at < len(scored):
        end = at
        while end < len(scored) and scored[end][0] == scored[at][0]:
            end += 1
        mean_rank = (at + 1 + end) / 2
        rank_sum += mean_rank * sum(is_in for _, is_in in scored[at:end])
        at = end
    n, m = len(inside), len(outside)
    return (rank_sum - n * (n + 1) / 2) / (n * m)
