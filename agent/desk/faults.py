"""What is wrong with a desk folder, said so that its author can mend it.

DeskError    a desk cannot be used; `faults` holds every cause that was found
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to mend. Reads as `file: key: what is wrong (what to do)`."""

    file: str
    problem: str
    key: str = ""
    mend: str = ""

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: {self.problem}" + (f" ({self.mend})" if self.mend else "")


class DeskError(Exception):
    """A desk folder cannot be used; its message has one line a fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def listing(words: Iterable[str]) -> str:
    """The words quoted, in order, or `none`."""
    return ", ".join(repr(word) for word in sorted(words)) or "none"


def known(words: Iterable[str], *, label: str = "known", near: str = "") -> str:
    """What can be named instead, with the nearest first when one is near."""
    choices = sorted(words)
    guess = difflib.get_close_matches(near, choices, n=1) if near else []
    hint = f"did you mean {guess[0]!r}? " if guess else ""
    return f"{hint}{label}: {listing(choices)}"
