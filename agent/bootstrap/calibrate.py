"""Measures a model's triage on labelled tickets, and keeps the calibration for the service."""

import asyncio
from pathlib import Path
from typing import Any

from agent.bootstrap.model import build_engine
from agent.bootstrap.pipeline import Desks, build_desks, now
from agent.evals.model_triage import Measured, ask_all, measure_model
from agent.evals.tickets import Case, read_cases
from agent.pipeline.model.calibration import calibration_file, save_calibration
from agent.pipeline.model.calls import Calls
from agent.pipeline.model.desk_text import DeskTexts
from agent.pipeline.model.triager import ModelTriager, TriagerSettings
from agent.pipeline.triage import ModelFreeTriager
from agent.settings import Settings, SettingsError, load_settings


def calibrate(
    file: Path, folder: Path, engines: list[str] | None, *, save: bool = False
) -> dict[str, Any]:
    """The report; asks the model once for each ticket. Raises what a person has to mend."""
    settings = load_settings()
    desks = build_desks(settings, only=folder)
    desk = next(iter(desks.desks.values()))
    measured, name = asyncio.run(_measured(read_cases(file, desk), desks, settings, engines))
    if save:
        save_calibration(calibration_file(settings.data, desk.name), measured.calibration, name)
    return {"engine": name, **measured.report}


async def _measured(
    cases: list[Case], desks: Desks, settings: Settings, engines: list[str] | None
) -> tuple[Measured, str]:
    engine = await build_engine(settings, desks.desks, desks.registry, engines)
    if engine is None:
        raise SettingsError(["--engine: name one; the settings have no chain of engines"])
    free = ModelFreeTriager(desks.triage)
    desk = next(iter(desks.desks.values()))
    budget = TriagerSettings(context_tokens=settings.model.context_tokens)
    triager = ModelTriager(
        Calls(engine, clock=now), free=free, texts=DeskTexts(), clock=now, settings=budget
    )
    try:
        answered, unanswered = await ask_all(cases, desk, triager, free, now)
    finally:
        await engine.close()
    return measure_model(answered, desk, unanswered), ", ".join(engines or settings.engine.chain)
