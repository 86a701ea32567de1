"""The lie-detector act."""

from pathlib import Path

from agent.citations.compare import compare
from agent.demo.lies import load_statements
from agent.demo.show import Screen


def lie_detector(desks: Path, screen: Screen) -> tuple[int, int, int]:
    """Planted errors caught, planted errors in all, and true sentences that were flagged."""
    statements = load_statements()
    planted = sum(bool(s.planted) for s in statements)
    screen.lies_opening(planted, len(statements))
    caught = wrong = 0
    for statement in statements:
        text = (desks / statement.policy).read_text(encoding="utf-8")
        found = compare(
            statement.sentence, text, statement.language, file=Path(statement.policy).name
        )
        right = found.verdict.proved is not bool(statement.planted)
        caught += bool(statement.planted) and right
        wrong += not statement.planted and not right
        screen.lie(statement, found, right=right)
    return caught, planted, wrong
