"""A small desk on disk that is right in every part, for tests to break."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.domain.desk import FRAMES

TOOLS = ("leave_balance", "order", "refund_eligibility", "shipment")

DESK = """\
name = "hr"
title = "People desk"
languages = ["en", "nl"]
understands = ["en", "nl", "de"]
default_language = "en"
audience = "employee"
tools = ["leave_balance"]

[thresholds]
unsure_below = 0.3

[sla]
urgent = "30m"
high = "8h"
normal = "2d"
low = "5d"

[[categories]]
id = "leave"
title = "Leave"
tools = ["leave_balance"]
priority = "high"

[[categories]]
id = "other"
title = "Something else"
answered = false

[[rules]]
id = "legal"
reason = "legal_threat"
priority = "urgent"
[rules.words]
en = ["my lawyer", "sue*"]
"*" = ["GDPR"]
[rules.unless]
en = ["my lawyer friend"]
"""

POLICY = """\
---
id: leave
title: Holidays
language: en
countries: [NL, NO]
audience: [employee]
categories: [leave]
valid_from: 2026-01-01
valid_to: 2026-12-31
---
# Holidays
You have 27 days a year.
"""

EXAMPLES = """\
text,category,language
"How many days, please?",leave,en
"Hoeveel dagen heb ik?",leave,nl
"Where is the bin?",other,en
"Wo ist der Eimer?",other,de
"""


QUESTIONS = """\
policy,language,answer,question
leave,en,You have,"how much time off do I get, all in all?"
"""


def voice(language: str) -> str:
    """A `[voice.xx]` table with every frame."""
    said = dict.fromkeys(FRAMES, "Well.") | {"greeting_name": "Hello {name},"}
    lines = [f'{frame} = "{text}"' for frame, text in said.items()]
    return "\n".join(["", f"[voice.{language}]", *lines, ""])


@pytest.fixture
def desk_folder(tmp_path: Path) -> Path:
    """The folder of a desk without fault."""
    folder = tmp_path / "desks" / "hr"
    for language in ("en", "nl"):
        file = folder / "policies" / language / "leave.md"
        file.parent.mkdir(parents=True)
        file.write_text(POLICY.replace("language: en", f"language: {language}"), newline="")
    (folder / "desk.toml").write_text(DESK + voice("en") + voice("nl"))
    (folder / "examples.csv").write_text(EXAMPLES)
    (folder / "glossary.toml").write_text('groups = [["holiday", "vacation", "vakantie"]]\n')
    (folder / "questions.csv").write_text(QUESTIONS)
    return folder


Edit = Callable[[str, str, str], None]


@pytest.fixture
def edit(desk_folder: Path) -> Edit:
    """Replaces a text in one file of the desk, which must be there."""

    def replace(file: str, old: str, new: str) -> None:
        text = (desk_folder / file).read_text()
        assert old in text
        (desk_folder / file).write_text(text.replace(old, new, 1))

    return replace
