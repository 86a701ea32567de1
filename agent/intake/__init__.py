"""Intake: mail, HTML and plain text to clean messages, in a known language. Pure functions."""

from agent.intake.eml import from_eml
from agent.intake.language import Detected, detect
from agent.intake.receive import (
    Received,
    no_reply_reason,
    read_history,
    read_message,
    to_ticket,
)
from agent.intake.redact import Redacted, redact

__all__ = [
    "Detected",
    "Received",
    "Redacted",
    "detect",
    "from_eml",
    "no_reply_reason",
    "read_history",
    "read_message",
    "redact",
    "to_ticket",
]
