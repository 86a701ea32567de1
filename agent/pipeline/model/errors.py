"""What can go wrong with a model's answers. Nothing of a prompt or an answer stands in a message.

ModelError
└── AnswerRefused    the answer has the right shape, but says what it may not, again and again
"""

from collections.abc import Sequence


class ModelError(Exception):
    """A step that a model should have done was not done."""


class AnswerRefused(ModelError):
    """Every answer of a step was refused; `faults` names why, in the words of the last refusal."""

    def __init__(self, step: str, engine: str, faults: Sequence[str]) -> None:
        self.step = step
        self.engine = engine
        self.faults = tuple(faults)
        told = ", ".join(dict.fromkeys(faults))
        super().__init__(f"engine {engine!r}: its answers for {step!r} were refused ({told})")
