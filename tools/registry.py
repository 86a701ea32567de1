"""The tools of a process, and the one place where a call is authorised."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tools.base import Effect, Scope, Tool, ToolResult
from tools.errors import NeedsApproval, RetryCall, ToolError, ToolFailed

log = logging.getLogger(__name__)


class Registry:
    """Calls tools by name, after checking in code that this requester may.

    A call ends in a `ToolResult` or in a `ToolError`; nothing else comes out, whatever a backend
    raises. Whose records are read is fixed by the `Scope`; no argument can widen it.
    """

    def __init__(self, tools: Iterable[Tool], *, timeout: float = 5.0) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._timeout = timeout  #: seconds that one call may take

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._tools))

    def get(self, name: str) -> Tool:
        """The tool of that name; raises `RetryCall` with the known names."""
        tool = self._tools.get(name)
        if tool is None:
            known = ", ".join(repr(n) for n in self.names) or "none"
            raise RetryCall(name, f"is not a tool (known: {known})")
        return tool

    async def call(self, name: str, arguments: Mapping[str, Any], scope: Scope) -> ToolResult:
        """Run a tool for this requester; raises `RetryCall`, `ToolFailed` or `NeedsApproval`."""
        tool = self.get(name)
        authorise(tool, scope)
        parsed = parse_arguments(tool, arguments)
        try:
            async with asyncio.timeout(self._timeout):
                return await tool.call(parsed, scope)
        except ToolError:
            raise
        except TimeoutError as exc:
            log.warning("tool.timeout", extra={"tool": name, "seconds": self._timeout})
            raise ToolFailed(name, "timeout", f"no answer within {self._timeout:g} s") from exc
        except Exception as exc:
            # Only the type is logged: a driver's message may quote the row it choked on.
            log.warning("tool.backend", extra={"tool": name, "error": type(exc).__name__})
            raise ToolFailed(name, "backend", f"the backend failed ({type(exc).__name__})") from exc


def authorise(tool: Tool, scope: Scope) -> None:
    """Refuse what this scope may not do: a side effect, or personal data of a claimed identity."""
    if tool.effect is Effect.WRITE:
        raise NeedsApproval(tool.name)
    if tool.personal and not scope.verified:
        raise ToolFailed(tool.name, "unverified", "reads personal data; the requester must sign in")


def parse_arguments(tool: Tool, arguments: Mapping[str, Any]) -> BaseModel:
    """The tool's own argument model; raises `RetryCall` naming each field that does not fit."""
    try:
        return tool.arguments.model_validate(dict(arguments))
    except ValidationError as exc:
        raise RetryCall(tool.name, _hint(exc)) from exc


def _hint(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in found)
