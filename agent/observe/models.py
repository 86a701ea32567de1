"""A call of a language model that has ended: a span in the ticket's trace, and measurements."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from opentelemetry.trace import SpanKind, StatusCode

from agent.observe import names
from agent.observe.log import log
from agent.observe.measure import METRICS
from agent.observe.trace import TARGET
from agent.observe.values import LONGEST, Scalar

_OK = "ok"
_TO_MEND = "EngineUnusable"


class Usage(Protocol):
    @property
    def prompt(self) -> int: ...
    @property
    def completion(self) -> int: ...
    @property
    def cached(self) -> int: ...


class Call(Protocol):
    """One call of one engine, as it ended."""

    @property
    def engine(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def desk(self) -> str: ...
    @property
    def began(self) -> datetime: ...
    @property
    def seconds(self) -> float: ...
    @property
    def outcome(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def usage(self) -> Usage: ...
    @property
    def cost(self) -> float: ...


def model_call(call: Call) -> None:
    """Tell of a call in the current trace; its prompt and its answer are not part of it."""
    error = None if call.outcome == _OK else call.outcome
    used = call.usage
    METRICS.model_call(call.engine, seconds=call.seconds, error=error)
    METRICS.model_use(call.engine, prompt=used.prompt, completion=used.completion, cost=call.cost)
    _trace(call, error)
    _say(error)(
        "engine.call",
        engine=call.engine,
        model=call.model,
        desk=call.desk,
        outcome=call.outcome,
        why=call.why[:LONGEST],
        seconds=round(call.seconds, 3),
        tokens_in=used.prompt,
        tokens_out=used.completion,
        cost=call.cost,
    )


def _say(error: str | None) -> Callable[..., None]:
    """What a person has to mend is a warning: no call will work until then."""
    if error == _TO_MEND:
        return log.warning
    return log.info if error else log.debug


def _trace(call: Call, error: str | None) -> None:
    """The span is made when the call has ended, with the times it had."""
    if TARGET.tracer is None:
        return
    started = _nanoseconds(call.began)
    span = TARGET.tracer.start_span(
        f"{names.GEN_AI_CHAT} {call.model or call.engine}",
        kind=SpanKind.CLIENT,
        start_time=started,
        attributes=_attributes(call),
    )
    if error:
        span.set_attribute(names.ERROR, error)
        span.set_status(StatusCode.ERROR)
    span.end(end_time=_nanoseconds(call.began + timedelta(seconds=call.seconds)))


def _attributes(call: Call) -> dict[str, Scalar]:
    return {
        names.GEN_AI_OPERATION: names.GEN_AI_CHAT,
        names.GEN_AI_PROVIDER: call.engine,
        names.GEN_AI_MODEL: call.model,
        names.GEN_AI_TOKENS_IN: call.usage.prompt,
        names.GEN_AI_TOKENS_OUT: call.usage.completion,
        names.GEN_AI_TOKENS_CACHED: call.usage.cached,
        names.MODEL_COST: call.cost,
        names.DESK: call.desk,
    }


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000_000)
