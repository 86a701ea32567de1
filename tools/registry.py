"""The tools of a process, and the one place where a call is authorised."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tools.base import Effect, Prepared, Scope, Tool, ToolResult, Warrant, WriteTool, writes
from tools.errors import NeedsApproval, RetryCall, ToolError, ToolFailed
from tools.values import arguments_digest

T = TypeVar("T")
log = logging.getLogger("citedesk.tools")
_MOMENT = 0.5  #: seconds
_EVENT = "citedesk_event"  #: where the service's log looks for the values of a record


class Registry:
    """Calls tools by name, after checking in code that this requester may.

    A call ends in a value or in a `ToolError`; nothing else comes out, whatever a backend raises.
    Whose records are touched is fixed by the `Scope`; no argument can widen it. A side effect is
    prepared for anybody verified, and carried out for a `Warrant` alone.
    """

    def __init__(
        self,
        tools: Iterable[Tool],
        *,
        timeout: float = 5.0,
        desks: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._timeout = timeout  #: seconds that one call may take
        #: the tools of the desks that are named here; others may call all
        self._desks = {desk: frozenset(names) for desk, names in (desks or {}).items()}

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

    def with_tools(
        self, tools: Iterable[Tool], *, desks: Mapping[str, Iterable[str]] | None = None
    ) -> "Registry":
        """These and further tools, and which desk may call which; this one stays as it is."""
        return Registry(
            [*self._tools.values(), *tools],
            timeout=self._timeout,
            desks={**self._desks, **(desks or {})},
        )

    def take(self, other: "Registry") -> None:
        """Go on with another's tools and desks, in one step; a call in work keeps its own."""
        self._tools, self._desks = dict(other._tools), dict(other._desks)

    async def call(self, name: str, arguments: Mapping[str, Any], scope: Scope) -> ToolResult:
        """Look something up for this requester; raises `RetryCall` or `ToolFailed`.

        For a tool with a side effect it raises `NeedsApproval`, always.
        """
        tool = self.get(name)
        self._authorise(tool, scope)
        parsed = parse_arguments(tool, arguments)
        if tool.effect is Effect.WRITE:
            raise NeedsApproval(tool.name, arguments_of(parsed))
        return await self._guarded(name, tool.call(parsed, scope))

    async def prepare(self, name: str, arguments: Mapping[str, Any], scope: Scope) -> Prepared:
        """Find out what a side effect would be, without causing it; raises as `call` does."""
        tool = self._writer(name)
        self._authorise(tool, scope)
        parsed = parse_arguments(tool, arguments)
        prepared = await self._guarded(name, tool.prepare(parsed, scope))
        # What will run is read from these very values again, so they must read the same.
        complete = arguments_of(parse_arguments(tool, prepared.arguments))
        return replace(prepared, arguments=complete)

    async def execute(self, warrant: Warrant, scope: Scope) -> ToolResult:
        """Carry out what was approved, to the letter; raises as `call` does.

        Refused unless the warrant is of this requester and its digest that of its arguments.
        """
        tool = self._writer(warrant.tool)
        self._authorise(tool, scope)
        if warrant.requester != scope.requester or not warrant.key:
            raise ToolFailed(tool.name, "refused", "the approval is not this requester's")
        if arguments_digest(warrant.arguments) != warrant.digest:
            raise ToolFailed(tool.name, "refused", "the arguments are not those approved")
        parsed = parse_arguments(tool, warrant.arguments)
        if arguments_digest(arguments_of(parsed)) != warrant.digest:
            raise ToolFailed(tool.name, "refused", "the arguments read otherwise than approved")
        log.info("tool.executed", extra={_EVENT: {"tool": tool.name, "key": warrant.key}})
        return await self._guarded(tool.name, tool.execute(parsed, scope, warrant.key))

    async def done(self, name: str, key: str) -> ToolResult | None:
        """What was done under the key; None when nothing was, or when it cannot be told."""
        return await self._guarded(name, self._writer(name).done(key))

    def _seconds(self, name: str) -> float:
        """A tool that keeps its own time gets it, and a moment to say that it is over."""
        own = getattr(self._tools[name], "timeout", None)
        return self._timeout if own is None else float(own) + _MOMENT

    def _writer(self, name: str) -> WriteTool:
        tool = self.get(name)
        if not writes(tool):
            raise RetryCall(name, "has no side effect; call it")
        return tool

    def _authorise(self, tool: Tool, scope: Scope) -> None:
        allowed = self._desks.get(scope.desk)
        if allowed is not None and tool.name not in allowed:
            raise ToolFailed(tool.name, "refused", f"is not a tool of desk {scope.desk!r}")
        authorise(tool, scope)

    async def _guarded(self, name: str, work: Coroutine[Any, Any, T]) -> T:
        seconds = self._seconds(name)
        try:
            async with asyncio.timeout(seconds):
                return await work
        except ToolError:
            raise
        except TimeoutError as exc:
            _warn("tool.timeout", tool=name, seconds=seconds)
            raise ToolFailed(name, "timeout", f"no answer within {seconds:g} s") from exc
        except Exception as exc:
            # Only the type is logged: a driver's message may quote the row it choked on.
            _warn("tool.backend", tool=name, error=type(exc).__name__)
            raise ToolFailed(name, "backend", f"the backend failed ({type(exc).__name__})") from exc


def _warn(event: str, **values: object) -> None:
    log.warning(event, extra={_EVENT: values})


def authorise(tool: Tool, scope: Scope) -> None:
    """Refuse personal data, and any side effect, to an identity that is only claimed."""
    if scope.verified or not (tool.personal or tool.effect is Effect.WRITE):
        return
    what = "has a side effect" if tool.effect is Effect.WRITE else "reads personal data"
    raise ToolFailed(tool.name, "unverified", f"{what}; the requester must sign in")


def parse_arguments(tool: Tool, arguments: Mapping[str, Any]) -> BaseModel:
    """The tool's own argument model; raises `RetryCall` naming each field that does not fit."""
    try:
        return tool.arguments.model_validate(dict(arguments))
    except ValidationError as exc:
        raise RetryCall(tool.name, _hint(exc)) from exc


def arguments_of(parsed: BaseModel) -> dict[str, Any]:
    """Parsed arguments as JSON-ready values, without those left open."""
    return parsed.model_dump(mode="json", exclude_none=True)


def _hint(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in found)
