"""Whether inline styles let a reader see a text: display, size, opacity, place and colour."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

_DECLARATION = re.compile(r"([a-z-]{1,40})\s*:\s*([^;]{1,200})")
_ZERO = re.compile(r"0*\.?0+\s*(?:px|pt|em|rem|%|vh|vw|ex|cm|mm|in)?")
_BRACES = re.compile(r"[{}]")
_LONGEST_BODY = 5_000  #: characters of one rule or attribute that are read
_CLASS = re.compile(r"\.([A-Za-z_][\w-]{0,100})")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+([\d.]+%?))?\s*\)")
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_NAMED = {"white": "#ffffff", "black": "#000000", "snow": "#fffafa", "ivory": "#fffff0"}
_PROPERTIES = frozenset(
    [
        *("display", "visibility", "opacity", "mso-hide", "font-size", "overflow", "color"),
        *("background", "background-color", "height", "width", "max-height", "max-width"),
        *("left", "top", "text-indent", "margin-left"),
    ]
)
_FAR = 500  #: pixels off the page or out of the box: nothing of it is seen


Sheet = Mapping[str, Mapping[str, str]]
"""Declarations by class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a text inherits. `gone` cannot be undone below; size, colour and visibility can."""

    gone: bool = False
    invisible: bool = False
    tiny: bool = False
    colour: str = "#000000"
    background: str | None = "#ffffff"  #: None: a picture, so that nothing is known

    @property
    def hidden(self) -> bool:
        return self.gone or self.invisible or self.tiny or self._same_colour

    @property
    def _same_colour(self) -> bool:
        return self.background is not None and _distance(self.colour, self.background) <= 12


def look_of(tag: str, attributes: Mapping[str, str], sheet: Sheet, above: Look) -> Look:
    """The look below a tag with these attributes; an attribute wins over the style sheet."""
    style: dict[str, str] = {}
    for name in attributes.get("class", "").split():
        style |= sheet.get(name, {})
    style |= declarations(attributes.get("style", ""))
    colour = style.get("color") or (attributes.get("color", "") if tag == "font" else "")
    background = style.get("background-color") or style.get("background")
    return replace(
        above,
        gone=above.gone or _gone(attributes, style),
        invisible=_inherit(style.get("visibility"), ("hidden", "collapse"), above.invisible),
        tiny=_tiny(style.get("font-size"), above.tiny),
        colour=_colour(colour) or above.colour,
        background=_background(background or attributes.get("bgcolor", ""), above.background),
    )


def declarations(style: str) -> dict[str, str]:
    """`color: Red !important` as `{"color": "red"}`, of the properties read here; the last wins."""
    found = _DECLARATION.findall(style[:_LONGEST_BODY].lower())
    read = ((name, value) for name, value in found if name in _PROPERTIES)
    return {name: value.replace("!important", "").strip() for name, value in read}


def read_sheets(sheets: Iterable[str]) -> Sheet:
    """By class, the declarations of rules for that class alone, outside of media queries."""
    classes: dict[str, dict[str, str]] = {}
    for sheet in sheets:
        for selectors, body in _rules(sheet):
            found = declarations(body)
            for selector in selectors.split(",") if found else ():
                if name := _CLASS.fullmatch(selector.strip()):
                    classes[name[1]] = classes.get(name[1], {}) | found
    return classes


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and body of each plain rule.

    A rule inside of `@media` is passed over: a phone's rules hide what a desk shows, and say
    nothing about what was meant to be read.
    """
    depth, start, opened = 0, 0, 0
    for brace in _BRACES.finditer(sheet):
        if brace[0] == "{":
            depth += 1
            opened = brace.start() if depth == 1 else opened
        elif depth > 0:
            depth -= 1
            if depth == 0:
                selectors = sheet[start:opened]
                if "@" not in selectors:
                    yield selectors, sheet[opened + 1 : brace.start()]
                start = brace.end()


def _gone(attributes: Mapping[str, str], style: Mapping[str, str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or style.get("display") == "none"
        or style.get("mso-hide") == "all"
        or _is_zero(style.get("opacity"))
        or _cut_away(style)
        or any(_far(style.get(name)) for name in ("left", "top", "text-indent", "margin-left"))
    )


def _cut_away(style: Mapping[str, str]) -> bool:
    """A box of no height or width shows nothing only when it also hides what runs over."""
    boxed = any(_is_zero(style.get(n)) for n in ("max-height", "height", "max-width", "width"))
    return boxed and style.get("overflow") == "hidden"


def _is_zero(value: str | None) -> bool:
    return value is not None and _ZERO.fullmatch(value) is not None


def _far(value: str | None) -> bool:
    found = re.match(r"-(\d{1,6})", value or "")
    return found is not None and int(found[1]) >= _FAR


def _inherit(value: str | None, hiding: tuple[str, ...], above: bool) -> bool:
    return above if value is None or value == "inherit" else value in hiding


def _tiny(value: str | None, above: bool) -> bool:
    if value is None or value in ("inherit", "100%", "1em"):
        return above
    found = re.match(r"(\d*\.?\d+)\s*(px|pt|em|rem|%)?", value)
    if found is None:
        return False
    smallest = {"em": 0.15, "rem": 0.15, "%": 15.0}.get(found[2] or "px", 2.0)
    return float(found[1]) < smallest


def _colour(value: str) -> str | None:
    """`#rrggbb`, or None for what is not a plain colour."""
    value = value.strip().lower()
    for word in value.split():
        if word in _NAMED:
            return _NAMED[word]
    if found := _RGB.search(value):
        clear = found[4] is not None and float(found[4].rstrip("%")) == 0
        return (
            None if clear else "#" + "".join(f"{min(int(n), 255):02x}" for n in found.groups()[:3])
        )
    if found := _HEX.search(value):
        digits = found[1]
        return "#" + (digits if len(digits) == 6 else "".join(d * 2 for d in digits))
    return None


def _background(value: str, above: str | None) -> str | None:
    return _colour(value) or (None if "url(" in value or "gradient(" in value else above)


def _distance(one: str, other: str) -> int:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return max(abs(a - b) for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
