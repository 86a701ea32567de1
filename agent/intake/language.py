"""Which of a desk's languages a text is in, or that it is clearly in none of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_READ = 600  #: characters that are looked at
_NEUTRAL = re.compile(r"[@/_\d]|www\.")  #: in an address, a link, a number, a code: no language
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SURE = 0.75  #: share of the probability of the desk's languages
_SURE_ALONE = 0.55  #: the same where the requester's locale says nothing
_FOREIGN = 0.98  #: share of the probability that lies outside of them
_FOREIGN_WORDS = 4
#: Words that settle a text too short for statistics. None of them is a word of another language.
_TELLING = {
    "en": ("hello", "hi", "thanks", "thank", "please", "parcel", "refund", "where", "the"),
    "fr": ("bonjour", "bonsoir", "merci", "colis", "remboursement", "où", "s'il", "commande"),
    "de": ("danke", "guten", "bitte", "bestellung", "rückgabe", "wo", "ich", "wann"),
    "es": ("hola", "gracias", "pedido", "reembolso", "dónde", "devolución", "buenos", "buenas"),
    "it": ("ciao", "grazie", "ordine", "rimborso", "buongiorno", "salve", "dov'è", "reso"),
    "nl": ("bedankt", "bestelling", "waar", "graag", "pakket", "terugbetaling", "goedemorgen"),
    "pl": ("dziękuję", "zamówienie", "gdzie", "zwrot", "proszę", "paczka", "witam", "cześć"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """`language` is always one of the desk's; `other` names the one the text is really in."""

    language: str
    confidence: float  #: 0 to 1; 0 where the text has no language and a fallback was taken
    other: str | None = None


def detect(
    text: str, understands: Sequence[str], fallback_locale: str | None, default: str
) -> Detected:
    """The text's language among `understands`, else the locale's, else `default`.

    Text without a language of its own (`Order 12345`) takes the fallback. Text that is clearly in
    another language takes it too, with that language in `other`.
    """
    fallback = _of_locale(understands, fallback_locale) or default
    parts = text[:_READ].split()
    spoken = [part for part in parts if part.isalpha() or not _NEUTRAL.search(part)]
    words = _WORD.findall(" ".join(spoken))
    if not words:
        return Detected(language=fallback, confidence=0.0)
    shares = dict(_rank(" ".join(words)))
    known = {language: shares.get(language, 0.0) for language in understands}
    if _is_foreign(words, outside=1.0 - sum(known.values())):
        other = next(language for language in shares if language not in known)
        return Detected(language=fallback, confidence=0.0, other=other)
    located = _of_locale(understands, fallback_locale) is not None
    return _among(words, known, fallback, _SURE if located else _SURE_ALONE)


def _among(words: Sequence[str], known: dict[str, float], fallback: str, sure: float) -> Detected:
    total = sum(known.values())
    best = max(known, key=lambda language: known[language])
    confidence = known[best] / total if total else 0.0
    if confidence >= sure:
        return Detected(language=best, confidence=confidence)
    if told := _told(words, known):
        return Detected(language=told, confidence=max(0.5, known[told] / total if total else 0.0))
    return Detected(language=fallback, confidence=known[fallback] / total if total else 0.0)


def _is_foreign(words: Sequence[str], outside: float) -> bool:
    foreign_script = sum(not _latin(word) for word in words) * 2 > len(words)
    return foreign_script or (len(words) >= _FOREIGN_WORDS and outside >= _FOREIGN)


def _latin(word: str) -> bool:
    return ord(word[0]) < 0x250 or 0x1E00 <= ord(word[0]) < 0x1F00


def _told(words: Sequence[str], known: dict[str, float]) -> str | None:
    """The one language that telling words point to; None where they disagree or are missing."""
    spoken = {word.casefold().replace("’", "'") for word in words}
    told = [language for language in known if spoken & set(_TELLING.get(language, ()))]
    return told[0] if len(told) == 1 else None


def _of_locale(understands: Sequence[str], locale: str | None) -> str | None:
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    return language if language in understands else None


def _rank(text: str) -> list[tuple[str, float]]:
    """All languages of the model by probability, best first."""
    from agent.intake.langid import rank  # takes a second on first use

    return rank(text)
