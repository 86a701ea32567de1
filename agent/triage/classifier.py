"""A desk's classifier: loaded from the cache where its examples have not changed, else trained."""

import hashlib
import json
import logging
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from agent.triage.features import Features
from agent.triage.model import BadCache, Model, Parameters, load, save

log = logging.getLogger(__name__)
_CODE = ("features.py", "model.py", "training.py")
_LIBRARIES = ("numpy", "scikit-learn", "scipy")


def classifier(
    rows: Sequence[Features], labels: Sequence[str], cache_dir: Path | None
) -> Model | None:
    """The trained model; None where the examples name fewer than two categories."""
    if len(set(labels)) < 2:
        return None
    path = cache_dir / f"triage-{_fingerprint(rows, labels)}.npz" if cache_dir else None
    cached = _cached(path) if path else None
    return Model(cached or _trained(rows, labels, path))


def _cached(path: Path) -> Parameters | None:
    try:
        return load(path)
    except FileNotFoundError:
        return None
    except BadCache as exc:
        log.warning("triage.cache_unreadable: %s", exc)
        return None


def _trained(rows: Sequence[Features], labels: Sequence[str], path: Path | None) -> Parameters:
    from agent.triage.training import train  # scikit-learn takes seconds to import

    parameters = train(rows, labels)
    if path:
        _keep(parameters, path)
    return parameters


def _keep(parameters: Parameters, path: Path) -> None:
    """A cache that cannot be written costs time at the next start, nothing else."""
    try:
        save(parameters, path)
    except OSError as exc:
        log.warning("triage.cache_unwritable: %s (%s)", path, exc.strerror)


def _fingerprint(rows: Sequence[Features], labels: Sequence[str]) -> str:
    """Of everything that decides the model: what is learnt from, the code and its libraries."""
    learnt = [
        [*r.tokens, "\x00", *r.signs, "\x00", label] for r, label in zip(rows, labels, strict=True)
    ]
    digest = hashlib.sha256(json.dumps(learnt).encode())
    digest.update(_code_version().encode())
    return digest.hexdigest()[:32]


@cache
def _code_version() -> str:
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in _CODE:
        digest.update((here / name).read_bytes())
    return digest.hexdigest() + "".join(version(library) for library in _LIBRARIES)
