"""What can go wrong when a local service is started.

LocalError
├── MissingTool   a program that the service needs is not on this machine
├── FetchFailed   the jars could not be fetched
└── StartFailed   the service ended, or did not answer in time
"""

from pathlib import Path


class LocalError(Exception):
    """Base of all errors of the local services."""


class MissingTool(LocalError):
    """A program is not there; the message says how to install it."""

    def __init__(self, tool: str, needed_for: str, install: str) -> None:
        self.tool = tool
        super().__init__(f"{needed_for} needs {tool}, which is not on this machine: {install}")


class FetchFailed(LocalError):
    """The jars could not be fetched; the message ends with the last lines of the fetcher."""

    def __init__(self, what: str, output: str) -> None:
        tail = "\n".join(output.strip().splitlines()[-8:])
        super().__init__(f"{what} could not be fetched. Is the package index reachable?\n{tail}")


class StartFailed(LocalError):
    """The service does not answer; the message ends with the last lines of its log."""

    def __init__(self, service: str, why: str, log: Path) -> None:
        self.service = service
        super().__init__(f"{service} {why}; the end of {log}:\n{tail(log)}")


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, or nothing when there is no log."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
