"""The review queue as a person works it: cases, holds, re-checks, decisions, what they teach.

Knows neither pages nor HTTP; `agent.web` shows it.
"""
