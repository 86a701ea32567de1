"""A measured calibration as a file: written by an evaluation, read when a service starts."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.domain.ids import DeskName
from agent.pipeline.model.combine import Calibration
from agent.pipeline.model.schema import Sure


class BadCalibration(Exception):
    """A calibration file that cannot be used; measuring again mends it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: is no calibration; `citedesk eval model … --save` writes one")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    engine: str
    right: dict[str, float] = Field(min_length=len(Sure))
    model: float = Field(ge=0)
    free: float = Field(ge=0)
    cases: int = Field(ge=1)


def calibration_file(folder: Path, desk: DeskName) -> Path:
    """Where a desk's calibration is kept, below the data folder."""
    return folder / "calibration" / f"{desk}.json"


def save_calibration(path: Path, calibration: Calibration, engine: str) -> None:
    """Replace the desk's calibration by this one, measured on that engine."""
    kept = _File(
        engine=engine,
        right={sure.value: share for sure, share in calibration.right.items()},
        model=calibration.model,
        free=calibration.free,
        cases=calibration.cases,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(kept.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load_calibration(path: Path) -> Calibration | None:
    """None where nothing was measured; raises `BadCalibration` for a file that is no such thing."""
    try:
        kept = _File.model_validate_json(path.read_text(encoding="utf-8"))
        right = {Sure(name): share for name, share in kept.right.items()}
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, ValidationError, ValueError) as exc:
        raise BadCalibration(path) from exc
    if not all(0 <= share <= 1 for share in right.values()) or not kept.model + kept.free:
        raise BadCalibration(path)
    return Calibration(right=right, model=kept.model, free=kept.free, cases=kept.cases)
