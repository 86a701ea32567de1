"""From settings to a running engine: look, decide, launch."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from pydantic import BaseModel

from engine.vllm import library
from engine.vllm.checkpoint import commit_of, find_checkpoint, read_checkpoint
from engine.vllm.engine import VllmEngine
from engine.vllm.errors import CannotStart
from engine.vllm.options import TESTED_VERSION, VllmOptions
from engine.vllm.preflight import Plan, plan_start


def check_vllm(options: VllmOptions) -> Plan:
    """How the model would run here; raises `CannotStart` with all that is wrong.

    Imports vllm to ask the driver, which takes half a minute, and takes no GPU memory.
    """
    version = library.installed_version()
    if version is None:
        raise CannotStart(
            f"vllm is not installed; install the extra: pip install 'citedesk[vllm]' (vllm "
            f"{TESTED_VERSION}, 8 GB), or from a checkout requirements/vllm.txt"
        )
    library.set_environment(options)
    folder = find_checkpoint(options.model, options.pinned)
    checkpoint = read_checkpoint(folder) if folder else None
    commit = commit_of(folder) if folder else None
    machine = library.look_at_machine()
    return plan_start(options, checkpoint, machine, commit=commit, version=version)


async def start_vllm(
    options: VllmOptions,
    *,
    warm: Sequence[type[BaseModel]] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> VllmEngine:
    """A running engine; the loop stays free meanwhile. Raises `CannotStart`.

    `warm` are the answers that will be asked for: their schemas are compiled before it returns.
    """
    plan = await asyncio.to_thread(check_vllm, options)
    engine = VllmEngine(
        partial(library.launch, options, plan),
        model=options.model,
        revision=plan.recorded,
        max_model_len=plan.max_model_len,
        warm=warm,
        notes=plan.notes,
        clock=clock,
    )
    try:
        await engine.start()
    except BaseException:
        await engine.close()
        raise
    return engine
