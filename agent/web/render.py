"""Templates to HTML: the one place that knows Jinja."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agent.web.strings import TEXT


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    ours: dict[str, Any] = {
        "moment": moment,
        "percent": percent,
        "until": until,
        "words": words,
        "why": why,
        "span": span,
    }
    environment.filters.update(ours)
    known: dict[str, Any] = {"t": TEXT}
    environment.globals.update(known)
    return environment


def render(template: str, **context: Any) -> str:
    """A page; a name that a template wants and nobody gave raises."""
    return _environment().get_template(template).render(**context)


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def percent(share: float) -> str:
    return f"{share:.0%}"


def words(name: str) -> str:
    """An id such as `payment_invoice` as words."""
    return name.replace("_", " ").replace("-", " ")


def why(code: str) -> str:
    """A reason for review in words: our own for the codes that say little."""
    return TEXT.get(f"why_{code}", words(code))


def until(at: datetime, now: datetime) -> str:
    """How long from now: `3 h`, `−20 min`."""
    return span((at - now).total_seconds())


def span(seconds: float) -> str:
    """A stretch of time in the largest unit that says enough."""
    size, sign = abs(seconds), "−" if seconds < 0 else ""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if size >= 2 * length or (unit == "min" and size >= 60):
            return f"{sign}{size // length:.0f} {unit}"
    return f"{sign}{size:.0f} s"
