"""One real vLLM for a module's tests; without it they are skipped, loudly.

It starts once, which takes a minute or more, and ends before the next one. Each test takes an
engine over it that may be closed: what lets the processes go is held back until the end.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import BaseModel

from deploy.vllm.checkpoint import make_tiny
from deploy.vllm.processor import processor_options, use_processor
from engine.vllm import VllmEngine, library
from engine.vllm.options import VllmOptions
from engine.vllm.runtime import Runtime
from engine.vllm.start import check_vllm
from tests.vllm.lent import Lent
from tests.vllm.plays import FOLDER, Sayings

PLACES = 8  #: calls that are computed side by side; more of them wait

NewEngine = Callable[..., Awaitable[VllmEngine]]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's folder; skips where there is no vLLM."""
    if library.installed_version() is None:
        pytest.skip(
            "no vLLM in this environment: `make test-vllm` runs this tier in one of its own"
        )
    use_processor()
    return make_tiny(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(scope="session")
def sayings(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Sayings:
    """Puts words in the model's mouth, token by token."""
    return Sayings(tmp_path_factory.mktemp("sayings"))


@pytest.fixture(scope="session")
def options(tiny: Path, sayings: Sayings) -> VllmOptions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(sayings.folder))
    more = {"logits_processors": ["tests.vllm.plays:Plays"]}
    return processor_options(tiny, max_num_seqs=PLACES, extra=more)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def runtime(options: VllmOptions, sayings: Sayings) -> AsyncGenerator[Runtime]:
    """vLLM's processes with the tiny model."""
    plan = await asyncio.to_thread(check_vllm, options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(sayings.folder))
        running = await asyncio.to_thread(library.launch, options, plan)
    yield running
    await asyncio.to_thread(running.shut_down)


@pytest_asyncio.fixture(loop_scope="session")
async def new_engine(
    runtime: Runtime, options: VllmOptions, sayings: Sayings
) -> AsyncGenerator[NewEngine]:
    """Makes engines over the one vLLM; they are closed with the test."""
    made: list[VllmEngine] = []

    async def new(warm: Sequence[type[BaseModel]] = ()) -> VllmEngine:
        engine = VllmEngine(
            lambda: Lent(runtime),
            model="tiny",
            revision="r1",
            max_model_len=options.max_model_len,
            warm=warm,
        )
        made.append(engine)
        await engine.start()
        return engine

    sayings.none()
    yield new
    for engine in made:
        await engine.close()
    sayings.none()
