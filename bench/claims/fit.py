"""Makes the learned judge's weights from the development pairs: `python -m bench.claims.fit`.

Small boosted trees and a line of weights, half and half, over the checker's features, on the pairs
that the guards leave to it. To the pairs are added, as unsupported: each supported claim beside
the next source of its language, and with one of its words replaced by a word of another source,
which counts a tenth. Pairs of one source stay together in cross-validation, whose figures are
printed for the whole checker; from them the doubt is chosen from which on a claim is flagged.
`--write` replaces the weights that ship. Nothing but this folder's own `*.dev.jsonl` is read.
"""

# scikit-learn ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

import argparse
import itertools
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from agent.citations import learned
from agent.citations.checker import ClaimChecker, weighed_features
from agent.citations.pairing import NEAR
from agent.citations.reading import read
from agent.citations.trees import Forest, Node, write
from agent.evals.claims import Pair, read_pairs, source_of

HERE = Path(__file__).parent
FILES = ("near.dev.jsonl", "hard.dev.jsonl")
_SWAPPED = 0.1  #: what a pair with a replaced word counts
_FLAGS = tuple(n / 100 for n in range(30, 91, 2))
#: Wrong claims caught at least, false alarms at most: of near claims, of hard ones.
_BARS = {"near.dev.jsonl": (0.95, 0.02), "hard.dev.jsonl": (0.70, 0.15)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pair that is left to the judge."""

    pair: Pair
    seen: dict[str, float]
    counts: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print what cross-validation says, and with `--write` replace the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the weights that ship")
    options = parser.parse_args(arguments)
    pairs = {file: read_pairs(HERE / file) for file in FILES}
    every = [pair for group in pairs.values() for pair in group]
    chance = random.Random(1)
    rows = [
        *_rows([*every, *_misplaced(every)], 1.0),
        *_rows([*_swapped(every, chance), *_swapped(every, chance)], _SWAPPED),
    ]
    print(f"pairs left to the judge: {len(_rows(every, 1.0))} of {len(every)}")
    said = _cross_validated(rows)
    table = {file: _doubts(group, said) for file, group in pairs.items()}
    for flag in _FLAGS[::5]:
        print(f"  from {flag:.2f}: " + "; ".join(_told(f, table[f], flag, flag) for f in FILES))
    both = itertools.product(_FLAGS, _FLAGS)
    # Among equals the lower doubts: a wrong claim that passes is worse than a false alarm.
    near, far = max(both, key=lambda f: (round(_margin(table, *f), 6), -f[0], -f[1]))
    told = "; ".join(_told(file, table[file], near, far) for file in FILES)
    print(f"chosen: from {near:.2f} near to the source's words, else from {far:.2f}: {told}")
    if options.write:
        forest = replace(_forest(rows), near=near, flag=far)
        learned.WEIGHTS.write_text(_HEAD + write(forest), encoding="utf-8")
        print(f"written: {learned.WEIGHTS.name}")


_HEAD = """\
# Made by `python -m bench.claims.fit --write` from bench/claims/*.dev.jsonl.
# Features: agent/citations/learned.py. Form: agent/citations/trees.py.
"""
Doubts = Sequence[tuple[bool, float, bool]]
"""For each pair: whether it is wrong, the whole checker's doubt, and whether it is near."""


def _doubts(pairs: Sequence[Pair], said: dict[str, tuple[float, bool]]) -> Doubts:
    checker = ClaimChecker()
    return [(pair.wrong, *(said.get(pair.id) or _decided(pair, checker))) for pair in pairs]


def _decided(pair: Pair, checker: ClaimChecker) -> tuple[float, bool]:
    """1 or 0 where the judge is not asked."""
    sources = [source_of(pair.source, None)]
    claims = checker.check(pair.claim, language=pair.lang, sources=sources)
    return float(any(claim.verdict.fails for claim in claims)), False


def _rates(doubts: Doubts, near: float, far: float) -> tuple[float, float]:
    """Share of the wrong claims that are flagged, and of the supported ones."""
    flagged = [(wrong, doubt >= (near if close else far)) for wrong, doubt, close in doubts]
    caught = float(np.mean([flag for wrong, flag in flagged if wrong]))
    return caught, float(np.mean([flag for wrong, flag in flagged if not wrong]))


def _told(file: str, doubts: Doubts, near: float, far: float) -> str:
    caught, alarms = _rates(doubts, near, far)
    return f"{file.split('.')[0]} {caught:.1%} caught at {alarms:.1%} false alarms"


def _margin(table: dict[str, Doubts], near: float, far: float) -> float:
    """How far the worst of the figures is inside its bar, in parts of what the bar allows."""
    margins: list[float] = []
    for file, (least, most) in _BARS.items():
        caught, alarms = _rates(table[file], near, far)
        margins += [(caught - least) / (1 - least), (most - alarms) / most]
    return min(margins)


# --- rows -----------------------------------------------------------------------------------------


def _rows(pairs: Sequence[Pair], counts: float) -> list[Row]:
    found: list[Row] = []
    for pair in pairs:
        seen = weighed_features(pair.claim, pair.lang, [source_of(pair.source, None)])
        if seen is not None:
            found.append(Row(pair=pair, seen=seen, counts=counts))
    return found


def _misplaced(pairs: Sequence[Pair]) -> list[Pair]:
    """Supported claims beside the next source of their language, which does not say them."""
    found: list[Pair] = []
    for language in sorted({pair.lang for pair in pairs}):
        ours = _supported(pairs, language)
        sources = list(dict.fromkeys(pair.source for pair in ours))
        after = dict(zip(sources, [*sources[1:], sources[0]], strict=True))
        found += [_wrong(pair, "misplaced", source=after[pair.source]) for pair in ours]
    return found


def _swapped(pairs: Sequence[Pair], chance: random.Random) -> list[Pair]:
    """Supported claims with one thing in them replaced by a thing of another source."""
    found: list[Pair] = []
    for language in sorted({pair.lang for pair in pairs}):
        ours = _supported(pairs, language)
        things = {pair.source: _things(pair.source, language) for pair in ours}
        for pair in ours:
            here = set(things[pair.source])
            mine = [word for word in _things(pair.claim, language) if word in here]
            others = sorted({word for words in things.values() for word in words} - here)
            if mine and others:
                was, becomes = chance.choice(mine), chance.choice(others)
                claim = re.sub(rf"\b{re.escape(was)}\b", becomes, pair.claim, count=1)
                found.append(_wrong(pair, "swapped", claim=claim))
    return found


def _supported(pairs: Sequence[Pair], language: str) -> list[Pair]:
    left_out = ("cross-language", "not-a-claim")
    ours = (pair for pair in pairs if pair.lang == language and not pair.wrong)
    return [pair for pair in ours if pair.kind not in left_out]


def _wrong(pair: Pair, kind: str, **change: str) -> Pair:
    made = {"id": f"{pair.id}-{kind}", "label": "unsupported", "kind": kind}
    return pair.model_copy(update={**made, **change})


def _things(text: str, language: str) -> list[str]:
    """Content words, but for numbers and for what is done or turns a statement round."""
    reading = read(text, language)
    return [
        text[token.start : token.end]
        for token, meant in zip(reading.tokens, reading.terms, strict=True)
        if token.kind == "word" and meant.weight >= 1.0 and not meant.deed and not meant.turns
    ]


# --- models ---------------------------------------------------------------------------------------


def _cross_validated(rows: Sequence[Row]) -> dict[str, tuple[float, bool]]:
    """The doubt of each pair, from models that have not seen its source; whether it is near."""
    said: dict[str, tuple[float, bool]] = {}
    groups = [row.pair.source for row in rows]
    split = cast(Any, GroupKFold(10)).split(rows, groups=groups)
    folds = cast(Iterable[tuple[list[int], list[int]]], split)
    for others, mine in folds:
        forest = _forest([rows[n] for n in others])
        for row in (rows[n] for n in mine):
            close = row.seen["words_uncovered"] <= 1 - NEAR
            said[row.pair.id] = forest.doubt(row.seen), close
    return said


def _forest(rows: Sequence[Row]) -> Forest:
    """Both models as one sum of log odds, each for one half."""
    names = sorted({name for row in rows for name in row.seen})
    table = np.array([[row.seen[name] for name in names] for row in rows])
    labels = [row.pair.wrong for row in rows]
    counts = [row.counts for row in rows]
    trees, line = _trees(), _line()
    trees.fit(table, labels, sample_weight=counts)
    middle, width = table.mean(axis=0), table.std(axis=0)
    width[width == 0] = 1.0
    line.fit((table - middle) / width, labels, sample_weight=counts)
    slope = line.coef_[0] / width
    prior = trees.init_.class_prior_[1]
    always = np.log(prior / (1 - prior)) + line.intercept_[0] - float(slope @ middle)
    return Forest(
        always=float(always) / 2,
        flag=1.0,
        near=1.0,
        trees=tuple(
            _node(stage[0].tree_, 0, names, trees.learning_rate / 2) for stage in trees.estimators_
        ),
        weights=tuple((name, float(w) / 2) for name, w in zip(names, slope, strict=True)),
    )


def _node(tree: Any, at: int, names: Sequence[str], rate: float) -> Node:
    if tree.children_left[at] < 0:
        return Node("", float(tree.value[at][0][0]) * rate)
    low = _node(tree, int(tree.children_left[at]), names, rate)
    high = _node(tree, int(tree.children_right[at]), names, rate)
    return Node(str(names[int(tree.feature[at])]), float(tree.threshold[at]), low, high)


def _trees() -> Any:
    return GradientBoostingClassifier(
        n_estimators=60,
        max_depth=3,
        learning_rate=0.08,
        subsample=0.7,
        min_samples_leaf=8,
        random_state=0,
    )


def _line() -> Any:
    return LogisticRegression(C=0.1, max_iter=2_000)


if __name__ == "__main__":
    main()
