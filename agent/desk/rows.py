"""Tables that a desk's owner writes as CSV: a header, then rows with no empty cell."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from agent.desk.inspection import Inspection

Row = dict[str, str]


def read_rows(
    look: Inspection, file: str, columns: Sequence[str], *, missing: str | None = None
) -> tuple[tuple[int, Row], ...] | None:
    """Each row by column, trimmed, with the line on which it ends; None when there is no table.

    A file that is not there is a fault only when `missing` says what to do about it. A row with a
    fault is left out.
    """
    text = look.text(file, missing=missing)
    if text is None:
        return None
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    header: list[str] = []
    try:
        header = next(reader, header)
        if sorted(header) != sorted(columns):
            problem = f"the header is {','.join(header)!r}"
            look.add(file, problem, key="line 1", mend=f"write {','.join(columns)}")
            return None
        lines = ((reader.line_num, cells) for cells in reader)
        return tuple(_rows(look, file, header, lines))
    except csv.Error as exc:
        look.add(file, f"not CSV: {exc}", key=f"line {reader.line_num}", mend="mend the quotes")
        return None


def _rows(
    look: Inspection, file: str, header: list[str], lines: Iterable[tuple[int, list[str]]]
) -> Iterator[tuple[int, Row]]:
    for line, cells in lines:
        if not cells:
            continue
        if len(cells) != len(header):
            problem = f"has {len(cells)} cells, not {len(header)}"
            mend = "quote a text that holds a comma"
            look.add(file, problem, key=f"line {line}", mend=mend)
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        for column in (column for column in header if not row[column]):
            mend = "write one, or drop the line"
            look.add(file, f"the {column} is empty", key=f"line {line}", mend=mend)
        if all(row.values()):
            yield line, row
