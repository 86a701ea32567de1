"""What can be wrong with a draft that is to be verified.

CitationError
├── BadDraft     the file is not a draft of this contract
└── BadJudge     a judge's folder or library cannot be used
"""


class CitationError(Exception):
    """Base of all that this package raises on purpose."""


class BadDraft(CitationError):
    """The draft cannot be read. `where` is a path of fields, `problem` what is wrong there."""

    def __init__(self, where: str, problem: str) -> None:
        self.where = where
        self.problem = problem
        super().__init__(f"draft: {where}: {problem}; give the data of a `draft.created` event")


class BadJudge(CitationError):
    """A judge cannot be used: what, why, and the mend."""

    def __init__(self, what: object, problem: str, mend: str) -> None:
        super().__init__(f"judge: {what}: {problem}; {mend}")
