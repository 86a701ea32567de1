"""A measured calibration is kept as a file, and a broken one is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.bootstrap.model import read_calibration
from agent.domain.ids import DeskName
from agent.pipeline.model.calibration import (
    BadCalibration,
    calibration_file,
    load_calibration,
    save_calibration,
)
from agent.pipeline.model.combine import ASSUMED
from agent.settings import SettingsError

SHOP = DeskName("shop")
MEASURED = replace(ASSUMED, model=1.5, free=0.25, cases=120)


def test_what_was_measured_is_read_again(tmp_path: Path) -> None:
    save_calibration(calibration_file(tmp_path, SHOP), MEASURED, "one")

    assert read_calibration(tmp_path, [SHOP, DeskName("hr")]) == {SHOP: MEASURED}


def test_without_a_file_nothing_was_measured(tmp_path: Path) -> None:
    assert read_calibration(tmp_path, [SHOP]) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"engine": "one", "right": {"sure": 1.0}, "model": 1, "free": 1, "cases": 3}',
        '{"engine": "one", "right": {"certain": 9.0, "likely": 0.5, "guess": 0.1},'
        ' "model": 1, "free": 1, "cases": 3}',
        '{"engine": "one", "right": {"certain": 0.9, "likely": 0.5, "guess": 0.1},'
        ' "model": 0, "free": 0, "cases": 3}',
        '{"engine": "one", "right": {"certain": 0.9, "likely": 0.5, "wild": 0.1},'
        ' "model": 1, "free": 0, "cases": 3}',
    ],
)
def test_a_file_that_is_no_calibration_is_refused_with_the_mend(tmp_path: Path, text: str) -> None:
    path = calibration_file(tmp_path, SHOP)
    path.parent.mkdir()
    path.write_text(text)

    with pytest.raises(BadCalibration, match="eval model"):
        load_calibration(path)
    with pytest.raises(SettingsError, match=r"shop\.json"):
        read_calibration(tmp_path, [SHOP])
