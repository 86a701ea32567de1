"""The desk's labelled examples and its glossary."""

from collections import Counter
from collections.abc import Iterable

from agent.desk.faults import known
from agent.desk.inspection import Inspection
from agent.desk.rows import read_rows
from agent.desk.schema import GlossaryTable
from agent.domain.desk import Example

EXAMPLES = "examples.csv"
GLOSSARY = "glossary.toml"
ENOUGH = 2  #: examples of each category
_COLUMNS = ("text", "category", "language")
_HEADER = ",".join(_COLUMNS)


def read_examples(look: Inspection) -> tuple[tuple[int, Example], ...] | None:
    """The examples with the line on which each ends; None when the file cannot be used."""
    rows = read_rows(look, EXAMPLES, _COLUMNS, missing=f"add it with the header {_HEADER}")
    return None if rows is None else tuple((line, Example(**row)) for line, row in rows)


def check_examples(
    look: Inspection,
    examples: Iterable[tuple[int, Example]],
    *,
    languages: Iterable[str],
    categories: Iterable[str],
) -> None:
    """Faults for labels that the desk does not have and categories that nothing is learnt for."""
    examples = tuple(examples)
    for field, names in (("category", set(categories)), ("language", set(languages))):
        lines: dict[str, list[int]] = {}
        for line, example in examples:
            lines.setdefault(getattr(example, field), []).append(line)
        for name in lines.keys() - names:
            rest = f" and {len(lines[name]) - 1} more" if len(lines[name]) > 1 else ""
            key = f"line {lines[name][0]}{rest}"
            mend = known(names, near=name)
            look.add(EXAMPLES, f"{field} {name!r} is not one of the desk's", key=key, mend=mend)
    counts = Counter(example.category for _, example in examples)
    for category in categories:
        if counts[category] < ENOUGH:
            problem = f"category {category!r} has {counts[category]} examples"
            look.add(EXAMPLES, problem, mend=f"write at least {ENOUGH}")


def read_glossary(look: Inspection) -> tuple[tuple[str, ...], ...]:
    """The groups of words that mean the same; none when the desk has no glossary."""
    data = look.toml(GLOSSARY)
    table = None if data is None else look.shaped(GLOSSARY, GlossaryTable, data)
    if table is None:
        return ()
    for number, group in enumerate(table.groups, start=1):
        if len(group) < 2:
            mend = "a group holds two or more words that mean the same"
            look.add(GLOSSARY, f"has {len(group)} words", key=f"groups[{number}]", mend=mend)
    return tuple(tuple(word.strip() for word in group) for group in table.groups)
