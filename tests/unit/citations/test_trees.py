"""Boosted trees come back from their text as they went."""

from agent.citations import learned
from agent.citations.trees import Forest, Node, parse, write


def test_a_forest_is_read_as_it_was_written() -> None:
    leaf = Node("", -0.5)
    tree = Node("uncovered", 0.25, leaf, Node("unsaid", 0.5, Node("", 1.0), Node("", 2.0)))
    forest = Forest(always=-1.0, flag=0.5, near=0.5, trees=(tree, leaf))
    assert parse(write(forest)) == forest


def test_doubt_is_the_sum_of_the_trees_as_a_chance() -> None:
    tree = Node("uncovered", 0.25, Node("", -3.0), Node("", 3.0))
    forest = Forest(always=0.0, flag=0.5, near=0.5, trees=(tree,))
    low, high = forest.doubt({"uncovered": 0.25}), forest.doubt({"uncovered": 0.26})
    assert low < 0.05 < 0.95 < high


def test_the_trees_that_ship_flag_some_and_trust_some() -> None:
    forest = learned.shipped()
    assert 0 < forest.flag < 1
    assert len(forest.trees) > 10
