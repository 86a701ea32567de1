"""What new examples would change: measured by leaving each text out, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.desk import Desk, Example
from agent.triage.triager import features_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Right answers, of texts that the classifier had not seen."""

    right: int
    of: int

    @property
    def share(self) -> float:
        return self.right / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The same texts without the new examples and with them."""

    name: str  #: `known`, `new`, or a category
    before: Share
    after: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    known: Change  #: the desk's examples
    new: Change  #: the corrected tickets
    categories: tuple[Change, ...]  #: of all texts, where a share changed


def measured(desk: Desk, new: Sequence[Example]) -> Effect:
    """Learn twice, without and with the new examples; each text is judged by a classifier that
    has not seen it. Takes about as long as two trainings.
    """
    from agent.triage.training import trial  # scikit-learn takes seconds to import

    rows = features_of(desk, (*desk.examples, *new))
    known = len(desk.examples)
    labels = [example.category for example in (*desk.examples, *new)]
    before = trial(rows[:known], labels[:known], rows[known:])
    after = trial(rows, labels)
    was = {**before.left_out, **{known + n: name for n, name in enumerate(before.others)}}
    both = sorted(was.keys() & after.left_out.keys())
    of_all = _Compared(labels, was, dict(after.left_out))
    categories = (of_all.change(c, [n for n in both if labels[n] == c]) for c in sorted({*labels}))
    return Effect(
        known=of_all.change("known", [n for n in both if n < known]),
        new=of_all.change("new", [n for n in both if n >= known]),
        categories=tuple(change for change in categories if change.before != change.after),
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    labels: Sequence[str]
    before: dict[int, str]
    after: dict[int, str]

    def change(self, name: str, numbers: Sequence[int]) -> Change:
        return Change(
            name=name,
            before=self._share(self.before, numbers),
            after=self._share(self.after, numbers),
        )

    def _share(self, said: dict[int, str], numbers: Sequence[int]) -> Share:
        right = sum(said[n] == self.labels[n] for n in numbers)
        return Share(right=right, of=len(numbers))
