"""The three outcomes of a tool that is not a result.

ToolError
├── RetryCall       the arguments were wrong; the caller may mend them and call again
├── ToolFailed      it will not work: not found, not allowed, backend down after its retries
└── NeedsApproval   a side effect that waits for a person
"""

from collections.abc import Mapping
from typing import Any, Literal

FailureCode = Literal["not-found", "refused", "unverified", "timeout", "backend"]
"""Why a tool cannot answer. `unverified`: personal data, and the requester only claims an id."""


class ToolError(Exception):
    """Base of all that a tool call can raise on purpose."""


class RetryCall(ToolError):
    """The arguments do not fit; `hint` says how to mend them."""

    def __init__(self, tool: str, hint: str) -> None:
        self.tool = tool
        self.hint = hint
        super().__init__(f"{tool}: {hint}")


class ToolFailed(ToolError):
    """The tool cannot answer. `detail` carries no data of a record."""

    def __init__(self, tool: str, code: FailureCode, detail: str) -> None:
        self.tool = tool
        self.code = code
        self.detail = detail
        super().__init__(f"{tool}: {code}: {detail}")


class NeedsApproval(ToolError):
    """A tool with a side effect never runs from a draft; a person decides first.

    `arguments` are those of the call, validated, for whoever makes a proposal of it.
    """

    def __init__(self, tool: str, arguments: Mapping[str, Any] | None = None) -> None:
        self.tool = tool
        self.arguments: Mapping[str, Any] = arguments or {}
        super().__init__(f"{tool}: has a side effect and waits for an approval")
