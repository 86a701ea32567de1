"""A thread beyond the budget is summarised, or left out, and a person is told."""

from dataclasses import replace

from agent.domain.ticket import Ticket
from agent.pipeline.ports import Run
from engine.base import Prompt, Sampling
from engine.errors import EngineDown
from tests.unit.pipeline.model.parts import Played, a_reply, a_run, a_writer
from tests.unit.pipeline.model.test_thread import earlier
from tests.unit.pipeline.small import a_brief, a_ticket

ASK = "How long do I have to return an item?"
DAYS = "You can return an item within 30 days of delivery."
OLD = "I wrote about the brass lamp that flickers. " * 900


class Model:
    """Summarises in these points, or is down for it; writes one true sentence."""

    def __init__(self, *points: str) -> None:
        self._summary = Played({"points": list(points)})
        self._reply = Played(a_reply((DAYS, ["E1"])))
        self._points = points
        self.prompts: list[str] = []

    def __call__(self, prompt: Prompt, sampling: Sampling) -> str:
        self.prompts.append(prompt.text)
        if prompt.text.startswith("# Task: write"):
            return self._reply(prompt, sampling)
        if not self._points:
            raise EngineDown("scripted", "cannot be reached")
        return self._summary(prompt, sampling)


def long_thread() -> Ticket:
    return replace(a_ticket(ASK), history=earlier(OLD, "It came on Monday."))


async def written(model: Model, ticket: Ticket) -> tuple[Run, str]:
    """The run, and the prompt that the reply was written from."""
    run = a_run()
    brief = replace(await a_brief(ticket), run=run)
    await a_writer(model).write(brief)
    return run, model.prompts[-1]


async def test_a_short_thread_is_not_summarised() -> None:
    model = Model("never")

    run, prompt = await written(model, replace(a_ticket(ASK), history=earlier("Hello?")))

    assert len(model.prompts) == 1
    assert "| Hello?" in prompt
    assert run.reasons == []


async def test_what_does_not_fit_is_summarised_and_said() -> None:
    run, prompt = await written(Model("The brass lamp flickers."), long_thread())

    assert "| The brass lamp flickers." in prompt
    assert "| It came on Monday." in prompt
    assert "I wrote about" not in prompt
    assert run.reasons == [
        "context: the thread is longer than the budget; its oldest part is summarised"
    ]
    assert [call.step for call in run.calls][-1] == "write"


async def test_without_a_summary_it_is_left_out_and_said() -> None:
    run, prompt = await written(Model(), long_thread())

    assert "I wrote about" not in prompt
    assert run.reasons == [
        "context: the thread is longer than the budget; its oldest part was not read"
    ]


async def test_a_summary_is_no_evidence() -> None:
    """What it says stands in the thread, behind the margin, never among the passages."""
    _, prompt = await written(Model("Returns are free for 5 years."), long_thread())

    evidence = prompt.rpartition("\n## Evidence\n")[2].partition("\n## The message\n")[0]
    assert "5 years" not in evidence
