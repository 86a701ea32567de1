"""Boosted trees as text: read, summed, and nothing more.

A file has `(always) x` and `(flag) x`, then trees. A tree is a line `tree`, then a line a node,
from the root: `n feature threshold` with its two branches right after it, the one for values up to
the threshold first, or `= value` for a leaf.
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
    trees: tuple[Node, ...]

    def doubt(self, seen: Mapping[str, float]) -> float:
        """The chance that a claim with these features is not supported, 0 to 1."""
        total = self.always + sum(_answer(tree, seen) for tree in self.trees)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _answer(node: Node, seen: Mapping[str, float]) -> float:
    while node.low is not None and node.high is not None:
        node = node.low if seen[node.feature] <= node.value else node.high
    return node.value


def parse(text: str) -> Forest:
    """A forest from its text. Lines that begin with `#` are comments."""
    lines = [line.split() for line in text.splitlines() if line.strip() and line[0] != "#"]
    named = {line[0]: float(line[1]) for line in lines if line[0].startswith("(")}
    rest = iter([line for line in lines if not line[0].startswith("(")])
    trees = tuple(_node(rest) for line in rest if line == ["tree"])
    return Forest(always=named["(always)"], flag=named["(flag)"], trees=trees)


def _node(lines: Iterator[Sequence[str]]) -> Node:
    line = next(lines)
    if line[0] == "=":
        return Node("", float(line[1]))
    low = _node(lines)
    return Node(line[1], float(line[2]), low, _node(lines))


def write(forest: Forest) -> str:
    """The text that `parse` reads."""
    lines = [f"(always) {forest.always:.5f}", f"(flag) {forest.flag:g}"]
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
