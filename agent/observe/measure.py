"""What is counted and timed, as methods in the service's own words."""

from typing import Protocol

from opentelemetry.metrics import Meter, NoOpMeter

from agent.observe import names
from agent.observe.totals import Totals

_SHORT_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LONG_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)


class Backlog(Protocol):
    """Rows that wait, by state."""

    @property
    def new(self) -> int: ...
    @property
    def queued(self) -> int: ...
    @property
    def leased(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def unpublished(self) -> int: ...


class Metrics:
    """The service's measurements. They go nowhere until a meter is connected."""

    def __init__(self) -> None:
        self.disconnect()

    def disconnect(self) -> None:
        """Measure nothing from now on."""
        self.connect(NoOpMeter(names.SERVICE))

    def connect(self, meter: Meter) -> None:
        """Send what is measured from now on to this meter."""
        count, gauge = meter.create_counter, meter.create_gauge
        self._ingested = count(names.INGESTED, description="Records taken from Kafka, first time")
        self._admitted = Totals(names.DECISION)
        self._settled = Totals(names.OUTCOME)
        self._slots, self._cpu = Totals(), Totals(names.STAGE_NAME)
        self._show_totals(meter)
        self._retried = count(names.RETRIED, description="Attempts that failed and are tried again")
        self._published = count(names.PUBLISHED, description="Messages that Kafka acknowledged")
        self._backlog = gauge(names.BACKLOG, description="Rows that wait, by state")
        self._stage = meter.create_histogram(
            names.STAGE_DURATION,
            unit="s",
            description="Time a ticket spends in a stage",
            explicit_bucket_boundaries_advisory=_SHORT_S,
        )
        self._calls = meter.create_histogram(
            names.GEN_AI_DURATION,
            unit="s",
            description="Time of one call of a language model, by engine and error",
            explicit_bucket_boundaries_advisory=_LONG_S,
        )
        self._tokens = count(names.GEN_AI_TOKEN_USAGE, description="Tokens by engine and kind")
        self._cost = count(names.MODEL_COST, description="Spent on calls, in the prices' currency")
        self._latency = meter.create_histogram(
            names.LATENCY,
            unit="s",
            description="From a ticket's arrival to its settled draft",
            explicit_bucket_boundaries_advisory=_LONG_S,
        )

    def _show_totals(self, meter: Meter) -> None:
        count, gauge = meter.create_observable_counter, meter.create_observable_gauge
        count(names.ADMITTED, [self._admitted], description="Admissions by decision")
        count(names.SETTLED, [self._settled], description="Tickets by how they ended")
        told = "CPU time that a stage's own code took"
        count(names.STAGE_CPU, [self._cpu], unit="s", description=told)
        gauge(names.SLOTS, [self._slots], description="Tickets in flight in this process")

    def ingested(self, count: int) -> None:
        self._ingested.add(count)

    def admitted(self, decision: str) -> None:
        self._admitted.add(1, decision)

    def settled(self, outcome: str) -> None:
        self._settled.add(1, outcome)

    def retried(self, error: str) -> None:
        """`error` is an error's type or code, never its message."""
        self._retried.add(1, {names.ERROR: error})

    def published(self, count: int) -> None:
        self._published.add(count)

    def backlog(self, rows: Backlog) -> None:
        for state in ("new", "queued", "leased", "waiting", "unpublished"):
            self._backlog.set(getattr(rows, state), {names.STATE: state})

    def slots(self, busy: int) -> None:
        self._slots.set(busy)

    def stage(self, name: str, seconds: float) -> None:
        self._stage.record(seconds, {names.STAGE_NAME: name})

    def cpu(self, stage: str, seconds: float) -> None:
        self._cpu.add(seconds, stage)

    def model_call(self, engine: str, *, seconds: float, error: str | None) -> None:
        """`error` is the error's type, None when the model answered."""
        failed = {names.ERROR: error} if error else {}
        self._calls.record(seconds, {names.GEN_AI_PROVIDER: engine, **failed})

    def model_use(self, engine: str, *, prompt: int, completion: int, cost: float) -> None:
        of = {names.GEN_AI_PROVIDER: engine}
        self._tokens.add(prompt, {**of, names.GEN_AI_TOKEN_TYPE: "input"})
        self._tokens.add(completion, {**of, names.GEN_AI_TOKEN_TYPE: "output"})
        self._cost.add(cost, of)

    def latency(self, seconds: float) -> None:
        self._latency.record(seconds)


METRICS = Metrics()
