"""Prompts are files with a version, and their front is the same for every ticket of a desk."""

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, cast, get_args

import mistral_common
import pytest
from mistral_common.tokens.tokenizers import mistral

from agent.desk import load_desk
from agent.domain.desk import Desk
from agent.domain.ticket import Ticket
from agent.pipeline.model.calls import Calls
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.played import play
from agent.pipeline.model.prompts import PromptName, filled, prompt_file
from agent.pipeline.model.summary import Summariser
from agent.pipeline.model.thread import estimated_tokens
from agent.pipeline.model.triager import ModelTriager
from agent.pipeline.model.writer import ModelWriter
from agent.pipeline.ports import Brief, Ground, Research, Run
from agent.pipeline.research import policy_source
from engine.base import Prompt, Sampling
from engine.scripted import ScriptedEngine
from retrieval.corpus import all_passages
from tests.unit.pipeline.model.parts import Decided, a_run, now
from tests.unit.pipeline.small import NOW, a_desk, a_ticket, a_triage
from tools.demo_backend import demo_registry

ROOT = Path(__file__).parents[4]
LOCK = ROOT / "tests/unit/pipeline/model/prompts.lock.json"


@pytest.mark.parametrize("name", get_args(PromptName))
def test_a_prompt_whose_text_changed_has_a_new_version(name: PromptName) -> None:
    """Drafts record the version: one version is one text."""
    locked = json.loads(LOCK.read_text())[name]
    file = prompt_file(name)

    if file.digest != locked["digest"]:
        assert file.version > locked["version"], f"raise the version in {name}.md, then the lock"
    assert (file.version, file.digest) == (locked["version"], locked["digest"]), (
        f"write version and digest of {name}.md into {LOCK.name}"
    )


def test_every_file_of_the_folder_is_a_prompt() -> None:
    folder = files("agent.pipeline").joinpath("prompts")

    assert {one.name.removesuffix(".md") for one in folder.iterdir()} == set(get_args(PromptName))


def test_what_a_value_holds_is_not_filled_in_again() -> None:
    assert filled("{{a}} {{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}} x"


@cache
def nemo() -> Callable[[str], list[int]]:
    """Nemo's real tokenizer, with its template: what the engine makes of one user message."""
    data = Path(mistral_common.__file__).parent / "data" / "tekken_240718.json"
    read = cast(Any, mistral).MistralTokenizer.from_file  # generic in what nothing here needs
    raw = read(str(data)).instruct_tokenizer.tokenizer
    return lambda text: raw.encode(f"[INST]{text}[/INST]", bos=True, eos=False)


class Recorded:
    """Plays a model and keeps its prompts by task."""

    def __init__(self) -> None:
        self.prompts: dict[str, list[str]] = {}

    def __call__(self, prompt: Prompt, sampling: Sampling) -> str:
        self.prompts.setdefault(prompt.text.split("\n", 1)[0], []).append(prompt.text)
        return play(prompt, sampling)


@cache
def shipped(name: str) -> Desk:
    registry = demo_registry(Path("/nonexistent/demo.db"), NOW.date)
    return load_desk(ROOT / "desks" / name, known_tools=registry.names)


async def prompts_of(desk: Desk, *tickets: Ticket) -> dict[str, list[str]]:
    """The prompts that these tickets lead to, by task."""
    recorded, texts = Recorded(), DeskTexts()
    calls = Calls(ScriptedEngine(recorded, clock=now), clock=now)
    triager = ModelTriager(calls, free=Decided(), texts=texts, clock=now)
    summariser = Summariser(calls, texts)
    writer = ModelWriter(calls, engine="scripted", texts=texts, summariser=summariser)
    for ticket in tickets:
        run = Run(deadline=a_run().deadline)
        await triager.triage(ticket, desk, run=run)
        found = researched(ticket, desk)
        brief = Brief(
            ticket=ticket,
            desk=desk,
            triage=a_triage(),
            research=found,
            deadline=run.deadline,
            run=run,
        )
        await writer.write(brief)
    return recorded.prompts


def researched(ticket: Ticket, desk: Desk) -> Research:
    """The first passages that the desk has in the ticket's language, as if a search found them."""
    ours = (p for p in all_passages(desk.policies) if p.policy.language == ticket.language)
    grounds = (
        Ground(key=f"E{n}", source=policy_source(passage))
        for n, passage in enumerate(islice(ours, 6), start=1)
    )
    return Research(questions=(ticket.text,), grounds=tuple(grounds))


def common(one: list[int], other: list[int]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("support", ("How long can I return a dress?", "en"), ("Wo ist mein Paket?", "de")),
        ("support", ("How do I wash silk?", "en"), ("Is delivery to Ireland free?", "en")),
        ("hr", ("How many days of leave do I get?", "en"), ("Hoe meld ik mij ziek?", "nl")),
    ],
)
async def test_two_tickets_of_a_desk_share_the_stable_part_as_a_token_prefix(
    name: str, one: tuple[str, str], other: tuple[str, str]
) -> None:
    desk, encode = shipped(name), nemo()
    tickets = [a_ticket(text, language=language) for text, language in (one, other)]

    found = await prompts_of(desk, *tickets)

    assert set(found) == {"# Task: triage", "# Task: write"}
    for task, name_of in (("# Task: triage", "triage"), ("# Task: write", "write")):
        first, second = (encode(text) for text in found[task])
        stable = len(encode(DeskTexts().stable(cast(PromptName, name_of), desk)))
        assert common(first, second) >= 0.9 * stable


async def test_tickets_that_share_their_evidence_share_it_as_a_prefix_too() -> None:
    desk, encode = shipped("support"), nemo()
    tickets = [
        a_ticket("How long do I have to return an item?"),
        a_ticket("How long do I have to return an item? Thanks, Ann"),
    ]

    first, second = (await prompts_of(desk, *tickets))["# Task: write"]

    evidence = first[: first.index("## The message")]
    assert common(encode(first), encode(second)) >= 0.98 * len(encode(evidence))


@pytest.mark.parametrize("language", ["en", "fr", "de", "es"])
def test_the_estimate_of_tokens_is_hardly_ever_below_the_real_count(language: str) -> None:
    desk, encode = shipped("support"), nemo()
    texts = [policy.text for policy in desk.policies if policy.language == language]

    assert all(estimated_tokens(text) >= 0.95 * len(encode(text)) for text in texts)
    assert sum(map(estimated_tokens, texts)) < 1.6 * sum(len(encode(text)) for text in texts)


def test_a_desk_that_changed_gets_its_own_text() -> None:
    texts, desk = DeskTexts(), a_desk()

    before = texts.stable("triage", desk)

    assert before == texts.stable("triage", desk)
    assert "Where is it" in before


@pytest.mark.parametrize("name", ["support", "hr"])
def test_policies_for_other_readers_are_not_named_to_a_model(name: str) -> None:
    desk = shipped(name)
    hidden = [
        p for p in desk.policies if p.scope.audience and desk.audience not in p.scope.audience
    ]

    text = DeskTexts().stable("triage", desk)

    assert all(f"- {policy.title}" not in text for policy in hidden)
