"""What a question bank taught, as it is kept between starts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent import kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What the bank teaches: how telling a feature is, and how it weighs for each sentence."""

    idf: Mapping[str, float]
    rarest: float  #: of a feature that no text of the bank has
    weights: NDArray[np.float32]  #: hashed features x sentences


def keep(learnt: Learnt, file: Path) -> None:
    """For `read`; a file that cannot be written costs time at the next start, nothing else."""
    meta = json.dumps({"idf": learnt.idf, "rarest": learnt.rarest}).encode()
    arrays = {"meta": np.frombuffer(meta, dtype=np.uint8), "weights": learnt.weights}
    kept.try_save(arrays, file)


def read(file: Path, shape: tuple[int, int]) -> Learnt | None:
    """What was kept; None where there is none, or none of this shape (features, sentences)."""
    arrays = kept.try_load(file)
    if arrays is None or not {"meta", "weights"} <= arrays.keys():
        return None
    if arrays["weights"].shape != shape:
        return None
    try:
        meta: dict[str, Any] = json.loads(arrays["meta"].tobytes())
        return Learnt(idf=meta["idf"], rarest=meta["rarest"], weights=arrays["weights"])
    except (ValueError, KeyError, TypeError):
        return None
