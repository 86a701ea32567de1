"""Separates what a person wrote now from what was there before and from how they sign.

Works on lines, once through, each looked at up to a fixed length: time is linear in the text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import quotequail  # pyright: ignore[reportMissingTypeStubs]  # typed, without a marker

from agent.intake.patterns import (
    ATTRIBUTION,
    BY_PROGRAM,
    CLOSINGS,
    FORWARDED,
    FROM,
    HEADER,
    RULE,
    SENT_FROM,
    STILL_CONTENT,
    SUBJECT,
)
from agent.intake.text import tidy

_LONGEST = 500  #: characters; a longer line introduces nothing
_ATTRIBUTIONS = 500  #: lines looked at as one; a long thread has fifty
_WRAPPED = 3  #: lines over which an attribution may be wrapped
_HEADER_LINES = 8  #: below `From:` within which the other headers stand
_SIGNATURE_LINES = 8
_CARD_WIDTH, _CARD_WORDS = 70, 7  #: a line of a business card is not longer
_CLOSINGS = frozenset(closing.casefold() for closing in CLOSINGS)
_CLOSING_WORDS = max(len(closing.split()) for closing in CLOSINGS)
_NAME_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    body: str  #: what is read as the question
    quoted: str = ""
    signature: str = ""


def split_mail(text: str, *, name: str | None = None) -> Split:
    """Body, quoted text and signature; each line that is not blank is in exactly one of them.

    The body is empty only when nothing stands outside quotes. Where nothing stands above an
    unmarked quote (a forward without a word), that quote is the body. An answer between quoted
    lines stays in the body. The writer's `name` alone on the last line is a signature too.
    """
    lines = text.split("\n")
    quoted, cut = _find_quotes(lines)
    above = [line for line, marked in zip(lines[:cut], quoted, strict=False) if not marked]
    if cut < len(lines) and not _says_something(above):
        return Split(body=tidy(text))
    below = [line for line, marked in zip(lines[:cut], quoted, strict=False) if marked]
    body, signature = _cut_signature(above, name)
    return Split(
        body=tidy("\n".join(body)),
        quoted=tidy("\n".join([*below, *lines[cut:]])),
        signature=tidy("\n".join(signature)),
    )


def _find_quotes(lines: Sequence[str]) -> tuple[list[bool], int]:
    """Which lines are quoted, and where an unmarked quote begins that runs to the end."""
    quoted = [line.lstrip().startswith(">") for line in lines]
    tries = 0
    for number, line in enumerate(lines):
        text = line.strip()
        if quoted[number] or not text or len(text) > _LONGEST:
            continue
        if _forwarded(text):
            return quoted, number
        if _header_block(lines, number):
            return quoted, _rule_above(lines, number)
        if text[-1] not in ":>" or tries == _ATTRIBUTIONS:
            continue
        tries += 1
        begin = _attribution(lines, number)
        if begin is None:
            continue
        if not _marks_follow(lines, number + 1):
            return quoted, begin
        quoted[begin : number + 1] = [True] * (number + 1 - begin)
    return quoted, len(lines)


def _forwarded(text: str) -> bool:
    marked = text[0] in "-_" or text[-1] in ":-_"
    return marked and FORWARDED.fullmatch(text) is not None


def _header_block(lines: Sequence[str], number: int) -> bool:
    """A `From:` line with a subject or an address, and at least two more headers just below."""
    if ":" not in lines[number] or not FROM.fullmatch(lines[number][:_LONGEST]):
        return False
    headers: list[str] = []
    others = 0  #: a long To: may be wrapped
    for line in lines[number + 1 : number + 1 + _HEADER_LINES]:
        if HEADER.fullmatch(line[:_LONGEST]):
            headers.append(line[:_LONGEST])
        elif (others := others + 1) > 2:
            break
    real = "@" in lines[number] or any(SUBJECT.fullmatch(line) for line in headers)
    return len(headers) >= 2 and real


def _rule_above(lines: Sequence[str], number: int) -> int:
    """Outlook draws a line above its header block: it belongs to the quote."""
    above = number - 1
    while above > 0 and not lines[above].strip():
        above -= 1
    ruled = above >= 0 and RULE.fullmatch(lines[above].strip()) is not None
    return above if ruled else number


def _attribution(lines: Sequence[str], number: int) -> int | None:
    """First line of the "On … wrote:" that ends on this line, when one does."""
    for begin in range(number, max(-1, number - _WRAPPED), -1):
        joined = " ".join(line.strip() for line in lines[begin : number + 1])
        if len(joined) > _LONGEST or not lines[begin].strip():
            return None
        if BY_PROGRAM.search(joined) and (ATTRIBUTION.fullmatch(joined) or _introduces(joined)):
            return begin
    return None


def _introduces(line: str) -> bool:
    """What quotequail knows of more languages and programs."""
    return len(quotequail.quote(line, quote_intro_line=True, limit=10)) > 1


def _marks_follow(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


def _says_something(lines: Sequence[str]) -> bool:
    return any(line.strip() and not _from_device(line) for line in lines)


def _from_device(line: str) -> bool:
    return 8 < len(line) <= _LONGEST and SENT_FROM.fullmatch(line.strip()) is not None


def _cut_signature(lines: Sequence[str], name: str | None) -> tuple[list[str], list[str]]:
    """Body and signature: a device's line, what follows `-- `, a closing with a name below."""
    device = [line for line in lines if _from_device(line)]
    rest = [line for line in lines if not _from_device(line)]
    at = _signature_start(rest, name)
    if not _says_something(rest[:at]):
        return rest, device
    return rest[:at], rest[at:] + device


