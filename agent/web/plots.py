"""Plots as lists of rectangles: a template draws them as SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT = 560, 180, 22
_ORDER = ("ready", "review", "no-reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Bars on a canvas of `WIDTH` × `HEIGHT`, with the words under them."""

    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, str], ...]  #: middle of the label, text
    top: float  #: value of the upper edge


def by_day(days: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> Plot:
    """Stacked bars, one a day."""
    most = max((sum(count for _, count in routes) for _, routes in days), default=0)
    step = WIDTH / max(1, len(days))
    bars: list[Bar] = []
    for n, (day, routes) in enumerate(days):
        counts, floor = dict(routes), float(HEIGHT - FOOT)
        for kind in _ORDER:
            if not (count := counts.get(kind, 0)):
                continue
            height = (HEIGHT - FOOT) * count / most
            floor -= height
            bars.append(
                Bar(
                    x=n * step + step * 0.1,
                    y=floor,
                    width=min(step * 0.8, 46),
                    height=height,
                    kind=kind,
                    title=f"{day}: {count} {kind}",
                )
            )
    every = max(1, len(days) // 8)
    labels = tuple(
        (n * step + step * 0.1 + min(step * 0.8, 46) / 2, day[5:])
        for n, (day, _) in enumerate(days)
        if n % every == 0
    )
    return Plot(bars=tuple(bars), labels=labels, top=most)


def reliability(bands: Sequence[tuple[float, float, int, float]]) -> Plot:
    """For each band (low, high, count, share that stood) a bar; the diagonal is perfect."""
    ground = HEIGHT - FOOT
    bars = tuple(
        Bar(
            x=low * WIDTH + 2,
            y=ground * (1 - stood),
            width=(high - low) * WIDTH - 4,
            height=ground * stood,
            kind="bar",
            title=f"{low:.0%} to {high:.0%} sure: {stood:.0%} of {count} stood",
        )
        for low, high, count, stood in bands
    )
    labels = tuple((share * WIDTH, f"{share:.0%}") for share in (0.25, 0.5, 0.75))
    return Plot(bars=bars, labels=labels, top=1)
