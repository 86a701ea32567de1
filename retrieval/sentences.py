"""Splitting Markdown and mail text into sentences, with exact character offsets.

Two passes, both linear: lines are gathered into blocks (a heading, a table row, a list item, a
footnote, a code fence, or a paragraph whose hard-wrapped lines belong together), then paragraphs
and list items are cut after sentence ends. A doubtful full stop does not cut: two sentences kept
together are searched and checked as one, while a torn one would lose half its meaning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (one past the last) of a text."""

    start: int
    end: int


def split_sentences(text: str, language: str = "en") -> tuple[Span, ...]:
    """Sentences in reading order.

    Spans are trimmed, never overlap, and together cover every non-space character. Citation marks
    such as `[1]` stay with the sentence before them. An unknown language uses all abbreviations.
    """
    words = _abbreviations(language.lower()[:2])
    return tuple(
        span
        for block in _blocks(text)
        for span in (_cut(text, block, words) if block.prose else _trimmed(text, block))
    )


# --- blocks -----------------------------------------------------------------------------------

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FENCE = re.compile(r"[ \t]{0,3}(```|~~~)")
_WHOLE = re.compile(
    r"""[ \t]{0,3}\#{1,6}(?:\s|$)       # heading
      | [ \t]*\|                        # table row
      | [ \t]{0,3}\[\d{1,3}\]:?[ \t]    # footnote
      | [ \t]{0,3}(?:(?:=+|-{2,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})[ \t]*[\r\n]*$)  # rule
    """,
    re.VERBOSE,
)
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|(\d{1,3})[.)])[ \t]+")
_QUOTE = re.compile(r"[ \t]{0,3}>")
_LOOK_BACK = 40  #: characters; the longest abbreviation, with room to spare


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    prose: bool
    text_from: int  #: where sentence ends may stand: after a list marker
    number: int | None = None  #: of a numbered list item
    quoted: bool = False


def _blocks(text: str) -> Iterator[_Block]:
    """Blocks of whole lines; only those with `prose` are cut further."""
    open_block: _Block | None = None
    fence = ""
    for line in _LINE.finditer(text):
        content = line.group()
        if fence:
            assert open_block is not None
            open_block.end = line.end()
            if content.strip().startswith(fence):
                yield open_block
                open_block, fence = None, ""
            continue
        if open_block is not None and _continues(text, open_block, content):
            open_block.end = line.end()
            continue
        if open_block is not None:
            yield open_block
        open_block = _opened(line.start(), line.end(), content)
        opening = _FENCE.match(content)
        fence = opening.group(1) if opening else ""
    if open_block is not None:
        yield open_block


def _continues(text: str, block: _Block, line: str) -> bool:
    """Whether a line is the wrapped rest of the paragraph or list item before it."""
    if not block.prose or not line.strip() or bool(_QUOTE.match(line)) != block.quoted:
        return False
    if _FENCE.match(line) or _WHOLE.match(line):
        return False
    item = _ITEM.match(line)
    return item is None or not _interrupts(text, block, item)


def _interrupts(text: str, block: _Block, item: re.Match[str]) -> bool:
    """Whether a marker in mid-paragraph opens a list item; `am⏎3. November` does not."""
    if item.group(1) is None:
        return True
    if block.number is not None:
        return int(item.group(1)) in (1, block.number + 1)
    before = text[max(block.start, block.end - _LOOK_BACK) : block.end].rstrip()
    return before[-1:] in ".:;!?"


def _opened(start: int, end: int, line: str) -> _Block | None:
    if not line.strip():
        return None
    if _FENCE.match(line) or _WHOLE.match(line):
        return _Block(start=start, end=end, prose=False, text_from=start)
    item = _ITEM.match(line)
    return _Block(
        start=start,
        end=end,
        prose=True,
        text_from=start + (item.end() if item else 0),
        number=int(item.group(1)) if item and item.group(1) else None,
        quoted=bool(_QUOTE.match(line)),
    )


# --- sentences --------------------------------------------------------------------------------

_CLOSERS = r"[\"'”’»«›‹“)\]*_]"
_EMOJI = r"[\u2600-\u27bf\u2b50\u2b55\U0001f1e6-\U0001faff\ufe0f\u200d]"
_END = re.compile(
    rf"[.!?…]++{_CLOSERS}*+"  # no look-ahead: a run that ends nothing is passed over whole
    rf"(?:[ \u00a0\u202f]»)?"
    rf"(?:[ \t\u00a0]?(?:\[\d{{1,3}}\])+[.!?]?)?"
    rf"(?:[ \t\u00a0]?{_EMOJI}++)?"
)
_WORD_BEFORE = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*$")
_NEXT = re.compile(r"\s+[\"'“‘«‹„‚(\[*_¿¡]*([^\W_]*)")


def _cut(text: str, block: _Block, words: "_Abbreviations") -> Iterator[Span]:
    start = block.start
    for end in _END.finditer(text, block.text_from, block.end):
        after = _NEXT.match(text, end.end(), block.end)
        if after is None:
            continue
        if _ends_sentence(text, end, after, words):
            yield from _trimmed(text, _Block(start, end.end(), True, start))
            start = end.end()
    yield from _trimmed(text, _Block(start, block.end, True, start))


