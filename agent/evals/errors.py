"""What is wrong with a file of cases, in words for the one who wrote it.

EvalError
└── BadCases   a file that cannot be read as cases
"""


class EvalError(Exception):
    """Measuring cannot go on; the message says why and what to do."""


class BadCases(EvalError):
    """A file of cases that cannot be used, the place in it, and the mend."""

    def __init__(
        self, file: object, problem: str, *, line: int | None = None, mend: str = ""
    ) -> None:
        where = f"{file}: line {line}" if line else f"{file}"
        super().__init__(f"{where}: {problem}" + (f"; {mend}" if mend else ""))