def _signature_start(lines: Sequence[str], name: str | None) -> int:
    """The first line of it: what follows `-- `, above that a closing, above that a bare name."""
    at = _card_start(lines, lambda line: line in ("-- ", "--"), 2 * _SIGNATURE_LINES)
    at = _card_start(lines[:at], _closing, _SIGNATURE_LINES)
    last = next((n for n in range(at - 1, -1, -1) if lines[n].strip()), None)
    if last is None or not name or not _is_name(lines[last], name):
        return at
    return last


def _card_start(lines: Sequence[str], opens: Callable[[str], bool], most: int) -> int:
    # Only the last lines can be a signature: no more of them are looked at, however many there are.
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for number in filled[-most - 1 :]:
        if opens(lines[number]) and _only_a_card(lines[number + 1 :]):
            return number
    return len(lines)


def _is_name(line: str, name: str) -> bool:
    """Words of the name or their initials, and nothing else: `M. Degenhardt`."""
    known = {word.casefold() for word in name.split()}
    words = [word.strip(",.-–— ").casefold() for word in line[:_CARD_WIDTH].split()]
    initials = {word[0] for word in known}
    said = [word for word in words if word]
    return bool(said) and all(word in known or word in initials for word in said)


def _closing(line: str) -> bool:
    """`Kind regards,` alone, or with the name on the same line."""
    if len(line) > _CARD_WIDTH:
        return False
    words = line.replace(",", " ").split()
    for count in range(1, min(len(words), _CLOSING_WORDS) + 1):
        name = words[count:]
        phrase = " ".join(words[:count]).casefold().rstrip(".!:;-–— ")
        named = len(name) <= _NAME_WORDS and all(word[0].isupper() for word in name)
        if named and phrase in _CLOSINGS:
            return True
    return False


def _only_a_card(lines: Sequence[str]) -> bool:
    """Name, role, telephone, address: short lines that ask and tell nothing."""
    return not any(
        len(line) > _CARD_WIDTH or len(line.split()) > _CARD_WORDS or STILL_CONTENT.search(line)
        for line in (line.strip() for line in lines)
    )
