"""The lie detector: hand-written replies, some with a planted error, against the policy text."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

LIES = Path(__file__).parent / "lies.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence as a careless writer might put it, and whether an error was planted."""

    policy: str  #: path below the desks' folder
    language: str
    sentence: str
    planted: str  #: what was changed; empty for a true sentence


def load_statements(file: Path = LIES) -> list[Statement]:
    rows = cast(list[dict[str, Any]], tomllib.loads(file.read_text(encoding="utf-8"))["statement"])
    return [Statement(**row) for row in rows]
