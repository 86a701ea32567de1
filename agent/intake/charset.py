"""Bytes of a mail to text, whatever their charset is called and whatever it is."""

import codecs
from dataclasses import dataclass

_WIDER = {"iso8859-1": "cp1252", "ascii": "utf-8"}  #: by Python's name of the codec
#: Letters and signs that our languages use, beyond ASCII: what a right guess is full of.
_LIKELY = frozenset(
    "àâäáãåæçèéêëìíîïñòóôõöøœùúûüýÿßąćęłńóśźżÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŸĄĆĘŁŃŚŹŻ"
    "€£«»„“”‘’‚–—…°§·¿¡ªº\u00a0"
)
#: Python codecs that are no charset of mail, or that take quadratic time.
_REFUSED = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_SAMPLE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    text: str
    note: str | None = None


def decode(data: bytes, declared: str | None) -> Decoded:
    """The text, by the declared charset, else UTF-8, else the likeliest 8-bit one; never raises."""
    name = (declared or "").strip().strip("\"'").lower()
    codec = _codec(name)
    if codec and (text := _try(data, codec)) is not None:
        return Decoded(text=text)
    if (text := _try(data, "utf-8")) is not None:
        return Decoded(
            text=text, note=_note(name, "utf-8") if name and not data.isascii() else None
        )
    guess = _guess(data)
    return Decoded(text=data.decode(guess, "replace"), note=_note(name, guess))


def _codec(name: str) -> str | None:
    """A codec for a declared name. Mailers that say Latin 1 mean Windows' superset of it."""
    if not name or len(name) > 40:
        return None
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    return None if codec in _REFUSED else _WIDER.get(codec, codec)


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):  # LookupError: a codec that is not of text
        return None


def _guess(data: bytes) -> str:
    """Western before central European; whichever gives more of our languages' letters."""
    sample = data[:_SAMPLE]
    candidates = ("cp1252", "cp1250", "iso-8859-2")
    return max(candidates, key=lambda codec: _likeliness(sample.decode(codec, "replace")))


def _likeliness(text: str) -> int:
    foreign = [character for character in text if not character.isascii()]
    return sum(1 if character in _LIKELY else -1 for character in foreign)


def _note(declared: str, used: str) -> str:
    if not declared:
        return f"charset: none declared, guessed {used}"
    shown = declared[:40].encode("ascii", "replace").decode()
    return f"charset: declared {shown!r}, read as {used}"
