"""Words, numbers and signs of a text, each with its span in the original."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agent.citations.lexicon import CURRENCIES, Lexicon
from agent.citations.normalise import Normalised

#: What is no letter, digit, plain punctuation or smile may carry meaning: `≥`, `~`, `❌`.
SIGN = r"""[^\w\s.,;:!'"()\[\]{}*_\#|\\`¿¡…·•\U0001f600-\U0001f637\U0001f642\U0001f64f]"""
_CODES = "|".join(sorted(form for form in CURRENCIES if form.isalpha()))
_TOKEN = re.compile(
    rf"""
    (?P<mark>\[\d{{1,3}}\])
  | (?P<link>(?:https?://|www\.)[^\s<>()\[\]"]*[^\s<>()\[\]".,;:!?'*_]
      | [\w.+-]{{1,64}}@[\w-]{{1,64}}(?:\.[\w-]{{1,64}})+)
  | (?P<iso>\d{{4}}-\d\d-\d\d)(?!\d)
  | (?P<day>\d{{1,2}}(?P<sep>[./-])\d{{1,2}}(?P=sep)(?:\d{{4}}|\d\d))(?!\d)
  | (?P<clock>\d{{1,2}}[:h]\d\d)(?![\d:])
  | (?P<phone>\+\d[\d ()/-]{{6,20}}\d)
  | (?P<id>(?!(?:{_CODES})\d)[a-z]+-?\d[\w-]{{0,40}}|\d+[a-z]+\d\w{{0,40}})
  | (?P<num>\d{{1,3}}(?:(?P<group>[ '.,])\d{{3}})(?:(?P=group)\d{{3}})*(?!\d)(?:[.,]\d+)?(?:,-)?
      | \d+(?:[.,]\d+)?(?:,-)?)
  | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*'?)
  | (?P<sign>{SIGN})
    """,
    re.VERBOSE,
)
#: `No, returns are free` does not say what `No returns are free` says.
_ANSWERS = frozenset({"no", "non", "nein", "nee", "nie"})


@dataclass(frozen=True, slots=True)
class Token:
    """A unit that two texts are compared by. Equal keys mean the same thing."""

    key: str
    kind: str  #: `word`, `num`, `sign`, `link`, `iso`, `day`, `clock`, `phone`, `id`
    start: int  #: in the original text
    end: int


def tokenise(norm: Normalised, lexicon: Lexicon) -> list[Token]:
    """Tokens in order; citation marks and other punctuation are left out."""
    return list(_tokens(norm, lexicon))


def _tokens(norm: Normalised, lexicon: Lexicon) -> Iterator[Token]:
    for found in _TOKEN.finditer(norm.text):
        kind = found.lastgroup or ""
        if kind in ("sep", "group"):
            kind = "day" if found.group("day") else "num"
        if kind == "mark":
            continue
        start, end = norm.starts[found.start()], norm.ends[found.end() - 1]
        if kind == "word":
            yield from _words(found.group(), start, end, norm, found.start(), lexicon)
        else:
            yield Token(found.group(), kind, start, end)


def _words(
    word: str, start: int, end: int, norm: Normalised, at: int, lexicon: Lexicon
) -> Iterator[Token]:
    """One word, or the two that an apostrophe joins."""
    spelt_out = lexicon.contractions.get(word)
    if spelt_out:
        yield from (Token(part, "word", start, end) for part in spelt_out)
        return
    if not lexicon.elision or "'" not in word:
        bare = word.rstrip("'")
        answers = bare in _ANSWERS and norm.text.startswith(",", at + len(bare))
        yield Token(bare + "," * answers, "word", start, norm.ends[at + len(bare) - 1])
        return
    for part in re.finditer(r"[^']+'?", word):
        first, last = at + part.start(), at + part.end() - 1
        yield Token(part.group(), "word", norm.starts[first], norm.ends[last])


def number(text: str, language: str) -> str:
    """A number's value in plain decimal form: `1.000,50` and `1,000.50` are both `1000.5`."""
    text = text.removesuffix(",-").replace(" ", "").replace("'", "")
    dot, comma = text.rfind("."), text.rfind(",")
    if dot >= 0 and comma >= 0:
        grouping = "," if dot > comma else "."
        text = text.replace(grouping, "")
    elif max(dot, comma) >= 0:
        sign = "." if dot >= 0 else ","
        text = text.replace(sign, "" if _groups(text, sign, language) else ".")
    value = Decimal(text.replace(",", "."))
    return format(value.normalize(), "f")


def _groups(text: str, sign: str, language: str) -> bool:
    """Whether the one kind of sign in a number parts thousands: `1.000` in German, not English."""
    head, *rest = text.split(sign)
    if len(rest) > 1:
        return True
    thousands = "," if language == "en" else "."
    return len(rest[0]) == 3 and sign == thousands and head != "0"
