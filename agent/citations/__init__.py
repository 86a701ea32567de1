"""The claim checker: every sentence of a reply tied to the text that proves it. Pure, no model."""

from agent.citations.checker import ClaimChecker

__all__ = ["ClaimChecker"]
