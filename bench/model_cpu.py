"""CPU of our side for each model call: render the prompt, tokenise it, validate and check.

    python -m bench.model_cpu [tests/data/tickets_dev.jsonl …] [--desks desks] [--rounds 3]

A local function plays the model; what it takes is not counted. Every ticket goes through the whole
pipeline by itself on one core, and CPU time is read, so that a busy machine does not matter. A
call's share is all of triage, writing and the check of a ticket, by its number of calls; research
stands beside it, and the model-free triage is admission's. Tokenising is Nemo's own tokenizer
(`mistral_common`), as the embedded engine does it; an endpoint is sent text.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from agent.bootstrap import Desks, build_desks
from agent.bootstrap.model import ModelParts, build_model_parts
from agent.citations.checker import ClaimChecker
from agent.domain.desk import Desk
from agent.domain.ids import ConversationId, DeskName, EventId
from agent.domain.ticket import Ticket
from agent.domain.triage import Triage
from agent.intake import Received, to_ticket
from agent.pipeline.model.played import play
from agent.pipeline.orchestrator import Orchestrator
from agent.pipeline.ports import Run, Work
from agent.pipeline.research import DeskResearcher
from agent.pipeline.write import ModelFreeWriter
from agent.settings import Settings
from bench.answers import NOW, Case, read_cases
from engine.base import Engine, Prompt, Sampling
from engine.scripted import ScriptedEngine

TICKETS = Path("tests/data/tickets_dev.jsonl")
Encode = Callable[[str], Sequence[int]]


@dataclass(slots=True)
class Meter:
    """CPU seconds by stage of the ticket at hand, the playing of the model taken out."""

    stages: dict[str, float] = field(default_factory=lambda: defaultdict[str, float](float))
    calls: int = 0
    tokens: int = 0
    tokenising: float = 0.0
    played: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        began, played = time.process_time(), self.played
        try:
            yield
        finally:
            spent = time.process_time() - began - (self.played - played)
            self.stages[name] += spent


class Model:
    """Plays the model and tokenises its prompt, as the embedded engine does."""

    def __init__(self, meter: Meter, encode: Encode | None) -> None:
        self._meter = meter
        self._encode = encode

    def __call__(self, prompt: Prompt, sampling: Sampling) -> str:
        meter = self._meter
        meter.calls += 1
        if self._encode is not None:
            began = time.process_time()
            meter.tokens += len(self._encode(prompt.text))
            meter.tokenising += time.process_time() - began
        began = time.process_time()
        text = play(prompt, sampling)
        meter.played += time.process_time() - began
        return text


def nemo() -> Encode | None:
    """Nemo's tokenizer; None where the library is not installed."""
    try:
        import mistral_common
        from mistral_common.tokens.tokenizers import mistral
    except ImportError:
        return None
    data = Path(mistral_common.__file__).parent / "data" / "tekken_240718.json"
    read = cast(Any, mistral).MistralTokenizer.from_file  # generic in what nothing here needs
    raw = read(str(data)).instruct_tokenizer.tokenizer
    return lambda text: raw.encode(text, bos=True, eos=False)


class Admitted:
    """The model-free triage as a worker finds it: admission has made it already."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks
        self._made: dict[str, Triage] = {}

    async def triage(self, ticket: Ticket, desk: Desk, *, run: Run | None = None) -> Triage:
        if ticket.id not in self._made:
            self._made[ticket.id] = self._desks.triage[desk.name].triage(ticket)
        return self._made[ticket.id]


def pipeline(desks: Desks, engine: Engine, meter: Meter) -> Orchestrator:
    free = ModelParts(triager=Admitted(desks), writer=ModelFreeWriter())
    parts = build_model_parts(engine, free=free, registry=desks.registry, clock=lambda: NOW)
    return Orchestrator(
        triager=parts.triager,
        researcher=DeskResearcher(desks.registry),
        writer=parts.writer,
        checker=ClaimChecker(),
        clock=lambda: NOW,
        stage=meter.stage,
        looker=parts.looker,
        mender=parts.mender,
    )


def work(case: Case, desks: Desks) -> Work:
    desk = desks.desks[DeskName(case.event.desk)]
    received = Received(event_id=EventId(case.event.ticket_id), event=case.event, received_at=NOW)
    conversation = ConversationId(case.event.ticket_id)
    return Work(
        conversation=conversation,
        revision=1,
        ticket=to_ticket([received], desk, conversation=conversation),
        desk=desk,
        attempt=1,
        deadline=NOW + timedelta(seconds=60),
    )


async def measure(works: Sequence[Work], desks: Desks, rounds: int) -> list[Meter]:
    """One meter a ticket and round; the first round, which fills caches, is thrown away."""
    current, encode = Meter(), nemo()
    model = Model(current, encode)
    engine = ScriptedEngine(model, clock=lambda: NOW)
    built = pipeline(desks, engine, current)
    found: list[Meter] = []
    for number in range(rounds + 1):
        for one in works:
            _clear(current)
            await built.handle(one)
            if number:
                found.append(_copied(current))
    return found


def _clear(meter: Meter) -> None:
    meter.stages.clear()
    meter.calls = meter.tokens = 0
    meter.tokenising = meter.played = 0.0


def _copied(meter: Meter) -> Meter:
    return Meter(
        stages=dict(meter.stages),
        calls=meter.calls,
        tokens=meter.tokens,
        tokenising=meter.tokenising,
        played=meter.played,
    )


_OURS = ("triage", "write", "cite", "mend")


def show(found: Sequence[Meter]) -> None:
    asked = [meter for meter in found if meter.calls]
    per_call = [sum(m.stages.get(s, 0.0) for s in _OURS) / m.calls for m in asked]
    print(f"tickets {len(found)}, with model calls {len(asked)}")
    print(f"calls a ticket {statistics.mean(m.calls for m in asked):.1f}")
    print(f"prompt tokens a call {sum(m.tokens for m in asked) / sum(m.calls for m in asked):.0f}")
    _line("render, tokenise, validate, check: a call", per_call)
    _line("  of which tokenising", [m.tokenising / m.calls for m in asked])
    for stage in (*_OURS, "research"):
        spent = [m.stages[stage] for m in asked if stage in m.stages]
        if spent:
            _line(f"stage {stage}: a ticket", spent)


def _line(what: str, seconds: Sequence[float]) -> None:
    ordered = sorted(one * 1000 for one in seconds)
    p95 = ordered[int(len(ordered) * 0.95) - 1]
    print(f"{what:<44} p50 {statistics.median(ordered):6.2f} ms   p95 {p95:6.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "files", nargs="*", type=Path, default=[Path("tests/data/tickets_dev.jsonl")]
    )
    parser.add_argument("--desks", type=Path, default=Path("desks"))
    parser.add_argument("--data", type=Path, help="keep what is learnt here between runs")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as fresh:
        settings = Settings(desks=given.desks, data=given.data or Path(fresh))
        desks = build_desks(settings)
        works = [work(case, desks) for file in given.files for case in read_cases(file)]
        show(asyncio.run(measure(works, desks, given.rounds)))


if __name__ == "__main__":
    main()
