"""Boosted trees beside a line of weights, as text: read, summed, and nothing more.

A file has `(always) x`, `(flag) x` and `(near) x`, a line `* feature weight` for each weight, then
trees. A tree is a line `tree`, then a line a node, from the root: `n feature threshold` with its
two branches right after it, the one for values up to the threshold first, or `= value` for a leaf.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A question, or an answer where `low` is None."""

    feature: str
    value: float  #: the threshold, or the answer
    low: "Node | None" = None
    high: "Node | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """Trees whose answers add up to the log odds of doubt."""

    always: float
    flag: float  #: the doubt from which on a claim is flagged
    near: float  #: the same for one that is near to the source's words
    trees: tuple[Node, ...]
    weights: tuple[tuple[str, float], ...] = ()  #: what a feature adds for itself

    def doubt(self, seen: Mapping[str, float]) -> float:
        """The chance that a claim with these features is not supported, 0 to 1."""
        total = self.always + sum(_answer(tree, seen) for tree in self.trees)
        total += sum(weight * seen[feature] for feature, weight in self.weights)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _answer(node: Node, seen: Mapping[str, float]) -> float:
    while node.low is not None and node.high is not None:
        node = node.low if seen[node.feature] <= node.value else node.high
    return node.value


def parse(text: str) -> Forest:
    """A forest from its text. Lines that begin with `#` are comments."""
    lines = [line.split() for line in text.splitlines() if line.strip() and line[0] != "#"]
    named = {line[0]: float(line[1]) for line in lines if line[0].startswith("(")}
    weights = tuple((line[1], float(line[2])) for line in lines if line[0] == "*")
    rest = iter([line for line in lines if line[0] in ("tree", "n", "=")])
    trees = tuple(_node(rest) for line in rest if line == ["tree"])
    return Forest(
        always=named["(always)"],
        flag=named["(flag)"],
        near=named["(near)"],
        trees=trees,
        weights=weights,
    )


def _node(lines: Iterator[Sequence[str]]) -> Node:
    line = next(lines)
    if line[0] == "=":
        return Node("", float(line[1]))
    low = _node(lines)
    return Node(line[1], float(line[2]), low, _node(lines))


def write(forest: Forest) -> str:
    """The text that `parse` reads."""
    lines = [f"(always) {forest.always:.5f}", f"(flag) {forest.flag:g}", f"(near) {forest.near:g}"]
    lines += [f"* {feature} {weight:.5f}" for feature, weight in forest.weights]
    for tree in forest.trees:
        lines += ["tree", *_lines(tree)]
    return "\n".join(lines) + "\n"


def _lines(node: Node) -> Iterator[str]:
    if node.low is None or node.high is None:
        yield f"= {node.value:.5f}"
        return
    yield f"n {node.feature} {node.value:.5f}"
    yield from _lines(node.low)
    yield from _lines(node.high)
