"""Text of strangers as data within a prompt: nothing in it can end the fence around it. Pure."""

import re
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
#: Unicode's controls, formats, surrogates and private characters; not the line ends, nor the two
#: joiners that some scripts and emoji need.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff"
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


def fenced(text: str) -> str:
    """Every line behind a margin, so that no line of the text can stand where ours do.

    Control words of chat templates lose their brackets; characters that nobody sees are left out.
    """
    lines = visible(_CONTROL.sub(_bare, text)).splitlines() or [""]
    return "\n".join(_MARGIN + line for line in lines)


def visible(text: str) -> str:
    """Without control and format characters, where instructions can hide; line ends stay."""
    return _HIDDEN.sub("", text)


def one_line(text: str) -> str:
    """On one line, single blanks, nothing hidden."""
    return " ".join(visible(text).split())


def compact(text: str) -> str:
    """Its letters and digits alone, to find a number however it is written."""
    return "".join(c for c in text if c.isalnum())


def _bare(found: re.Match[str]) -> str:
    inner = next((group for group in found.groups() if group is not None), "")
    return f"({inner})"
