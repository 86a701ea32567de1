"""A desk's classifier: loaded from the cache where its examples have not changed, else trained."""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from agent import kept
from agent.domain.desk import Desk
from agent.triage.features import Features
from agent.triage.model import Model, Parameters, as_arrays, load

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
    except kept.Unreadable as exc:
        log.warning("triage.cache_unreadable: %s", exc)
        return None


def _trained(desk: Desk, rows: Sequence[Features], path: Path | None) -> Parameters:
    from agent.triage.training import train  # scikit-learn takes seconds to import

    near = {category.id: frozenset(category.near) for category in desk.categories}
    parameters = train(rows, [example.category for example in desk.examples], near=near)
    if path:
        kept.try_save(as_arrays(parameters), path)
    return parameters


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
    return kept.code_version([Path(__file__).parent], _LIBRARIES)
