"""An HTML page of a classifier's answers: figures, confusion matrix, reliability. No script."""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from agent.evals.measures import Bin, reliability
from agent.evals.triage import Answer

_CELL, _MARGIN = 14, 170  #: pixels
_MOST_LABELS = 40  #: the matrix shows those with the most mistakes
_SIDE = 320  #: of the reliability plot
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
       color: #1c2430; background: #fff }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left }
td:last-child { font-variant-numeric: tabular-nums } svg { max-width: 100%; height: auto }
text { font: 10px system-ui, sans-serif; fill: #1c2430 }
"""


def page(report: dict[str, Any], answers: Sequence[Answer]) -> str:
    """The whole page; it holds labels and figures, and no text that was classified."""
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        f"<title>Triage report</title><style>{_STYLE}</style></head><body>"
        f"<h1>Triage report</h1>{_figures(report)}"
        f"<h2>Confusion matrix</h2>{_confusion(answers)}"
        f"<h2>Reliability</h2>{_reliability(answers)}</body></html>\n"
    )


def _figures(report: dict[str, Any]) -> str:
    rows = (
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in report.items()
    )
    return f"<table>{''.join(rows)}</table>"


def _confusion(answers: Sequence[Answer]) -> str:
    labels = _shown(answers)
    at = {label: number for number, label in enumerate(labels)}
    counts = Counter((a.gold, a.said) for a in answers if a.gold in at and a.said in at)
    totals = Counter(a.gold for a in answers)
    side = _MARGIN + _CELL * len(labels)
    cells = (
        _cell(at[gold], at[said], count / totals[gold], f"{gold} read as {said}: {count}")
        for (gold, said), count in sorted(counts.items())
    )
    return (
        f"<p>{_scope(labels, answers)} A row is what it was, a column what was said.</p>"
        f"<svg viewBox='0 0 {side} {side}' width='{side}' role='img' "
        f"aria-label='Confusion matrix of {len(labels)} labels'>"
        f"{''.join(_names(labels))}{''.join(cells)}</svg>"
    )


def _scope(labels: Sequence[str], answers: Sequence[Answer]) -> str:
    known = len({a.gold for a in answers} | {a.said for a in answers})
    if known == len(labels):
        return f"All {known} labels."
    return f"The {len(labels)} of {known} labels with the most mistakes."


def _shown(answers: Sequence[Answer]) -> list[str]:
    """All labels where they fit, else the ones most often mistaken, in order of name."""
    missed = Counter(label for a in answers if not a.right for label in (a.gold, a.said))
    every = sorted(
        {a.gold for a in answers} | {a.said for a in answers}, key=lambda x: (-missed[x], x)
    )
    return sorted(every[:_MOST_LABELS])


def _names(labels: Sequence[str]) -> Iterable[str]:
    for number, label in enumerate(labels):
        along = _MARGIN + _CELL * number + _CELL * 0.75
        name = escape(label[:28])
        yield f"<text x='{_MARGIN - 4}' y='{along:.1f}' text-anchor='end'>{name}</text>"
        yield f"<text transform='translate({along:.1f} {_MARGIN - 4}) rotate(-90)'>{name}</text>"


def _cell(row: int, column: int, share: float, told: str) -> str:
    colour = "#1d6f42" if row == column else "#b3261e"
    x, y = _MARGIN + _CELL * column, _MARGIN + _CELL * row
    return (
        f"<rect x='{x}' y='{y}' width='{_CELL - 1}' height='{_CELL - 1}' fill='{colour}' "
        f"fill-opacity='{max(share, 0.08):.2f}'><title>{escape(told)}</title></rect>"
    )


def _reliability(answers: Sequence[Answer]) -> str:
    bins = reliability([a.confidence for a in answers], [a.best == a.gold for a in answers])
    return (
        "<p>How often answers of a confidence are right; on the line they are as often as said.</p>"
        f"<svg viewBox='0 0 {_SIDE + 60} {_SIDE + 40}' width='{_SIDE + 60}' role='img' "
        "aria-label='Reliability plot'>"
        f"<rect x='40' y='0' width='{_SIDE}' height='{_SIDE}' fill='none' stroke='#9aa4b2'/>"
        f"<line x1='40' y1='{_SIDE}' x2='{_SIDE + 40}' y2='0' stroke='#9aa4b2'/>"
        f"{''.join(_bar(b) for b in bins)}"
        f"<text x='{_SIDE / 2 + 10}' y='{_SIDE + 30}'>confidence</text>"
        f"<text x='0' y='12'>right</text></svg>"
    )


def _bar(of: Bin) -> str:
    x, height = 40 + of.confidence * _SIDE, of.right * _SIDE
    told = f"said {of.confidence:.0%}, right {of.right:.0%}, {of.count} answers"
    return (
        f"<rect x='{x - 6:.1f}' y='{_SIDE - height:.1f}' width='12' height='{height:.1f}' "
        f"fill='#2f5d9b' fill-opacity='0.75'><title>{escape(told)}</title></rect>"
    )
