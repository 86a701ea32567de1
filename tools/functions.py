"""A tool from a Python function: its typed arguments, its docstring, one decorator.

    @tool
    async def parcel_weight(order_id: str, *, scope: Scope) -> Mapping[str, Scalar]:
        "The weight of the requester's parcel, in grams."

`scope` and `key` are handed in by the registry and are no arguments: whose records a function
touches it learns from the scope alone. A function with a side effect takes a `key` too, and does
its thing once for each.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, overload

from pydantic import BaseModel, ConfigDict, create_model

from tools.base import Effect, Phrase, Prepared, Scalar, Scope, ToolResult
from tools.errors import NeedsApproval

Function = Callable[..., Awaitable[Mapping[str, Scalar] | ToolResult]]
Prepare = Callable[..., Awaitable[Mapping[str, Scalar] | ToolResult]]
Done = Callable[[str], Awaitable[Mapping[str, Scalar] | None]]
Say = Callable[[ToolResult, str], tuple[Phrase, ...]]
_HANDED_IN = ("scope", "key")


class NotATool(TypeError):
    """A function that cannot become a tool; says what it lacks."""

    def __init__(self, function: Callable[..., Any], problem: str) -> None:
        name = getattr(function, "__qualname__", repr(function))
        super().__init__(f"{name} cannot be a tool: {problem}")


class FunctionTool:
    """What `tool` makes of a function."""

    def __init__(
        self,
        function: Function,
        *,
        effect: Effect = Effect.READ,
        personal: bool = True,
        prepare: Prepare | None = None,
        done: Done | None = None,
        phrases: Say | None = None,
    ) -> None:
        self.name: str = getattr(function, "__name__", "")
        self.description = (inspect.getdoc(function) or "").partition("\n\n")[0]
        self.effect = effect
        self.personal = personal
        self._function = function
        self._prepare = prepare
        self._done = done
        self._phrases = phrases
        signature = inspect.signature(function, eval_str=True)
        self._takes = frozenset(name for name in _HANDED_IN if name in signature.parameters)
        _check(function, signature, self.description, effect)
        self.arguments: type[BaseModel] = _arguments(self.name, function, signature)

    async def call(self, arguments: BaseModel, scope: Scope) -> ToolResult:
        if self.effect is Effect.WRITE:
            raise NeedsApproval(self.name)
        return self._told(await self._run(arguments, scope, ""))

    async def prepare(self, arguments: BaseModel, scope: Scope) -> Prepared:
        given = arguments.model_dump(mode="json", exclude_none=True)
        if self._prepare is None:
            asked: Mapping[str, Scalar] | ToolResult = {"state": "requested"}
        else:
            asked = await self._prepare(**dict(arguments), scope=scope)
        return Prepared(arguments=given, result=self._told(asked))

    async def execute(self, arguments: BaseModel, scope: Scope, key: str) -> ToolResult:
        return self._told(await self._run(arguments, scope, key))

    async def done(self, key: str) -> ToolResult | None:
        found = await self._done(key) if self._done else None
        return None if found is None else self._told(found)

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return self._phrases(result, language) if self._phrases else ()

    async def _run(
        self, arguments: BaseModel, scope: Scope, key: str
    ) -> Mapping[str, Scalar] | ToolResult:
        handed = {"scope": scope, "key": key}
        return await self._function(
            **dict(arguments), **{name: handed[name] for name in self._takes}
        )

    def _told(self, found: Mapping[str, Scalar] | ToolResult) -> ToolResult:
        if isinstance(found, ToolResult):
            return found
        return ToolResult(tool=self.name, label=self.name.replace("_", " "), data=found)


def _check(
    function: Function, signature: inspect.Signature, description: str, effect: Effect
) -> None:
    if not inspect.iscoroutinefunction(function):
        raise NotATool(function, "write it as `async def`")
    if not description:
        raise NotATool(function, "give it a docstring, which describes it to people and models")
    if (effect is Effect.WRITE) != ("key" in signature.parameters):
        raise NotATool(function, "a side effect, and nothing else, takes the idempotency `key`")
    if effect is Effect.WRITE and "scope" not in signature.parameters:
        raise NotATool(function, "a side effect takes the `scope`, to act for its requester alone")


def _arguments(name: str, function: Function, signature: inspect.Signature) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for parameter in signature.parameters.values():
        if parameter.name in _HANDED_IN:
            continue
        if parameter.annotation is inspect.Parameter.empty:
            raise NotATool(function, f"argument {parameter.name!r} has no type")
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise NotATool(function, f"argument {parameter.name!r} takes anything; name them")
        given = parameter.default is not inspect.Parameter.empty
        fields[parameter.name] = (parameter.annotation, parameter.default if given else ...)
    config = ConfigDict(extra="forbid", frozen=True)
    return create_model(f"{name}_arguments", __config__=config, **fields)


@overload
def tool(function: Function, /) -> FunctionTool: ...


@overload
def tool(
    *,
    effect: Effect = Effect.READ,
    personal: bool = True,
    prepare: Prepare | None = None,
    done: Done | None = None,
    phrases: Say | None = None,
) -> Callable[[Function], FunctionTool]: ...


def tool(function: Function | None = None, /, **options: Any) -> Any:
    """Make a tool of an async function; raises `NotATool` where it cannot be one.

    `prepare` gets the same arguments and the scope, and says what would be done; `done` gets a key
    and says what was; `phrases` words a result. All three are left out where there is nothing.
    """
    if function is not None:
        return FunctionTool(function)

    def made(wrapped: Function) -> FunctionTool:
        return FunctionTool(wrapped, **options)

    return made
