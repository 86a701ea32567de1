"""Tools over HTTP, of a desk's descriptions."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from tools.base import Effect, Phrase, Prepared, Scalar, Scope, Tool, ToolResult
from tools.effects import DONE, REQUESTED
from tools.errors import NeedsApproval, RetryCall, ToolFailed
from tools.http.answer import WrongAnswer, fields_of, found, parsed
from tools.http.arguments import arguments_model
from tools.http.client import Client
from tools.http.request import NotAllowed, Request, auth_headers, request_of
from tools.http.spec import INJECTED, Ask, HttpSpec, same


class HttpTool:
    """A lookup: `call` asks the service and gives its answer field by field."""

    def __init__(self, spec: HttpSpec, client: Client) -> None:
        self.name = spec.name
        self.effect = spec.effect
        self.description = spec.description
        self.personal = spec.personal
        self.timeout = spec.timeout
        self.arguments: type[BaseModel] = arguments_model(spec.name, spec.arguments)
        self._spec = spec
        self._client = client

    async def call(self, arguments: BaseModel, scope: Scope) -> ToolResult:
        values = self._values(arguments, scope)
        return self._told(await self._looked_up(self._spec.ask, values), values)

    def phrases(self, result: ToolResult, language: str) -> tuple[Phrase, ...]:
        return self._spec.phrases(result.data, language)

    def _values(self, arguments: BaseModel, scope: Scope, key: str = "") -> dict[str, Any]:
        """The arguments, and what only code says; an argument cannot stand in for that."""
        if self.personal and not scope.requester:
            raise ToolFailed(self.name, "refused", "there is no requester to look it up for")
        given = arguments.model_dump(mode="json", exclude_none=True)
        handed = {"requester": scope.requester, "desk": scope.desk, "key": key}
        return {**given, **{name: handed[name] for name in INJECTED}}

    async def _looked_up(self, ask: Ask, values: Mapping[str, Any]) -> dict[str, Scalar]:
        """An answer's fields, once it is known to be of the requester and as it must be."""
        body = await self._send(ask, values, repeats=True)
        return self._read(ask, body, values)

    async def _send(
        self,
        ask: Ask,
        values: Mapping[str, Any],
        *,
        repeats: bool,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        try:
            request = request_of(ask, values)
        except NotAllowed as exc:
            raise self._unfit(str(exc)) from exc
        if headers:
            request = _with(request, headers)
        return await self._client.send(request, repeats=repeats, timeout=self._spec.timeout)

    def _unfit(self, problem: str) -> RetryCall | ToolFailed:
        """An argument can be mended by whoever gave it; what code fills in cannot."""
        name, _, why = problem.partition(":")
        if name not in INJECTED:
            return RetryCall(self.name, problem)
        what = {"requester": "the requester's id", "desk": "the desk's name"}.get(name, "the key")
        mend = f"put {{{name}}} of the tool into query or body"
        return ToolFailed(self.name, "refused", f"{what}{why}; {mend}")

    def _read(self, ask: Ask, body: bytes, values: Mapping[str, Any]) -> dict[str, Scalar]:
        try:
            answer: Any = parsed(body) if body.strip() else {}
            if ask.owner and not _is(found(answer, ask.owner), values["requester"]):
                detail = "the service knows nothing of it for the requester"
                raise ToolFailed(self.name, "not-found", detail)
            data = dict(fields_of(answer, ask.fields))
        except WrongAnswer as exc:
            raise ToolFailed(self.name, "backend", str(exc)) from exc
        for name, wanted in ask.require.items():
            if not same(data.get(name), wanted):
                raise ToolFailed(self.name, "refused", f"{name!r} does not allow it")
        return data

    def _told(self, data: Mapping[str, Scalar], values: Mapping[str, Any]) -> ToolResult:
        return ToolResult(
            tool=self.name, label=self._spec.labelled({**values, **data}), data=dict(data)
        )


class HttpWriteTool(HttpTool):
    """A side effect: prepared for anybody verified, carried out under an idempotency key.

    Its request is sent once a call: the executor alone decides that it is sent again, and the
    service does a thing once for each key.
    """

    async def call(self, arguments: BaseModel, scope: Scope) -> ToolResult:
        raise NeedsApproval(self.name)

    async def prepare(self, arguments: BaseModel, scope: Scope) -> Prepared:
        values = self._values(arguments, scope)
        given = {name: value for name, value in values.items() if name not in INJECTED}
        check = self._spec.check
        data = await self._looked_up(check, values) if check else {}
        # What is asked for is what was given, whatever a field of the check calls itself.
        asked = {"state": REQUESTED, **data, **given}
        return Prepared(arguments=given, result=self._told(asked, values))

    async def execute(self, arguments: BaseModel, scope: Scope, key: str) -> ToolResult:
        values = self._values(arguments, scope, key)
        headers = {self._spec.key_header: key}
        body = await self._send(self._spec.ask, values, repeats=False, headers=headers)
        return self._done(self._read(self._spec.ask, body, values), values)

    async def done(self, key: str) -> ToolResult | None:
        """What the service says of the key; None where it was not told how to ask."""
        ask = self._spec.done
        if ask is None:
            return None
        values = {"requester": None, "desk": None, "key": key}
        try:
            body = await self._send(ask, values, repeats=True)
        except ToolFailed as exc:
            if exc.code == "not-found":
                return None
            raise
        return self._done(self._read(ask, body, values), values)

    def _done(self, data: Mapping[str, Scalar], values: Mapping[str, Any]) -> ToolResult:
        given = {name: value for name, value in values.items() if name not in INJECTED}
        return self._told({"state": DONE, **given, **data}, values)


def http_tool(spec: HttpSpec, *, secret: str = "", client: Client | None = None) -> Tool:
    """The tool that a description means, with the secret that its `auth` names."""
    made = client or Client(
        spec.name,
        hosts=frozenset(spec.hosts),
        credentials=auth_headers(spec.auth, secret),
        max_bytes=spec.max_bytes,
    )
    return HttpWriteTool(spec, made) if spec.effect is Effect.WRITE else HttpTool(spec, made)


def _is(owner: Any, requester: object) -> bool:
    """Whether the owner that an answer names is the requester; ids are texts or whole numbers."""
    known = isinstance(owner, str | int) and not isinstance(owner, bool)
    return known and str(owner) == requester


def _with(request: Request, headers: Mapping[str, str]) -> Request:
    return Request(
        method=request.method,
        url=request.url,
        headers={**request.headers, **headers},
        query=request.query,
        body=request.body,
    )
