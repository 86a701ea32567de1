"""Text of strangers as data within a prompt: nothing in it can end the fence around it. Pure."""

import re
import unicodedata
from typing import Final

_MARGIN: Final = "| "
#: Control words of chat templates. A tokenizer may read them in plain text as the real thing.
_CONTROL = re.compile(
    r"\[(/?[A-Z][A-Z_]{2,24})\]"  # [INST], [/INST], [TOOL_CALLS]
    r"|<(/?(?:s|unk|pad|bos|eos|mask|think|tool_call|tool_response|(?:start|end)_of_turn))>"
    r"|<\|([^|<>\n]{0,40})\|>"  # <|im_start|>
    r"|<<(/?SYS)>>",
    re.IGNORECASE,
)
_KEPT_FORMATS = frozenset("\u200c\u200d")  #: joiners, which some scripts and emoji need


def fenced(text: str) -> str:
    """Every line behind a margin, so that no line of the text can stand where ours do.

    Control words of chat templates lose their brackets; characters that nobody sees are left out.
    """
    lines = visible(_CONTROL.sub(_bare, text)).splitlines() or [""]
    return "\n".join(_MARGIN + line for line in lines)


def visible(text: str) -> str:
    """Without control and format characters, where instructions can hide; line ends stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c in "\n\r\t" or c in _KEPT_FORMATS or _is_seen(c))


def one_line(text: str) -> str:
    """On one line, single blanks, nothing hidden."""
    return " ".join(visible(text).split())


def compact(text: str) -> str:
    """Its letters and digits alone, to find a number however it is written."""
    return "".join(c for c in text if c.isalnum())


def _is_seen(character: str) -> bool:
    if character < "\x7f":
        return character >= " "
    kind = unicodedata.category(character)
    return kind in ("Zl", "Zp") or kind not in ("Cc", "Cf", "Co", "Cs", "Cn")


def _bare(found: re.Match[str]) -> str:
    inner = next((group for group in found.groups() if group is not None), "")
    return f"({inner})"
