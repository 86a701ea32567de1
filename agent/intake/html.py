"""HTML mail to plain text: what a reader sees, in lines, with quoted blocks marked by `> `.

Text that a reader cannot see is not read: it is how instructions are smuggled past a person.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bs4 import (
    BeautifulSoup,
    MarkupResemblesLocatorWarning,
    Tag,
    XMLParsedAsHTMLWarning,
)
from bs4.element import NavigableString, PageElement, PreformattedString

from agent.intake.style import Look, Sheet, look_of, read_sheets
from agent.intake.text import clean, tidy

# What a customer's mail looks like to the parser is nothing to tell anyone, least of all with
# the mail's text in the message.
warnings.filterwarnings("ignore", category=MarkupResemblesLocatorWarning)
warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)

LIMIT = 1_000_000  #: characters of HTML that are read
TAGS = 30_000  #: tags that are read; a newsletter has two thousand, and each takes a kilobyte
_TAG = re.compile(r"<[A-Za-z/]")
_SPACES = re.compile(r"\s+")
_DROPPED = frozenset(
    [
        *("script", "style", "head", "title", "template", "noscript", "iframe", "object", "embed"),
        *("svg", "math", "canvas", "audio", "video", "select", "datalist", "meta", "link"),
    ]
)
_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div"),
        *("dl", "dt", "fieldset", "figure", "figcaption", "footer", "form", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("summary", "table", "tbody", "thead", "tfoot", "tr", "ul"),
    ]
)
_SPACED = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"]
)
_QUOTES = re.compile(
    r"(?:^|\s)(?:gmail_quote|yahoo_quoted|protonmail_quote|tutanota_quote)(?:\s|$)"
)
_DEEPEST_QUOTE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlText:
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What holds for everything below a tag."""

    look: Look
    quoted: int = 0
    quote_opened: bool = False  #: a quote's wrapper stands above, its blockquote not yet
    preformatted: bool = False


def html_to_text(html: str) -> HtmlText:
    """The visible text of an HTML mail; never raises, however broken the HTML is."""
    end = _end(html)
    cleaned = clean(html[:end])  # lxml stops reading at a NUL
    notes = [*cleaned.notes]
    if end < len(html):
        notes.append(f"html: cut after {end} of {len(html)} characters")
    # lxml bounds the depth of the tree; a document it cannot read at all gives an empty one.
    soup = BeautifulSoup(cleaned.text, "lxml")
    writer = _Writer()
    hidden = _write(soup, writer)
    if hidden:
        notes.append(f"html: {hidden} characters of hidden text not read")
    return HtmlText(text=tidy(writer.text()), notes=tuple(notes))


def _end(html: str) -> int:
    """How much is read: up to so many characters and so many tags."""
    tag = next(islice(_TAG.finditer(html, 0, LIMIT), TAGS, None), None)
    return tag.start() if tag else min(len(html), LIMIT)


def _write(soup: BeautifulSoup, writer: "_Writer") -> int:
    """Walk the tree without recursion; returns how many hidden characters were passed over."""
    sheet = read_sheets(tag.get_text() for tag in soup.find_all("style"))
    hidden = 0
    stack: list[tuple[Iterator[PageElement], Tag | None, _Place]] = [
        (iter(soup.contents), None, _Place(look=Look()))
    ]
    while stack:
        children, tag, place = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if tag is not None:
                writer.close(tag, place)
        elif isinstance(child, Tag):
            if child.name not in _DROPPED:
                below = _below(child, place, sheet)
                writer.open(child, below)
                stack.append((iter(child.contents), child, below))
        elif _is_text(child):
            if place.look.hidden:
                hidden += len(str(child).strip())
            else:
                writer.write(str(child), place)
    return hidden


def _is_text(node: PageElement) -> bool:
    """Comments, CDATA, doctypes and processing instructions are no text."""
    return isinstance(node, NavigableString) and not isinstance(node, PreformattedString)


def _below(tag: Tag, place: _Place, sheet: Sheet) -> _Place:
    attributes = _attributes(tag)
    wrapper = bool(_QUOTES.search(attributes.get("class", "")))
    block = tag.name == "blockquote"
    deeper = wrapper or (block and not place.quote_opened)
    return replace(
        place,
        look=look_of(tag.name, attributes, sheet, place.look),
        quoted=min(place.quoted + deeper, _DEEPEST_QUOTE),
        quote_opened=(wrapper and not block) or (place.quote_opened and not block),
        preformatted=place.preformatted or tag.name == "pre",
    )


def _attributes(tag: Tag) -> dict[str, str]:
    return {
        name.lower(): " ".join(value) if isinstance(value, list) else str(value)
        for name, value in tag.attrs.items()
    }


class _Writer:
    """Collects lines; spaces collapse as they do on a screen."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._prefix = ""
        self._lists: list[int | None] = []  #: open lists; a number counts an ordered one

    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines)

    def open(self, tag: Tag, place: _Place) -> None:
        if place.look.hidden:
            return
        if tag.name == "br":
            self._end_line(always=True)
        elif tag.name in _BLOCKS:
            self._end_line(blank=tag.name in _SPACED and not self._lists)
        self._prefix = "> " * place.quoted
        if tag.name in ("ul", "ol"):
            self._lists.append(1 if tag.name == "ol" else None)
        elif tag.name == "li":
            self._line.append(self._bullet())
        elif tag.name in ("td", "th") and any(part.strip() for part in self._line):
            self._line.append(" | ")

    def close(self, tag: Tag, place: _Place) -> None:
        if place.look.hidden:
            return
        if tag.name in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag.name in _BLOCKS:
            self._end_line(blank=tag.name in _SPACED and not self._lists)

    def write(self, text: str, place: _Place) -> None:
        self._prefix = "> " * place.quoted
        if place.preformatted:
            first, *rest = text.split("\n")
            self._line.append(first)
            for line in rest:
                self._end_line(always=True)
                self._line.append(line)
        else:
            self._line.append(_SPACES.sub(" ", text))

    def _bullet(self) -> str:
        count = self._lists[-1] if self._lists else None
        if count is None:
            return "- "
        self._lists[-1] = count + 1
        return f"{count}. "

    def _end_line(self, *, blank: bool = False, always: bool = False) -> None:
        line = _SPACES.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if line in ("-", "|"):
            line = ""
        if line or always:
            self._lines.append(self._prefix + line)
        if blank and self._lines and self._lines[-1].strip("> "):
            self._lines.append("")
