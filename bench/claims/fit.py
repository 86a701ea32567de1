"""Makes the learned judge's weights from the development pairs: `python -m bench.claims.fit`.

Small boosted trees over the checker's features, on the pairs that the guards leave to it. Pairs
of one source stay together in cross-validation, whose figures are printed. `--write` replaces the
weights that ship. Nothing but this folder's own `*.dev.jsonl` is read.
"""

# scikit-learn ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict

from agent.citations import learned
from agent.citations.checker import weighed_features
from agent.citations.trees import Forest, Node, write
from agent.evals.claims import Pair, read_pairs, source_of
from agent.evals.measures import auroc

HERE = Path(__file__).parent
FILES = ("near.dev.jsonl", "hard.dev.jsonl")


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print what cross-validation says, and with `--write` replace the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the weights that ship")
    parser.add_argument("--flag", type=float, help="the doubt from which on a claim is flagged")
    options = parser.parse_args(arguments)
    pairs = [pair for file in FILES for pair in read_pairs(HERE / file)]
    rows, labels, groups = _rows([*pairs, *_misplaced(pairs)])
    names = sorted({name for row in rows for name in row})
    table = np.array([[row[name] for name in names] for row in rows])
    said = _cross_validated(table, labels, groups)
    doubted = [d for d, wrong in zip(said, labels, strict=True) if wrong]
    trusted = [d for d, wrong in zip(said, labels, strict=True) if not wrong]
    print(f"pairs left to the judge: {len(rows)}, of them unsupported: {sum(labels)}")
    print(f"cross-validated AUROC: {auroc(doubted, trusted):.3f}")
    for flag in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        caught = np.mean([d >= flag for d in doubted])
        alarms = np.mean([d >= flag for d in trusted])
        print(
            f"  flagged from {flag:.1f}: {caught:.1%} of the wrong, {alarms:.1%} of the supported"
        )
    flag = options.flag if options.flag is not None else learned.shipped().flag
    forest = _forest(_model().fit(table, labels), names, flag)
    if options.write:
        learned.WEIGHTS.write_text(_HEAD + write(forest), encoding="utf-8")
        print(f"written: {learned.WEIGHTS.name}, {len(forest.trees)} trees")


_HEAD = """\
# Made by `python -m bench.claims.fit --write` from bench/claims/*.dev.jsonl.
# Features: agent/citations/learned.py. Form: agent/citations/trees.py.
"""


def _forest(model: Any, names: Sequence[str], flag: float) -> Forest:
    prior = model.init_.class_prior_[1]
    trees = tuple(
        _node(stage[0].tree_, 0, names, model.learning_rate) for stage in model.estimators_
    )
    return Forest(always=float(np.log(prior / (1 - prior))), flag=flag, trees=trees)


def _node(tree: Any, at: int, names: Sequence[str], rate: float) -> Node:
    if tree.children_left[at] < 0:
        return Node("", float(tree.value[at][0][0]) * rate)
    low = _node(tree, int(tree.children_left[at]), names, rate)
    high = _node(tree, int(tree.children_right[at]), names, rate)
    return Node(str(names[int(tree.feature[at])]), float(tree.threshold[at]), low, high)


def _rows(pairs: Sequence[Pair]) -> tuple[list[dict[str, float]], list[bool], list[str]]:
    rows: list[dict[str, float]] = []
    labels: list[bool] = []
    groups: list[str] = []
    for pair in pairs:
        seen = weighed_features(pair.claim, pair.lang, [source_of(pair.source, None)])
        if seen is not None:
            rows.append(seen)
            labels.append(pair.wrong)
            groups.append(pair.source)
    return rows, labels, groups


def _misplaced(pairs: Sequence[Pair]) -> list[Pair]:
    """Supported claims beside the next source of their language, which does not say them."""
    found: list[Pair] = []
    for language in sorted({pair.lang for pair in pairs}):
        ours = [p for p in pairs if p.lang == language and p.kind not in _LEFT_OUT]
        sources = list(dict.fromkeys(pair.source for pair in ours))
        after = dict(zip(sources, [*sources[1:], sources[0]], strict=True))
        found += [
            pair.model_copy(update={"source": after[pair.source], "label": "unsupported"})
            for pair in ours
            if not pair.wrong
        ]
    return found


_LEFT_OUT = ("cross-language", "not-a-claim")


def _model() -> Any:
    return GradientBoostingClassifier(
        n_estimators=60,
        max_depth=3,
        learning_rate=0.08,
        subsample=0.7,
        min_samples_leaf=8,
        random_state=0,
    )


def _cross_validated(table: Any, labels: Sequence[bool], groups: Sequence[str]) -> list[float]:
    said = cast(Any, cross_val_predict)(
        _model(), table, labels, groups=groups, cv=GroupKFold(10), method="predict_proba"
    )
    return [float(value) for value in said[:, 1]]


if __name__ == "__main__":
    main()
