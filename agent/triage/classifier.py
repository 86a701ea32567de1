"""A desk's classifier: loaded from the cache where its examples have not changed, else trained."""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from agent.domain.desk import Desk
from agent.triage.features import Features
from agent.triage.model import BadCache, Model, Parameters, load, save

log = logging.getLogger(__name__)
_LIBRARIES = ("numpy", "scikit-learn", "scipy")


def classifier(
    desk: Desk,
    read_examples: Callable[[], Sequence[Features]],
    cache_dir: Path | None,
    *,
    fresh: bool = False,
) -> Model | None:
    """The trained model; None where the examples name fewer than two categories.

    The examples are read only when there is something to train; `fresh` trains in any case.
    """
    labels = [example.category for example in desk.examples]
    if len(set(labels)) < 2:
        return None
    path = cache_dir / f"triage-{desk.name}-{_fingerprint(desk)}.npz" if cache_dir else None
    cached = _cached(path) if path and not fresh else None
    return Model(cached or _trained(desk, read_examples(), path))


def _cached(path: Path) -> Parameters | None:
    try:
        return load(path)
    except FileNotFoundError:
        return None
    except BadCache as exc:
        log.warning("triage.cache_unreadable: %s", exc)
        return None


def _trained(desk: Desk, rows: Sequence[Features], path: Path | None) -> Parameters:
    from agent.triage.training import train  # scikit-learn takes seconds to import

    near = {category.id: frozenset(category.near) for category in desk.categories}
    parameters = train(rows, [example.category for example in desk.examples], near=near)
    if path:
        _keep(parameters, path)
    return parameters


def _keep(parameters: Parameters, path: Path) -> None:
    """A cache that cannot be written costs time at the next start, nothing else."""
    try:
        save(parameters, path)
    except OSError as exc:
        log.warning("triage.cache_unwritable: %s (%s)", path, exc.strerror)


def _fingerprint(desk: Desk) -> str:
    """Of everything that decides the model: what is learnt from, the code and its libraries."""
    learnt = (
        [(e.text, e.category, e.language) for e in desk.examples],
        [(r.id, sorted(r.words.items()), sorted(r.unless.items())) for r in desk.rules],
        desk.glossary,
        [(c.id, sorted(c.near)) for c in desk.categories],
        [(c.id, sorted(c.words.items())) for c in desk.concepts],
    )
    digest = hashlib.sha256(json.dumps(learnt).encode())
    digest.update(_code_version().encode())
    return digest.hexdigest()[:32]


@cache
def _code_version() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in {".py", ".toml"}:
            digest.update(path.read_bytes())
    return digest.hexdigest() + "".join(version(library) for library in _LIBRARIES)