def _ends_sentence(
    text: str, end: re.Match[str], after: re.Match[str], words: "_Abbreviations"
) -> bool:
    mark = end.group()
    follower = after.group(1)
    goes_on = follower[:1].islower()
    if "!" in mark or "?" in mark:
        return not (goes_on and mark[-1] in "\"'”’»«“")
    if goes_on:
        return False
    if mark[0] == "…" or mark.startswith(".."):
        return True
    found = _WORD_BEFORE.search(text, max(0, end.start() - _LOOK_BACK), end.start())
    if found is None or (len(mark) > 1 and mark[1] not in " \t\u00a0["):
        return True
    return not words.keep_on(found.group(), follower, _before(text, found.start()))


def _before(text: str, at: int) -> str:
    """The word before position `at`, in lower case."""
    parts = text[max(0, at - _LOOK_BACK) : at].split()
    return parts[-1].lower() if parts else ""


def _trimmed(text: str, block: _Block) -> Iterator[Span]:
    part = text[block.start : block.end]
    stripped = part.strip()
    if stripped:
        start = block.start + len(part) - len(part.lstrip())
        yield Span(start, start + len(stripped))


# --- abbreviations ----------------------------------------------------------------------------


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Never the end of a sentence. A multi-part one (`z. B.`) is covered letter by letter.
_ALWAYS = {
    "en": "e.g i.e eg ie cf vs mr mrs ms dr prof st approx incl excl viz dept tel resp",
    "fr": "ex env cf mme mlle dr pr st ste tél etc.-à-d c.-à-d resp max min évent incl",
    "de": "dr prof hr fr bzw ca inkl exkl zzgl ggf evtl vgl sog tel max min mind gem lt einschl "
    "st frl ev z.b d.h u.a i.d.r o.ä z.t s.o s.u b inh allg insb sogen ggfs entspr ausschl",
    "es": "sr sra srta dr dra d dña ej aprox pág tel ud uds vd vds incl máx mín",
    "nl": "dhr mevr mw dr drs ir ing mr prof bijv bv ca incl excl evt o.a d.w.z m.b.t i.v.m t.a.v "
    "n.a.v tel max min resp zgn st t.b.v t.o.v",
    "it": "sig sigg sig.ra dott dott.ssa prof ing avv es ca tel incl escl max min spett gent",
    "pl": "np tj tzn ok dr prof mgr inż ul al pl św tel m.in min maks ewent wg ds zob por",
}
#: Kept together with a number that follows.
_BEFORE_NUMBER = {
    "en": "no nos p pp art sec fig vol ch para cl ref ext",
    "fr": "art al p pp n chap vol fig réf ch",
    "de": "nr nrn art abs s ziff kap bd abb lit rn str",
    "es": "art arts núm n p pp cap vol apdo",
    "nl": "nr nrs art lid p pp blz hfst par ext",
    "it": "art artt n nn p pp cap vol pag co lett",
    "pl": "art ust pkt nr poz par rozdz str s § lit zał",
}
#: Words before an ordinal such as `3.` in German; `am 3. November` is no sentence end.
_BEFORE_ORDINAL = _words(
    "am vom zum bis ab dem den der des die das im seit jeder jedem jeden jede beim nach vor "
    "und oder einem einer ein eine dessen deren ihr ihrem ihren unser unserem"
)
_MONTHS = _words(
    "januar februar märz april mai juni juli august september oktober november dezember "
    "jänner quartal halbjahr klasse"
)


@dataclass(frozen=True, slots=True)
class _Abbreviations:
    always: frozenset[str]
    before_number: frozenset[str]
    ordinals: bool  #: `3.` may be "third"

    def keep_on(self, word: str, follower: str, previous: str) -> bool:
        """Whether the full stop after `word` belongs to it, given what stands around."""
        low = word.lower()
        if low in self.always or ("." in low and low.rpartition(".")[2] in self.always):
            return True
        if follower[:1].isdigit() and (low in self.before_number or low.endswith("str")):
            return True
        if word.isdigit():
            counted = previous in _BEFORE_ORDINAL or follower.lower() in _MONTHS
            return self.ordinals and len(word) <= 2 and counted
        return self._is_initial(word, previous)

    def _is_initial(self, word: str, previous: str) -> bool:
        """`J. Smith`, `U.S. law`, `z. B. Rechnungen`; not `and I.`, `5 m.` nor `30 °C.`"""
        last = word.rpartition(".")[2]
        if previous.endswith("°"):
            return False
        if len(last) != 1 or not last.isalpha() or last == "I":
            return False
        return last.isupper() or not previous[-1:].isdigit()


@cache
def _abbreviations(language: str) -> _Abbreviations:
    known = language in _ALWAYS
    chosen = [language] if known else list(_ALWAYS)
    return _Abbreviations(
        always=_words(" ".join(_ALWAYS[name] for name in chosen)),
        before_number=_words(" ".join(_BEFORE_NUMBER[name] for name in chosen)),
        ordinals=language == "de" or not known,
    )
