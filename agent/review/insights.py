"""What drafts and decisions tell about the desks. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from agent.store.counting import DayCount, DraftCount
from agent.store.queue import Decided, Kind

_RELEASED = (Kind.USED, Kind.EDITED)
_BANDS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Decided drafts whose triage was sure to a like degree."""

    low: float
    high: float
    count: int
    stood: float  #: share whose category nobody changed, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """Figures of a stretch of time; shares are 0 to 1, times in seconds."""

    drafts: int
    routes: tuple[tuple[str, int], ...]
    days: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]  #: day to route to count
    categories: tuple[tuple[str, int, float], ...]  #: category, drafts, share ready
    reasons: tuple[tuple[str, int], ...]
    decided: int
    kinds: tuple[tuple[str, int], ...]
    ignored: int
    used_share: float | None  #: of the released ones, those without an edit
    edit_share: float | None  #: median share of the text that was changed, of the edited ones
    waited_median: float | None
    waited_p90: float | None
    corrections: tuple[tuple[str, str, int], ...]  #: triaged as, corrected to, count
    bands: tuple[Band, ...]
    writers: tuple[tuple[str, int, int, float], ...]  #: writer, drafts, tokens, cost
    tokens: int
    cost: float

    @property
    def ready_share(self) -> float | None:
        return dict(self.routes).get("ready", 0) / self.drafts if self.drafts else None


def insights(
    counts: Sequence[DraftCount],
    days: Sequence[DayCount],
    decided: Sequence[Decided],
    ignored: int,
) -> Insights:
    """All figures of the insights page, from what the store counted."""
    ended = [one for one in decided if one.kind is not Kind.CORRECTED]
    waits = sorted(one.waited_s for one in ended)
    return Insights(
        drafts=sum(one.count for one in counts),
        routes=_summed((one.route, one.count) for one in counts),
        days=_by_day(days),
        categories=_categories(counts),
        reasons=_summed(
            (code, one.count) for one in counts if one.route == "review" for code in one.codes
        ),
        decided=len(ended),
        kinds=_summed((one.kind.value, 1) for one in ended),
        ignored=ignored,
        used_share=_used(ended),
        edit_share=_edited(ended),
        waited_median=median(waits) if waits else None,
        waited_p90=waits[int(0.9 * (len(waits) - 1))] if waits else None,
        corrections=_corrections(decided),
        bands=calibration(decided),
        writers=_writers(counts),
        tokens=sum(one.tokens for one in counts),
        cost=sum(one.cost for one in counts),
    )


def _summed(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    total: Counter[str] = Counter()
    for name, count in pairs:
        total[name] += count
    return tuple(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))


def _by_day(days: Sequence[DayCount]) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    names = sorted({one.day for one in days})
    return tuple(
        (name, tuple((one.route, one.count) for one in days if one.day == name)) for name in names
    )


def _categories(counts: Sequence[DraftCount]) -> tuple[tuple[str, int, float], ...]:
    ready = dict(_summed((one.category, one.count) for one in counts if one.route == "ready"))
    return tuple(
        (name, count, ready.get(name, 0) / count)
        for name, count in _summed((one.category, one.count) for one in counts)
    )


def _used(ended: Sequence[Decided]) -> float | None:
    released = [one for one in ended if one.kind in _RELEASED]
    if not released:
        return None
    return sum(one.kind is Kind.USED for one in released) / len(released)


def _edited(ended: Sequence[Decided]) -> float | None:
    shares = [one.distance / max(1, one.length) for one in ended if one.kind is Kind.EDITED]
    return min(1.0, median(shares)) if shares else None


def _corrections(decided: Sequence[Decided]) -> tuple[tuple[str, str, int], ...]:
    pairs = Counter((one.category, one.corrected) for one in decided if one.corrected)
    most_first = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((was, became, count) for (was, became), count in most_first)


def calibration(decided: Sequence[Decided]) -> tuple[Band, ...]:
    """In each band of confidence, how often the category stood. One draft counts once."""
    stood: dict[str, tuple[float, bool]] = {}
    for one in decided:
        before = stood.get(one.draft_id, (one.confidence, True))
        stood[one.draft_id] = (before[0], before[1] and one.corrected is None)
    bands: list[Band] = []
    for low, high in pairwise(_BANDS):
        inside = [
            good
            for sure, good in stood.values()
            if low <= sure < high or (high == 1.0 and sure == 1.0)
        ]
        if inside:
            bands.append(
                Band(low=low, high=high, count=len(inside), stood=sum(inside) / len(inside))
            )
    return tuple(bands)


def _writers(counts: Sequence[DraftCount]) -> tuple[tuple[str, int, int, float], ...]:
    names = sorted({one.writer for one in counts})
    return tuple(
        (
            name or "—",
            sum(one.count for one in counts if one.writer == name),
            sum(one.tokens for one in counts if one.writer == name),
            sum(one.cost for one in counts if one.writer == name),
        )
        for name in names
    )
